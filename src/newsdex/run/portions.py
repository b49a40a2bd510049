"""What a batch reads, one class a kind: files of the inbox, archived documents, plain files, a slice of a larger file.

A portion gives its items under names that stay the same however often it is read. What the spool calls a `Description`
is a portion written down.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from newsdex.errors import UserError
from newsdex.read import Item, OpenedDocument, Slice, open_file, read_slice, refused, reopen
from newsdex.read.document import readable
from newsdex.read.inbox import publisher_of
from newsdex.read.media_type import UNKNOWN
from newsdex.records import Door, Origin, Reason, Rejection, Stage
from newsdex.run.archiving import open_archive
from newsdex.settings import Settings
from newsdex.spool import Description

if TYPE_CHECKING:
    from newsdex.archive import Archive

Wanted: TypeAlias = Callable[[str], bool]
"""Which items are to be read, by name."""

_NO_BYTES = hashlib.sha256(b"").hexdigest()


class Portion(ABC):
    """What a batch reads."""

    kind: ClassVar[str]

    @property
    @abstractmethod
    def inputs(self) -> int:
        """How many items there are, told without reading them."""

    @property
    def passed_over(self) -> Mapping[str, int]:
        """What lies among the items and is no input, counted by kind."""
        return {}

    @abstractmethod
    def items(self, wanted: Wanted) -> Iterator[Item]:
        """Read the items that are wanted, in order, one at a time."""

    def let_go(self, name: str) -> None:  # noqa: B027 - most portions leave everything where it is
        """Take away an item whose outcome is noted, where it is ours to take away."""

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """Give what the spool writes down."""


@dataclass(frozen=True)
class InboxFiles(Portion):
    """Claimed files. They are taken away as their outcomes are noted."""

    kind = "inbox"
    folder: Path
    names: tuple[str, ...]
    claimed_at: datetime
    limit: int

    @property
    def inputs(self) -> int:
        """How many files were claimed."""
        return len(self.names)

    def items(self, wanted: Wanted) -> Iterator[Item]:
        """Read the files that are still there."""
        for name in filter(wanted, self.names):
            if (self.folder / name).exists():
                yield Item(name, self._open(name))

    def let_go(self, name: str) -> None:
        """Delete a claimed file."""
        (self.folder / name).unlink(missing_ok=True)

    def as_dict(self) -> dict[str, Any]:
        """Give the names alone: where the files lie follows from who has claimed them."""
        return {"names": list(self.names)}

    def _open(self, name: str) -> OpenedDocument:
        opened = open_file(
            self.folder / name,
            uri=f"inbox/{name}",
            publisher=publisher_of(name),
            fetched_at=self.claimed_at,
            limit=self.limit,
        )
        return opened.placed(Door.INBOX)


@dataclass(frozen=True)
class ArchivedDocuments(Portion):
    """Documents that lie in the raw archive already, and what was refused before there was anything to archive."""

    kind = "archived"
    settings: Settings
    refs: tuple[str, ...]
    refusals: tuple[Rejection, ...]
    opened_at: datetime

    @property
    def inputs(self) -> int:
        """How many documents and refusals there are."""
        return len(self.refs) + len(self.refusals)

    def items(self, wanted: Wanted) -> Iterator[Item]:
        """Read the documents back. One that the archive cannot give is refused, and the others go on."""
        archive = open_archive(self.settings)
        for ref in filter(wanted, self.refs):
            yield Item(ref, self._open(archive, ref))
        for number, rejection in enumerate(self.refusals):
            if wanted(name := f"refusal#{number}"):
                yield Item(name, refused(rejection))

    def as_dict(self) -> dict[str, Any]:
        """Give the places in the archive, and the refusals."""
        return {"refs": list(self.refs), "refusals": [rejection.as_dict() for rejection in self.refusals]}

    def _open(self, archive: Archive, ref: str) -> OpenedDocument:
        limit = self.settings.document_bytes
        try:
            raw = archive.document(ref, largest=limit)
        except UserError as damaged:
            origin = Origin(ref, self.opened_at, UNKNOWN, _NO_BYTES, raw_ref=ref)
            return refused(Rejection(origin, Stage.READ, Reason.BROKEN_RECORD, damaged.message))
        return reopen(raw, limit=limit)


@dataclass(frozen=True)
class PlainFiles(Portion):
    """Somebody's own files, one document each. They stay where they are. `names` are what they are called."""

    kind = "files"
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    publisher: str | None
    opened_at: datetime
    limit: int

    @property
    def inputs(self) -> int:
        """How many files there are."""
        return len(self.paths)

    def items(self, wanted: Wanted) -> Iterator[Item]:
        """Read the files."""
        for path, name in zip(self.paths, self.names, strict=True):
            if wanted(name):
                yield Item(name, self._open(path, name))

    def as_dict(self) -> dict[str, Any]:
        """Give the paths and what they are called."""
        return {"paths": [str(path) for path in self.paths], "names": list(self.names), "publisher": self.publisher}

    def _open(self, path: Path, name: str) -> OpenedDocument:
        at = self.opened_at
        try:
            return open_file(path, uri=name, publisher=self.publisher, fetched_at=at, limit=self.limit)
        except FileNotFoundError:
            origin = Origin(readable(name), at, UNKNOWN, _NO_BYTES, self.publisher)
            return refused(Rejection(origin, Stage.READ, Reason.BROKEN_RECORD, "the file is no longer there"))


@dataclass(frozen=True)
class SliceOfFile(Portion):
    """Consecutive records of one file that holds many."""

    kind = "slice"
    slice: Slice
    opened_at: datetime
    limit: int

    @property
    def inputs(self) -> int:
        """How many records are documents."""
        return self.slice.inputs

    @property
    def passed_over(self) -> Mapping[str, int]:
        """The records among them that are none."""
        return self.slice.passed_over

    def items(self, wanted: Wanted) -> Iterator[Item]:
        """Read the records. Raises `UserError` when the file is gone."""
        try:
            yield from read_slice(self.slice, wanted=wanted, opened_at=self.opened_at, limit=self.limit)
        except FileNotFoundError as gone:
            raise UserError(f"{self.slice.path} is no longer there", "put it back, and run this again") from gone

    def as_dict(self) -> dict[str, Any]:
        """Give where the slice begins and ends, and how its records are read."""
        return asdict(self.slice)


def describe(portion: Portion, queue: str, opened_at: datetime) -> Description:
    """Write a portion down."""
    return Description(portion.kind, queue, opened_at, portion.inputs, portion.as_dict())


def portion_of(settings: Settings, description: Description) -> Portion:
    """Give what a description describes, of all kinds but the inbox's, whose files lie where their run has them."""
    shape, opened_at, limit = description.portion, description.opened_at, settings.document_bytes
    if description.kind == ArchivedDocuments.kind:
        refusals = tuple(Rejection.from_dict(refusal) for refusal in shape["refusals"])
        return ArchivedDocuments(settings, tuple(shape["refs"]), refusals, opened_at)
    if description.kind == PlainFiles.kind:
        paths = tuple(Path(path) for path in shape["paths"])
        return PlainFiles(paths, tuple(shape["names"]), shape["publisher"], opened_at, limit)
    if description.kind == SliceOfFile.kind:
        return SliceOfFile(Slice.from_dict(shape), opened_at, limit)
    raise UserError(f"a batch of kind {description.kind!r} is of another version of Newsdex", "finish it with that one")
