"""When what was found was published, as a row of bars: days, weeks, months or longer, as many as fit a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from newsdex.index.query import Query, first_day, last_day

_OUTLIERS = 200
"""One article in so many may be dated far before all the others without making every bar invisible."""

_LATEST = date(9989, 12, 31)
"""No bar ends later: the calendar ends before the decade after this one does."""


class Interval(StrEnum):
    """How much time a bar stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    DECADE = "decade"


_LONGEST = {
    Interval.DAY: 92,
    Interval.WEEK: 2 * 366,
    Interval.MONTH: 8 * 366,
    Interval.QUARTER: 25 * 366,
    Interval.YEAR: 100 * 366,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """The articles of some days, both ends included; `chosen` where the query's limits of time take any of them."""

    since: date
    until: date
    count: int
    chosen: bool

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {**asdict(self), "since": self.since.isoformat(), "until": self.until.isoformat()}


@dataclass(frozen=True, slots=True)
class Timeline:
    """The bars, without a gap; `earlier` and `later` count what lies outside them."""

    interval: Interval
    bars: tuple[Bar, ...]
    earlier: int = 0
    later: int = 0

    @property
    def highest(self) -> int:
        """The count of the highest bar."""
        return max((bar.count for bar in self.bars), default=0)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        bars = [bar.as_dict() for bar in self.bars]
        return {"interval": self.interval, "earlier": self.earlier, "later": self.later, "bars": bars}


@dataclass(frozen=True, slots=True)
class Window:
    """The days that the bars stand for, and how many days each."""

    since: date
    until: date
    interval: Interval

    @property
    def needs_days(self) -> bool:
        """Tell whether months are too coarse to make the bars of."""
        return self.interval in (Interval.DAY, Interval.WEEK)


def choose_window(months: Mapping[date, int], query: Query) -> Window | None:
    """Choose the days to show: those of what was found, or those chosen and half as many on either side.

    `months` counts by month under all other filters. None when nothing that was found has a date.
    """
    if not months:
        return None
    first, last = min(months), last_day(f"{max(months):%Y-%m}")
    if query.since or query.until:
        since = first_day(query.since) if query.since else min(first, last_day(query.until or ""))
        until = min(last_day(query.until) if query.until else max(last, since), _LATEST)
        if since > until:
            return None
        beside = timedelta(max((until - since).days // 2, 3))
        first, last = min(since, max(first, _moved(since, -beside))), max(until, min(last, _moved(until, beside)))
    else:
        first = _without_outliers(months)
    days = (last - first).days + 1
    interval = next((each for each, most in _LONGEST.items() if days <= most), Interval.DECADE)
    return Window(first, last, interval)


def make_timeline(counts: Mapping[date, int], window: Window, query: Query, months: Mapping[date, int]) -> Timeline:
    """Make the bars from counts by day, week or month; each count stands under the first day of its time."""
    since = first_day(query.since) if query.since else None
    until = last_day(query.until) if query.until else None
    starts = list(_starts(window))
    totals = dict.fromkeys(starts[:-1], 0)
    for day, count in counts.items():
        start = _start(day, window.interval)
        if start in totals:
            totals[start] += count
    bars = []
    for start, following in pairwise(starts):
        end = following - timedelta(1)
        chosen = (since is not None or until is not None) and (since or start) <= end and start <= (until or end)
        bars.append(Bar(start, end, totals[start], chosen))
    earlier = sum(count for month, count in months.items() if last_day(f"{month:%Y-%m}") < starts[0])
    later = sum(count for month, count in months.items() if month >= starts[-1])
    return Timeline(window.interval, tuple(bars), earlier, later)


def _without_outliers(months: Mapping[date, int]) -> date:
    allowed = sum(months.values()) // _OUTLIERS
    for month in sorted(months):
        allowed -= months[month]
        if allowed < 0:
            return month
    return min(months)


def _starts(window: Window) -> Iterator[date]:
    start = _start(window.since, window.interval)
    while start <= window.until:
        yield start
        start = _next(start, window.interval)
    yield start


def _start(day: date, interval: Interval) -> date:
    if interval is Interval.DAY:
        return day
    if interval is Interval.WEEK:
        return day - timedelta(day.weekday())
    if interval is Interval.MONTH:
        return day.replace(day=1)
    if interval is Interval.QUARTER:
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year if interval is Interval.YEAR else max(day.year // 10 * 10, 1), 1, 1)


def _next(start: date, interval: Interval) -> date:
    if interval in (Interval.DAY, Interval.WEEK):
        return start + timedelta(1 if interval is Interval.DAY else 7)
    if interval in (Interval.YEAR, Interval.DECADE):
        return date(start.year // 10 * 10 + 10 if interval is Interval.DECADE else start.year + 1, 1, 1)
    months = start.month + (1 if interval is Interval.MONTH else 3)
    return date(start.year + (months > 12), (months - 1) % 12 + 1, 1)


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day
