"""Datelines: the place, day and agency printed before a story's first words. They stay in the body as printed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from newsdex.clean.printed_dates import Masked
from newsdex.patterns import DATE_MARK
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
        (
            rf"(?P<agency>[\u4e00-\u9fff]{{1,6}}?[社网網])(?P<place>[\u4e00-\u9fff]{{2,10}}?){DATE_MARK}(?:电|電)"
            r"(?:\s*[（(]\s*(?:记者|記者|总台记者)?\s*(?P<authors>[^）)]*)[）)])?"
        ),
        (
            rf"[（(](?P<agency>中央社)記者(?P<authors>[\u4e00-\u9fff]{{2,3}})"
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
_SITE = re.compile(r"^[\w-]+\.(?:com|co\.id|id|net|org|news|tv)\s*,\s*", re.IGNORECASE)
"""A site's name before the place: `MARSH.COM, OSLO - `."""
_LONGEST = 120
_WORD = re.compile(r"[^\W\d_]+")
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

    Brackets count when they hold an agency config/ knows or a dash follows; a name behind the dash only when config/
    knows it; a bare place counts in capitals only.
    """
    for shape in _SHAPES:
        found = shape.match(masked.text)
        if not found or found.end() > _LONGEST or found.end() >= len(masked.text):
            continue
        parts = found.groupdict()
        place = parts.get("place")
        agency = _known(parts.get("agency") or parts.get("signed"), rules)
        if parts.get("signed") and agency is None:
            continue
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
        return Dateline(text, _tidy(place, masked.source[found.end() :]), agency, parts.get("authors"))
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


def _tidy(place: str | None, story: str) -> str | None:
    """Give a place in normal capitals: as the story below spells it, else with each word's first letter large."""
    if not place:
        return None
    place = _SITE.sub("", place.strip(" .,-–—"))
    first = re.split(r"\s*[,،、/.]\s*", place)[0]
    if not first.isupper() or first.lower() == first:
        return first or None
    spelled = {_bare(word): word for word in _WORD.findall(story) if word[:1].isupper() and not word.isupper()}
    words = [spelled.get(_bare(word)) or _capitalised(word) for word in first.split()]
    return " ".join(w.lower() if at and w.lower() in _SMALL else w for at, w in enumerate(words))


def _bare(word: str) -> str:
    """Fold what capitals drop: case, accents and the dot of the Turkish i."""
    marked = unicodedata.normalize("NFD", word.casefold().replace("ı", "i"))
    return "".join(ch for ch in marked if not unicodedata.combining(ch))


def _capitalised(word: str) -> str:
    lowered = str.maketrans({"I": "ı", "İ": "i"}) if "İ" in word else {}
    return _WORD.sub(lambda part: part.group()[0] + part.group()[1:].translate(lowered).lower(), word)
