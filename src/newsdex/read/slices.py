"""Files that hold many documents, cut into slices: portions of consecutive records that are read without the rest.

A file is surveyed once, from its beginning to its end, at constant memory; each record of it gets a `Mark`. Slices are
cut between marks, and say beforehand how many documents are in them, so that a batch can be checked against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from newsdex.read.item import Item


class FileKind(StrEnum):
    """What a file holds: one document, or many in one of these forms."""

    WARC = "warc"
    JSONL = "jsonl"
    CSV = "csv"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an operator says of a file beside its content. None and an empty mapping leave it to the content.

    `mapping` names the columns or keys by our fields (`{"headline": "title"}`), `media_type` what the bodies are,
    `delimiter` what stands between a CSV file's columns.
    """

    publisher: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A record in a file: where it begins and ends, in bytes, its number, and of what kind it is when it is no input.

    `number` is a line's, from 1. For compressed lines the bytes are those of the text.
    """

    start: int
    end: int
    number: int = 0
    passed_over: str | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive records of one file: `inputs` documents from byte `start` to byte `end`.

    In a file of lines the first record begins at line `number`, the last at line `last`.
    `name` is what the file is called in the names of its records, `columns` are those of a CSV file.
    """

    path: str
    name: str
    kind: FileKind
    start: int
    end: int
    number: int
    last: int
    inputs: int
    passed_over: Mapping[str, int]
    reading: Reading
    columns: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read back what `dataclasses.asdict` gave, as JSON keeps it."""
        given = {**shape, "kind": FileKind(shape["kind"]), "columns": tuple(shape["columns"])}
        return cls(**{**given, "reading": Reading(**shape["reading"])})


def tell_kind(path: Path, reading: Reading | None = None) -> FileKind:
    """Tell by its content what a file holds. In doubt it is one document.

    Lines of JSON and rows of CSV are taken for records only where a field is known to hold a body: by `reading`, or by
    its name.
    """
    from newsdex.read import csv, jsonl, warc

    reading = reading or Reading()
    if warc.looks_like_warc(path):
        return FileKind.WARC
    if jsonl.looks_like_jsonl(path, reading):
        return FileKind.JSONL
    return FileKind.CSV if csv.looks_like_csv(path, reading) else FileKind.DOCUMENT


def cut_slices(
    path: Path, name: str, kind: FileKind, reading: Reading, *, limit: int, most: int, most_bytes: int
) -> Iterator[Slice]:
    """Cut a file into slices of `most` documents and `most_bytes` bytes at most. `limit` is the largest document.

    Records that are no documents are counted in the slices around them, and a file without any document gives one slice
    that says so.
    Raises `UserError` for a file that cannot be read as what it is said to be.
    """
    from newsdex.read import csv, jsonl, warc

    whole = Slice(str(path), name, kind, 0, 0, 1, 1, 0, {}, reading)
    if kind is FileKind.WARC:
        return _cut(warc.survey(path), whole, most, most_bytes)
    if kind is FileKind.JSONL:
        return _cut(jsonl.survey(path, limit), whole, most, most_bytes)
    header = csv.read_header(path, reading)
    whole = replace(whole, columns=header.columns, reading=replace(reading, delimiter=header.delimiter))
    return _cut(csv.survey(path, header, limit), whole, most, most_bytes)


def read_slice(portion: Slice, *, wanted: Callable[[str], bool], opened_at: datetime, limit: int) -> Iterator[Item]:
    """Read the documents of a slice that are wanted, by name: `FILE#OFFSET` in a WARC file, else `FILE#LINE`.

    A record that cannot be read is an item too, refused; the others go on. `opened_at` is when we got what does not
    say itself when it was fetched, `limit` the largest document in bytes.
    """
    from newsdex.read import csv, jsonl, warc

    if portion.kind is FileKind.WARC:
        return warc.read(portion, wanted, opened_at, limit)
    if portion.kind is FileKind.JSONL:
        return jsonl.read(portion, wanted, opened_at, limit)
    return csv.read(portion, wanted, opened_at, limit)


def _cut(marks: Iterable[Mark], whole: Slice, most: int, most_bytes: int) -> Iterator[Slice]:
    """Cut before each document that would be one too many, so that what is no document stays with those before it."""
    current: Slice | None = None
    passed: Counter[str] = Counter()
    for mark in marks:
        full = current is not None and (current.inputs >= most or mark.end - current.start > most_bytes)
        if current is not None and current.inputs and full and mark.passed_over is None:
            yield replace(current, passed_over=dict(passed))
            current, passed = None, Counter()
        if current is None:
            current = replace(whole, start=mark.start, number=mark.number)
        if mark.passed_over is not None:
            passed[mark.passed_over] += 1
        inputs = current.inputs + (mark.passed_over is None)
        current = replace(current, end=mark.end, last=mark.number, inputs=inputs)
    if current is not None:
        yield replace(current, passed_over=dict(passed))
