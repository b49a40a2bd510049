"""What a reader asks of the archive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from newsdex.errors import UserError

DEEPEST = 10_000
"""Elasticsearch pages this deep and no deeper."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search: words, filters, and which page of the hits.

    Words in double quotes have to stand together. An empty text asks for the newest articles. A filter with several
    values takes any of them; `language` "zh" takes "zh-Hans" too. `since` and `until` are days or months as printed
    (`2024-11-19`, `2024-11`), or times, in UTC, both included. `tags` surround what matched in the highlights.
    """

    text: str = ""
    language: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    size: int = 10
    offset: int = 0
    collapse: bool = True
    tags: tuple[str, str] = ("<em>", "</em>")

    def __post_init__(self) -> None:
        if self.size < 0 or self.offset < 0 or self.offset + self.size > DEEPEST:
            raise UserError(
                f"hits {self.offset} to {self.offset + self.size} cannot be shown: a search reaches {DEEPEST:,}",
                "narrow it by language, publisher or date",
            )
        for name, day in (("since", self.since), ("until", self.until)):
            demand_date(name, day)

    @property
    def phrases(self) -> tuple[str, ...]:
        """The parts in double quotes.

        >>> Query('ferry "new bridge" Lima').phrases
        ('new bridge',)
        """
        return tuple(part.strip() for part in _QUOTED.findall(self.text) if part.strip())

    @property
    def words(self) -> str:
        """What is left without them.

        >>> Query('ferry "new bridge" Lima').words
        'ferry Lima'
        """
        return " ".join(_QUOTED.sub(" ", self.text).replace('"', " ").split())


def demand_date(name: str, printed: str | None) -> None:
    """Raise `UserError` for what is neither a day, a month, a year, nor a time."""
    if printed is not None and not _is_date(printed):
        raise UserError(f"{name}: {printed!r} is no date", "write it like 2024-11-19, 2024-11 or 2024")


def date_range(since: str | None, until: str | None) -> dict[str, str]:
    """Give the limits of a range, rounded to what was printed: `until` November takes the whole of November.

    >>> date_range(None, "2024-11")
    {'lte': '2024-11||/M'}
    """
    return {
        **({"gte": f"{since}||/{_unit(since)}"} if since else {}),
        **({"lte": f"{until}||/{_unit(until)}"} if until else {}),
    }


def _unit(printed: str) -> str:
    return {4: "y", 7: "M", 10: "d"}.get(len(printed), "s")


_QUOTED = re.compile(r'["“„]([^"“”„]+)["”“]')


def _is_date(text: str) -> bool:
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", text):
        return True
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            date.fromisoformat(text)
        else:
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= 10
