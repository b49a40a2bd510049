"""The head by its shape: lines that hold a date and a few words, and the labels left between headline and story.

Each site words its head in its own way, but all heads look alike: short lines without a stop. Nearly no story has one
above its first paragraph.
"""

from __future__ import annotations

import re

from newsdex.clean.own_rules import BARE_BYLINE, DATED_LINE, LABEL
from newsdex.clean.paragraphs import count_words
from newsdex.clean.sheet import Line, Sheet
from newsdex.clean.tail import are_composed
from newsdex.patterns import DATE_MARK
from newsdex.records import Kind

_MOST_WORDS_BESIDE_DATE = 7
_MOST_WORDS_TOGETHER = 4
_MOST_LABEL_WORDS = 12
_LEAST_HEADLINE_WORDS = 4
_MOST_REPORTER_WORDS = 8
_SHORTEST_STORY = 12
"""A shorter line with a stop may be `3 March 2024, 9:30 a.m.`"""
_HEAD_LINES = 24
_MOST_LABELS = 8
_LEAST_LISTED = 3
_HEADING_WORDS = 10
_DATE_OR_SEPARATOR = re.compile(rf"{DATE_MARK}|\s*[|•·›»／,;:()（）]\s*|\s+[-–—/@]\s+")
_CLOCK = re.compile(r"\d{1,2} ?[:.h時] ?\d{2}(?!\d).{0,8}")
_SPEAKER = re.compile(r"\[[^\W\d][^\[\]\d]{0,12}\]")
"""Who speaks next in a broadcast's script: `[Studio]`."""
_KEPT = (Kind.TABLE_ROW, Kind.LIST_ITEM, Kind.HEADING)


def take_dated_lines(sheet: Sheet) -> None:
    """Take the lines above the first paragraph that hold a day and little else, in whatever words."""
    above = _above_prose(sheet)
    dated = {id(line) for line in above if _is_dated(sheet, line)}
    may_be_headline = [line for line in above if id(line) not in dated and line.words >= _LEAST_HEADLINE_WORDS]
    if sheet.headline is None and not may_be_headline:
        return
    for line in above:
        if id(line) in dated:
            line.rule = DATED_LINE
            line.masthead = True
            _learn(sheet, line)


def take_labels(sheet: Sheet, start: int) -> None:
    """Take the short lines without a stop above the line where the body starts.

    A heading stays when the story has more of them, so do the clock times of a live blog, what a line with a colon
    announces, and so many lines that they must be a list, a table or a verse.
    """
    above = [line for at, line in sheet.staying() if at < start]
    clock = next((number for number, line in enumerate(above[-2:], max(0, len(above) - 2)) if _is_clock(line)), None)
    announced = next((number for number, line in enumerate(above) if line.text.endswith((":", "："))), None)
    if announced is None and above and _opens_a_section(sheet, start):
        above.pop()
    listed = len(above) >= _LEAST_LISTED and are_composed([line.text for line in above], "")
    if len(above) > _MOST_LABELS or listed:
        return
    speaking = sum(_SPEAKER.fullmatch(line.text) is not None for _, line in sheet.staying()) > 1
    for line in above[: min((place for place in (clock, announced) if place is not None), default=None)]:
        if speaking and _SPEAKER.fullmatch(line.text):
            return
        if line.kind not in _KEPT and not line.sentence and line.words <= _MOST_LABEL_WORDS:
            line.rule = LABEL


def take_reporters(sheet: Sheet, line: Line) -> bool:
    """Take a line of nothing but reporters' names, with the agency or the place beside them, as the byline."""
    if sheet.authors or line.sentence or line.words > _MOST_REPORTER_WORDS or line.kind in _KEPT:
        return False
    words = sheet.book.words
    parts = [part for text in _DATE_OR_SEPARATOR.split(line.text) for part in words.split_joined(text) if part]
    names = [part for part in parts if words.is_person(part) and not words.is_publisher(part)]
    others = [part for part in parts if part not in names]
    agencies = [part for part in others if part.casefold() in sheet.rules.agencies_by_name]
    if not names or len(others) - len(agencies) > 1 or any(len(other.split()) > 2 for other in others):
        return False
    line.rule, line.masthead = BARE_BYLINE, True
    sheet.learn_field("byline", ", ".join(names), BARE_BYLINE, line.text)
    for agency in agencies:
        sheet.learn_field("agencies", agency, BARE_BYLINE, line.text)
    return True


def _above_prose(sheet: Sheet) -> list[Line]:
    above: list[Line] = []
    for _, line in sheet.staying():
        if (line.prose and line.words > _SHORTEST_STORY) or line.announces or len(above) == _HEAD_LINES:
            break
        above.append(line)
    return above


def _is_dated(sheet: Sheet, line: Line) -> bool:
    masked = sheet.masked(line)
    if line.kind in _KEPT or not masked.dates or (line.prose and not line.folded.rstrip().endswith(".m.")):
        return False
    if not any(sheet.book.date_words.is_absolute(line.folded[start:end]) for start, end in masked.dates):
        return False
    beside = [count_words(part) for part in _DATE_OR_SEPARATOR.split(masked.text)]
    return sum(beside) <= _MOST_WORDS_BESIDE_DATE and max(beside) <= _MOST_WORDS_TOGETHER


def _learn(sheet: Sheet, line: Line) -> None:
    masked, words = sheet.masked(line), sheet.book.words
    last = 0
    for number, (start, end) in enumerate(masked.dates):
        printed = line.text[start:end]
        changed = words.changed.search(line.folded[last:start]) is not None
        known = any(clue.field == "published_at" for clue in sheet.clues) or number > 0
        sheet.learn_field("modified_at" if changed or known else "published_at", printed, DATED_LINE, line.text)
        last = end
    parts = [part.strip() for part in _DATE_OR_SEPARATOR.split(masked.text)]
    for part in parts:
        if words.is_person(part) and not words.is_publisher(part) and not sheet.authors and part in line.text:
            sheet.learn_field("byline", part, DATED_LINE, line.text)


def _opens_a_section(sheet: Sheet, start: int) -> bool:
    """Tell whether the story has further headings: short lines without a stop between its paragraphs."""
    lines = [line for at, line in sheet.staying() if at >= start]
    return any(
        above.prose and below.prose and not line.sentence and line.words <= _HEADING_WORDS
        for above, line, below in zip(lines, lines[1:], lines[2:], strict=False)
    )


def _is_clock(line: Line) -> bool:
    return _CLOCK.fullmatch(line.folded) is not None
