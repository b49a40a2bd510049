"""What stands on the disk between tasks: the batches of each run, and the outcome of every item worked so far.

    spool/runs/RUN/BATCH                 an empty file: the batch is this run's
    spool/runs/RUN.json                  the run's sheets, once it is closed
    spool/batches/BATCH/batch.json       what the batch reads, and since when
    spool/batches/BATCH/outcomes.jsonl   one line an item, written before the item is let go
    spool/batches/BATCH/in_hand.json     the items being worked; left behind only by a process that died
    spool/batches/BATCH/deaths.json      the items that were being worked when a process died, and how often alone
    spool/batches/BATCH/sheet.json       the batch's balance sheet, written when all is done

Tasks pass the names of batches and counts to each other, never documents.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newsdex.records import rfc3339

_RUNS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Description:
    """What a batch is: which portion of a door's input it reads, and how many inputs that is.

    `kind` says what `portion` means. `queue` names those who may finish each other's batches. `opened_at` is when we
    got what has no time of its own.
    """

    kind: str
    queue: str
    opened_at: datetime
    inputs: int
    portion: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """What became of one item.

    `name` is the item's in its batch, `reason` why it was quarantined, `id` the document's. `confirmed` says whether
    Elasticsearch's answer for the document was the one that the outcome claims.
    """

    name: str
    outcome: str
    reason: str | None = None
    id: str | None = None
    confirmed: bool = True


class Spool:
    """The spool below one folder. A run is given by its name as a folder."""

    def __init__(self, folder: Path) -> None:
        self._runs = folder / "runs"
        self._batches = folder / "batches"

    def batch(self, batch: str) -> BatchRecord:
        """Give the record of one batch, whether or not anything was written to it yet."""
        return BatchRecord(self._batches / batch)

    def open(self, run: str, descriptions: Iterable[Description]) -> list[str]:
        """Make batches of one run; give their names.

        What the run has open already is not opened twice: a task that is tried again gives the same batches again.
        """
        known = {batch.rpartition("-")[2]: batch for batch in self.run_batches(run)}
        batches = []
        for number, description in enumerate(descriptions):
            digest = _digest(description)
            if digest not in known:
                known[digest] = f"{description.opened_at:%Y%m%dT%H%M%S}-{number:04}-{digest}"
                self.batch(known[digest]).open(description)
                self.assign(run, known[digest])
            batches.append(known[digest])
        return batches

    def assign(self, run: str, batch: str) -> None:
        """Make a batch this run's, and no other's."""
        (self._runs / run).mkdir(parents=True, exist_ok=True)
        (self._runs / run / batch).touch()
        for other in self._runs.glob(f"*/{batch}"):
            if other.parent.name != run:
                other.unlink(missing_ok=True)

    def owns(self, run: str, batch: str) -> bool:
        """Tell whether a batch is this run's."""
        return (self._runs / run / batch).exists()

    def others(self, run: str, queue: str) -> list[str]:
        """Name the unfinished batches of a queue that are other runs'."""
        batches = sorted(path.name for path in self._runs.glob("*/*") if path.parent.name != run)
        return [batch for batch in batches if (found := self.batch(batch).description()) and found.queue == queue]

    def left(self) -> list[str]:
        """Name the batches of all runs that are not closed yet, finished and unfinished."""
        return sorted({path.name for path in self._runs.glob("*/*")})

    def run_batches(self, run: str) -> list[str]:
        """Name the batches of a run, finished and unfinished."""
        return sorted({path.name for path in (self._runs / run).glob("*")} | set(self._sheets(run)))

    def closed_sheet(self, run: str, batch: str) -> dict[str, Any] | None:
        """Give a batch's sheet after its run was closed; None when there is none."""
        return self._sheets(run).get(batch)

    def close_run(self, run: str, sheets: dict[str, dict[str, Any]]) -> None:
        """Keep the run's sheets, let its finished batches go, and forget the oldest runs."""
        _write_json(self._runs / f"{run}.json", {"sheets": sheets})
        for batch in sheets:
            (self._runs / run / batch).unlink(missing_ok=True)
            shutil.rmtree(self._batches / batch, ignore_errors=True)
        with suppress(OSError):
            (self._runs / run).rmdir()
        records = sorted(self._runs.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for old in records[:-_RUNS_KEPT]:
            old.unlink(missing_ok=True)

    def _sheets(self, run: str) -> dict[str, dict[str, Any]]:
        closed = _read_json(self._runs / f"{run}.json") or {}
        sheets: dict[str, dict[str, Any]] = closed.get("sheets", {})
        return sheets


class BatchRecord:
    """The record of one batch. It goes by the batch's name alone, so it stays when another run adopts the batch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._outcomes = folder / "outcomes.jsonl"
        self._in_hand = folder / "in_hand.json"

    def open(self, description: Description) -> None:
        """Write down what the batch is."""
        shape = {**asdict(description), "opened_at": rfc3339(description.opened_at)}
        _write_json(self.folder / "batch.json", shape)

    def description(self) -> Description | None:
        """Say what the batch is; None when whoever opened it died before it was written down."""
        shape = _read_json(self.folder / "batch.json")
        if shape is None:
            return None
        return Description(**{**shape, "opened_at": datetime.fromisoformat(shape["opened_at"])})

    def outcomes(self) -> dict[str, ItemOutcome]:
        """Give the outcome of every item worked so far, by name. A line torn by a crash says nothing and counts not."""
        found: dict[str, ItemOutcome] = {}
        for line in _whole_lines(self._outcomes):
            outcome = ItemOutcome(**json.loads(line))
            found[outcome.name] = outcome
        return found

    def append(self, outcomes: Iterable[ItemOutcome]) -> None:
        """Add outcomes; they are on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(asdict(outcome)) + "\n" for outcome in outcomes).encode()
        with self._outcomes.open("ab") as file:
            if file.tell() and not _ends_whole(self._outcomes):
                file.write(b"\n")
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def take_in_hand(self, names: Sequence[str]) -> None:
        """Note which items are being worked, without waiting for the disk: a process that dies leaves them behind."""
        self._in_hand.write_text(json.dumps(names), encoding="utf-8")

    def put_down(self) -> None:
        """Note that no item is being worked."""
        self._in_hand.unlink(missing_ok=True)

    def deaths(self) -> dict[str, int]:
        """Give the items that were in hand when a process died, and how often each was so alone.

        One of several in hand is under suspicion only. To be asked once, when a try begins.
        """
        deaths: dict[str, int] = _read_json(self.folder / "deaths.json") or {}
        try:
            names = json.loads(self._in_hand.read_bytes())
        except (FileNotFoundError, ValueError):
            return deaths
        for name in names:
            deaths[name] = deaths.get(name, 0) + (len(names) == 1)
        _write_json(self.folder / "deaths.json", deaths)
        self.put_down()
        return deaths

    def close(self, sheet: dict[str, Any]) -> None:
        """Keep the finished batch's balance sheet."""
        _write_json(self.folder / "sheet.json", sheet)

    def sheet(self) -> dict[str, Any] | None:
        """Give the balance sheet of a finished batch; None while it is not finished."""
        return _read_json(self.folder / "sheet.json")


def _digest(description: Description) -> str:
    """Give 12 hex digits by which the same portion is known again, whenever it is opened."""
    shape = [description.kind, description.queue, description.inputs, description.portion]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]


def _whole_lines(path: Path) -> list[bytes]:
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    return [line for line in lines if line.startswith(b"{") and line.endswith(b"}")]


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return content


def _write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step: a reader sees the old content or the new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
