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
_PROSE_ABOVE = 1
"""So much prose, a standfirst, may stand above a signature."""


def take_signatures(sheet: Sheet) -> None:
    """Take the lines of the head that are signatures, and keep the reporters, the paper and the date they name."""
    prose = 0
    for line in sheet.lines:
        prose += line.prose
        if prose > _PROSE_ABOVE:
            return
        if line.stays and not line.prose and line.kind is Kind.TEXT and 2 <= line.words <= _MOST_WORDS:
            _take_signature(sheet, line)


def _take_signature(sheet: Sheet, line: Line) -> None:
    masked = sheet.masked(line)
    parts = [part.strip() for part in _PARTS.split(masked.text) if part.strip()]
    if len(parts) < 2 or line.sentence:
        return
    words = sheet.book.words
    people: list[str] = []
    for part in parts:
        if not all(words.is_person(name) and " " in name for name in words.split_joined(part)):
            break
        people += words.split_joined(part)
    rest = parts[len(people) :]
    if not people or not rest or len(people) > 5:
        return
    roles = [part for part in rest if words.has_role(part) and len(part.split()) <= 5]
    papers = [part for part in rest if _DOMAIN.fullmatch(part) or words.is_publisher(part)]
    dates = [part for part in rest if DATE_MARK in part and len(_CLAIMED.split(part)[-1]) <= 12]
    agencies = [part for part in rest if part.casefold() in sheet.rules.agencies_by_name]
    papers += agencies
    others = [part for part in rest if part not in (*roles, *papers, *dates)]
    if any(len(part.split()) > 6 or not part[:1].isupper() for part in others) or not (roles or papers or dates):
        return
    if len(others) > len(roles) + len(papers) + len(dates):
        return
    line.rule = BARE_BYLINE
    line.masthead = True
    for name in people:
        sheet.learn_field("byline", name)
    for paper in papers or (others if dates else []):
        sheet.learn_field("publisher", paper)
    for start, end in masked.dates:
        sheet.learn_field("published_at", fold(masked.source[start:end]))
