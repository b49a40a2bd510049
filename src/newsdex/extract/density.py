"""The density of prose: where in the tree most of a page's running text stands with the fewest links."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsdex.extract.blocks import Block, Place
from newsdex.extract.marks import FURNITURE, Mark
from newsdex.records import Kind

SENTENCE_END = re.compile(r"[.!?…。！？।؟۔։။၊။]\W{0,9}$|^.{40}.*[\u0e00-\u0eff\u1780-\u17ff]\W{0,9}$")
"""The end of a sentence; Thai, Lao and Khmer write no stop, so there a long line is taken for one."""
_TRUSTED = ("html", "body", "main", "article")
_PROSE_TAGS = ("p", "blockquote", "pre", "dd")
_READERS_SHARE, _FURNITURE_SHARE = 0.75, 0.25
_READERS = int(Mark.READERS_WORD)
UNSHOWN = int(Mark.READERS_WORD | Mark.HIDDEN | Mark.ASIDE | Mark.FOOTER)
"""Marks of what is never the article unless it is most of the page."""
_CALLED_FURNITURE = FURNITURE | int(Mark.NAVIGATION | Mark.ASIDE | Mark.FOOTER | Mark.HIDDEN)


def prose_of(block: Block) -> float:
    """How much a block speaks for the elements around it being the article."""
    if block.kind in (Kind.HEADING, Kind.CAPTION):
        return 0.0
    prose = block.weight * (1 - 2.5 * block.link_density)
    if block.kind is Kind.TEXT and block.place.tag in _PROSE_TAGS:
        return prose if block.weight >= 25 else -5.0
    if block.kind is Kind.TEXT:
        return 0.9 * prose if block.weight >= 80 and SENTENCE_END.search(block.text) else -10.0
    return 0.5 * prose if block.weight >= 60 and block.link_density < 0.5 else -8.0


def choose_by_density(blocks: Sequence[Block], places: Sequence[Place]) -> set[int]:
    """Choose the element with most prose and least links, without what a class or id calls furniture."""
    scores = [prose_of(block) for block in blocks]
    dropped = find_furniture(blocks, places, _CALLED_FURNITURE)
    sums = [0.0] * len(places)
    for block, score in zip(blocks, scores, strict=True):
        if not dropped[block.place.at]:
            sums[block.place.at] += score
    for place in reversed(places):
        if place.parent is not None:
            sums[place.parent.at] += sums[place.at]
    best = max(range(len(sums)), key=sums.__getitem__, default=-1)
    if best < 0 or sums[best] <= 0:
        return set()
    inside = [False] * len(places)
    for place in places:
        inside[place.at] = place.at == best or (place.parent is not None and inside[place.parent.at])
    return {
        at
        for at, block in enumerate(blocks)
        if inside[block.place.at] and not dropped[block.place.at] and _reads_like_text(block)
    }


def find_furniture(blocks: Sequence[Block], places: Sequence[Place], called: int) -> list[bool]:
    """Tell for each place whether it is in an element with one of these marks.

    A mark is not believed where a good part of the page's prose is in the element; for readers' comments, often longer
    than the article, nearly all of it has to be.
    """
    prose = [0.0] * len(places)
    for block in blocks:
        prose[block.place.at] += max(0.0, prose_of(block))
    for place in reversed(places):  # a place stands after the one around it
        if place.parent is not None:
            prose[place.parent.at] += prose[place.at]
    total = prose[0] if prose else 0.0
    found = [False] * len(places)
    for place in places:
        share = _READERS_SHARE if place.marks & _READERS else _FURNITURE_SHARE
        if place.parent is not None and found[place.parent.at]:
            found[place.at] = True
        elif place.marks & called and place.tag not in _TRUSTED:
            found[place.at] = prose[place.at] < share * total
    return found


def _reads_like_text(block: Block) -> bool:
    if block.kind is Kind.TEXT and block.place.tag not in _PROSE_TAGS:
        return block.link_density < 0.5 and (block.weight >= 80 or bool(SENTENCE_END.search(block.text)))
    return block.link_density < (0.4 if block.kind is Kind.LIST_ITEM else 0.6)
