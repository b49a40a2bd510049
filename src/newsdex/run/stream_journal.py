"""The journal of a run that takes messages: what it has read, and how far, on the disk before any batch is opened.

    spool/streams/RUN/journal.jsonl   one line a batch: places in the raw archive, refusals, and the offsets reached
    spool/streams/RUN/ended.json      the names of the run's batches, once all lines stand in batches

A run that is killed goes on behind its last line when it is tried again. Should it never be, the next run takes over
its batches and reads on where it had stopped. A journal is let go when its offsets are committed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from newsdex.errors import UserError
from newsdex.read.locks import BatchTakenError, hold_folder
from newsdex.records import Rejection


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken at one go, a batch's worth: its documents, and how far each partition was read with them.

    `positions` has, by partition, the offset of the next message. `passed_over` counts messages that are no inputs.
    """

    positions: Mapping[str, int]
    refs: tuple[str, ...] = ()
    refusals: tuple[Rejection, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)

    @property
    def inputs(self) -> int:
        """How many inputs there are among the messages."""
        return len(self.refs) + len(self.refusals)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "refs": list(self.refs),
            "refusals": [refusal.as_dict() for refusal in self.refusals],
            "passed_over": dict(self.passed_over),
            "positions": dict(self.positions),
        }

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read the JSON shape back."""
        refusals = tuple(map(Rejection.from_dict, shape["refusals"]))
        return cls(shape["positions"], tuple(shape["refs"]), refusals, shape["passed_over"])


class StreamJournal:
    """The journal of one run, in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "journal.jsonl"
        self._end = folder / "ended.json"

    @property
    def run(self) -> str:
        """The run, as a folder name."""
        return self.folder.name

    @property
    def batches(self) -> list[str] | None:
        """The names of all batches of the run; None before they are opened."""
        try:
            names: list[str] = json.loads(self._end.read_bytes())
        except FileNotFoundError:
            return None
        return names

    def lines(self) -> list[Taken]:
        """Give the lines in order. One torn by a crash says nothing."""
        try:
            written = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        lines = []
        for each in filter(None, written):
            with suppress(ValueError):
                lines.append(Taken.from_dict(json.loads(each)))
        return lines

    def positions(self) -> dict[str, int]:
        """Say how far each partition was read."""
        reached: dict[str, int] = {}
        for line in self.lines():
            reached.update(line.positions)
        return reached

    def passed_over(self) -> Counter[str]:
        """Count the messages that are no inputs."""
        return sum((Counter(line.passed_over) for line in self.lines()), Counter())

    def append(self, taken: Taken) -> None:
        """Add a line; it is on the disk when this returns."""
        with self._file.open("ab") as file:
            # A line that a crash has torn is ended, so that it spoils no other.
            file.write(b"\n" if file.tell() else b"")
            file.write(json.dumps(taken.as_dict()).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def end(self, batches: Sequence[str]) -> None:
        """Note that all lines stand in batches, and in which."""
        fresh = self._end.with_suffix(".new")
        fresh.write_text(json.dumps(list(batches)), encoding="utf-8")
        fresh.replace(self._end)

    def forget(self) -> None:
        """Let the journal go."""
        shutil.rmtree(self.folder, ignore_errors=True)


def journal_of(spool: Path, run: str) -> StreamJournal:
    """Give a run's journal, whether or not there is one."""
    return StreamJournal(spool / "streams" / run)


@contextmanager
def hold_streams(spool: Path, run: str) -> Iterator[StreamJournal]:
    """Be the only one who takes messages until the block ends. Raises `UserError` while another process does."""
    folder = spool / "streams"
    (folder / run).mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(hold_folder(folder))
        except BatchTakenError:
            raise UserError("another process is taking messages", "wait until it has ended") from None
        yield StreamJournal(folder / run)


def left_behind(spool: Path, run: str) -> list[StreamJournal]:
    """Give the journals of other runs that never committed. To be asked while `hold_streams` holds."""
    folders = sorted(each for each in (spool / "streams").glob("*") if each.is_dir() and each.name != run)
    return [StreamJournal(folder) for folder in folders]
