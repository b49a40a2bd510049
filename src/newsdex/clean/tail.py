"""The foot of a document: what is left between the last sentence and the end."""

from __future__ import annotations

from newsdex.clean.own_rules import ABOUT_AUTHOR, BELOW_THE_END, CLOSING_BYLINE
from newsdex.clean.paragraphs import may_be_unstopped
from newsdex.clean.rulebook import LONGEST_FURNITURE
from newsdex.clean.sheet import Sheet
from newsdex.records import Kind

_LEAST_STORY = 3
"""So many paragraphs of story stand above a biography at least."""


def take_tail(sheet: Sheet) -> None:
    """Take the signature and the left-over short lines below the last sentence.

    A list, a table or a verse that ends the story stays: only a line under furniture goes, or a single one before it.
    """
    lines = sheet.lines
    _take_biography(sheet)
    last = max((at for at, line in sheet.staying() if line.sentence and line.words > 1), default=-1)
    if last < 0:
        return
    rest = [(at, line) for at, line in sheet.staying() if at > last]
    for at, line in rest:
        if line.kind in (Kind.TABLE_ROW, Kind.LIST_ITEM) or may_be_unstopped(line.text):
            continue
        above_taken = any(not other.stays for other in lines[last + 1 : at])
        alone = len(rest) == 1 and line.words <= 3
        if (
            sheet.book.words.is_person(line.text)
            and (alone or at == last + 1)
            and line.words <= 4
            and lines[last].prose
            and (line.text[:1].isupper() or line.text in sheet.authors)
            and (not sheet.authors or line.text in sheet.authors)
        ):
            line.rule = CLOSING_BYLINE
            if not sheet.authors:
                sheet.learn_field("byline", line.text)
            continue
        if above_taken or (alone and at + 1 < len(lines) and lines[last].prose):
            line.rule = BELOW_THE_END


def _take_biography(sheet: Sheet) -> None:
    """Take the last paragraph when it begins with the author's own name: nobody writes of himself by his full name."""
    prose = [line for _, line in sheet.staying() if line.prose]
    if len(prose) <= _LEAST_STORY or len(prose[-1].text) > LONGEST_FURNITURE:
        return
    if any(" " in name and prose[-1].text.startswith((name + " ", name + ",")) for name in sheet.authors):
        prose[-1].rule = ABOUT_AUTHOR
