"""The journal of a run that fetches: what came of each address, on the disk before the frontier is told.

    spool/fetches/QUEUE/RUN/journal.jsonl   one line an address, written once its bytes are safe in the raw archive
    spool/fetches/QUEUE/RUN/ended           an empty file: all lines stand in batches

A run that is killed goes on behind its last line when it is tried again. Should it never be, the next run of its queue
puts its lines into batches and takes those over. A queue is one DAG, or one command: it has one run at a time.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from newsdex.errors import UserError
from newsdex.index.addresses import Settled
from newsdex.read.locks import BatchGoneError, BatchTakenError, hold_folder
from newsdex.records import Rejection


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one address, which is one input of the run: a document in the raw archive, or a refusal."""

    id: str
    settled: Settled
    ref: str | None = None
    refusal: Rejection | None = None
    size: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from another line: the same address may be fetched twice, with another outcome."""
        return self.id, self.ref or "refused"

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        refusal = None if self.refusal is None else self.refusal.as_dict()
        settled = self.settled.as_dict()
        return {"id": self.id, "ref": self.ref, "refusal": refusal, "size": self.size, "settled": settled}

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """Read the JSON shape back."""
        refusal = None if shape["refusal"] is None else Rejection.from_dict(shape["refusal"])
        return cls(shape["id"], Settled.from_dict(shape["settled"]), shape["ref"], refusal, shape["size"])


class FetchJournal:
    """The journal of one run, in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "journal.jsonl"
        self._end = folder / "ended"

    @property
    def run(self) -> str:
        """The run, as a folder name."""
        return self.folder.name

    @property
    def ended(self) -> bool:
        """Whether all lines stand in batches."""
        return self._end.exists()

    def lines(self) -> list[Line]:
        """Give the lines in order, each once. One torn by a crash says nothing."""
        try:
            written = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        whole = (Line.from_dict(json.loads(each)) for each in written if each.startswith(b"{") and each.endswith(b"}}"))
        return list({line.key: line for line in whole}.values())

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines; they are on the disk when this returns."""
        if not lines:
            return
        with self._file.open("ab") as file:
            # A line that a crash has torn is ended, so that it spoils no other.
            file.write(b"\n" if file.tell() else b"")
            file.write(b"\n".join(json.dumps(line.as_dict()).encode() for line in lines))
            file.write(b"\n")
            file.flush()
            os.fsync(file.fileno())

    def end(self) -> None:
        """Note that all lines stand in batches."""
        self._end.touch()

    def forget(self) -> None:
        """Let the journal go."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def hold_queue(spool: Path, queue: str) -> Iterator[None]:
    """Be the one run of a queue until the block ends. Raises `UserError` when there is another."""
    folder = spool / "fetches" / queue
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with hold_folder(folder):
            yield
    except BatchTakenError:
        raise UserError(f"another {queue} is at work", "wait until it has ended") from None


@contextmanager
def hold_journal(spool: Path, queue: str, run: str) -> Iterator[FetchJournal]:
    """Open a run's own journal and hold it until the block ends. Raises `BatchTakenError` while another one does."""
    folder = spool / "fetches" / queue / run
    folder.mkdir(parents=True, exist_ok=True)
    with hold_folder(folder):
        yield FetchJournal(folder)


def left_behind(spool: Path, queue: str, run: str) -> Iterator[FetchJournal]:
    """Go through the journals of other runs of a queue that nobody works on, holding each."""
    for folder in _folders(spool / "fetches" / queue):
        if folder.name != run:
            with suppress(BatchGoneError, BatchTakenError), hold_folder(folder):
                yield FetchJournal(folder)


def _folders(parent: Path) -> Iterable[Path]:
    return sorted(each for each in parent.glob("*") if each.is_dir())
