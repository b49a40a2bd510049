"""Work for the tests of worker processes: they import it by name, so it lies in a module of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

LETHAL = 13


def work(chunk: Sequence[int]) -> list[tuple[int, str]]:
    """Do each number, and die of one."""
    for number in chunk:
        if number == LETHAL:
            os.kill(os.getpid(), signal.SIGKILL)
    return [(number, "done") for number in chunk]


def fail(chunk: Sequence[int]) -> list[tuple[int, str]]:
    """Raise for any number."""
    raise LookupError(f"no {chunk[0]}")


def died(number: int) -> tuple[int, str]:
    """Say what a number that killed its worker comes to."""
    return number, "died"


def prepare() -> None:
    """Load nothing."""


def cannot_prepare() -> None:
    """Fail as a worker does that cannot read its rules."""
    raise OSError("no rules")
