"""How a worker process was lost, and where it was at that moment."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from enum import StrEnum

_CALLS = 8


class Ending(StrEnum):
    """What ended a worker in the middle of an input."""

    TIME = "time"
    """The input took longer than it may."""
    MEMORY = "memory"
    """The worker grew beyond what it may have."""
    CRASH = "crash"
    """The worker died by itself: a crash in native code, or the system took its memory back."""


@dataclass(frozen=True, slots=True)
class Loss:
    """The end of a worker: of what kind, and in words; where it was comes first, and why it ended is the last line."""

    ending: Ending
    detail: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one input may cost: seconds by the clock, and bytes that its worker may grow by."""

    seconds: float
    memory: int


def explain_end(status: int, *, grown_by: int | None, report: str, bounds: Bounds) -> Loss:
    """Say how a worker ended. `grown_by` is what it had grown by when that ended it; `report` is faulthandler's.

    >>> print(explain_end(signal.SIGALRM, grown_by=None, report="", bounds=Bounds(20.0, 10**9)).detail)
    not finished after 20 s
    """
    number = status & 0x7F
    if grown_by is not None:
        ending, why = Ending.MEMORY, f"took {_megabytes(grown_by)} of memory; {_megabytes(bounds.memory)} are allowed"
    elif number == signal.SIGALRM:
        ending, why = Ending.TIME, f"not finished after {bounds.seconds:g} s"
    elif number:
        ending, why = Ending.CRASH, f"the process working it died of {_name(number)}"
    else:
        ending, why = Ending.CRASH, f"the process working it ended with code {status >> 8}"
    return Loss(ending, "\n".join((*_calls(report), why)))


def _calls(report: str) -> list[str]:
    """Pick the innermost calls out of what faulthandler wrote about the working thread."""
    current = report.partition("(most recent call first):")[2]
    found = [line.strip() for line in current.splitlines() if line.startswith("  File ")]
    return ["it was in (innermost call first):", *(f"  {call}" for call in found[:_CALLS])] if found else []


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
