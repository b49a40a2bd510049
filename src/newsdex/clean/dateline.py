"""Datelines: the place, day and agency printed before a story's first words. They stay in the body as printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from newsdex.clean.printed_dates import DateWords, Masked
from newsdex.clean.vocabulary import Words
from newsdex.patterns import DATE_MARK, compile_pattern
from newsdex.rules import Rules

_PLACE = r"(?P<place>[^\W\d_][^\d()\[\]/|:;!?\"«»—–\ue000]{0,48}?)"
_DATE = rf"(?:[.,]?\s*{DATE_MARK})"
_DASH = r"(?:--?|[–—−])"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_PLACE}\s*\({DATE_MARK}\)?\s*(?P<dash>{_DASH})\s+",
        rf"{_PLACE}\s*\([^\d()]{{2,25}}\)\s*\((?P<agency>[^()]{{2,40}})\)\s*(?P<dash>{_DASH}|[.:]|)\s*",
        (
            rf"{_PLACE}\s*(?:\([^\d()]{{2,25}}\)\s*)?\[[^\d\[\]]{{2,25}}\]{_DATE}?[.,]*\s*"
            rf"\((?P<agency>[^()]{{2,40}})\)\s*(?P<dash>{_DASH}|[.:]|)\s*"
        ),
        rf"{_PLACE}{_DATE}?[.,]*\s*[(\[](?P<agency>[^()\[\]]{{2,40}})[)\]]\s*(?P<dash>[.,]?\s*{_DASH}|[.:=]|)\s*",
        rf"{_PLACE}{_DATE}?[.,]*\s*/(?P<agency>[^/]{{2,40}})/\s*(?P<dash>[.,]?\s*{_DASH}|[.:]|)\s*",
        rf"{_PLACE}{_DATE}[.,]?\s*(?P<agency>[^\W\d_]{{2,12}}(?:\.[^\W\d_]{{2,3}})?)\s*(?P<dash>{_DASH})\s+",
        rf"{_PLACE}{_DATE}?[.,]?\s*(?:{_DASH}|(?<=\.))\s*(?P<signed>[^.:!?()/]{{2,40}}?)\s*[.:]\s+",
        rf"{_PLACE}{_DATE}\.?\s*(?P<dash>{_DASH})\s+",
        (
            rf"[(\[](?P<agency>[^()\[\]]{{2,40}})[)\]]\s*[.,]?\s*(?P<dash>{_DASH})\s*"
            rf"(?:{_PLACE}{_DATE}\s*[.,]?\s*{_DASH}\s+)?"
        ),
        rf"(?P<capitals>{_PLACE})\s*(?P<dash>--|[–—−]|(?<=\s)-)\s+",
        rf"(?P<capitals>{_PLACE})(?P<dash>\s*:|\.)\s+(?=[^\W\d_])",
        rf"{_PLACE}(?P<dash>\.\s?[-–—])\s+",
        rf"{_PLACE}\s*\([^\W\d_][^\d()]{{2,25}}\)\s*(?P<dash>{_DASH})\s+(?=[^\W\d_])",
        rf"(?P<mixed>{_PLACE})\s(?P<dash>[–—-])\s+(?=[\"'«„“]?[^\W\d_])",
    )
)
_SITE = re.compile(r"^[\w-]+\.(?:com|co\.id|id|net|org|news|tv)\s*,\s*", re.IGNORECASE)
"""A site's name before the place: `MARSH.COM, OSLO - `."""
_PARTED = re.compile(r"\s[–—-]\s")
_LONGEST = 120
_REMEMBERED = 512
"""Paragraphs whose answer is kept: each pass asks again."""
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline as printed, its place, and the agency and reporters named in it."""

    text: str
    place: str | None
    agency: str | None = None
    authors: str | None = None


class Datelines:
    """The shapes of datelines: those of any language, and those that language packs add."""

    def __init__(self, rules: Rules, words: Words, date_words: DateWords) -> None:
        self._agencies = {name: agency.name for name, agency in rules.agencies_by_name.items()}
        self._names = tuple(name for agency in rules.agencies for name in (agency.name, *agency.aliases))
        self._patterns = tuple(dict.fromkeys(shape for pack in rules.languages for shape in pack.datelines))
        self._small = words.small
        self._is_date_word = date_words.is_date_word
        self._labels = words.sections | words.organisations | words.roles | words.generic
        self._remembered = lru_cache(_REMEMBERED)(self._read)

    @cached_property
    def _of_languages(self) -> tuple[Any, ...]:
        return tuple(compile_pattern(pattern, self._names) for pattern in self._patterns)

    def read(self, masked: Masked) -> Dateline | None:
        """Read the dateline at the start of a paragraph, None when there is none.

        Brackets count when they hold an agency config/ knows or a dash follows; a name behind the dash only when
        config/ knows it; a bare place counts in capitals only.
        """
        return self._remembered(masked)

    def _read(self, masked: Masked) -> Dateline | None:
        for found in self._find(masked.text):
            if found.end() > _LONGEST or found.end() >= len(masked.text):
                continue
            parts = found.groupdict()
            place = parts.get("place")
            agency = self._known(parts.get("agency") or parts.get("signed"))
            if parts.get("signed") and agency is None:
                continue
            if parts.get("capitals") and not (_is_capitals(place or "") and place and not self._is_label(place)):
                continue
            if parts.get("mixed") and not self._is_town(place or "", masked.text[found.end() :]):
                continue
            if (
                parts.get("agency")
                and "dash" in parts
                and agency is None
                and (not parts["dash"] or not _is_acronym(parts["agency"]))
            ):
                continue
            if place is not None and not _is_place(place):
                continue
            text = masked.original(0, found.end()).strip()
            return Dateline(text, self._tidy(place, masked.source[found.end() :]), agency, parts.get("byline"))
        return None

    def _is_label(self, place: str) -> bool:
        return place.casefold() in self._labels or self._is_date_word(place)

    def _is_town(self, place: str, story: str) -> bool:
        """Tell a town before a dash (`Seeheim – Die Brücke`) from a sentence that a dash parts.

        It is a name of one or two large words, and a sentence of its own without another dash follows.
        """
        words = place.split()
        return (
            len(words) <= 2
            and all(word[:1].isupper() and word.casefold() not in self._small for word in words)
            and not place.endswith(",")
            and not self._is_label(place)
            and (story.lstrip("\"'«„“")[:1].isupper())
            and not _PARTED.search(story[:_LONGEST])
        )

    def _find(self, text: str) -> Iterator[Any]:
        for shape in _SHAPES:
            found = shape.match(text)
            if found:
                yield found
        if text[:1].isascii() and text[:1] not in "([":
            return
        for pattern in self._of_languages:
            found = pattern.match(text[: 2 * _LONGEST])
            if found:
                yield found

    def _known(self, name: str | None) -> str | None:
        if not name:
            return None
        for part in (name, *re.split(r"\s*[/,+&-]\s*", name)):
            agency = self._agencies.get(part.strip().casefold())
            if agency is not None:
                return agency
        return None

    def _tidy(self, place: str | None, story: str) -> str | None:
        """Give a place in normal capitals: as the story below spells it, else with each word's first letter large."""
        if not place:
            return None
        place = _SITE.sub("", place.strip(" .,-–—"))
        first = re.split(r"\s*[,،、/.]\s*", place)[0]
        if not first.isupper() or first.lower() == first:
            return first or None
        spelled = {_bare(word): word for word in _WORD.findall(story) if word[:1].isupper() and not word.isupper()}
        words = [spelled.get(_bare(word)) or _capitalised(word) for word in first.split()]
        return " ".join(w.lower() if at and w.lower() in self._small else w for at, w in enumerate(words))


def _is_acronym(name: str) -> bool:
    return (len(name) <= 12 and not name[0].isascii()) or (name.isupper() and len(name) <= 30)


def _is_capitals(place: str) -> bool:
    first = place.split(",")[0]
    return first.isupper() and sum(ch.isalpha() for ch in first) >= 3 and len(first.split()) <= 4


def _is_place(place: str) -> bool:
    words = place.split()
    return len(words) <= 6 and (words[0][:1].isupper() or words[0][:1].lower() == words[0][:1].upper())


def _bare(word: str) -> str:
    """Fold what capitals drop: case, accents and the dot of the Turkish i."""
    marked = unicodedata.normalize("NFD", word.casefold().replace("ı", "i"))
    return "".join(ch for ch in marked if not unicodedata.combining(ch))


def _capitalised(word: str) -> str:
    lowered = str.maketrans({"I": "ı", "İ": "i"}) if "İ" in word else {}
    return _WORD.sub(lambda part: part.group()[0] + part.group()[1:].translate(lowered).lower(), word)
