"""Printed dates inside a line: where one begins and ends, in any of the languages config/ knows.

Nothing is decided here about what a date means. Rules see a date as one mark, so that none has to spell out months.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from newsdex.patterns import DATE_MARK

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\d_][^\s\d.,;:|/()\[\]•·–—,،،\u3400-\u9fff-]*")
_TOKEN = re.compile(rf"\d+|{_WORD.pattern}|\s+|.", re.DOTALL)
_DIGIT = re.compile(r"\d")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEPARATED = r"\s?[./-]\s?"
_NUMERIC = re.compile(
    rf"(?<!\d)(?:\d{{4}}{_SEPARATED}\d{{1,2}}{_SEPARATED}\d{{1,2}}"
    rf"|\d{{1,2}}{_SEPARATED}\d{{1,2}}{_SEPARATED}(?:\d{{4}}|\d{{2}}))(?!\d)"
)
_CJK_DATE = re.compile(r"\d{1,2}\s?[月월]\s?\d{1,2}\s?[日號号일]")
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時时点點시]\s?\d{2}(?!\d)|\d{1,2}\s?(?:[ap]\.?m\b|時|시|Uhr)", re.IGNORECASE)
_DATE_OR_TIME = re.compile(
    r"\d\s?(?:[:.h時时시点點]\s?\d\d|[./-]\s?\d{1,2}\s?[./-]\s?\d|[月월]\s?\d|[ap]\.?m|[時시]|uhr)", re.IGNORECASE
)
"""Matches wherever one of the three above does, and a little more."""
_A_WORD_FOR_MONTH = 4
"""What begins so many names is the language's word for month, or a preposition, and no month."""
_CLOCK_FOLLOWS = re.compile(r"\s?\d{1,2}(?!\d)")
_BARE_TIME = re.compile(r"\d{1,2} ?[:.h] ?\d{2}(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?", re.IGNORECASE)
"""A time alone on its line heads an entry of a live blog: it is no date of the document."""
_REMEMBERED = 2_048
"""Lines whose dates are kept: cleaning looks at a document more than once, and furniture comes again."""
_INSIDE = frozenset(" \t,.:/-–—()+−'،،")


@dataclass(frozen=True, slots=True)
class Masked:
    """A line with each printed date replaced by one mark; `original` slices the line as printed."""

    text: str
    source: str
    dates: tuple[tuple[int, int], ...] = ()

    def original(self, start: int, end: int) -> str:
        """Give what stands in the source between two positions of `text`."""
        return self.source[self._position(start) : self._position(end)]

    def _position(self, at: int) -> int:
        before = self.text.count(DATE_MARK, 0, at)
        return at + sum(end - start - 1 for start, end in self.dates[:before])


class DateWords:
    """The words that may stand in a printed date."""

    def __init__(self, languages: Iterable[str], between: Iterable[str], clock: Iterable[str]) -> None:
        self.months: set[str] = set()
        self.weekdays: set[str] = set()
        inner: set[str] = set()
        for language in languages:
            months, weekdays = _calendar(language)
            heads = Counter(month.split()[0] for month in months)
            for month in months:
                first, *others = month.split()
                if heads[first] < _A_WORD_FOR_MONTH:
                    self.months.add(first)
                    inner.update(others)
            self.weekdays |= weekdays
        self._kinds = {
            **dict.fromkeys(_INSIDE | inner | {word.casefold() for word in between}, "between"),
            **dict.fromkeys((word.casefold() for word in clock), "clock"),
            **dict.fromkeys(self.months | self.weekdays, "core"),
        }
        self._spans = lru_cache(_REMEMBERED)(self._find_spans)

    def mask(self, folded: str, source: str) -> Masked:
        """Replace each printed date of a line by one mark."""
        spans = self._spans(folded) if _DIGIT.search(folded) else ()
        if not spans:
            return Masked(folded, source)
        pieces, last = [], 0
        for start, end in spans:
            pieces += [folded[last:start], DATE_MARK]
            last = end
        return Masked("".join(pieces) + folded[last:], source, spans)

    def is_date_word(self, text: str) -> bool:
        """Tell whether a text is a word of dates and no name: yesterday, Monday."""
        return text.casefold() in self._kinds

    def is_absolute(self, text: str) -> bool:
        """Tell whether a printed date names a day of the calendar: more than a weekday, a time or `yesterday`."""
        if _NUMERIC.search(text) or _CJK_DATE.search(text):
            return True
        words = [match.group().casefold() for match in _TOKEN.finditer(text)]
        return any(word in self.months for word in words) and any(word.isdigit() for word in words)

    def _find_spans(self, folded: str) -> tuple[tuple[int, int], ...]:
        return tuple(self._read_spans(folded)) if self._may_hold_date(folded) else ()

    def _may_hold_date(self, folded: str) -> bool:
        """Spare most lines the reading token by token."""
        if _DATE_OR_TIME.search(folded):
            return True
        return not self.months.isdisjoint(map(str.casefold, _WORD.findall(folded)))

    def _read_spans(self, folded: str) -> Iterable[tuple[int, int]]:
        start = end = -1
        for match in _TOKEN.finditer(folded):
            kind = self._kind(match.group(), match.start(), folded)
            if kind == "core":
                start = match.start() if start < 0 else start
                end = match.end()
            elif kind == "clock" and start >= 0:
                end = match.end()
            elif kind == "" and start >= 0:
                yield from self._checked(folded, start, end)
                start = -1
        if start >= 0:
            yield from self._checked(folded, start, end)

    def _kind(self, part: str, at: int, folded: str) -> str:
        if part.isdigit():
            return "core" if len(part) <= 4 else ""
        kind = self._kinds.get(part.casefold())
        if kind is not None:
            return kind
        if part.isspace():
            return "between"
        if part == "|" and _CLOCK_FOLLOWS.match(folded, at + 1):
            return "between"
        return ""

    def _checked(self, folded: str, start: int, end: int) -> Iterable[tuple[int, int]]:
        text = folded[start:end]
        if text == folded and _BARE_TIME.fullmatch(text):
            return
        if self.is_absolute(text) or _TIME.search(text):
            after = folded[end : end + 1]
            if (after == ")" and "(" in text and ")" not in text) or (after == "." and _ends_dotted(text)):
                end += 1
            yield start, end


def _ends_dotted(text: str) -> bool:
    return text[-2:].casefold() in (".m", " г", " р") or text.endswith("г")


@lru_cache(maxsize=64)
def _calendar(language: str) -> tuple[frozenset[str], frozenset[str]]:
    try:
        info = importlib.import_module(f"dateparser.data.date_translation_data.{language}").info
    except ModuleNotFoundError:
        return frozenset(), frozenset()
    return _names(info, _MONTHS), _names(info, _WEEKDAYS)


def _names(info: dict[str, list[str]], keys: Iterable[str]) -> frozenset[str]:
    return frozenset(
        name.casefold().rstrip(".")
        for key in keys
        for name in (*info.get(key, ()), key)
        if len(name) > 1 and not name[0].isdigit()
    )
