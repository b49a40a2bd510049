"""A run that fetches in a process of its own, so that a test may kill it."""

from __future__ import annotations

import multiprocessing
from multiprocessing.process import BaseProcess

from newsdex.run import fetch_waiting
from newsdex.settings import Settings


def start_fetch(settings: Settings, run_id: str, queue: str) -> BaseProcess:
    """Begin to fetch what is due."""
    process = multiprocessing.get_context("spawn").Process(target=_fetch, args=(settings, run_id, queue))
    process.start()
    return process


def _fetch(settings: Settings, run_id: str, queue: str) -> None:
    fetch_waiting(settings, run_id, queue=queue)
