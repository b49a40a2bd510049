"""The foot of a document: what is left between the last sentence and the end."""

from __future__ import annotations

import re

from newsdex.clean.own_rules import ABOUT_AUTHOR, BELOW_THE_END, CLOSING_BYLINE
from newsdex.clean.paragraphs import content_words, is_unspaced, may_be_unstopped
from newsdex.clean.rulebook import LONGEST_FURNITURE
from newsdex.clean.sheet import Line, Sheet
from newsdex.records import Kind

_UNSPACED = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")
_NOTE = re.compile(r"\([^()]*\d[^()]*=[^()]+\)|\([^()]*=[^()]*\d[^()]*\)")
"""What a foreign sum is worth: `($1 = 0.92 euros)`."""
_LEAST_COMPOSED = 2
_MOST = 0.6
_VERSE_ENDS = tuple(",;:—–-…،؛，；、")
_MOST_LEFT_IN_MARKUP = 3
"""More lines than that, where the markup says what is text, are a list of the story's."""
_SHORT_CLAUSE = 5
_SPOKEN = re.compile(r"\w\s?\"[^\"]+\"$")
_LONG_LINE = 8
"""Words: a line as long, alone and right below the last sentence, is more likely one that lacks its stop."""
_LABELLED = re.compile(r"(?P<label>[^\s:：][^:：]{0,24})[:：] ?\S")
_LEAST_STORY = 3
"""So many paragraphs of story stand above a biography at least."""


def take_tail(sheet: Sheet) -> None:
    """Take the signature and the left-over short lines below the last sentence.

    A list, a table or a verse that ends the story stays, unless furniture stands above it; so does one line that ends
    the document.
    """
    lines = sheet.lines
    _take_biography(sheet)
    last = max((at for at, line in sheet.staying() if line.sentence and line.words > 1), default=-1)
    if last < 0:
        return
    rest = [(at, line) for at, line in sheet.staying() if at > last]
    alone = len(rest) == 1 and (last + 2 == len(lines) or (rest[0][0] == last + 1 and rest[0][1].words >= _LONG_LINE))
    if sheet.marked and len(rest) > _MOST_LEFT_IN_MARKUP:
        return
    composed = alone or are_composed([line.text for _, line in rest], lines[last].text)
    for at, line in rest:
        if line.kind in (Kind.TABLE_ROW, Kind.LIST_ITEM) or may_be_unstopped(line.text) or _NOTE.fullmatch(line.text):
            continue
        if line.words >= _SHORT_CLAUSE and is_unspaced(line.text) and _goes_on(sheet, line):
            continue
        above_taken = any(not other.stays for other in lines[last + 1 : at])
        single = len(rest) == 1 and line.words <= 3
        if (
            sheet.book.words.is_person(line.text)
            and (single or at == last + 1)
            and line.words <= 4
            and lines[last].prose
            and (line.text[:1].isupper() or line.text in sheet.authors or _UNSPACED.match(line.text))
            and (not sheet.authors or line.text in sheet.authors)
        ):
            line.rule = CLOSING_BYLINE
            if not sheet.authors:
                sheet.learn_field("byline", line.text, CLOSING_BYLINE)
            continue
        if (
            above_taken
            or (single and at + 1 < len(lines) and lines[last].prose)
            or not (composed or line.prose or line.cut)
        ):
            line.rule = BELOW_THE_END


def _goes_on(sheet: Sheet, line: Line) -> bool:
    """Tell a short sentence of a script without stops: it quotes, or most of it is in the story's own words."""
    if _SPOKEN.search(line.folded):
        return True
    told = frozenset(word for _, other in sheet.staying() if other.prose for word in content_words(other.folded))
    words = content_words(line.folded)
    return 2 * len(words & told) >= len(words) > 0


def are_composed(texts: list[str], above: str) -> bool:
    """Tell lines that belong together, a table, a list or a verse, from the labels and links that a page leaves behind.

    What they follow announces them, or most have figures, or most end in a mark as the lines of a verse do, or two
    who talk take turns (`Q: ...`, `A: ...`).
    """
    if above.rstrip("\"'»”’)").endswith((":", "：")):
        return True
    most = _MOST * len(texts)
    figures = sum(any(ch.isdigit() for ch in text) for text in texts)
    marked = sum(text.rstrip("\"'»”’)")[-1:] in _VERSE_ENDS for text in texts)
    labels = [found["label"] for found in map(_LABELLED.match, texts) if found]
    turns = len(labels) if 2 * len(set(labels)) <= len(labels) else 0
    return len(texts) >= _LEAST_COMPOSED and max(figures, marked, turns) >= most


def _take_biography(sheet: Sheet) -> None:
    """Take the last paragraph when it begins with the author's own name: nobody writes of himself by his full name."""
    prose = [line for _, line in sheet.staying() if line.prose]
    if len(prose) <= _LEAST_STORY or len(prose[-1].text) > LONGEST_FURNITURE:
        return
    if any(" " in name and prose[-1].text.startswith((name + " ", name + ",")) for name in sheet.authors):
        prose[-1].rule = ABOUT_AUTHOR
