"""Gzip members (RFC 1952): each record of an archive file is one, so that it is read without those before it."""

from __future__ import annotations

from typing import BinaryIO, cast

from zlib_ng import zlib_ng

_GzipError = cast(type[Exception], zlib_ng.error)
_LEVEL = 6
_GZIP = 31
_MAGIC = b"\x1f\x8b\x08"
_STEP = 1 << 16
_FIRST_STEP = 1 << 13
"""Bytes read at first: most records are no longer, and reading further ahead would only be thrown away."""

RECORD_START = b"WARC/1."
"""What every record, and so every member, begins with."""


class BrokenError(Exception):
    """What lies here is no whole record."""


class TornError(BrokenError):
    """The file ends before the record does."""


def pack(content: bytes) -> bytes:
    """Give one member."""
    return bytes(zlib_ng.compress(content, _LEVEL, _GZIP))


class MemberWriter:
    """Writes one member piece by piece; `written` counts its bytes in the file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._deflater = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, _GZIP)
        self.written = 0

    def write(self, content: bytes) -> None:
        """Add to the member."""
        self._put(self._deflater.compress(content))

    def finish(self) -> None:
        """End the member."""
        self._put(self._deflater.flush())

    def _put(self, packed: bytes) -> None:
        self._file.write(packed)
        self.written += len(packed)


class Member:
    """Reads the member that begins at an offset of a file, at constant memory.

    Raises `TornError` where the file ends too early and `BrokenError` for what is no member; a member read to its end
    has passed its checksum, and `end` is the offset behind it.
    """

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self._inflater = zlib_ng.decompressobj(_GZIP)
        self._read_to = offset
        self._step = _FIRST_STEP
        self._ready = b""
        file.seek(offset)

    @property
    def end(self) -> int:
        """Where the next member begins, once this one was read to its end."""
        return self._read_to - len(self._inflater.unused_data)

    def read(self, size: int) -> bytes:
        """Give so many bytes, fewer only at the end of the member."""
        pieces = []
        while size > 0 and (self._ready or self._fill()):
            piece, self._ready = self._ready[:size], self._ready[size:]
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def read_through(self, mark: bytes, most: int) -> bytes:
        """Give the bytes up to a mark and with it. Raises `BrokenError` when the first `most` bytes have none."""
        searched = 0
        while (at := self._ready.find(mark, searched)) < 0:
            searched = max(0, len(self._ready) - len(mark) + 1)
            ready, self._ready = self._ready, b""
            if len(ready) > most or not self._fill():
                raise BrokenError("a record's header has no end")
            self._ready = ready + self._ready
        end = at + len(mark)
        found, self._ready = self._ready[:end], self._ready[end:]
        return found

    def _fill(self) -> bool:
        """Inflate some more; False at the end of the member."""
        while not self._ready:
            if self._inflater.eof:
                return False
            packed = self._inflater.unconsumed_tail
            if not packed:
                packed = self._file.read(self._step)
                self._step = _STEP
                if not packed:
                    raise TornError("the file ends in mid-record")
                self._read_to += len(packed)
            try:
                self._ready = self._inflater.decompress(packed, _STEP)
            except _GzipError as wrong:
                raise BrokenError(f"not readable as gzip: {wrong}") from None
        return True


def find_member(file: BinaryIO, start: int, end: int) -> int | None:
    """Find the first record that begins in this part of a file: after damage, reading goes on there."""
    at = start
    while at < end:
        file.seek(at)
        window = file.read(_STEP)
        found = window.find(_MAGIC)
        while found >= 0 and at + found < end:
            if begins_record(file, at + found):
                return at + found
            found = window.find(_MAGIC, found + 1)
        if len(window) < len(_MAGIC):
            return None
        at += len(window) - len(_MAGIC) + 1
    return None


def find_last_member(file: BinaryIO, size: int) -> int | None:
    """Find the last record that begins in a file of so many bytes, without reading what stands before it."""
    end, step = size, _STEP
    while end > 0:
        start = max(0, end - step)
        file.seek(start)
        window = file.read(end - start + len(_MAGIC) - 1)
        found = window.rfind(_MAGIC)
        while found >= 0:
            if begins_record(file, start + found):
                return start + found
            found = window.rfind(_MAGIC, 0, found + len(_MAGIC) - 1)
        end, step = start, step * 2
    return None


def begins_record(file: BinaryIO, offset: int) -> bool:
    """Tell whether a record begins here."""
    try:
        return Member(file, offset).read(len(RECORD_START)) == RECORD_START
    except BrokenError:
        return False
