"""The bars over the hits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from newsdex.index.query import Query
from newsdex.index.timeline import Interval, Window, choose_window, make_timeline

MONTHS = {date(2024, month, 1): 100 for month in range(1, 7)}


@pytest.mark.parametrize(
    ("first", "last", "interval"),
    [
        (date(2024, 1, 1), date(2024, 2, 1), Interval.DAY),
        (date(2024, 1, 1), date(2025, 10, 1), Interval.WEEK),
        (date(2020, 1, 1), date(2025, 10, 1), Interval.MONTH),
        (date(2005, 1, 1), date(2025, 10, 1), Interval.QUARTER),
        (date(1950, 1, 1), date(2025, 10, 1), Interval.YEAR),
        (date(1800, 1, 1), date(2025, 10, 1), Interval.DECADE),
    ],
)
def test_there_are_as_many_bars_as_fit(first: date, last: date, interval: Interval) -> None:
    """The longer the time, the longer a bar; never more than some hundred of them."""
    months = {first: 1, last: 1}
    window = choose_window(months, Query())
    assert window is not None
    assert window.interval is interval
    assert 2 <= len(make_timeline(months, window, Query(), months).bars) <= 107


def test_bars_have_no_gap_and_lose_nothing() -> None:
    """Each day is in one bar, and the counts add up."""
    days = {date(2024, 1, 3) + timedelta(7 * number): number for number in range(20)}
    window = Window(date(2024, 1, 1), date(2024, 6, 30), Interval.WEEK)
    timeline = make_timeline(days, window, Query(), {})
    for bar, following in zip(timeline.bars, timeline.bars[1:], strict=False):
        assert bar.until + timedelta(1) == following.since
    assert sum(bar.count for bar in timeline.bars) == sum(days.values())


def test_what_is_chosen_is_shown_with_something_on_either_side() -> None:
    """Half as much, as far as there is anything; the bars know which of them are chosen."""
    query = Query(since="2024-03-01", until="2024-03-20")
    window = choose_window(MONTHS, query)
    assert window is not None
    assert (window.since, window.until) == (date(2024, 2, 21), date(2024, 3, 29))
    bars = make_timeline({}, window, query, MONTHS).bars
    assert [bar.since for bar in bars if bar.chosen] == [date(2024, 3, day) for day in range(1, 21)]


def test_one_article_far_before_the_others_does_not_flatten_them() -> None:
    """It is told beside the bars."""
    months = {date(1970, 1, 1): 1, **MONTHS}
    window = choose_window(months, Query())
    assert window is not None
    assert window.since == date(2024, 1, 1)
    assert make_timeline(months, window, Query(), months).earlier == 1


@pytest.mark.parametrize(
    "limits",
    [
        {"since": "2024-05", "until": "2024-01"},
        {"since": "9999"},
        {"until": "9999"},
        {"since": "9999-12-20", "until": "9999-12-31"},
        {"since": "9980", "until": "9999"},
        {"until": "0001"},
        {"since": "0001", "until": "0001-01-02"},
    ],
)
def test_limits_that_leave_nothing_are_no_error(limits: dict[str, str]) -> None:
    """Also at the ends of the calendar."""
    window = choose_window(MONTHS, Query(**limits))
    assert window is None or make_timeline(MONTHS, window, Query(**limits), MONTHS).bars


def test_nothing_dated_has_no_bars() -> None:
    """A day of fetching is no day of publication."""
    assert choose_window({}, Query(since="2024")) is None
