"""How long to wait: as the server says, else longer each time, and never quite the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_dice = random.SystemRandom()

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 527, 530})
"""Statuses after which the next attempt may succeed; those from 520 on are Cloudflare's."""

SLOW_DOWN = frozenset({429, 503})
"""Statuses by which a server says that it is asked too much."""


def read_retry_after(value: str | None, now: datetime, longest: float) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3), in seconds or as a date; None for none, or one without sense.

    >>> read_retry_after("120", datetime(2026, 1, 2, tzinfo=UTC), longest=3600)
    120.0
    >>> read_retry_after("Fri, 02 Jan 2026 00:00:30 GMT", datetime(2026, 1, 2, tzinfo=UTC), longest=3600)
    30.0
    """
    text = (value or "").strip()
    if not text:
        return None
    if text.isascii() and text.replace(".", "", 1).isdecimal():
        return min(float(text[:18]), longest)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), longest)


def back_off(attempt: int, first: float, longest: float) -> float:
    """Give the pause after an attempt (the first is 1): doubled each time, and between half and all of it by chance.

    By chance, so that many who failed together do not come back together.
    """
    whole = min(longest, first * 2.0 ** min(attempt - 1, 20))
    return whole * _dice.uniform(0.5, 1.0)


class Stop:
    """Says when no new request is begun: when the caller tells us, or when its time is up."""

    def __init__(self, told: asyncio.Event | None, seconds: float | None, clock: Callable[[], float]) -> None:
        self._told = told or asyncio.Event()
        self._clock = clock
        self._ends_at = None if seconds is None else clock() + seconds

    @property
    def reached(self) -> bool:
        """Whether it is time to stop."""
        return self._told.is_set() or self.left <= 0

    @property
    def left(self) -> float:
        """Seconds until the time is up; infinite when there is no such time."""
        return float("inf") if self._ends_at is None else self._ends_at - self._clock()

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait, but not longer than until the stop; tell whether it has come. None waits for the stop itself."""
        limit = min(self.left, float("inf") if seconds is None else seconds)
        if not self._told.is_set() and limit > 0:
            try:
                await asyncio.wait_for(self._told.wait(), None if limit == float("inf") else limit)
            except TimeoutError:
                return self.reached
        return self.reached
