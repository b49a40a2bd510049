"""Finding the main text of a page: every block is voted on, by where it stands, how it reads, and by other extractors.

A block's features (`features.py`) have weights (`weights.py`), fitted on labelled pages; a block whose weights sum to
more than nothing is article. Where the vote finds next to nothing the densest part of the tree is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from newsdex.extract.blocks import Block, read_blocks
from newsdex.extract.density import UNSHOWN, choose_by_density, find_furniture
from newsdex.extract.features import Page, describe
from newsdex.extract.weights import WEIGHTS
from newsdex.extract.witnesses import Witness, ask_resiliparse, ask_trafilatura
from newsdex.records import Kind

_LITTLE = 300
_SAME = 60
_LEAST_SHARE = 0.3
_ABOVE = 8


def read_main_text(
    root: etree._Element,
    markup: str,
    *,
    headlines: Sequence[str] = (),
    description: str | None = None,
    body: Sequence[str] = (),
) -> tuple[list[Block], list[Block]]:
    """Read a page: the blocks of its article, and all its blocks.

    `headlines`, `description` and `body` are what the page's metadata says. A page whose broken markup put the article
    into a menu is read again with what is called navigation.
    """
    page = read_page(root, markup, headlines=headlines, description=description, body=body)
    chosen = choose(page)
    if _prose(page.blocks, chosen) < _LITTLE:
        blocks, places = read_blocks(root, everything=True)
        second = Page(blocks, places, page.witnesses, page.headlines, page.description)
        if _prose(blocks, found := choose(second)) > 2 * _LITTLE:
            page, chosen = second, found
    return [page.blocks[at] for at in sorted(chosen)], list(page.blocks)


def read_page(
    root: etree._Element,
    markup: str,
    *,
    headlines: Sequence[str] = (),
    description: str | None = None,
    body: Sequence[str] = (),
) -> Page:
    """Read a page's blocks and hear the witnesses. A very large page is judged without the slower ones."""
    blocks, places = read_blocks(root)
    witnesses: dict[str, Witness | None] = {
        "trafilatura": ask_trafilatura(root, markup),
        "resiliparse": ask_resiliparse(markup),
        "jsonld": Witness(body) if sum(map(len, body)) > _LITTLE else None,
    }
    return Page(blocks, places, witnesses, tuple(headlines), description)


def choose(page: Page) -> set[int]:
    """Choose the places, in reading order, of the blocks that are article."""
    dense = choose_by_density(page.blocks, page.places)
    scores = score(page, dense)
    aside = find_furniture(page.blocks, page.places, UNSHOWN)
    chosen = {
        at
        for at, (block, value) in enumerate(zip(page.blocks, scores, strict=True))
        if value > 0 and block.kind is not Kind.CAPTION and not aside[block.place.at]
    }
    if _prose(page.blocks, chosen) < _LEAST_SHARE * min(_prose(page.blocks, dense), _LITTLE):
        chosen = dense
    chosen = _without_repetition(page.blocks, _without_lonely_headings(page.blocks, chosen))
    return chosen | _captions(page.blocks, chosen)


def score(page: Page, dense: set[int]) -> list[float]:
    """Sum each block's weights: the logarithm of the odds that it is article."""
    weight = WEIGHTS.get
    return [sum(weight(name, 0.0) for name in names) for names in describe(page, dense)]


def _prose(blocks: Sequence[Block], chosen: set[int]) -> float:
    return sum(blocks[at].weight for at in chosen if blocks[at].kind not in (Kind.CAPTION, Kind.HEADING))


def _without_lonely_headings(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Drop the headings that stood above nothing, or above links that were dropped."""
    kept: set[int] = set()
    pending: list[int] = []
    for at, block in enumerate(blocks):
        if at not in chosen:
            if block.kind is not Kind.CAPTION and block.link_density > 0.5:
                pending = []
        elif block.kind is Kind.HEADING:
            pending.append(at)
        else:
            kept.update(pending)
            kept.add(at)
            pending = []
    return kept


def _without_repetition(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Drop a paragraph's second appearance: pages show a lead twice. Short lines may repeat, as in a table."""
    seen: set[str] = set()
    kept = set()
    for at in sorted(chosen):
        text = blocks[at].text
        if blocks[at].weight < _SAME or text not in seen:
            kept.add(at)
        seen.add(text)
    return kept


def _captions(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Take the captions among the text, and of the pictures shortly above it."""
    if not chosen:
        return set()
    first, last = min(chosen), max(chosen)
    return {at for at in range(max(0, first - _ABOVE), last) if blocks[at].kind is Kind.CAPTION}
