"""Gzip is undone one level and never further than a limit."""

from __future__ import annotations

import gzip

import pytest

from newsdex.errors import Rejected
from newsdex.read.compression import gunzip
from newsdex.records import Reason

STORY = b"The river rose again on Tuesday. " * 40


def test_a_bomb_is_stopped_at_the_limit() -> None:
    """A hundred million zeros in a hundred kilobytes never reach the memory."""
    bomb = gzip.compress(bytes(100_000_000))
    with pytest.raises(Rejected) as refused:
        gunzip(bomb, limit=1_000_000)
    assert refused.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("end", [11, 20, -9, -4, -1])
def test_a_stream_that_ends_early_is_refused(end: int) -> None:
    """Half a download is not the article."""
    with pytest.raises(Rejected) as refused:
        gunzip(gzip.compress(STORY)[:end], limit=10_000)
    assert refused.value.reason is Reason.BROKEN_COMPRESSION


def test_a_wrong_checksum_is_refused() -> None:
    """Bytes that changed on the way are not the article."""
    packed = bytearray(gzip.compress(STORY))
    packed[-6] ^= 0xFF
    with pytest.raises(Rejected) as refused:
        gunzip(bytes(packed), limit=10_000)
    assert refused.value.reason is Reason.BROKEN_COMPRESSION


def test_padding_after_the_stream_is_ignored() -> None:
    """Tapes and block devices pad with zeros."""
    assert gunzip(gzip.compress(STORY) + bytes(512), limit=10_000) == STORY


def test_a_document_as_large_as_the_limit_is_taken() -> None:
    """The limit is the largest size allowed, not the smallest refused."""
    assert gunzip(gzip.compress(STORY), limit=len(STORY)) == STORY
