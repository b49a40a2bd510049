"""Answers are unpacked as they arrive, and never further than the limit."""

from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest

from newsdex.errors import Rejected
from newsdex.fetch.decompression import Unpacking
from newsdex.records import Reason

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"The harbour was closed on Tuesday, and nobody knew for how long. " * 200


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


PACKED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
}


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize("coding", [*PACKED, "raw deflate"])
def test_every_coding_is_undone_however_the_bytes_arrive(coding: str, size: int) -> None:
    """In single bytes too; deflate also without its wrapper, as many servers send it."""
    packed = raw_deflate(TEXT) if coding == "raw deflate" else PACKED[coding]
    unpacking = Unpacking(coding.rpartition(" ")[2], len(TEXT))
    text = b"".join(unpacking.feed(packed[at : at + size]) for at in range(0, len(packed), size))
    unpacking.finish()
    assert text == TEXT


@pytest.mark.parametrize("coding", PACKED)
def test_a_bomb_is_too_large_before_it_fills_the_memory(coding: str) -> None:
    """A hundred times the limit, packed into some kilobytes."""
    pack = {"br": brotli.compress, "zstd": zstd.compress, "deflate": zlib.compress}.get(coding, gzip.compress)
    unpacking = Unpacking(coding, 100_000)
    with pytest.raises(Rejected) as told:
        unpacking.feed(pack(bytes(10_000_000)))
    assert told.value.reason is Reason.TOO_LARGE


def test_a_bomb_in_a_bomb_is_stopped_at_the_inner_layer() -> None:
    """No layer gives more than the limit to the next one."""
    unpacking = Unpacking("gzip, gzip", 100_000)
    with pytest.raises(Rejected) as told:
        unpacking.feed(gzip.compress(gzip.compress(bytes(1_000_000_000 // 10))))
    assert told.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("coding", PACKED)
def test_a_stream_that_ends_early_is_broken(coding: str) -> None:
    """Half an article is none."""
    unpacking = Unpacking(coding, len(TEXT))
    unpacking.feed(PACKED[coding][:-4])
    with pytest.raises(Rejected) as told:
        unpacking.finish()
    assert told.value.reason is Reason.BROKEN_COMPRESSION


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_bytes_that_are_not_what_the_server_says_are_broken(coding: str) -> None:
    """They are no text either, as far as anybody can tell."""
    with pytest.raises(Rejected) as told:
        Unpacking(coding, 1_000).feed(b"<!doctype html><p>not packed at all, whatever the header says")
    assert told.value.reason is Reason.BROKEN_COMPRESSION


def test_several_members_in_a_row_are_one_text() -> None:
    """Gzip and zstd streams may be put together."""
    for coding, pack in (("gzip", gzip.compress), ("zstd", zstd.compress)):
        unpacking = Unpacking(coding, 100)
        assert unpacking.feed(pack(b"Rain, ") + pack(b"then snow.")) == b"Rain, then snow."
        unpacking.finish()


def test_layers_are_undone_in_reverse_order() -> None:
    """The header lists them as they were put on (RFC 9110, 8.4)."""
    unpacking = Unpacking("deflate, gzip", len(TEXT))
    assert unpacking.feed(gzip.compress(zlib.compress(TEXT))) == TEXT


@pytest.mark.parametrize("coding", ["", "identity", "utf-8", "none"])
def test_a_coding_that_is_none_changes_nothing(coding: str) -> None:
    """Some servers name the charset there."""
    unpacking = Unpacking(coding, 100)
    assert unpacking.feed(b"as it is") == b"as it is"
    unpacking.finish()


def test_an_empty_answer_is_not_broken() -> None:
    """There is nothing to unpack."""
    Unpacking("gzip", 100).finish()


def test_packed_many_times_over_is_refused() -> None:
    """No honest server does."""
    with pytest.raises(Rejected):
        Unpacking("gzip, gzip, gzip, gzip", 100)
