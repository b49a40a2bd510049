"""The logs of what was started: kept small, and their last words when something dies."""

from __future__ import annotations

import os
import time
from pathlib import Path

ROTATE_BYTES = 20_000_000
"""A process's own log is put aside when it is larger than this; one older piece is kept."""

KEEP_SECONDS = 14 * 24 * 3600.0
"""Logs of tasks are kept for two weeks."""

KEEP_BYTES = 500_000_000
"""And never more than this of them: the oldest go first."""


def rotate(log: Path, limit: int = ROTATE_BYTES) -> None:
    """Put a log aside when it has grown over `limit` bytes.

    Copied and then emptied, because the process that writes it keeps it open (for appending).
    """
    if not log.exists() or log.stat().st_size <= limit:
        return
    older = log.with_name(log.name + ".1")
    with log.open("rb") as source, older.open("wb") as target:
        source.seek(-limit, 2)
        target.write(source.read(limit))
    with log.open("ab") as file:
        file.truncate(0)


def prune(folder: Path, *, now: float | None = None, seconds: float = KEEP_SECONDS, size: int = KEEP_BYTES) -> int:
    """Remove the oldest files of a folder of logs, and give their number.

    A file goes when it is older than `seconds`, or when the newer ones together fill `size` bytes. Folders left empty
    go too.
    """
    moment = time.time() if now is None else now
    files = sorted(
        ((stat.st_mtime, stat.st_size, path) for path in folder.rglob("*") if (stat := _file(path)) is not None),
        reverse=True,
    )
    kept = gone = 0
    for changed, length, path in files:
        kept += length
        if moment - changed > seconds or kept > size:
            path.unlink(missing_ok=True)
            gone += 1
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink() and moment - path.stat().st_mtime > 3600 and not any(path.iterdir()):
            path.rmdir()
    return gone


def last_lines(log: Path, count: int = 12) -> list[str]:
    """Give the last lines of a log that say anything, long ones cut."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 65_536))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return [line[:300] for line in lines if line.strip()][-count:]


def _file(path: Path) -> os.stat_result | None:
    return path.stat() if path.is_file() and not path.is_symlink() else None
