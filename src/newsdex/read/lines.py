"""Files of lines, one at a time, however long the file and whatever it is compressed with or written in."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from newsdex.extract.decoding import decode
from newsdex.read.compression import is_gzip
from newsdex.read.media_type import PLAIN_TEXT
from newsdex.records import Origin, RawDocument

HEAD_BYTES = 65_536
_BLOCK = 1 << 16
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end. `start` and `size` are bytes of the text, `number` counts from 1.

    Of a line larger than the limit `content` is the beginning. `damage` says why the file ends here, where it does so
    before its end; there is no line after it.
    """

    number: int
    start: int
    size: int
    content: bytes
    damage: str = ""

    @property
    def end(self) -> int:
        """Where the next line begins."""
        return self.start + self.size


def read_lines(path: Path, limit: int, *, start: int = 0, number: int = 1) -> Iterator[Line]:
    """Read lines from the one that begins at byte `start` and has that `number`, up to the end of the file.

    Gzip is undone; what a byte order mark says is UTF-16 or UTF-32 comes as UTF-8; a mark is no part of the first line.
    No more than `limit` bytes of a line are held.
    """
    with closing(_open(path)) as file:
        _skip(file, start)
        while True:
            try:
                content = file.readline(limit + 1)
                size = len(content)
                while len(content) > limit and not content.endswith(b"\n"):
                    rest = file.readline(_BLOCK)
                    size += len(rest)
                    if not rest or rest.endswith(b"\n"):
                        break
            except _DAMAGED as damaged:
                yield Line(number, start, 0, b"", f"the file is damaged from here on: {damaged}")
                return
            if not content:
                return
            if start == 0:
                content = content.removeprefix(codecs.BOM_UTF8)
            yield Line(number, start, size, content)
            start, number = start + size, number + 1


def read_head(path: Path) -> bytes:
    """Read the beginning of a file as `read_lines` would give it; as much of it as can be read."""
    with closing(_open(path)) as file:
        head = b""
        try:
            while len(head) < HEAD_BYTES and (block := file.read1(HEAD_BYTES - len(head))):
                head += block
        except _DAMAGED:
            pass
    return head.removeprefix(codecs.BOM_UTF8)


def as_text(line: bytes) -> str:
    r"""Give a line as text: UTF-8, and where it is none, what its bytes most probably are.

    >>> as_text("déjà vu\n".encode()), as_text("déjà vu\n".encode("cp1252"))
    ('déjà vu\n', 'déjà vu\n')
    """
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        origin = Origin("line", datetime(1970, 1, 1, tzinfo=UTC), PLAIN_TEXT, "")
        return decode(RawDocument(origin, line))[0]


def _open(path: Path) -> io.BufferedReader:
    file = path.open("rb")
    mark = file.read(4)
    file.seek(0)
    if is_gzip(mark):
        file = cast("io.BufferedReader", gzip.GzipFile(fileobj=file))
        mark = _peek(file)
    for known, encoding in _WIDE:
        if mark.startswith(known):
            return io.BufferedReader(_Transcoded(file, encoding), _BLOCK)
    return file


def _peek(file: io.BufferedReader) -> bytes:
    try:
        return file.peek(4)[:4]
    except _DAMAGED:
        return b""


def _skip(file: io.BufferedReader, size: int) -> None:
    """Go on to a byte of the text. What was compressed or in another encoding has to be read up to there."""
    if isinstance(getattr(file, "raw", None), io.FileIO):
        file.seek(size)
        return
    while size > 0 and (block := file.read(min(size, _BLOCK))):
        size -= len(block)


class _Transcoded(io.RawIOBase):
    """A file in another encoding, as UTF-8. What is no text in it becomes U+FFFD."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            block = self._file.read(_BLOCK)
            self._ready = self._decoder.decode(block, final=not block).encode()
            if not block:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()
