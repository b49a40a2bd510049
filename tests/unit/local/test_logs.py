"""Logs do not fill the disk."""

from __future__ import annotations

import os
from pathlib import Path

from newsdex.local import logs


def log(path: Path, size: int, changed: float) -> Path:
    """Write a log of some size and age."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (changed, changed))
    return path


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    """A log over the limit is emptied; its end is kept beside it."""
    path = log(tmp_path / "a.log", 150, 0)
    logs.rotate(path, limit=100)
    assert (path.stat().st_size, (tmp_path / "a.log.1").stat().st_size) == (0, 100)


def test_a_writer_goes_on_at_the_start_of_the_emptied_log(tmp_path: Path) -> None:
    """A process that appends to the log writes on without a hole."""
    path = log(tmp_path / "a.log", 150, 0)
    with path.open("ab", buffering=0) as writer:
        logs.rotate(path, limit=100)
        writer.write(b"next")
    assert path.read_bytes() == b"next"


def test_a_small_log_stays(tmp_path: Path) -> None:
    """Under the limit nothing happens."""
    path = log(tmp_path / "a.log", 100, 0)
    logs.rotate(path, limit=100)
    assert path.stat().st_size == 100


def test_old_logs_go(tmp_path: Path) -> None:
    """What is older than the limit goes, what is younger stays."""
    old, young = log(tmp_path / "r" / "old.log", 1, 100), log(tmp_path / "r" / "young.log", 1, 950)
    assert logs.prune(tmp_path, now=1000, seconds=500) == 1
    assert (old.exists(), young.exists()) == (False, True)


def test_the_oldest_go_first_when_space_is_short(tmp_path: Path) -> None:
    """Over the limit in bytes the newest are kept."""
    files = [log(tmp_path / f"{age}.log", 40, 1000 - age) for age in (1, 2, 3)]
    logs.prune(tmp_path, now=1000, size=100)
    assert [path.exists() for path in files] == [True, True, False]


def test_last_lines_skip_blank_ones(tmp_path: Path) -> None:
    """The last words are lines that say something."""
    path = tmp_path / "a.log"
    path.write_text("one\n\ntwo\n\n\n", encoding="utf-8")
    assert logs.last_lines(path, 2) == ["one", "two"]
