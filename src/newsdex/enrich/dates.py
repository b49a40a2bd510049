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
from newsdex.enrich.date_votes import Reading, choose
from newsdex.enrich.relative_dates import RELATIVE, read_relative
from newsdex.enrich.yearless import place_changes
from newsdex.enrich.zones import cut_zone, load_zone, to_utc, writes_month_first
from newsdex.records import (
    CleanArticle,
    DateCandidate,
    Dated,
    DateEvidence,
    DateRole,
    Door,
    FoundIn,
    Offset,
    Precision,
    Removed,
)
from newsdex.rules import Publisher, Rules

AFTER_FETCHED = "later than fetched_at by over a day"
AFTER_CHANGED = "later than the last change"
BEFORE_PUBLISHED = "earlier than published_at"
UNSETTLED = "day and month cannot be told apart"

PLACEHOLDER = "where computers begin to count"
JUST_MADE = "when the server made the page"

_SLACK = timedelta(days=1)
_JUST_MADE = timedelta(hours=1)
_BEGINNING = date(1970, 1, 1)
_MARKED = frozenset((FoundIn.RECORD, FoundIn.JSON_LD, FoundIn.META))
_FETCHING_DOORS = frozenset((Door.URL, Door.FEED, Door.SITEMAP, Door.WARC))
"""What comes in by them was fetched at `fetched_at`; of other files that is only when we found them."""
_RELATIVE_CONFIDENCE = 0.7
_CONFIDENCE = {
    FoundIn.RECORD: 0.97,
    FoundIn.JSON_LD: 0.95,
    FoundIn.META: 0.9,
    FoundIn.TIME_TAG: 0.85,
    FoundIn.LINE: 0.9,
    FoundIn.URL: 0.7,
    FoundIn.FEED: 0.8,
    FoundIn.HTTP: 0.3,
}
_MONTH_CONFIDENCE = 0.5
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY_FIRST_REGIONS = frozenset(
    ("gb", "uk", "ie", "au", "nz", "in", "za", "sg", "my", "hk", "ng", "ke", "pk", "bd", "lk", "jm", "eu")
)
_MONTH_FIRST_REGIONS = frozenset(("us", "ph"))
_US_ZONES = re.compile(
    r"America/(?:New_York|Chicago|Denver|Los_Angeles|Phoenix|Anchorage|Detroit|Boise)|Pacific/Honolulu|US/.+"
)
_DAY_FIRST_ZONES = re.compile(r"(?:Europe|Africa|Australia|Asia)/(?!Manila).+|Pacific/Auckland")


@dataclass(frozen=True, slots=True)
class _Context:
    """What settles a date besides its own text."""

    language: str
    fetched_at: datetime
    publisher_zone: str | None
    region: str | None
    fetched: bool
    known_days: frozenset[tuple[int, int]]


def decide_dates(
    clean: CleanArticle, rules: Rules, language: str = "und", *, domain: str | None = None
) -> tuple[Dated, Dated]:
    """Decide (published, modified) from the candidates that extraction and cleaning found.

    The day with the best witnesses wins. A time without an offset is in the publisher's zone, when config/ knows it,
    else in UTC, and says `assumed`. A date without a time is midnight UTC of that day. `2 hours ago` counts back from
    `fetched_at` where we fetched the page ourselves. Refused: a date over a day after `fetched_at`; 03/04/2024 unless
    language, publisher, zone or a dateline settles it; a modification before publication; `2 hours ago` in a file,
    which does not say when it was saved; a Last-Modified of the moment of fetching, which is when the server made the
    page.

    >>> from newsdex.records import Origin
    >>> origin = Origin("x.txt", datetime(2025, 1, 1, tzinfo=UTC), "text/plain", "")
    >>> line = DateCandidate("Tuesday 19 November 2024 | 00:16", DateRole.PUBLISHED, FoundIn.LINE)
    >>> published, modified = decide_dates(CleanArticle(origin, ("Text.",), dates=(line,)), Rules(), "en")
    >>> published.value.isoformat(), str(published.evidence.offset), modified.value
    ('2024-11-19T00:16:00+00:00', 'assumed', None)
    """
    context = _context(clean, rules, language, domain)
    dates = [_with_zone(candidate, clean.removed) for candidate in clean.dates]
    readings = [reading for candidate in dates for reading in _read(candidate, context)]
    if clean.dateline is not None and _YEAR.search(clean.dateline):
        readings += _read(DateCandidate(clean.dateline, DateRole.PUBLISHED, FoundIn.LINE), context)
    changed = _marked_change(readings)
    published = choose(_refuse_after(changed, reading) for reading in readings if reading.role is DateRole.PUBLISHED)
    later = [_refuse_before(published, reading) for reading in readings if reading.role is DateRole.MODIFIED]
    modified = choose(later)
    return published, modified if modified.value else choose([*_yearless(clean, published, readings, context), *later])


