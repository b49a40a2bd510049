"""When an article was published and when it was changed: which of the printed dates to believe, and why.

A missing date is better than an invented one. Refused candidates are kept with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from newsdex.enrich.calendars import writes_day_first
from newsdex.enrich.date_grammar import Printed, explain_no_date, read_dates, read_day_and_month
from newsdex.enrich.zones import load_zone, to_utc, writes_month_first
from newsdex.records import CleanArticle, DateCandidate, Dated, DateEvidence, DateRole, FoundIn, Offset, Precision
from newsdex.rules import Publisher, Rules

AFTER_FETCHED = "later than fetched_at by over a day"
BEFORE_PUBLISHED = "earlier than published_at"
UNSETTLED = "day and month cannot be told apart"
OUTRANKED = "a better witness says otherwise"

_SLACK = timedelta(days=1)
_CONFIDENCE = {
    FoundIn.JSON_LD: 0.95,
    FoundIn.META: 0.9,
    FoundIn.TIME_TAG: 0.85,
    FoundIn.LINE: 0.9,
    FoundIn.URL: 0.7,
    FoundIn.FEED: 0.8,
    FoundIn.HTTP: 0.3,
}
_RANK = {found_in: rank for rank, found_in in enumerate(FoundIn)}
_MONTH_CONFIDENCE = 0.5
_AGREEMENT = 0.04
_DAY_FIRST_REGIONS = frozenset(
    ("gb", "uk", "ie", "au", "nz", "in", "za", "sg", "my", "hk", "ng", "ke", "pk", "bd", "lk", "jm", "eu")
)
_MONTH_FIRST_REGIONS = frozenset(("us", "ph"))
_US_ZONES = re.compile(
    r"America/(?:New_York|Chicago|Denver|Los_Angeles|Phoenix|Anchorage|Detroit|Boise)|Pacific/Honolulu|US/.+"
)
_DAY_FIRST_ZONES = re.compile(r"(?:Europe|Africa|Australia|Asia)/(?!Manila).+|Pacific/Auckland")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One date on one candidate line: a moment in UTC, or the reason it is none."""

    role: DateRole
    evidence: DateEvidence
    value: datetime | None = None

    def refuse(self, why: str) -> _Reading:
        return replace(self, value=None, evidence=replace(self.evidence, refused=why, confidence=0.0))


@dataclass(frozen=True, slots=True)
class _Context:
    """What settles a date besides its own text."""

    language: str
    fetched_at: datetime
    publisher_zone: str | None
    region: str | None
    known_days: frozenset[tuple[int, int]]


def decide_dates(
    clean: CleanArticle, rules: Rules, language: str = "und", *, domain: str | None = None
) -> tuple[Dated, Dated]:
    """Decide (published, modified) from the candidates that extraction and cleaning found.

    The best place wins (the order of `FoundIn`), then the first on the page. A time without an offset is in the
    publisher's zone, when config/ knows it, else in UTC, and says `assumed`. A date without a time is midnight UTC of
    that day. Refused: a date over a day after `fetched_at`; 03/04/2024 unless language, publisher, zone or a dateline
    settles it; a modification before publication; a relative time, because a copy does not say when it was read.

    >>> from newsdex.records import Origin
    >>> origin = Origin("x.txt", datetime(2025, 1, 1, tzinfo=UTC), "text/plain", "")
    >>> line = DateCandidate("Tuesday 19 November 2024 | 00:16", DateRole.PUBLISHED, FoundIn.LINE)
    >>> published, modified = decide_dates(CleanArticle(origin, ("Text.",), dates=(line,)), Rules(), "en")
    >>> published.value.isoformat(), str(published.evidence.offset), modified.value
    ('2024-11-19T00:16:00+00:00', 'assumed', None)
    """
    context = _context(clean, rules, language, domain)
    readings = [reading for candidate in clean.dates for reading in _read(candidate, context)]
    published = _choose(reading for reading in readings if reading.role is DateRole.PUBLISHED)
    later = (reading for reading in readings if reading.role is DateRole.MODIFIED)
    return published, _choose(_refuse_before(published, reading) for reading in later)


def _context(clean: CleanArticle, rules: Rules, language: str, domain: str | None) -> _Context:
    publisher = _publisher(clean, rules, domain)
    base = language.partition("-")[0]
    code = language if base == "zh" else base
    declared = (clean.declared_language or "").replace("_", "-").lower().split("-")
    region = next((part for part in declared[1:] if len(part) == 2), None)
    if region is None and domain is not None and len(domain.rpartition(".")[2]) == 2:
        region = domain.rpartition(".")[2]
    printed = [one for candidate in clean.dates for one in read_dates(candidate.text, language=code)]
    known = {(one.days[0].month, one.days[0].day) for one in printed if len(one.days) == 1}
    known |= read_day_and_month(clean.dateline, code) if clean.dateline else set()
    return _Context(code, clean.origin.fetched_at, publisher.timezone if publisher else None, region, frozenset(known))


