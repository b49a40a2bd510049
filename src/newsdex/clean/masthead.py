"""The head of a document: which line is the headline, which the standfirst, and where the body starts."""

from __future__ import annotations

import re

from newsdex.clean.boilerplate import CREDIT_WORDS
from newsdex.clean.dateline import read_dateline
from newsdex.clean.own_rules import (
    BARE_BYLINE,
    BARE_PUBLISHER,
    CAPTION_BESIDE_CREDIT,
    LABEL,
    REPEATED_HEADLINE,
    REPEATED_STANDFIRST,
    SITE_NAME,
)
from newsdex.clean.sheet import Line, Sheet
from newsdex.records import Caption, Kind, Removed

_HEADLINE_WORDS = range(4, 36)
_LABEL_WORDS = 3
_NAMEPLATE_WORDS = 6
_COLUMN = re.compile(r"^(?:コラム|連載|社説|专栏|專欄|连载|連載|评论|칼럼|연재)[^\s]*[「『《〈]")
_HEAD_LINES = 30
_PICTURE_CREDIT = re.compile(rf"^[(\[]?(?:{CREDIT_WORDS})\s?[:：/=]|^[(\[]?[^:]{{2,12}} 제공\b", re.IGNORECASE)
_SITE_SUFFIX = re.compile(r"\s+(?:\||[-–—])\s+([^|–—]{2,40})$|\s*[|｜_]\s*([^|｜_]{2,20})$")


def read_masthead(sheet: Sheet, *, has_headline: bool) -> None:
    """Find headline and standfirst among the lines above the body, and take the labels around them."""
    _take_repeated(sheet)
    _read_above_body(sheet, has_headline=has_headline)
    _take_repeated(sheet)


def _read_above_body(sheet: Sheet, *, has_headline: bool) -> None:
    start = _body_start(sheet)
    above = [(at, line) for at, line in sheet.staying() if at < start and line.kind is not Kind.TABLE_ROW]
    evidence = max((at for at, line in enumerate(sheet.lines[:start]) if line.masthead), default=-1)
    if has_headline:
        if evidence >= 0:
            _read_rest(sheet, [(at, line) for at, line in above if at < evidence], evidence)
        return
    chosen = _choose_headline(above)
    if chosen is None:
        return
    _take_headline(sheet, chosen)
    for at, line in above:
        if at < chosen and _is_nameplate(line, sheet.lines[chosen], deep=len(above) > 2):
            if _is_columnist(sheet, line):
                line.rule = BARE_BYLINE
                sheet.learn_field("byline", line.text)
                continue
            line.rule = BARE_PUBLISHER
            if not _COLUMN.search(line.text):
                sheet.learn_field("publisher", line.text)
        elif at < chosen and line.words <= _LABEL_WORDS and not line.sentence:
            line.rule = LABEL
            sheet.section = sheet.section or (line.text if line.words and not line.text.isdigit() else None)
    _take_repeated(sheet)
    _read_rest(sheet, [(at, line) for at, line in above if at > chosen and line.stays], evidence)


def _body_start(sheet: Sheet) -> int:
    """Find the first line of the body: the dateline's, else the first prose below the last line of the masthead."""
    lines = sheet.lines
    staying = [at for at, line in sheet.staying() if line.prose]
    for at in staying[:4]:
        if read_dateline(sheet.masked(lines[at]), sheet.rules):
            return at
    if not staying:
        return len(lines)
    limit = staying[2] if len(staying) > 2 else staying[-1]
    evidence = max((at for at, line in enumerate(lines[: min(limit, _HEAD_LINES)]) if line.masthead), default=-1)
    above = [at for at in staying if at < evidence]
    if len(above) > 1 and len(staying) > len(above) and not any(lines[at].masthead for at in range(above[0])):
        evidence = max((at for at in range(above[1]) if lines[at].masthead), default=-1)
    return next((at for at in staying if at > evidence), staying[0])


def _choose_headline(above: list[tuple[int, Line]]) -> int | None:
    candidates = [(at, line) for at, line in above if not _ends_with_stop(line)]
    if len(candidates) > 1 and _is_nameplate(candidates[0][1], candidates[1][1], deep=len(above) > 2):
        candidates = candidates[1:]
    for at, line in candidates:
        if line.words in _HEADLINE_WORDS:
            return at
    best = max(candidates, key=lambda pair: pair[1].words, default=None)
    return best[0] if best and best[1].words >= 2 else None


