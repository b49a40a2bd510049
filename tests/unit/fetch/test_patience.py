"""How long we wait, and when we stop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from newsdex.fetch.patience import Stop, back_off, read_retry_after

NOW = datetime(2026, 1, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("Fri, 02 Jan 2026 08:02:00 GMT", 120.0),
        ("Friday, 02-Jan-26 08:02:00 GMT", 120.0),
        ("Fri Jan  2 08:02:00 2026", 120.0),
        ("Fri, 02 Jan 2026 07:00:00 GMT", 0.0),
        ("99999999", 3600.0),
        ("Fri, 02 Jan 2099 07:00:00 GMT", 3600.0),
        ("9" * 400, 3600.0),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date_and_capped(value: str, seconds: float) -> None:
    """A past date means now; nobody can make us wait for years."""
    assert read_retry_after(value, NOW, longest=3600.0) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "１２０", "Fri, 99 Foo 2026"])
def test_a_retry_after_without_sense_is_none(value: str | None) -> None:
    """Then our own pause counts."""
    assert read_retry_after(value, NOW, longest=3600.0) is None


def test_pauses_double_up_to_a_limit_and_differ_by_chance() -> None:
    """Between half and all of the whole pause."""
    for attempt, whole in ((1, 2.0), (2, 4.0), (3, 8.0), (9, 30.0), (5_000, 30.0)):
        pauses = {back_off(attempt, 2.0, 30.0) for _ in range(50)}
        assert all(whole / 2 <= pause <= whole for pause in pauses)
        assert len(pauses) > 1


async def test_a_wait_ends_when_it_is_time_to_stop() -> None:
    """By the caller's word, or because the time is up."""
    told = asyncio.Event()
    clock = asyncio.get_running_loop().time
    stop = Stop(told, None, clock)
    assert not await stop.wait(0.001)
    told.set()
    assert await stop.wait(3600)
    assert await Stop(None, 0.01, clock).wait(3600)
