"""Reading archive files: one document by its offset, or all of them in order, past whatever is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self

from newsdex.archive import metadata, warc
from newsdex.archive.damage import Damage, Wrong
from newsdex.archive.members import BrokenError, Member, TornError, find_last_member, find_member
from newsdex.archive.storage import Storage
from newsdex.archive.warc import Header, Record
from newsdex.records import RawDocument

_TAIL = 512


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as it lies in a file: its record and the metadata record behind it.

    `content` is the record's own payload, cut where the reader wanted no more of it; a revisit has none. `told` is the
    metadata's JSON, None in files that were written before there was any. `end` is the offset behind both records.
    """

    raw_ref: str
    end: int
    header: Header
    head: bytes
    content: bytes
    length: int
    told: bytes | None

    def document(self, content: bytes) -> RawDocument:
        """Give the document with its bytes. Raises `BrokenError` when what was told of it is not readable."""
        if self.told is None:
            return metadata.read_header(self.header, self.head, content, self.raw_ref)
        return metadata.read(self.told, self.header, self.head, content, self.raw_ref)


class ArchiveFile:
    """One archive file, open to be read. `ahead` is for reading on and on, else for one record here or there."""

    def __init__(self, storage: Storage, name: str, *, ahead: bool = False) -> None:
        self.name = name
        self._storage = storage
        self._file = storage.open(name, ahead=ahead)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @cached_property
    def tells(self) -> bool:
        """Whether it was written with metadata records: it begins with a warcinfo record then."""
        try:
            return Record(Member(self._file, 0)).header.kind == warc.WARCINFO
        except BrokenError:
            return True

    def entry(self, offset: int, most: int | None = None) -> Entry:
        """Read the document at an offset, at most so many of its bytes; all of them are checked.

        Raises `TornError` when the file ends before the document does, and `BrokenError` when none is here.
        """
        record = Record(Member(self._file, offset))
        if record.header.kind not in warc.DOCUMENTS:
            raise BrokenError(f"a {record.header.kind or 'nameless'} record, no document")
        return self._entry(record, offset, most)

    def blocks(self, offset: int) -> Iterator[bytes]:
        """Give the payload of the record at an offset, block by block."""
        return Record(Member(self._file, offset)).blocks()

    def walk(self, start: int, size: int, most: int | None = None) -> Iterator[Entry | Damage]:
        """Give the documents that begin before `size`, from a record's start on, and what is damaged on the way.

        A torn end is not told while a live writer has the file: the rest of the record is on its way.
        """
        at: int | None = start
        doubtful = False
        while at is not None and at < size:
            try:
                record = Record(Member(self._file, at))
                if record.header.kind not in warc.DOCUMENTS:
                    record.read(0)
                    at = record.end
                    continue
                entry = self._entry(record, at, most)
            except TornError as wrong:
                if not self._storage.being_written(self.name):
                    yield self._damage(at, Wrong.TORN, wrong)
                return
            except BrokenError as wrong:
                torn = self._ends_in_zeros(size)  # a crash of the machine leaves zeros where it had not written yet
                yield self._damage(at, Wrong.TORN if torn else Wrong.UNREADABLE, wrong)
                at, doubtful = find_member(self._file, at + 1, size), True
                continue
            at = entry.end
            if entry.told is None and self.tells:
                if doubtful:  # a record within a damaged document: somebody archived a WARC file
                    continue
                yield self._damage(int(entry.raw_ref.rpartition("#")[2]), Wrong.UNTOLD, "its metadata record is gone")
            doubtful = False
            yield entry

    def walk_from(self, offset: int, size: int) -> Iterator[Entry | Damage]:
        """Walk from the first record that begins at or behind an offset, wherever that falls."""
        start = find_member(self._file, offset, size)
        return iter(()) if start is None else self.walk(start, size, 0)

    def walk_end(self, size: int) -> Iterator[Entry | Damage]:
        """Walk over the last record only: it tells whether the file ends as it should."""
        start = find_last_member(self._file, size)
        return self.walk(0 if start is None else start, size, 0)

    def _entry(self, record: Record, offset: int, most: int | None) -> Entry:
        content = record.read(most)
        told, end = self._read_told(record)
        return Entry(f"{self.name}#{offset}", end, record.header, record.head, content, record.length, told)

    def _read_told(self, record: Record) -> tuple[bytes | None, int]:
        """Read the metadata record behind a document; give what it says, and where the next record begins."""
        end = record.end
        try:
            behind = Record(Member(self._file, end))
            if behind.header.fields.get("warc-concurrent-to") != record.header.id:
                return None, end
            return behind.read(), behind.end
        except TornError:
            if self.tells:
                raise
        except BrokenError:
            pass  # the walk comes to it next, and tells
        return None, end

    def _ends_in_zeros(self, size: int) -> bool:
        self._file.seek(max(0, size - _TAIL))
        return not self._file.read(_TAIL).strip(b"\0")

    def _damage(self, offset: int, wrong: Wrong, detail: object) -> Damage:
        return Damage(f"{self.name}#{offset}", self._storage.spell(self.name), wrong, str(detail))
