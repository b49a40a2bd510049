"""Signatures: lines beside the headline that name the reporter by their shape alone, in whatever language.

`Jane Roe | Staff writer`, `Jane Roe - harbour.example`, `Jane Roe | Marsh Herald | 3 April 2024`: a person first, and
then nothing but jobs, papers, addresses, places and dates.
"""

from __future__ import annotations

import re

from newsdex.clean.own_rules import BARE_BYLINE
from newsdex.clean.paragraphs import fold
from newsdex.clean.sheet import Line, Sheet
from newsdex.patterns import DATE_MARK
from newsdex.records import Kind

_PARTS = re.compile(r"\s*[|•·／,،，]\s*|\s+[-–—/]\s+")
_DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,10}", re.IGNORECASE)
_CLAIMED = re.compile(r"\s*[:：]\s*")
_MOST_WORDS = 16
_MOST_PEOPLE = 5
_SHORTEST_PAPER = 6
_OPENING = 60
"""Characters of a paragraph in which a dateline may name the paper."""
_PROSE_ABOVE = 1
"""So much prose, a standfirst, may stand above a signature."""


def take_signatures(sheet: Sheet) -> None:
    """Take the lines of the head that are signatures, and keep the reporters, the paper and the date they name."""
    prose = 0
    for at, line in enumerate(sheet.lines):
        prose += line.prose
        if prose > _PROSE_ABOVE or line.announces:
            return
        if line.stays and not line.prose and line.kind is Kind.TEXT and 1 <= line.words <= _MOST_WORDS:
            _take_signature(sheet, line, beside_masthead=_beside_masthead(sheet, at))


def _take_signature(sheet: Sheet, line: Line, *, beside_masthead: bool) -> None:
    masked = sheet.masked(line)
    parts = [part.strip() for part in _PARTS.split(masked.text) if part.strip()]
    words = sheet.book.words
    if line.sentence:
        return
    if len(parts) < 2:
        name = words.reporter_at(line.text) if beside_masthead else None
        if name or (beside_masthead and words.is_role(line.text)):
            _sign(sheet, line, [name] if name else [], [])
        return
    agencies = [part for part in parts if part.casefold() in sheet.rules.agencies_by_name]
    parts = [part for part in parts if part not in agencies]
    people: list[str] = []
    named = 0
    for part in parts:
        if not all(words.is_person(name) and " " in name for name in words.split_joined(part)):
            break
        if people and _is_paper(sheet, line, part):
            break
        people += words.split_joined(part)
        named += 1
    rest = parts[named:]
    if not people or not (rest or agencies) or len(people) > _MOST_PEOPLE:
        return
    roles = [part for part in rest if words.has_role(part) and len(part.split()) <= 5]
    papers = [part for part in rest if _is_paper(sheet, line, part)]
    dates = [part for part in rest if DATE_MARK in part and len(_CLAIMED.split(part)[-1]) <= 12]
    others = [part for part in rest if part not in (*roles, *papers, *dates)]
    if any(len(part.split()) > 6 or not _is_large(part) for part in others):
        return
    known = len(roles) + len(papers) + len(dates) + len(agencies)
    is_place = beside_masthead and len(others) == 1 and len(others[0].split()) <= 2
    if not (known or is_place) or (len(others) > known and not is_place):
        return
    _sign(sheet, line, people, [*papers, *agencies] or (others if dates else []))
    if is_place and not dates:
        sheet.learn_field("place", others[0], BARE_BYLINE, line.text)
    for start, end in masked.dates:
        sheet.learn_field("published_at", fold(masked.source[start:end]), BARE_BYLINE, line.text)


def _sign(sheet: Sheet, line: Line, people: list[str], papers: list[str]) -> None:
    line.rule = BARE_BYLINE
    line.masthead = True
    for name in people:
        sheet.learn_field("byline", name, BARE_BYLINE, line.text)
    for paper in papers:
        sheet.learn_field("publisher", paper, BARE_BYLINE, line.text)


def _is_paper(sheet: Sheet, line: Line, part: str) -> bool:
    """Tell a paper's name: by an address, by its words, or because other lines of the document name it too."""
    if _DOMAIN.fullmatch(part) or sheet.book.words.is_publisher(part):
        return True
    folded = part.casefold()
    return len(folded) >= _SHORTEST_PAPER and any(
        folded in (other.folded[:_OPENING] if other.prose else other.folded).casefold()
        for other in sheet.lines
        if other is not line
    )


def _is_large(part: str) -> bool:
    return part[:1].isupper() or part[:1].lower() == part[:1].upper()


def _beside_masthead(sheet: Sheet, at: int) -> bool:
    near = [sheet.lines[place] for place in (at - 1, at + 1) if 0 <= place < len(sheet.lines)]
    return any(line.masthead for line in near)
