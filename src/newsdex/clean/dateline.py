"""Datelines: the place, day and agency printed before a story's first words. They stay in the body as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsdex.clean.printed_dates import Masked
from newsdex.rules import DATE_MARK, Rules

_PLACE = r"(?P<place>[^\W\d_][^\d()\[\]/|:;!?\"«»—–\ue000]{0,48}?)"
_DATE = rf"(?:[.,]?\s*{DATE_MARK})"
_DASH = r"(?:--?|[–—−])"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_PLACE}{_DATE}?[.,]*\s*[(\[](?P<agency>[^()\[\]]{{2,40}})[)\]]\s*(?P<dash>[.,]?\s*{_DASH}|[.:=]|)\s*",
        rf"{_PLACE}{_DATE}?[.,]*\s*/(?P<agency>[^/]{{2,40}})/\s*(?P<dash>[.,]?\s*{_DASH}|[.:]|)\s*",
        rf"{_PLACE}{_DATE}[.,]?\s*(?P<agency>[^\W\d_]{{2,12}}(?:\.[^\W\d_]{{2,3}})?)\s*(?P<dash>{_DASH})\s+",
        rf"{_PLACE}{_DATE}\.?\s*(?P<dash>{_DASH})\s+",
        (
            rf"[(\[](?P<agency>[^()\[\]]{{2,40}})[)\]]\s*[.,]?\s*(?P<dash>{_DASH})\s*"
            rf"(?:{_PLACE}{_DATE}\s*[.,]?\s*{_DASH}\s+)?"
        ),
        rf"(?P<capitals>{_PLACE})\s*(?P<dash>--|[–—−]|(?<=\s)-)\s+",
        (
            rf"(?P<agency>[\u4e00-\u9fff]{{1,6}}?[社网網])(?P<place>[\u4e00-\u9fff]{{2,10}}?){DATE_MARK}(?:电|電)"
            r"(?:\s*[（(]\s*(?:记者|記者|总台记者)?\s*(?P<authors>[^）)]*)[）)])?"
        ),
        (
            rf"[（(](?P<agency>中央社)記者(?P<authors>[\u4e00-\u9fff]{{2,3}}?)"
            rf"(?P<place>[\u4e00-\u9fff]{{2,4}})(?:{DATE_MARK}|\d{{1,2}}日)(?:專)?電[）)]"
        ),
        (
            r"[【（(〔](?P<place>[^】）)〕=＝]{1,14}?)\s*[=＝]?\s*"
            r"(?P<agency>共同|時事|ロイター|AFP時事|AP|聯合ニュース|ＡＦＰ時事|新華社|朝鮮通信)[^】）)〕]{0,8}[】）)〕]"
        ),
        (
            r"[(\[](?P<place>[가-힣]{2,8})\s*=\s*(?P<agency>[^)\]]{2,12})[)\]]\s*"
            r"(?:(?P<authors>[가-힣]{2,4}(?:·[가-힣]{2,4})*)\s*(?:기자|특파원))?\s*=?"
        ),
        rf"{_PLACE}\s*[-–—]+\s*(?P<agency>ایرنا|ایسنا|مهر|فارس)\s*(?P<dash>[-–—]+)\s*",
    )
)
_LONGEST = 120
_SMALL_TEXT = """
de del la las los el of the upon sur am an der do da dos du le les di in y e auf
"""
_SMALL = frozenset(_SMALL_TEXT.split())


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline as printed, its place, and the agency and reporters named in it."""

    text: str
    place: str | None
    agency: str | None = None
    authors: str | None = None


def read_dateline(masked: Masked, rules: Rules) -> Dateline | None:
    """Read the dateline at the start of a paragraph, None when there is none.

    Brackets count when they hold an agency config/ knows or a dash follows; a bare place counts in capitals only.
    """
    for shape in _SHAPES:
        found = shape.match(masked.text)
        if not found or found.end() > _LONGEST or found.end() >= len(masked.text):
            continue
        parts = found.groupdict()
        place = parts.get("place")
        agency = _known(parts.get("agency"), rules)
        if parts.get("capitals") and not _is_capitals(place or ""):
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
        return Dateline(text, _tidy(place), agency, parts.get("authors"))
    return None


def _known(name: str | None, rules: Rules) -> str | None:
    if not name:
        return None
    for part in (name, *re.split(r"\s*[/,+&-]\s*", name)):
        agency = rules.agencies_by_name.get(part.strip().casefold())
        if agency is not None:
            return agency.name
    return None


def _is_acronym(name: str) -> bool:
    return len(name) <= 12 and (name.isupper() or not name[0].isascii())


def _is_capitals(place: str) -> bool:
    first = place.split(",")[0]
    return first.isupper() and sum(ch.isalpha() for ch in first) >= 3 and len(first.split()) <= 4


def _is_place(place: str) -> bool:
    words = place.split()
    return len(words) <= 6 and (words[0][:1].isupper() or words[0][:1].lower() == words[0][:1].upper())


def _tidy(place: str | None) -> str | None:
    if not place:
        return None
    first = re.split(r"\s*[,،、/.]\s*", place.strip(" .,-–—"))[0]
    if first.isupper() and first.lower() != first:
        words = first.split()
        return " ".join(w.lower() if at and w.lower() in _SMALL else _capitalised(w) for at, w in enumerate(words))
    return first or None


def _capitalised(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word)
