"""Which of a document's dates to believe: the places where dates stand are witnesses, and the day most name wins.

A system's own record of publication is a good witness, but many pages show their readers another day than their meta
elements, which hold when an editor opened the form; what readers see and what the address says can outvote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from newsdex.records import Dated, DateEvidence, DateRole, FoundIn, Offset, Precision

OUTRANKED = "a better witness says otherwise"

_RANK = {found_in: rank for rank, found_in in enumerate(FoundIn)}
_WEIGHT = {
    FoundIn.RECORD: 10.0,
    FoundIn.JSON_LD: 3.0,
    FoundIn.META: 2.0,
    FoundIn.TIME_TAG: 1.5,
    FoundIn.LINE: 2.2,
    FoundIn.URL: 1.5,
    FoundIn.FEED: 1.0,
    FoundIn.HTTP: 0.1,
}
_SAID_LATER = 0.5
"""What a place says second counts half."""
_SHOWN_TWICE = 0.3
_PRINTED = (FoundIn.TIME_TAG, FoundIn.LINE)
_SHOWN = frozenset((FoundIn.TIME_TAG, FoundIn.LINE, FoundIn.URL))
_FINENESS = {Precision.MINUTE: 0, Precision.DAY: 1, Precision.MONTH: 2}
_WESTMOST, _EASTMOST = timedelta(hours=-11), timedelta(hours=13)
_WEST = timedelta(hours=-8)
"""Where only a day is shown, the few places further west are not thought of."""
_ZONE_STEP, _ROUNDING = timedelta(minutes=15), timedelta(minutes=1)
_AGREEMENT = 0.04


@dataclass(frozen=True, slots=True)
class Reading:
    """One date on one candidate: a moment in UTC, or the reason it is none.

    `local` is the day and time as printed. `evidence.day` is its day, None for a month.
    """

    role: DateRole
    evidence: DateEvidence
    value: datetime | None = None
    local: datetime | None = None

    def refuse(self, why: str) -> Reading:
        """Give the same reading as evidence against itself."""
        return replace(self, value=None, evidence=replace(self.evidence, refused=why, confidence=0.0))


def choose(readings: Iterable[Reading]) -> Dated:
    """Choose the day that has the most witnesses, and of those the finest and best; months only where there is no day.

    A time in UTC speaks also for the day before or after where the page shows that one: there it was that day.
    """
    ranked = sorted(readings, key=lambda reading: _RANK[reading.evidence.found_in])
    standing = [reading for reading in ranked if reading.value is not None]
    fine = [reading for reading in standing if reading.evidence.precision is not Precision.MONTH]
    pool = fine or [reading for reading in standing if reading.evidence.found_in is not FoundIn.URL]
    if not pool:
        return Dated(rejected=_evidence(ranked))
    day = max(dict.fromkeys(_day_of(reading) for reading in pool), key=lambda day: _votes(day, pool))
    agreeing = [reading for reading in pool if _speaks_for(reading, day, pool)]
    best = min(agreeing, key=lambda reading: (_is_server(reading), _fineness(reading)))
    confidence = round(min(0.99, best.evidence.confidence + _AGREEMENT * (len(agreeing) - 1)), 4)
    shown = None if best.evidence.precision is Precision.MONTH else day
    rivals = [reading for reading in ranked if reading not in agreeing]
    refused = [reading if reading.value is None else reading.refuse(OUTRANKED) for reading in rivals]
    return Dated(best.value, replace(best.evidence, confidence=confidence, day=shown), _evidence(refused))


def _votes(day: date, pool: Sequence[Reading]) -> float:
    votes: dict[FoundIn, float] = {}
    first: dict[FoundIn, Reading] = {}
    for reading in pool:
        place = reading.evidence.found_in
        weight = _WEIGHT[place] * (1.0 if first.setdefault(place, reading) is reading else _SAID_LATER)
        if _speaks_for(reading, day, pool):
            votes[place] = max(weight, votes.get(place, 0.0))
    shown = sorted(votes.pop(place, 0.0) for place in _PRINTED)  # often the one is inside the other
    return sum(votes.values()) + shown[-1] + _SHOWN_TWICE * (shown[0] > 0)


def _speaks_for(reading: Reading, day: date, pool: Sequence[Reading]) -> bool:
    if _day_of(reading) == day:
        return True
    shown = (other for other in pool if other.evidence.found_in in _SHOWN and _day_of(other) == day)
    return _is_in_utc(reading) and any(_may_be_the_same(reading, other) for other in shown)


def _may_be_the_same(exact: Reading, shown: Reading) -> bool:
    """Tell whether a time in UTC and a time or a day without an offset may be one moment somewhere on Earth."""
    if exact.value is None or shown.local is None or shown.evidence.offset is Offset.GIVEN:
        return exact.value is not None and exact.value == shown.value
    moment = exact.value.replace(tzinfo=None)
    if shown.evidence.precision is Precision.DAY:
        return (moment + _WEST).date() <= shown.local.date() <= (moment + _EASTMOST).date()
    offset = shown.local - moment.replace(second=0, microsecond=0)
    beyond = min(offset % _ZONE_STEP, -offset % _ZONE_STEP)
    return _WESTMOST <= offset <= _EASTMOST and beyond <= _ROUNDING


def _is_in_utc(reading: Reading) -> bool:
    return (
        reading.evidence.offset is Offset.GIVEN
        and reading.value is not None
        and reading.local == reading.value.astimezone(UTC).replace(tzinfo=None)
    )


def _day_of(reading: Reading) -> date:
    assert reading.value is not None  # noqa: S101 - what has no value is not among the standing
    return reading.evidence.day or reading.value.date()


def _is_server(reading: Reading) -> bool:
    return reading.evidence.found_in is FoundIn.HTTP


def _fineness(reading: Reading) -> int:
    return _FINENESS[reading.evidence.precision] if reading.evidence.precision else len(_FINENESS)


def _evidence(readings: Iterable[Reading]) -> tuple[DateEvidence, ...]:
    return tuple(dict.fromkeys(reading.evidence for reading in readings))
