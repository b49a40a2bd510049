"""Looking through an operator's files before they are read: what each one is, and portions of bounded size of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from newsdex.errors import UserError
from newsdex.read import FileKind, Reading, cut_slices, find_files, tell_kind
from newsdex.run.chunks import portions
from newsdex.run.portions import PlainFiles, Portion, SliceOfFile
from newsdex.settings import Settings


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be read, and what it is called in the names of its documents."""

    path: Path
    name: str


@dataclass(slots=True)
class Survey:
    """What there is to read: how many documents, in which files, and what in them is none, counted by kind."""

    portions: list[Portion] = field(default_factory=list)
    files: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def inputs(self) -> int:
        """How many documents there are."""
        return sum(portion.inputs for portion in self.portions)

    def add(self, found: Iterable[Portion]) -> None:
        """Enter what a file holds; of a portion without documents only what was passed over."""
        for portion in found:
            self.passed_over.update(portion.passed_over)
            if portion.inputs:
                self.portions.append(portion)


def survey_files(
    settings: Settings,
    files: Iterable[Found],
    opened_at: datetime,
    *,
    kind: FileKind | None = None,
    reading: Reading | None = None,
    most: int | None = None,
) -> Survey:
    """Look through files, each from its beginning to its end where it holds many documents, at constant memory.

    Without a `kind` each file's own content tells what it is. `most` bounds the documents of a portion in place of the
    settings. Raises `UserError` for a file that cannot be what it is said to be.
    """
    reading = reading or Reading()
    most = most or settings.batch_files
    survey = Survey()
    limit, most_bytes = settings.document_bytes, settings.batch_bytes

    def documents() -> Iterator[Found]:
        for found in files:
            told = kind or (tell_kind(found.path, reading) if found.path.is_file() else FileKind.DOCUMENT)
            survey.files[told] += 1
            if told is FileKind.DOCUMENT:
                yield found
            else:
                survey.add(slices(found, told))

    def slices(found: Found, told: FileKind) -> Iterator[Portion]:
        cut = cut_slices(found.path, found.name, told, reading, limit=limit, most=most, most_bytes=most_bytes)
        return (SliceOfFile(each, opened_at, limit) for each in cut)

    try:
        for part in portions(documents(), lambda found: found.path.stat().st_size, most, most_bytes):
            paths, names = tuple(found.path for found in part), tuple(found.name for found in part)
            survey.add([PlainFiles(paths, names, reading.publisher, opened_at, limit)])
    except PermissionError as denied:
        raise UserError(f"{denied.filename} cannot be read", "chmod or chown it, or run as its owner") from denied
    return survey


def found_below(paths: Iterable[Path]) -> list[Found]:
    """Find the files that a person means by paths; they are called what the person calls them."""
    return [Found(path, str(path)) for path in find_files(paths)]
