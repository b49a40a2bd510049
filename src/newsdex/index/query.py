"""What a reader asks of the archive."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from newsdex.errors import UserError
from newsdex.index.query_language import FIELDS, Kind, Term, parse

LONGEST = 1_000
"""Characters of a query at most."""

MOST_TERMS = 40
"""Words, phrases and fields of a query at most."""

MOST_VALUES = 50
"""Values of one filter at most."""

MOST_HITS = 1_000
"""Hits of one page at most."""


class BadQuery(UserError):
    """A search that cannot be meant, or that would cost too much."""


class Order(StrEnum):
    """In which order hits come."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    ARRIVAL = "arrival"
    """The last that became searchable first, whenever it was published."""


@dataclass(frozen=True)
class Query:
    """A search: words, filters, and which page of the hits.

    `text` is what was typed (`newsdex.index.query_language`); an empty one asks for the newest articles. A filter with
    several values takes any of them; `language` "zh" takes "zh-Hans" too. `since` and `until` are days or months as
    printed (`2024-11-19`, `2024-11`), or times, in UTC, both included. `order` None is by relevance where words are
    asked for, else the newest first. A page begins `after` a hit or ends `before` one, each by the mark that a result
    gives for it. `collapse` folds copies into one hit. `tags` surround what matched in the highlights.
    """

    text: str = ""
    language: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    order: Order | None = None
    size: int = 10
    after: str | None = None
    before: str | None = None
    collapse: bool = True
    tags: tuple[str, str] = ("<em>", "</em>")

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MOST_HITS:
            raise BadQuery(f"{self.size:,} hits are no page", f"a page has up to {MOST_HITS:,}; ask for the next one")
        if self.after and self.before:
            raise BadQuery("a page cannot be after a hit and before one", "leave one of them")
        if len(self.text) > LONGEST:
            raise BadQuery(f"the search has {len(self.text):,} characters, {LONGEST:,} are the most", "shorten it")
        if len(self.terms) > MOST_TERMS:
            raise BadQuery(f"the search has {len(self.terms)} words, {MOST_TERMS} are the most", "shorten it")
        for name in FILTERS:
            values = getattr(self, name)
            if len(values) > MOST_VALUES or any(len(value) > LONGEST for value in values):
                raise BadQuery(f"too much is chosen of {name}", f"choose up to {MOST_VALUES} values")
        for name, day in (("since", self.since), ("until", self.until)):
            demand_date(name, day)
        for term in self.terms:
            if term.field is not None and term.field.kind is Kind.DATE:
                demand_date(term.field.name, term.text)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """What was typed, taken apart."""
        return parse(self.text)

    @property
    def scoring(self) -> tuple[Term, ...]:
        """The terms that make one hit better than another: what is wanted of the text."""
        return tuple(
            term for term in self.terms if not term.excluded and (term.field is None or term.field.kind is Kind.TEXT)
        )

    @property
    def phrases(self) -> tuple[str, ...]:
        """The wanted phrases.

        >>> Query('ferry "new bridge" Lima').phrases
        ('new bridge',)
        """
        return tuple(term.text for term in self.scoring if term.phrase and term.field is None)

    @property
    def words(self) -> str:
        """The wanted words.

        >>> Query('ferry "new bridge" -train Lima').words
        'ferry Lima'
        """
        return " ".join(term.text for term in self.scoring if not term.phrase and term.field is None)

    @property
    def sorted_by(self) -> Order:
        """The order that holds: hits that nothing tells apart cannot come by relevance."""
        if self.scoring:
            return self.order or Order.RELEVANCE
        return Order.NEWEST if self.order in (None, Order.RELEVANCE) else self.order

    @property
    def narrowed(self) -> bool:
        """Tell whether a filter is chosen."""
        return bool(self.since or self.until or any(getattr(self, name) for name in FILTERS))


FILTERS = ("language", "publisher", "agency", "section", "author", "flag")
"""The filters of a `Query`, as it calls them and as the query language does."""

assert {*FILTERS} <= {*FIELDS} & {field.name for field in fields(Query)}  # noqa: S101


def demand_date(name: str, printed: str | None) -> None:
    """Raise `BadQuery` for what is neither a day, a month, a year, nor a time."""
    if printed is not None and not _is_date(printed):
        raise BadQuery(f"{name}: {printed[:40]!r} is no date", "write it like 2024-11-19, 2024-11 or 2024")


def date_range(since: str | None, until: str | None) -> dict[str, str]:
    """Give the limits of a range, rounded to what was printed: `until` November takes the whole of November.

    >>> date_range(None, "2024-11")
    {'lte': '2024-11||/M'}
    """
    return {
        **({"gte": f"{since}||/{_unit(since)}"} if since else {}),
        **({"lte": f"{until}||/{_unit(until)}"} if until else {}),
    }


def first_day(printed: str) -> date:
    """Give the first day of what was printed.

    >>> first_day("2024-11"), first_day("2024-11-19T08:00:00Z")
    (datetime.date(2024, 11, 1), datetime.date(2024, 11, 19))
    """
    year, month, day = (*map(int, printed[:10].split("-")), 1, 1)[:3]
    return date(year, month, day)


def last_day(printed: str) -> date:
    """Give the last day of what was printed.

    >>> last_day("2024-02"), last_day("2024")
    (datetime.date(2024, 2, 29), datetime.date(2024, 12, 31))
    """
    if len(printed) == len("2024"):
        return date(int(printed), 12, 31)
    first = first_day(printed)
    if len(printed) == len("2024-11"):
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first


def _unit(printed: str) -> str:
    return {4: "y", 7: "M", 10: "d"}.get(len(printed), "s")


def _is_date(text: str) -> bool:
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", text, re.ASCII):
        return text[:4] != "0000"
    try:
        # Python reads more than Elasticsearch does: weeks, compact dates.
        if re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d[0-9:.Z+-]*)?", text, re.ASCII) is None:
            return False
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
