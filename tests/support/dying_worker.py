"""Work an inbox as a task does, and die by SIGKILL at a given point: `dying_worker.py POINT RUN`.

With a third word, a path, it is a bulk load that is worked. `DyingWorker` does so in a process forked from the tests'
own, as Airflow forks its tasks from one that has loaded everything.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import newsdex.archive
import newsdex.index
import newsdex.run
import newsdex.spool
from newsdex.settings import Settings

Call = Callable[..., Any]


def die() -> None:
    """End as a killed process does: at once, with nothing cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(function: Call, calls: int) -> Call:
    """Give the same function, which kills the process when it has been called so often."""
    seen = 0

    def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal seen
        result = function(*arguments, **named)
        seen += 1
        if seen == calls:
            die()
        return result

    return dying


def dying_with(function: Call, number: int) -> Call:
    """Give the note of what is in hand, which kills the process whenever the story of that number is."""

    def dying(record: Any, names: list[str]) -> None:
        function(record, names)
        if f"wire/{number:02}.txt" in names:
            die()

    return dying


def half_written(function: Call, calls: int) -> Call:
    """Give the index writer, which kills the process when it has confirmed so many documents."""

    def dying(*arguments: Any, **named: Any) -> Any:
        for count, written in enumerate(function(*arguments, **named), start=1):
            yield written
            if count == calls:
                die()

    return dying


POINTS: dict[str, tuple[Any, str, Callable[[Call, int], Call], int]] = {
    "claiming": (Path, "rename", dying_after, 3),
    "claimed": (newsdex.spool.BatchRecord, "open", dying_after, 1),
    "archiving": (newsdex.archive.ArchiveWriter, "add", dying_after, 3),
    "archived": (newsdex.archive.ArchiveWriter, "flush", dying_after, 1),
    "processing": (newsdex.spool.BatchRecord, "take_in_hand", dying_after, 2),
    "lethal": (newsdex.spool.BatchRecord, "take_in_hand", dying_with, 3),
    "writing": (newsdex.index, "write", half_written, 5),
    "noting": (newsdex.spool.BatchRecord, "append", dying_after, 1),
    "letting-go": (Path, "unlink", dying_after, 6),
    "closing": (newsdex.spool.BatchRecord, "close", dying_after, 1),
    "never": (newsdex.run, "claim", lambda function, _: function, 0),
}


def work(settings: Settings, claimed: Callable[[], None], point: str, run: str, *paths: str) -> None:
    """Claim and work everything, up to the point."""
    owner, name, wrapped, calls = POINTS[point]
    setattr(owner, name, wrapped(getattr(owner, name), calls))
    if paths:
        batches = [batch for group in newsdex.run.plan_backfill(settings, run, paths[0]) for batch in group]
    else:
        batches = newsdex.run.claim(settings, run)
    claimed()
    for batch in batches:
        newsdex.run.ingest_batch(settings, batch, run)


class DyingWorker:
    """A worker in a process forked from this one; the block waits for its end."""

    def __init__(self, settings: Settings, *words: str) -> None:
        fork = multiprocessing.get_context("fork")
        self._heard, said = fork.Pipe(duplex=False)
        self._process = fork.Process(target=_work_forked, args=(said, settings, words))
        self._process.start()
        said.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.join()
        self._heard.close()

    def wait_claimed(self) -> None:
        """Wait until it has claimed what it works, or has died."""
        with suppress(EOFError):
            self._heard.recv()

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()

    def wait(self, seconds: float) -> int | None:
        """Wait for its end; give how it ended."""
        self._process.join(seconds)
        return self._process.exitcode


def _work_forked(said: Any, settings: Settings, words: tuple[str, ...]) -> None:
    work(settings, lambda: said.send("claimed"), *words)


if __name__ == "__main__":
    work(newsdex.run.read_settings(), lambda: print("claimed", flush=True), *sys.argv[1:])
