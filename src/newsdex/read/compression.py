"""Gzip, undone one level and never further than a limit."""

from __future__ import annotations

import zlib

from newsdex.errors import Rejected
from newsdex.records import Reason, Stage

_GZIP_WRAPPER = 31


def is_gzip(content: bytes) -> bool:
    r"""Tell whether the bytes begin a gzip stream (RFC 1952), whatever the file is called.

    >>> is_gzip(b"\x1f\x8b\x08\x00"), is_gzip(b"Once upon a time")
    (True, False)
    """
    return content[:3] == b"\x1f\x8b\x08"


def gunzip(content: bytes, limit: int) -> bytes:
    r"""Decompress one level of gzip, several members in a row included.

    Stops as soon as more than `limit` bytes have come out, so a few kilobytes that would fill the memory cannot.
    Zero padding after the last member is ignored, as `gzip` does. Raises `Rejected`: `too_large`, `broken_compression`.

    >>> import gzip
    >>> gunzip(gzip.compress(b"Rain stopped play. ") + gzip.compress(b"Then it snowed."), limit=100)
    b'Rain stopped play. Then it snowed.'
    """
    members: list[bytes] = []
    size = 0
    rest = content
    while rest:
        member = zlib.decompressobj(_GZIP_WRAPPER)
        try:
            text = member.decompress(rest, limit - size + 1)
        except zlib.error as wrong:
            raise _broken(f"the gzip stream is damaged: {wrong}") from wrong
        size += len(text)
        if size > limit:
            raise Rejected(Stage.READ, Reason.TOO_LARGE, f"more than {limit:,} bytes after decompression")
        if not member.eof:
            raise _broken(f"the gzip stream ends early, after {size:,} bytes of text")
        members.append(text)
        rest = member.unused_data.lstrip(b"\0")
        if rest and not is_gzip(rest):
            raise _broken(f"{len(rest):,} bytes that are no gzip follow the gzip stream")
    return b"".join(members)


def _broken(detail: str) -> Rejected:
    return Rejected(Stage.READ, Reason.BROKEN_COMPRESSION, detail)
