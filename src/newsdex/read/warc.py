"""WARC files (ISO 28500), as crawlers and CC-NEWS ship them: the HTML pages in them, a document each.

Plain, or gzip with a member for each record, so that a record is found by its offset without those before it. Damage
costs the record that it is in: reading goes on with the next.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from fastwarc.stream_io import BrotliReader, ChunkedReader
from fastwarc.warc import ArchiveIterator, WarcRecordType

from newsdex.errors import UserError
from newsdex.read.compression import is_gzip
from newsdex.read.document import OpenedDocument, open_bytes, readable
from newsdex.read.fields import FieldNames, RecordReader
from newsdex.read.item import Item
from newsdex.read.media_type import HTML, PLAIN_TEXT, sniff
from newsdex.records import Door, Response

if TYPE_CHECKING:
    from newsdex.read.slices import Mark, Slice

_BEGINNING = b"WARC/1."
_MEMBER = b"\x1f\x8b\x08"
_BLOCK = 1 << 20
_LONGEST_HEADER = 1 << 16
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_UNTOLD = frozenset({"", "application/octet-stream", "unk", "application/x-unknown-content-type"})
_OTHER_RECORDS = frozenset({"warcinfo", "resource", "request", "metadata", "revisit", "conversion", "continuation"})
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,80}|no media type")
_SNIFFED_BYTES = 4_096
_LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_BROKEN = "no whole record is here: the file is damaged, or was never finished"


def looks_like_warc(path: Path) -> bool:
    """Tell whether a file begins with a WARC record, compressed or not."""
    with path.open("rb") as file:
        return _begins_here(file, 0)


def survey(path: Path) -> Iterator[Mark]:
    """Mark each record: a page is an input, and so is a damaged record; what else there is, is passed over by kind."""
    from newsdex.read.slices import Mark

    with path.open("rb") as file:
        _demand_records(file, path)
        size = file.seek(0, 2)
        waiting: Mark | None = None
        for offset, record in _walk(path, 0, size):
            if waiting is not None and waiting.start != offset:
                yield replace(waiting, end=offset)
            waiting = Mark(offset, size, 0, None if record is None else _passed_over(record))
        if waiting is not None:
            yield waiting


def read(portion: Slice, wanted: Callable[[str], bool], opened_at: datetime, limit: int) -> Iterator[Item]:
    """Read the pages of a slice that are wanted."""
    reader = _PageReader(portion, opened_at, limit)
    waiting: tuple[int, Item | None] | None = None
    for offset, record in _walk(Path(portion.path), portion.start, portion.end):
        if waiting is not None and waiting[0] != offset and waiting[1] is not None:
            yield waiting[1]
        name = f"{portion.name}#{offset}"
        item = None
        if wanted(name) and (record is None or _passed_over(record) is None):
            item = Item(name, reader.open(record, name))
        waiting = offset, item
    if waiting is not None and waiting[1] is not None:
        yield waiting[1]


class _PageReader:
    """Makes documents of records."""

    def __init__(self, portion: Slice, opened_at: datetime, limit: int) -> None:
        self._reading = portion.reading
        self._limit = limit
        self._records = RecordReader(FieldNames({}), Door.WARC, opened_at, limit, portion.reading.publisher)
        self._opened_at = opened_at

    def open(self, record: Any | None, name: str) -> OpenedDocument:
        """Open a page; None is a damaged record."""
        if record is None:
            return self._records.broken(name, _BROKEN, b"")
        address = readable(record.headers.get("WARC-Target-URI", "").strip().strip("<>")) or name
        try:
            content = record.reader.read(self._limit + 1)
        except OSError as damaged:
            return self._records.broken(name, f"{_BROKEN}: {damaged}", b"")
        if len(content) > self._limit:
            opened = self._records.too_large(name, record.content_length, content)
            return replace(opened, raw=replace(opened.raw, origin=replace(opened.raw.origin, uri=address)))
        headers = tuple((readable(key), readable(value)) for key, value in record.http_headers)
        opened = open_bytes(
            _decoded(content, record.http_headers, self._limit + 1),
            uri=address,
            publisher=self._reading.publisher,
            fetched_at=_date(record) or self._opened_at,
            limit=self._limit,
        )
        if opened.reason is None and opened.raw.origin.media_type == PLAIN_TEXT and _media_type(record) in _PAGES:
            opened = opened.taken_for(HTML)
        response = Response(address, record.http_headers.status_code or 0, headers)
        return opened.placed(Door.WARC, name, response=response)


def _passed_over(record: Any) -> str | None:
    """Say of what kind a record is that is no page; None for a page. Its HTTP headers are parsed by this."""
    if record.record_type != WarcRecordType.response:
        kind = record.headers.get("WARC-Type", "")
        return f"{kind if kind in _OTHER_RECORDS else 'unknown'} record"
    if not record.is_http:
        return "response record without HTTP"
    if not record.is_http_parsed:
        record.parse_http(quirks_mode=True)
    status = record.http_headers.status_code
    if status is None or not 200 <= status < 300:
        return f"HTTP status {status}"
    media_type = _media_type(record)
    if media_type in _UNTOLD:
        media_type = _sniffed(record) or "no media type"
    if media_type in _PAGES:
        return None
    return media_type if _MEDIA_TYPE.fullmatch(media_type) else "a media type that is none"


def _media_type(record: Any) -> str:
    return (record.http_content_type or "").strip().lower()


def _sniffed(record: Any) -> str:
    record.freeze()
    found = sniff(_decoded(record.reader.read(_SNIFFED_BYTES), record.http_headers, _SNIFFED_BYTES))
    record.reader.seek(0)
    return found.media_type


def _date(record: Any) -> datetime | None:
    try:
        moment: datetime = record.record_date
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _decoded(content: bytes, headers: Any, most: int) -> bytes:
    """Undo how the page travelled, up to `most` bytes. Crawlers often did so and kept the headers: then it stays as is.

    Gzip is told by its first bytes and undone where documents are opened.
    """
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        content = _through(ChunkedReader, content, most)
    encoding = headers.get("Content-Encoding", "").lower()
    if encoding == "br":
        return _through(BrotliReader, content, most)
    if encoding == "deflate":
        try:
            return zlib.decompressobj(15 if content[:1] == b"\x78" else -15).decompress(content, most)
        except zlib.error:
            return content
    return content


def _through(reader: Any, content: bytes, most: int) -> bytes:
    try:
        return reader(BytesIO(content)).read(most) or content
    except OSError:
        return content


def _walk(path: Path, start: int, end: int) -> Iterator[tuple[int, Any | None]]:
    """Give the records that begin from `start` to before `end`, with their offsets.

    None for a record says that what is there is damaged; it may follow the record itself, if that could be begun.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        while start < end:
            file.seek(start)
            last: int | None = None
            try:
                for record in ArchiveIterator(file, parse_http=False, quirks_mode=True):
                    if record.stream_pos >= end:
                        return
                    last = record.stream_pos
                    yield last, record
            except OSError:
                pass
            reached = start if last is None else _end_of_record(file, last, size)
            damaged = last if reached is None else reached
            if damaged is None or damaged >= min(end, size) or _only_padding(file, damaged):
                return
            yield damaged, None
            start = _next_beginning(file, damaged + 1, size)