def _is_nameplate(first: Line, second: Line, *, deep: bool) -> bool:
    """Tell whether the first line is a paper's name or a column's title above a headline, by their shapes."""
    if second.words < _HEADLINE_WORDS.start or first.words > _NAMEPLATE_WORDS:
        return False
    if _COLUMN.search(first.text):
        return True
    words = first.text.split()
    capitals = [word[:1].isupper() for word in words if len(word) > 3]
    small = sum(word[:1].islower() and len(word) > 3 for word in second.text.split())
    return deep and len(words) > 1 and len(capitals) > 1 and all(capitals) and small >= 3 and second.words > first.words


def _ends_with_stop(line: Line) -> bool:
    return line.sentence and line.folded.rstrip("\"') »”’")[-1:] in ".。।۔" and not line.text.endswith("...")


def _take_headline(sheet: Sheet, at: int) -> None:
    line = sheet.lines[at]
    line.rule = ""
    text = line.text
    found = _SITE_SUFFIX.search(text)
    if found:
        name = found.group(1) or found.group(2)
        if _is_site(sheet, name) and len(text[: found.start()].split()) >= 2:
            sheet.pieces.append((at, Removed(text[found.start() :].strip(), SITE_NAME)))
            sheet.learn_field("publisher", name)
            text = text[: found.start()].rstrip()
    sheet.headline = text


def _is_site(sheet: Sheet, name: str) -> bool:
    folded = name.casefold()
    if sheet.rules.publisher(name) or folded in (known.casefold() for known in sheet.publishers):
        return True
    if folded in sheet.rules.agencies_by_name or sheet.book.words.is_publisher(name):
        return True
    return any(folded in line.text.casefold() for line in sheet.lines if line.rule and len(line.text) < 120)


def _read_rest(sheet: Sheet, rest: list[tuple[int, Line]], evidence: int) -> None:
    for at, line in rest:
        if not line.stays:
            continue
        if line.words <= 6 and not line.sentence and _beside_masthead(sheet, at):
            if sheet.book.words.is_person(line.text) and not sheet.authors:
                line.rule = BARE_BYLINE
                sheet.learn_field("byline", line.text)
                continue
            if sheet.book.words.is_publisher(line.text):
                line.rule = BARE_PUBLISHER
                sheet.learn_field("publisher", line.text)
                continue
        if line is rest[-1][1] and at > evidence >= 0 and not line.sentence and _beside_credit(sheet, at):
            line.rule = CAPTION_BESIDE_CREDIT
            sheet.captions.append(Caption(line.text))
        elif line.words <= _LABEL_WORDS and not line.sentence:
            if at < evidence:
                line.rule = LABEL
                sheet.section = sheet.section or line.text
        elif sheet.standfirst is None and line.words >= 5 and (at < evidence or line.sentence or line is rest[-1][1]):
            sheet.standfirst = line.text
            line.rule = ""


def _is_columnist(sheet: Sheet, line: Line) -> bool:
    """Tell whether a name above the headline is the author's: a person's, and a later line begins with it."""
    below = (other.text for other in sheet.lines if other is not line)
    return sheet.book.words.is_person(line.text) and any(
        text.startswith((line.text + " ", line.text + ",")) for text in below
    )


def _beside_credit(sheet: Sheet, at: int) -> bool:
    near = [sheet.lines[place] for place in (at - 1, at + 1) if 0 <= place < len(sheet.lines)]
    return any(line.rule and line.words <= 10 and _PICTURE_CREDIT.search(line.folded) for line in near)


def _beside_masthead(sheet: Sheet, at: int) -> bool:
    near = [sheet.lines[place] for place in (at - 1, at + 1) if 0 <= place < len(sheet.lines)]
    return any(line.masthead or (line.rule and not line.prose) for line in near)


def _take_repeated(sheet: Sheet) -> None:
    known = {_bare(sheet.headline): REPEATED_HEADLINE, _bare(sheet.standfirst): REPEATED_STANDFIRST}
    known.pop("", None)
    seen = 0
    for _, line in sheet.staying():
        if seen > 3:
            return
        rule = known.get(_bare(line.text))
        if rule == REPEATED_STANDFIRST and sum(other.prose for _, other in sheet.staying()) < 2:
            rule = None  # what is both standfirst and all of the body has to stay in the body
        if rule is not None:
            line.rule = rule
        elif line.prose:
            seen += 1


def _bare(text: str | None) -> str:
    return "".join(filter(str.isalnum, text.casefold())) if text else ""
