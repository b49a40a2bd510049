"""CSV with a header (RFC 4180): one row a document, whatever separates the columns.

One stray quotation mark can swallow the rest of such a file. A row that does not fit the header is therefore refused
for its first line alone, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsdex.errors import UserError
from newsdex.read.fields import BODY, FieldNames, RecordReader
from newsdex.read.item import Item
from newsdex.read.lines import Line, as_text, read_head, read_lines
from newsdex.records import Door

if TYPE_CHECKING:
    from newsdex.read.slices import Mark, Reading, Slice

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Header:
    """The columns, what stands between them, and how many lines lie before the first row."""

    columns: tuple[str, ...]
    delimiter: str
    lines: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its first line's number, where it begins and ends, its bytes, and its fields or what is wrong with it."""

    number: int
    start: int
    end: int
    content: bytes
    fields: Sequence[str]
    wrong: str = ""


def looks_like_csv(path: Path, reading: Reading) -> bool:
    """Tell whether a file's first row names two columns or more, and among them one for the body."""
    try:
        header = read_header(path, reading)
    except UserError:
        return False
    return len(header.columns) > 1


def read_header(path: Path, reading: Reading) -> Header:
    """Read the first row. Raises `UserError` when none of its columns is known to hold the body."""
    head = read_head(path)
    first = next((line for line in head.split(b"\n") if line.strip()), b"")
    skipped = head.index(first) if first else 0
    text = as_text(first)
    wanted = [reading.delimiter] if reading.delimiter else list(DELIMITERS)
    rows = {delimiter: next(csv.reader([text], delimiter=delimiter), []) for delimiter in wanted}
    delimiter = max(wanted, key=lambda each: len(rows[each]))
    columns = tuple(name.strip() for name in rows[delimiter])
    if not FieldNames(reading.mapping).has_body(columns):
        named = reading.mapping.get(BODY)
        raise UserError(
            f"{path}: no column {named!r}" if named else f"{path}: no column is known to hold the body",
            f"map one of {', '.join(columns)[:300]} to it, like body={columns[-1] if columns else 'text'}",
        )
    return Header(columns, delimiter, head[:skipped].count(b"\n") + 1)


def survey(path: Path, header: Header, limit: int) -> Iterator[Mark]:
    """Mark each row."""
    from newsdex.read.slices import Mark

    lines = read_lines(path, limit)
    for _ in range(header.lines):
        next(lines, None)
    for row in _Rows(lines, header.columns, header.delimiter, limit):
        yield Mark(row.start, row.end, row.number)


def read(portion: Slice, wanted: Callable[[str], bool], opened_at: datetime, limit: int) -> Iterator[Item]:
    """Read the rows of a slice that are wanted. A row's name has the number of its first line."""
    reading = portion.reading
    records = RecordReader(
        FieldNames(reading.mapping), Door.CSV, opened_at, limit, reading.publisher, reading.media_type
    )
    lines = read_lines(Path(portion.path), limit, start=portion.start, number=portion.number)
    for row in _Rows(lines, portion.columns, reading.delimiter or ",", limit):
        if row.number > portion.last:
            return
        name = f"{portion.name}#{row.number}"
        if not wanted(name):
            continue
        if row.end - row.start > limit:
            yield Item(name, records.too_large(name, row.end - row.start, row.content))
        elif row.wrong:
            yield Item(name, records.broken(name, row.wrong, row.content))
        else:
            record = dict(zip(portion.columns, row.fields, strict=False))
            yield Item(name, records.document(record, name, row.content))


class _Rows:
    """Rows out of lines. Lines that a refused row had taken beyond its first are given again."""

    def __init__(self, lines: Iterator[Line], columns: Sequence[str], delimiter: str, limit: int) -> None:
        self._lines = lines
        self._columns = columns
        self._delimiter = delimiter
        self._limit = limit
        self._again: deque[Line] = deque()
        self._taken: list[Line] = []

    def __iter__(self) -> Iterator[Row]:
        csv.field_size_limit(self._limit)
        while (row := self._next()) is not None:
            yield row

    def _next(self) -> Row | None:
        while True:
            self._taken = []
            try:
                fields = next(csv.reader(self._texts(), delimiter=self._delimiter), [])
                wrong = self._misfit(fields)
            except csv.Error as error:
                fields, wrong = [], str(error)
            if not self._taken:
                return None
            if fields or wrong:  # a blank line is no row
                return self._row(fields, wrong)

    def _row(self, fields: Sequence[str], wrong: str) -> Row:
        first = self._taken[0]
        if wrong:
            self._again.extendleft(reversed(self._taken[1:]))
            self._taken = [first]
        content = b"".join(line.content for line in self._taken)
        return Row(first.number, first.start, self._taken[-1].end, content, fields, wrong)

    def _texts(self) -> Iterator[str]:
        held = 0
        while (line := self._again.popleft() if self._again else next(self._lines, None)) is not None:
            self._taken.append(line)
            held += line.size
            if line.damage:
                raise csv.Error(line.damage)
            if held > self._limit:
                raise csv.Error(f"more than {self._limit:,} bytes without an end of the row")
            yield as_text(line.content)

    def _misfit(self, fields: Sequence[str]) -> str:
        """Say why a row does not fit; empty when it does. The last columns may be missing from a row of one line."""
        several = len(self._taken) > 1
        beyond = any(field.strip() for field in fields[len(self._columns) :])
        if beyond or (several and len(fields) < len(self._columns)):
            return f"{len(fields)} columns, where the header names {len(self._columns)}"
        return self._quoted_wrongly() if several else ""

    def _quoted_wrongly(self) -> str:
        """Say what is wrong with a row of several lines, which a stray quotation mark may have made of several rows."""
        texts = [as_text(line.content) for line in self._taken]
        try:
            next(csv.reader(texts, delimiter=self._delimiter, strict=True), None)
        except csv.Error as error:
            return f"a quotation mark is out of place: {error}"
        return ""