def _demand_records(file: BinaryIO, path: Path) -> None:
    """Raise `UserError` unless records can be reached by their offsets."""
    if not _begins_here(file, 0):
        raise UserError(f"{path}: no WARC file", "it begins with a WARC/1.0 or WARC/1.1 record, plain or gzipped")
    file.seek(0)
    if not is_gzip(file.read(3)):
        return
    size = file.seek(0, 2)
    end = _end_of_record(file, 0, size)
    file.seek(0)
    member = zlib.decompressobj(31)
    text = member.decompress(file.read(_BLOCK), _BLOCK)
    length = _LENGTH.search(text)
    header = text.find(b"\r\n\r\n")
    if end == size and length is not None and header >= 0:
        following = text[header + 4 + int(length[1]) :].lstrip(b"\r\n")
        if following:
            raise UserError(
                f"{path}: compressed as a whole, so its records cannot be reached one by one",
                f"fastwarc recompress {path.name} OUT.warc.gz",
            )


def _begins_here(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    head = file.read(1024)
    if is_gzip(head):
        try:
            head = zlib.decompressobj(31).decompress(head, 64)
        except zlib.error:
            return False
    return head.startswith(_BEGINNING)


def _end_of_record(file: BinaryIO, offset: int, size: int) -> int | None:
    """Find where the record at an offset ends; None when it does not, or not whole."""
    file.seek(offset)
    head = file.read(3)
    file.seek(offset)
    return _end_of_member(file, offset) if is_gzip(head) else _end_of_plain(file, offset, size)


def _end_of_member(file: BinaryIO, offset: int) -> int | None:
    member = zlib.decompressobj(31)
    read = 0
    try:
        while block := file.read(_BLOCK):
            read += len(block)
            while block and not member.eof:
                member.decompress(block, _BLOCK)
                block = member.unconsumed_tail
            if member.eof:
                return offset + read - len(member.unused_data)
    except zlib.error:
        return None
    return None


def _end_of_plain(file: BinaryIO, offset: int, size: int) -> int | None:
    head = file.read(_LONGEST_HEADER)
    header, found, _ = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(header)
    if not found or length is None:
        return None
    end = offset + len(header) + 4 + int(length[1]) + 4
    return end if end <= size else None


def _only_padding(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    return not file.read(_LONGEST_HEADER).strip(b"\r\n\0")


def _next_beginning(file: BinaryIO, offset: int, size: int) -> int:
    """Find the next place where a record begins; the file's end when there is none."""
    marks = re.compile(re.escape(_MEMBER) + b"|(?<=\n)" + re.escape(_BEGINNING))
    while offset < size:
        file.seek(offset)
        block = file.read(_BLOCK)
        for mark in marks.finditer(block):
            if _begins_here(file, offset + mark.start()):
                return offset + mark.start()
        if len(block) < _BLOCK:
            return size
        offset += len(block) - len(_BEGINNING)
    return size