def _publisher(clean: CleanArticle, rules: Rules, domain: str | None) -> Publisher | None:
    return rules.publisher(clean.publisher) or rules.publisher(clean.origin.publisher) or rules.publisher_of(domain)


def _read(candidate: DateCandidate, context: _Context) -> Iterator[_Reading]:
    evidence = DateEvidence(candidate.text, candidate.found_in)
    printed = read_dates(candidate.text, language=context.language, publisher_zone=context.publisher_zone)
    if not printed:
        yield _Reading(candidate.role, evidence).refuse(explain_no_date(candidate.text))
    seen: set[DateRole] = set()
    for one in printed:
        role = one.role or candidate.role
        if role in seen:  # the first of a kind is the date, a second without words of its own belongs to something else
            continue
        seen.add(role)
        yield _place(one, _Reading(role, evidence), context)


def _place(printed: Printed, reading: _Reading, context: _Context) -> _Reading:
    day = _settle(printed, reading.evidence.text, context)
    confidence = _CONFIDENCE[reading.evidence.found_in]
    if printed.precision is Precision.MONTH:
        confidence *= _MONTH_CONFIDENCE
    offset = None
    zone: tzinfo = UTC
    if printed.clock is not None:
        offset = Offset.GIVEN if printed.zone else Offset.ASSUMED
        zone = printed.zone or load_zone(context.publisher_zone) or UTC
    evidence = replace(reading.evidence, precision=printed.precision, offset=offset, confidence=round(confidence, 4))
    reading = replace(reading, evidence=evidence)
    if day is None:
        return reading.refuse(UNSETTLED)
    value = to_utc(datetime.combine(day, printed.clock or time(), tzinfo=zone))
    if value is None or value > context.fetched_at + _SLACK:
        return reading.refuse(AFTER_FETCHED)
    return replace(reading, value=value)


def _settle(printed: Printed, line: str, context: _Context) -> date | None:
    """Settle 03/04/2024 by the best of: another date of the document, the zone, the region, the language."""
    if len(printed.days) == 1:
        return printed.days[0]
    day_first, month_first = printed.days
    witnessed = [day for day in printed.days if (day.month, day.day) in context.known_days]
    if len(witnessed) == 1:
        return witnessed[0]
    if writes_month_first(line) or context.region in _MONTH_FIRST_REGIONS:
        return month_first
    if context.region in _DAY_FIRST_REGIONS or writes_day_first(context.language):
        return day_first
    if context.publisher_zone is not None:
        if _US_ZONES.fullmatch(context.publisher_zone):
            return month_first
        if _DAY_FIRST_ZONES.fullmatch(context.publisher_zone):
            return day_first
    latest = (context.fetched_at + _SLACK).date()
    possible = [day for day in printed.days if day <= latest]
    return possible[0] if len(possible) == 1 else None


def _refuse_before(published: Dated, reading: _Reading) -> _Reading:
    """Refuse a change before publication. Where one of the two is only a day, days are compared."""
    if reading.value is None or published.value is None or published.evidence is None:
        return reading
    value, floor = reading.value, published.value
    if Precision.MINUTE not in (reading.evidence.precision, published.evidence.precision) or (
        reading.evidence.precision is not published.evidence.precision
    ):
        value, floor = (moment.replace(hour=0, minute=0, second=0, microsecond=0) for moment in (value, floor))
    if Precision.MONTH in (reading.evidence.precision, published.evidence.precision):
        value, floor = value.replace(day=1), floor.replace(day=1)
    return reading.refuse(BEFORE_PUBLISHED) if value < floor else reading


def _choose(readings: Iterable[_Reading]) -> Dated:
    ranked = sorted(readings, key=lambda reading: _RANK[reading.evidence.found_in])
    standing = [reading for reading in ranked if reading.value is not None]
    fine = [reading for reading in standing if reading.evidence.precision is not Precision.MONTH]
    best = next(iter(fine or standing), None)
    if best is None:
        return Dated(rejected=_evidence(ranked))
    rivals = [other for other in ranked if other is not best and not _agree(best, other)]
    agreeing = sum(_agree(best, other) for other in ranked if other is not best)
    confidence = round(min(0.99, best.evidence.confidence + _AGREEMENT * agreeing), 4)
    refused = [other if other.value is None else other.refuse(OUTRANKED) for other in rivals]
    return Dated(best.value, replace(best.evidence, confidence=confidence), _evidence(refused))


def _agree(one: _Reading, other: _Reading) -> bool:
    if one.value is None or other.value is None:
        return False
    if Precision.DAY in (one.evidence.precision, other.evidence.precision):
        return one.value.date() == other.value.date()
    return one.value == other.value


def _evidence(readings: Iterable[_Reading]) -> tuple[DateEvidence, ...]:
    return tuple(dict.fromkeys(reading.evidence for reading in readings))
