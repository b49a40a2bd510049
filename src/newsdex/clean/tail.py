"""The foot of a document: what is left between the last sentence and the end."""

from __future__ import annotations

from newsdex.clean.sheet import Sheet
from newsdex.records import Kind

BELOW_THE_END = "below-the-end"
"""Rule id: a short line below the last sentence, under or between furniture: a tag, a link's text."""
CLOSING_BYLINE = "closing-byline"
"""Rule id: the reporter's name below the last sentence."""


def take_tail(sheet: Sheet) -> None:
    """Take the signature and the left-over short lines below the last sentence.

    A list, a table or a verse that ends the story stays: only a line under furniture goes, or a single one before it.
    """
    lines = sheet.lines
    last = max((at for at, line in sheet.staying() if line.sentence and line.words > 1), default=-1)
    if last < 0:
        return
    rest = [(at, line) for at, line in sheet.staying() if at > last]
    for at, line in rest:
        if line.kind in (Kind.TABLE_ROW, Kind.LIST_ITEM):
            continue
        above_taken = any(not other.stays for other in lines[last + 1 : at])
        alone = len(rest) == 1 and line.words <= 5
        if (
            sheet.book.words.is_person(line.text)
            and (alone or at == last + 1)
            and line.words <= 4
            and lines[last].prose
            and (not sheet.authors or line.text in sheet.authors)
        ):
            line.rule = CLOSING_BYLINE
            if not sheet.authors:
                sheet.learn_field("byline", line.text)
            continue
        if above_taken or (alone and at + 1 < len(lines) and lines[last].prose):
            line.rule = BELOW_THE_END
