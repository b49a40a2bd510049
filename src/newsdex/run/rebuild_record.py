"""What a rebuild writes down, so that one that was killed goes on where it was, and one that ended can be taken back.

rebuilds/ID/state.json          which indices, how far, in which phase
rebuilds/ID/rejections.jsonl    what today's rules refuse
rebuilds/ID/passed.jsonl        what lies in quarantine and today's rules take
rebuilds/ID/report.json, report.txt   what changes, written before the switch
rebuilds/ID/quarantine.jsonl    entries of the quarantine as they were before the switch
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from newsdex.errors import UserError
from newsdex.read.locks import kept_from_forks
from newsdex.records import rfc3339
from newsdex.settings import Settings


class Phase(StrEnum):
    """How far a rebuild is."""

    FILLING = "filling"
    REPORTED = "reported"
    SWITCHED = "switched"
    DONE = "done"
    DISCARDED = "discarded"
    ROLLING_BACK = "rolling-back"
    ROLLED_BACK = "rolled-back"


OPEN = frozenset({Phase.FILLING, Phase.REPORTED, Phase.SWITCHED})
"""Phases from which a rebuild has to go on."""


@dataclass(slots=True)
class State:
    """One rebuild.

    `copied_until`, `caught_up` and `settled` are operations of the old index, `counted` and `switched` of the new one.
    """

    id: str
    old: str
    new: str
    config: str
    started_at: str
    only: str | None = None
    phase: Phase = Phase.FILLING
    checkpoint: dict[str, Any] = field(default_factory=dict)
    read: int = 0
    """Documents worked so far."""
    copied: int = 0
    """Articles taken over as they are."""
    copied_until: int = -1
    caught_up: int = -1
    settled: int = -1
    counted: int = -1
    switched: int = -1
    missing: dict[str, str | None] = field(default_factory=dict)
    """Articles that the new index does not have, with their raw_ref; the report says why."""
    added: list[str] = field(default_factory=list)
    """Articles that only the new index has."""


class Record:
    """The folder of one rebuild."""

    def __init__(self, folder: Path, state: State) -> None:
        self.folder = folder
        self.state = state

    def save(self) -> None:
        """Have the state on the disk."""
        write_whole(self.folder / "state.json", json.dumps(asdict(self.state)))

    def append(self, name: str, shapes: Iterable[dict[str, Any]]) -> None:
        """Add lines to one of the files; they are on the disk when this returns."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            for shape in shapes:
                file.write(json.dumps(shape) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """Read the lines of one of the files; one that a kill has torn says nothing."""
        try:
            with (self.folder / name).open(encoding="utf-8") as file:
                for line in file:
                    if line.endswith("}\n"):
                        yield json.loads(line)
        except FileNotFoundError:
            return


class Rebuilds:
    """All rebuilds of one home."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "rebuilds"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else rebuild meanwhile. Raises `UserError` when somebody does."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise UserError("another rebuild is running here", "wait until it has ended") from taken
            with kept_from_forks(lock.fileno()):
                yield

    def begin(self, moment: datetime, **known: Any) -> Record:
        """Begin a new one."""
        name = f"{moment:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        folder = self._folder / name
        folder.mkdir(parents=True)
        record = Record(folder, State(name, started_at=rfc3339(moment) or "", **known))
        record.save()
        return record

    def all(self) -> list[Record]:
        """Give all that were ever begun, newest first."""
        found = sorted(self._folder.glob("*/state.json"), reverse=True)
        return [Record(path.parent, _read(path)) for path in found]

    def open(self) -> Record | None:
        """Give the one that has not ended; None when there is none."""
        return next((record for record in self.all() if record.state.phase in OPEN), None)

    def rolling_back(self) -> Record | None:
        """Give the one whose rollback was interrupted; None when none was."""
        return next((record for record in self.all() if record.state.phase is Phase.ROLLING_BACK), None)

    def that_made(self, index: str) -> Record | None:
        """Give the one that made an index and switched to it; None when none did."""
        made = (r for r in self.all() if r.state.new == index and r.state.phase in (Phase.SWITCHED, Phase.DONE))
        return next(made, None)


def write_whole(path: Path, text: str) -> None:
    """Replace a file in one step: a reader sees the old content or the new, whole."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _read(path: Path) -> State:
    shape = json.loads(path.read_text(encoding="utf-8"))
    return State(**{**shape, "phase": Phase(shape["phase"])})
