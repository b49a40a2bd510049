"""Changes printed without their year, beside a full date: `2025/3/25 10:00 (3/25 15:31 更新)`, `12:00 -> 14:22`.

Such a line says less than a date, so it is read only where a word or an arrow says that it is a change, and where the
publication is known: from there the year is counted, and the day where only a time is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from newsdex.enrich.calendars import plain
from newsdex.enrich.date_grammar import read_clock, read_dates, read_day_and_month, read_role
from newsdex.enrich.date_votes import Reading
from newsdex.enrich.relative_dates import read_relative
from newsdex.enrich.zones import to_utc
from newsdex.records import DateEvidence, DateRole, FoundIn, Offset, Precision

_LONGEST_LINE = 120
_MOST_WORDS = 30
_SOON = timedelta(days=60)
"""A later change is printed with its year, or the line is about something else."""
_CONFIDENCE = 0.7
_ARROW = re.compile(r"-+>|=+>|[→⇒➔]")
_BRACKET = re.compile(r"[()\[\]|;·•]")
_COMMA = re.compile(r"[()\[\]|;·•]|,\s")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NO_CHANGE = re.compile(r"\bupdates\b|\blive\b", re.I)
"""Announcements of a live report."""
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})\s?(?:[/.]\s?|月\s?)(\d{1,2})(?:日|\.(?!\d))?(?![\d./-])")
_LETTER = re.compile(r"[^\W\d_]")
_MONTH_FIRST = ("ja", "zh", "ko", "hu", "lt")


@dataclass(frozen=True, slots=True)
class YearlessChange:
    """A change as printed: the days it may be as (month, day), none for a time of the same day, and the time."""

    days: frozenset[tuple[int, int]]
    clock: time | None
    zone: tzinfo | None


def read_yearless_change(line: str, language: str) -> YearlessChange | None:
    """Read the change on a line that prints no year for it; None where no word or arrow says that it is one.

    >>> read_yearless_change("3/25 15:31 更新", "ja").days
    frozenset({(3, 25)})
    >>> read_yearless_change("12.05.2025 12:00 -> 14:22", "de").clock
    datetime.time(14, 22)
    >>> read_yearless_change("The council met at 14:22.", "en")
    """
    if len(line) > _LONGEST_LINE:
        return None
    text = _said_of_change(plain(line), language)
    if text is None or read_dates(text, language=language) or len(_LETTER.findall(text)) > _MOST_WORDS:
        return None
    days = read_day_and_month(text, language)
    rest = text
    for found in () if days else _NUMERIC.finditer(text):
        pairs = _pairs(int(found[1]), int(found[2]), language)
        if pairs and (found[0].count(".") == 0 or found[0].endswith(".")):
            days, rest = pairs, text[: found.start()] + " " * len(found[0]) + text[found.end() :]
            break
    clock, zone = read_clock(rest, language)
    return YearlessChange(frozenset(days), clock, zone) if days or clock else None


def place_changes(lines: Iterable[str], published: Reading, language: str, latest: datetime) -> Iterator[Reading]:
    """Place the changes that some lines print without a year after the publication they stand beside.

    Given is only what is settled: later than the publication, within sixty days of it, not after `latest`.
    """
    for line in dict.fromkeys(lines):
        change = read_yearless_change(line, language)
        reading = None if change is None else _place(change, line, published)
        if reading is not None and reading.value is not None and reading.value <= latest:
            yield reading


def _place(change: YearlessChange, line: str, published: Reading) -> Reading | None:
    if published.value is None or published.local is None or published.evidence.precision is Precision.MONTH:
        return None
    exact = published.evidence.precision is Precision.MINUTE
    first = published.local.date()
    if not change.days and not exact:
        return None
    days = [first] if not change.days else list(_days_after(first, change.days))
    if len(days) != 1:
        return None
    local = datetime.combine(days[0], change.clock or time())
    if change.clock is not None and exact and local <= published.local:
        return None
    shift = local - published.local if exact and change.clock else timedelta()
    value = published.value + shift if exact and change.clock else local.replace(tzinfo=published.value.tzinfo)
    offset = published.evidence.offset or Offset.ASSUMED
    if change.zone is not None:
        moved = to_utc(local.replace(tzinfo=change.zone))
        if moved is None:
            return None
        value, offset = moved, Offset.GIVEN
    evidence = DateEvidence(
        line,
        FoundIn.LINE,
        precision=Precision.MINUTE if change.clock else Precision.DAY,
        offset=offset if change.clock else None,
        confidence=_CONFIDENCE,
        day=local.date(),
    )
    return Reading(DateRole.MODIFIED, evidence, value, local)


def _days_after(first: date, days: Iterable[tuple[int, int]]) -> Iterator[date]:
    for month, day in sorted(days):
        for year in (first.year, first.year + 1):
            try:
                found = date(year, month, day)
            except ValueError:
                continue
            if first <= found <= first + _SOON:
                yield found


def _said_of_change(line: str, language: str) -> str | None:
    """Cut out the piece of a line that a word or an arrow calls a change: behind the arrow, else around the word.

    The line is cut at brackets and bars first, and at commas only where a piece still holds the full date as well.
    """
    arrow = _ARROW.search(line)
    if arrow is not None and read_dates(line[: arrow.start()], language=language):
        return line[arrow.end() :]
    for edge in (_BRACKET, _COMMA):
        for piece in edge.split(line):
            said = read_role(piece, "") is DateRole.MODIFIED and not _NO_CHANGE.search(piece)
            if said and not (_YEAR.search(piece) or read_relative(piece, language)):
                return piece
    return None


def _pairs(first: int, second: int, language: str) -> set[tuple[int, int]]:
    month_first = {(first, second)} if first <= 12 and second <= 31 else set()
    day_first = {(second, first)} if second <= 12 and first <= 31 else set()
    if language.partition("-")[0] in _MONTH_FIRST:
        return month_first
    return month_first | day_first
