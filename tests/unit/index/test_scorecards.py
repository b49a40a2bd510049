"""How a source is judged by what came of it: against its own weeks before, and only by enough documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsdex.index.arrivals import Arrivals, Group, GroupKind, Tally
from newsdex.index.measures import Share, Silence
from newsdex.index.scorecards import Scorecard, score, worst_first

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FEED = Group(GroupKind.SOURCE, "gazette-feed")


def arrivals(last_week: Tally | None = None, *, weeks: int = 8, silent: float = 1.0, **usual: Any) -> Arrivals:
    """Make a source that brings the same every day; its last seven days may differ."""
    every_day = Tally(**{"documents": 10, "languages": Counter(en=10), **usual})
    days = dict.fromkeys(range(7 if last_week else 0, 7 * (weeks + 1)), every_day)
    if last_week is not None:
        days[3] = last_week
    return Arrivals(total=1000, last=AT - timedelta(hours=silent), days=days, hours=set(range(0, 1344, 24)))


def about(card: Scorecard) -> list[str]:
    """Name what a card warns of."""
    return [warning.about for warning in card.warnings]


def test_a_source_that_does_as_always_has_no_warnings() -> None:
    """Whatever it always does: half of its documents may be short or without a date."""
    card = score(FEED, arrivals(short=5, undated=5, assumed=10), AT)
    assert (card.day, card.week, card.month, card.total) == (10, 70, 300, 1000)
    assert (card.short.value, card.short.usual) == (0.5, 0.5)
    assert card.warnings == ()


@pytest.mark.parametrize(
    ("what", "last_week"),
    [
        ("undated", Tally(70, undated=30, languages=Counter(en=70))),
        ("short", Tally(70, short=30, languages=Counter(en=70))),
        ("assumed", Tally(70, assumed=30, languages=Counter(en=70))),
        ("flips", Tally(70, languages=Counter(en=40, es=30))),
        ("quarantined", Tally(70, quarantined=30, languages=Counter(en=70), reasons=Counter(no_article=30))),
        ("drop", Tally(20, languages=Counter(en=20))),
    ],
)
def test_a_change_is_told_with_its_numbers(what: str, last_week: Tally) -> None:
    """One thing changed, one warning; it says what is usual."""
    (warning,) = score(FEED, arrivals(last_week), AT).warnings
    assert warning.about == what
    assert "usually" in warning.text
    assert not warning.alarm


def test_what_a_source_always_does_in_few_weeks_is_not_known() -> None:
    """A source of two weeks is not judged by its shares: nothing is usual yet."""
    card = score(FEED, arrivals(Tally(70, undated=70, languages=Counter(en=70)), weeks=2), AT)
    assert card.undated.usual is None
    assert card.usual_week is None
    assert card.warnings == ()


def test_most_documents_refused_needs_a_person_from_the_first_day() -> None:
    """Without anything usual to measure by; the reasons are told."""
    new = Arrivals(days={0: Tally(5, quarantined=20, reasons=Counter(no_article=19, binary=1))}, last=AT)
    (warning,) = score(FEED, new, AT).warnings
    assert (warning.about, warning.alarm) == ("quarantined", True)
    assert "no_article, binary" in warning.text


def test_one_bad_week_does_not_become_the_measure() -> None:
    """The median of the weeks stays where it was."""
    came = arrivals()
    came.days |= {day: Tally(10, undated=10) for day in range(7, 14)}
    assert score(FEED, came, AT).undated.usual == 0


def test_few_documents_say_nothing() -> None:
    """Three undated of five may be chance."""
    assert not Share(3, 5, usual=0.0).far_above_usual
    assert Share(6, 10, usual=0.0).far_above_usual


def test_a_source_is_silent_by_its_own_rhythm() -> None:
    """A day's pause is nothing to a daily paper, two are; a weekend that comes back every week is its rhythm."""
    daily = set(range(0, 1344, 24))
    weekdays = {hour for hour in daily if hour // 24 % 7 not in (2, 3)}

    def silent(hours: set[int], for_hours: float) -> bool:
        return Silence.of(Arrivals(last=AT - timedelta(hours=for_hours), hours=hours), AT).too_long

    assert [silent(daily, hours) for hours in (24, 35, 40)] == [False, False, True]
    assert [silent(weekdays, hours) for hours in (40, 72, 100)] == [False, False, True]


def test_an_outage_is_not_a_rhythm() -> None:
    """A gap of a week that came once does not make a week of silence usual."""
    hours = {hour for hour in range(0, 1344, 24) if not 300 < hour < 480}
    assert Silence.of(Arrivals(last=AT, hours=hours), AT).usual_gap == 24


def test_a_source_of_a_few_visits_has_no_rhythm() -> None:
    """Files that a person drops now and then are missed by nobody."""
    silence = Silence.of(Arrivals(last=AT - timedelta(days=20), hours={480, 500, 700}), AT)
    assert (silence.limit, silence.too_long) == (None, False)


@pytest.mark.parametrize(
    ("kind", "hours", "alarms"),
    [
        (GroupKind.SOURCE, 100, [True]),
        (GroupKind.FOLDER, 100, [True]),
        (GroupKind.PUBLISHER, 100, [False]),
        (GroupKind.FOLDER, 24 * 29, []),
        (GroupKind.SOURCE, 24 * 29, [True]),
    ],
)
def test_silence_needs_a_person_where_something_was_promised(kind: GroupKind, hours: float, alarms: list[bool]) -> None:
    """By config/sources.yaml or a folder that is filled; a folder that ended a month ago is let rest."""
    card = score(Group(kind, "gazette"), arrivals(silent=hours), AT)
    assert [warning.alarm for warning in card.warnings if warning.about == "silence"] == alarms


def test_the_worst_comes_first() -> None:
    """Alarms, then warnings, then size."""
    fine, large = score(FEED, arrivals(), AT), score(Group(GroupKind.SOURCE, "wire"), arrivals(documents=50), AT)
    warned = replace(score(FEED, arrivals(Tally(20, languages=Counter(en=20))), AT))
    silent = score(FEED, arrivals(silent=100), AT)
    assert worst_first([fine, large, warned, silent]) == [silent, warned, large, fine]


def test_a_card_is_read_back_as_it_was() -> None:
    """From its document in the index."""
    card = score(FEED, arrivals(Tally(70, undated=30, languages=Counter(en=70)), silent=100), AT)
    assert about(card) == ["silence", "undated"]
    assert Scorecard.from_dict(card.as_dict()) == card