def _with_zone(candidate: DateCandidate, removed: Iterable[Removed]) -> DateCandidate:
    """Add the zone that its line prints right behind a date, where a rule cut the date out without it."""
    if candidate.found_in is FoundIn.LINE and candidate.text:
        for line in removed:
            zone = cut_zone(line.text.partition(candidate.text)[2])
            if zone:
                return replace(candidate, text=candidate.text + zone)
    return candidate


def _yearless(
    clean: CleanArticle, published: Dated, readings: Iterable[Reading], context: _Context
) -> Iterator[Reading]:
    """Read the changes printed without a year, counted from the publication that was chosen."""
    for reading in readings:
        text = published.evidence.text if published.evidence else None
        if reading.value is not None and reading.value == published.value and reading.evidence.text == text:
            printed = [candidate.text for candidate in clean.dates if candidate.found_in is FoundIn.LINE]
            lines = [*(line.text for line in clean.removed), *printed]
            yield from place_changes(lines, reading, context.language, context.fetched_at + _SLACK)
            return


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
    return _Context(
        language=code,
        fetched_at=clean.origin.fetched_at,
        publisher_zone=publisher.timezone if publisher else None,
        region=region,
        fetched=clean.origin.door in _FETCHING_DOORS,
        known_days=frozenset(known),
    )


def _publisher(clean: CleanArticle, rules: Rules, domain: str | None) -> Publisher | None:
    return rules.publisher(clean.publisher) or rules.publisher(clean.origin.publisher) or rules.publisher_of(domain)


def _read(candidate: DateCandidate, context: _Context) -> Iterator[Reading]:
    evidence = DateEvidence(candidate.text, candidate.found_in)
    printed = read_dates(candidate.text, language=context.language, publisher_zone=context.publisher_zone)
    if not printed:
        yield _read_relative(Reading(candidate.role, evidence), context)
    seen: set[DateRole] = set()
    for one in printed:
        role = one.role or candidate.role
        if role in seen:  # the first of a kind is the date, a second without words of its own belongs to something else
            continue
        seen.add(role)
        yield _place(one, Reading(role, evidence), context)


def _read_relative(reading: Reading, context: _Context) -> Reading:
    text = reading.evidence.text
    ago = read_relative(text, context.language)
    if ago is None or reading.evidence.found_in not in (FoundIn.LINE, FoundIn.TIME_TAG):
        return reading.refuse(explain_no_date(text))
    if not context.fetched:
        return reading.refuse(RELATIVE)
    moment = (context.fetched_at - ago.span).replace(second=0, microsecond=0)
    if ago.precision is Precision.DAY:
        zone = load_zone(context.publisher_zone) or UTC
        moment = datetime.combine(moment.astimezone(zone).date(), time(), tzinfo=UTC)
    evidence = replace(
        reading.evidence,
        precision=ago.precision,
        offset=Offset.GIVEN if ago.precision is Precision.MINUTE else None,
        confidence=round(_CONFIDENCE[reading.evidence.found_in] * _RELATIVE_CONFIDENCE, 4),
        day=moment.date(),
    )
    return Reading(ago.role or reading.role, evidence, moment, moment.replace(tzinfo=None))


def _place(printed: Printed, reading: Reading, context: _Context) -> Reading:
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
    local = datetime.combine(day, printed.clock or time())
    value = to_utc(local.replace(tzinfo=zone))
    if value is None or value > context.fetched_at + _SLACK:
        return reading.refuse(AFTER_FETCHED)
    if day == _BEGINNING:
        return reading.refuse(PLACEHOLDER)
    if reading.evidence.found_in is FoundIn.HTTP and value > context.fetched_at - _JUST_MADE:
        return reading.refuse(JUST_MADE)
    return replace(reading, value=value, local=local, evidence=replace(evidence, day=_local_day(local, value, context)))


def _local_day(local: datetime, value: datetime, context: _Context) -> date:
    """Give the day that it was where it was published: as printed; where UTC is printed, in the publisher's zone."""
    zone = load_zone(context.publisher_zone)
    in_utc = local == value.replace(tzinfo=None) and local.time() != time()
    return value.astimezone(zone).date() if zone and in_utc else local.date()


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


def _marked_change(readings: Iterable[Reading]) -> date | None:
    """Give the day after which, as the page tells machines, nothing was published on it."""
    marked = (r for r in readings if r.role is DateRole.MODIFIED and r.evidence.found_in in _MARKED)
    return max((r.value.date() for r in marked if r.value is not None), default=None)


def _refuse_after(changed: date | None, reading: Reading) -> Reading:
    """Refuse a printed publication after the last change: it is today's date, or a comment's."""
    if changed is None or reading.value is None or reading.evidence.found_in not in (FoundIn.LINE, FoundIn.TIME_TAG):
        return reading
    return reading.refuse(AFTER_CHANGED) if reading.value.date() > changed + _SLACK else reading


def _refuse_before(published: Dated, reading: Reading) -> Reading:
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
