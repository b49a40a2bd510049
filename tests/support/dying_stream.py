"""A run over Kafka topics in a process of its own, which dies by SIGKILL at a point that the test names."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

from newsdex import run
from newsdex.run.stream_journal import StreamJournal
from newsdex.settings import Settings
from newsdex.spool import BatchRecord

POINTS = ("taking", "indexed", "balanced")
"""After the second batch is noted, none being opened; between index and notes; between balance and commit."""


def work(settings: Settings, run_id: str) -> dict[str, Any]:
    """Do what the DAG does before it commits; give the balance."""
    sheets = [run.ingest_batch(settings, batch, run_id) for batch in run.take_messages(settings, run_id)]
    return run.close_stream(settings, run_id, sheets)


def die_at(point: str, settings: Settings, run_id: str) -> int | None:
    """Work until the process dies; give how it ended."""
    process = multiprocessing.get_context("fork").Process(target=_work_until, args=(point, settings, run_id))
    process.start()
    process.join(120)
    return process.exitcode


def _work_until(point: str, settings: Settings, run_id: str) -> None:
    if point == "taking":
        StreamJournal.append = _dying(StreamJournal.append, calls=2)  # type: ignore[method-assign]
    elif point == "indexed":
        BatchRecord.append = _dying(BatchRecord.append, calls=0)  # type: ignore[method-assign]
    work(settings, run_id)
    _die()


def _dying(function: Callable[..., Any], calls: int) -> Callable[..., Any]:
    seen = count(1)

    def dying(*arguments: Any) -> Any:
        if calls == 0:
            _die()
        function(*arguments)
        if next(seen) == calls:
            _die()

    return dying


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
