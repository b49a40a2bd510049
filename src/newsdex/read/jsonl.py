"""JSON Lines: one object a line (jsonlines.org), a document each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsdex.read.fields import FieldNames, RecordReader
from newsdex.read.item import Item
from newsdex.read.lines import Line, as_text, read_head, read_lines
from newsdex.records import Door

if TYPE_CHECKING:
    from newsdex.read.slices import Mark, Reading, Slice

_ENDINGS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


def looks_like_jsonl(path: Path, reading: Reading) -> bool:
    """Tell whether a file's first line is an object with a body, or an object in a file that is called JSON Lines."""
    line = next((line for line in read_head(path).splitlines() if line.strip()), b"")
    if not line.lstrip().startswith(b"{"):
        return False
    named = path.name.lower().endswith(_ENDINGS)
    try:
        record = _parse(line)
    except ValueError:
        return named
    return named or FieldNames(reading.mapping).has_body(record)


def survey(path: Path, limit: int) -> Iterator[Mark]:
    """Mark each line that is not blank, without parsing it."""
    from newsdex.read.slices import Mark

    for line in read_lines(path, limit):
        if line.damage or line.content.strip():
            yield Mark(line.start, line.end, line.number)


def read(portion: Slice, wanted: Callable[[str], bool], opened_at: datetime, limit: int) -> Iterator[Item]:
    """Read the lines of a slice that are wanted."""
    reading = portion.reading
    records = RecordReader(
        FieldNames(reading.mapping), Door.JSONL, opened_at, limit, reading.publisher, reading.media_type
    )
    for line in read_lines(Path(portion.path), limit, start=portion.start, number=portion.number):
        if line.number > portion.last:
            return
        name = f"{portion.name}#{line.number}"
        if (line.damage or line.content.strip()) and wanted(name):
            yield Item(name, _open(line, name, records))


def _open(line: Line, name: str, records: RecordReader) -> Any:
    if line.damage:
        return records.broken(name, line.damage, b"")
    if line.size > records.limit:
        return records.too_large(name, line.size, line.content)
    try:
        return records.document(_parse(line.content), name, line.content)
    except ValueError as wrong:
        return records.broken(name, str(wrong), line.content)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(as_text(line))
    except RecursionError:
        raise ValueError("nested too deeply to be a record") from None
    if not isinstance(record, dict):
        raise ValueError(f"the line is a {type(record).__name__}, where an object is expected")  # noqa: TRY004
    return record
