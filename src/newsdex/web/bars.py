"""The timeline as SVG: a row of bars that tells what it shows to those who do not see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsdex.index.timeline import Interval, Timeline
from newsdex.web.wording import counted

HEIGHT = 56
STEP = 10
"""Units of the drawing that a bar and the gap behind it take; it is stretched to the width there is."""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar: where it stands, how high it is, which days it stands for, and what it says of itself."""

    x: int
    height: float
    since: str
    until: str
    chosen: bool
    told: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars and the words around them."""

    bars: tuple[DrawnBar, ...]
    width: int
    summary: str
    first: str
    last: str


def draw(timeline: Timeline) -> Drawing:
    """Lay the bars out. The highest takes the whole height, and one article can still be seen."""
    highest = max(timeline.highest, 1)
    bars = tuple(
        DrawnBar(
            x=place * STEP,
            height=round(max(bar.count / highest * HEIGHT, 1.5 if bar.count else 0), 1),
            since=bar.since.isoformat(),
            until=bar.until.isoformat(),
            chosen=bar.chosen,
            told=f"{_time(bar.since, timeline.interval)}: {counted(bar.count, 'article')}",
        )
        for place, bar in enumerate(timeline.bars)
    )
    best = max(timeline.bars, key=lambda bar: bar.count)
    first, last = _day(timeline.bars[0].since), _day(timeline.bars[-1].until)
    most = f"most in {_time(best.since, timeline.interval)}, {counted(best.count, 'article')}"
    return Drawing(bars, len(bars) * STEP, f"Articles by {timeline.interval}, {first} to {last}; {most}", first, last)


def _time(start: date, interval: Interval) -> str:
    if interval is Interval.DAY:
        return _day(start)
    if interval is Interval.WEEK:
        return f"the week of {_day(start)}"
    if interval is Interval.MONTH:
        return f"{start:%B %Y}"
    if interval is Interval.QUARTER:
        return f"{start:%B %Y} and two months on"
    return f"{start.year}" if interval is Interval.YEAR else f"the {start.year}s"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
