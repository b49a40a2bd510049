"""When a disk is told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsdex.run.disk_space import Space, judge_space
from newsdex.run.findings import Report

AT = datetime(2026, 3, 2, tzinfo=UTC)
GB = 1_000_000_000


def space(free: float, *, total: float = 1000, before: tuple[tuple[float, float], ...] = ()) -> Space:
    """Make a disk, in gigabytes; `before` are days ago, and what was free then."""
    measured = tuple((AT - timedelta(days=days), round(was * GB)) for days, was in before)
    return Space("/srv", round(total * GB), round(free * GB), AT, measured)


@pytest.mark.parametrize(
    ("disk", "alarms", "warnings"),
    [
        (space(500), 0, 0),
        (space(140), 0, 1),
        (space(90), 1, 0),
        (space(1.5, total=8), 1, 0),
        (space(500, before=((10, 700),)), 0, 1),
        (space(300, before=((10, 800),)), 1, 0),
        (space(500, before=((10, 400),)), 0, 0),
        (space(300, before=((0.5, 800),)), 0, 0),
    ],
)
def test_a_disk_is_told_of_when_it_is_full_or_soon_will_be(disk: Space, alarms: int, warnings: int) -> None:
    """By its share, by what is left, and by how fast it filled for a day or longer."""
    report = Report("disk")
    judge_space(report, disk)
    assert (len(report.alarms), len(report.findings) - len(report.alarms)) == (alarms, warnings)


def test_how_long_a_disk_lasts_is_what_is_free_by_what_it_fills() -> None:
    """Since the oldest measure of two weeks; what was before that says nothing of now."""
    disk = space(300, before=((30, 900), (10, 400), (5, 350)))
    assert disk.growth == 10 * GB
    assert disk.days_left == 30
