"""What stands on the disk between tasks: the batches of each run, and the outcome of every file worked so far.

    spool/runs/RUN.json              the batches a run claimed; its sheets once it is closed
    spool/batches/BATCH/claim.json   when and which files were claimed
    spool/batches/BATCH/outcomes.jsonl   one line a file, written before the file is let go
    spool/batches/BATCH/in_hand.json     the file being worked; left behind only by a process that died
    spool/batches/BATCH/sheet.json   the batch's balance sheet, written when all is done

Tasks pass paths and counts to each other, never documents.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newsdex.records import rfc3339

_RUNS_KEPT = 500


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    `name` is its path below the inbox, `reason` why it was quarantined, `id` the document's. `confirmed` says whether
    Elasticsearch's answer for the document was the one that the outcome claims.
    """

    name: str
    outcome: str
    reason: str | None = None
    id: str | None = None
    confirmed: bool = True


class Spool:
    """The spool below one folder."""

    def __init__(self, folder: Path) -> None:
        self._runs = folder / "runs"
        self._batches = folder / "batches"

    def batch(self, batch: str) -> BatchRecord:
        """Give the record of one batch, whether or not anything was written to it yet."""
        return BatchRecord(self._batches / batch)

    def open_run(self, run: str, batches: list[str]) -> None:
        """Write down which batches a run claimed."""
        _write_json(self._runs / f"{run}.json", {"batches": batches, "sheets": {}})

    def run_batches(self, run: str) -> list[str]:
        """Name the batches that a run claimed."""
        return list(self._run(run)["batches"])

    def closed_sheet(self, run: str, batch: str) -> dict[str, Any] | None:
        """Give a batch's sheet after its run was closed; None when there is none."""
        sheet: dict[str, Any] | None = self._run(run)["sheets"].get(batch)
        return sheet

    def close_run(self, run: str, sheets: dict[str, dict[str, Any]]) -> None:
        """Keep the run's sheets, let its finished batches go, and forget the oldest runs."""
        _write_json(self._runs / f"{run}.json", {"batches": self.run_batches(run), "sheets": sheets})
        for batch in sheets:
            shutil.rmtree(self._batches / batch, ignore_errors=True)
        records = sorted(self._runs.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for old in records[:-_RUNS_KEPT]:
            old.unlink(missing_ok=True)

    def _run(self, run: str) -> dict[str, Any]:
        return _read_json(self._runs / f"{run}.json") or {"batches": [], "sheets": {}}


class BatchRecord:
    """The record of one batch. It goes by the batch's name alone, so it stays when another run adopts the batch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._outcomes = folder / "outcomes.jsonl"
        self._in_hand = folder / "in_hand.json"

    def open(self, names: Iterable[str], claimed_at: datetime) -> None:
        """Write down which files were claimed, and when."""
        _write_json(self._folder / "claim.json", {"claimed_at": rfc3339(claimed_at), "names": list(names)})

    def claim(self) -> tuple[list[str], datetime] | None:
        """Give the files' names and the time of the claim; None when the claimer died before it wrote them down."""
        claim = _read_json(self._folder / "claim.json")
        return None if claim is None else (claim["names"], datetime.fromisoformat(claim["claimed_at"]))

    def outcomes(self) -> dict[str, FileOutcome]:
        """Give the outcome of every file worked so far, by name. A line torn by a crash says nothing and counts not."""
        found: dict[str, FileOutcome] = {}
        for line in _whole_lines(self._outcomes):
            outcome = FileOutcome(**json.loads(line))
            found[outcome.name] = outcome
        return found

    def append(self, outcomes: Iterable[FileOutcome]) -> None:
        """Add outcomes; they are on the disk when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(asdict(outcome)) + "\n" for outcome in outcomes).encode()
        with self._outcomes.open("ab") as file:
            if file.tell() and not _ends_whole(self._outcomes):
                file.write(b"\n")
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def take_in_hand(self, name: str) -> None:
        """Note which file is being worked, without waiting for the disk: a process that dies leaves the name behind."""
        self._in_hand.write_text(json.dumps(name), encoding="utf-8")

    def put_down(self) -> None:
        """Note that no file is being worked."""
        self._in_hand.unlink(missing_ok=True)

    def deaths(self) -> dict[str, int]:
        """Count, by name, how often a process died with a file in hand. To be asked once, when a try begins."""
        deaths: dict[str, int] = _read_json(self._folder / "deaths.json") or {}
        try:
            name = json.loads(self._in_hand.read_bytes())
        except (FileNotFoundError, ValueError):
            return deaths
        deaths[name] = deaths.get(name, 0) + 1
        _write_json(self._folder / "deaths.json", deaths)
        self.put_down()
        return deaths

    def close(self, sheet: dict[str, Any]) -> None:
        """Keep the finished batch's balance sheet."""
        _write_json(self._folder / "sheet.json", sheet)

    def sheet(self) -> dict[str, Any] | None:
        """Give the balance sheet of a finished batch; None while it is not finished."""
        return _read_json(self._folder / "sheet.json")


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
