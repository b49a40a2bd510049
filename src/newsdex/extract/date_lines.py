"""Dates that a page prints for its readers: the short lines between the headline and the text.

For pages whose markup says nothing of dates. A line counts where it stands beside the headline or the first paragraph,
or where its element is called a date; lines of other articles on the page do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsdex.extract.blocks import Block
from newsdex.extract.marks import FURNITURE, Mark
from newsdex.extract.repair import repair
from newsdex.records import DateCandidate, DateRole, FoundIn, Kind

_PRINTED = re.compile(r"(?<!\d)(?:(?:19|20)\d\d|\d{1,2}\.\s?\d{1,2}\.\s?\d\d)(?!\d)")
_CHANGED = re.compile(r"updat|modif|aktualisiert|actualiz|aggiorn|mis à jour|обновл|更新|güncel", re.I)
_LONGEST, _MOST = 120, 3
_BEFORE_TEXT, _AFTER_TEXT = 15, 2
_CALLED_DATE = int(Mark.MASTHEAD_WORD | Mark.PERSON_WORD)
_ELSEWHERE = int(Mark.RELATED_WORD | Mark.READERS_WORD | Mark.ASIDE | Mark.FOOTER | Mark.NAVIGATION)


def find_date_lines(page: Sequence[Block], article: Sequence[Block]) -> Iterator[DateCandidate]:
    """Go through the lines that may print the article's date: what is called a date first, then in reading order."""
    chosen = {id(block) for block in article if block.kind is not Kind.CAPTION}
    at = [place for place, block in enumerate(page) if id(block) in chosen]
    if not at:
        return
    near = [*range(max(0, at[0] - _BEFORE_TEXT), at[0] + _AFTER_TEXT), at[-1] + 1]
    lines = [page[place] for place in near if place < len(page) and _is_date_line(page[place])]
    lines.sort(key=lambda block: not (block.place.marks | block.marks) & _CALLED_DATE)
    for block in lines[:_MOST]:
        text = " ".join(repair(block.text, markup=False).split())
        role = DateRole.MODIFIED if _CHANGED.search(text) else DateRole.PUBLISHED
        yield DateCandidate(text, role, FoundIn.LINE)


def _is_date_line(block: Block) -> bool:
    place = block.place
    if len(block.text) > _LONGEST or not _PRINTED.search(block.text) or (place.marks | place.above) & _ELSEWHERE:
        return False
    called = (place.marks | block.marks) & _CALLED_DATE
    return bool(called) or not (block.kind is Kind.HEADING or place.marks & FURNITURE or block.link_density > 0.5)
