"""Finding the main text of a page: every block is voted on, by where it stands, how it reads, and by other extractors.

First each block is weighed by itself: its features (`features.py`) have weights (`weights.py`), and so has what the
witnesses say. Then it is looked at again among its neighbours (`surroundings.py`, `second_look.py`). Both are fitted on
labelled pages; a block whose sum is above nought is article. The slow witness is asked only where the others leave a
good part in doubt. Where the vote finds next to nothing the densest part of the tree is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from lxml import etree

from newsdex.extract.blocks import Block, Place, read_blocks
from newsdex.extract.features import describe, describe_votes, find_headline, find_home, shape_of
from newsdex.extract.marks import FURNITURE
from newsdex.extract.page import JSON_LD, RESILIPARSE, TRAFILATURA, Page, Said
from newsdex.extract.second_look import look_again
from newsdex.extract.surroundings import Surroundings
from newsdex.extract.weights import WEIGHTS
from newsdex.extract.witnesses import Witness, ask_resiliparse, ask_trafilatura
from newsdex.records import Kind

HOPELESS = -4.0
"""A block whose first sum is below this is not looked at again."""
UNSURE, DOUBT = 1.0, 0.06
"""A score this near to nought is in doubt; so is a page with this share of its text in doubt."""
_LITTLE = 300
_DEEPEST = 400
_SAME = 60
_LEAST_SHARE, _FEW = 0.3, 3
_ABOVE = 8
_LINKED, _WHOLLY, _CARDS = 0.3, 0.8, 3
_SURE_HEADING, _LONG_HEADING = 2.0, 80
_BELOW, _NEARLY_EACH = 3, 0.85


def read_main_text(root: etree._Element, markup: str, said: Said) -> tuple[list[Block], list[Block]]:
    """Read a page: the blocks of its article, and all its blocks.

    A page whose broken markup put the article into a menu is read again with what is called navigation.
    """
    page, scores = read_page(root, markup, said)
    chosen = choose(page, scores)
    if _prose(page.blocks, chosen) < _LITTLE:
        second = Page(*read_blocks(root, everything=True), said)
        for name, witness in page.witnesses.items():
            second.hear(name, witness)
        found = choose(second, score(second))
        if _prose(second.blocks, found) > 2 * _LITTLE:
            page, chosen = second, found
    return [page.blocks[at] for at in sorted(chosen)], list(page.blocks)


def read_page(root: etree._Element, markup: str, said: Said) -> tuple[Page, list[float]]:
    """Read a page and score its blocks. A very large or deep page is judged without the witnesses it would keep."""
    page = Page(*read_blocks(root), said)
    page.hear(JSON_LD, Witness(said.body) if sum(map(len, said.body)) > _LITTLE else None)
    shallow = max(place.depth for place in page.places) <= _DEEPEST
    if shallow:  # the others take time that grows with the square of the depth
        page.hear(RESILIPARSE, ask_resiliparse(markup))
    scores = score(page)
    if shallow and doubt(page, scores) > DOUBT:
        page.hear(TRAFILATURA, ask_trafilatura(root, markup))
        scores = score(page)
    return page, scores


def score(page: Page) -> list[float]:
    """Score each block: the logarithm of the odds that it is article."""
    sums = weigh(page)
    surroundings = Surroundings(page, sums)
    return [
        look_again(surroundings.measure(at)) if votable and value > HOPELESS else value
        for at, (value, votable) in enumerate(zip(sums, page.votable, strict=True))
    ]


def weigh(page: Page) -> list[float]:
    """Sum each block's weights, as if it stood alone."""
    weight = WEIGHTS.get
    if page.alone is None:
        page.alone = [sum(weight(name, 0.0) for name in names) for names in describe(page)]
    votes = describe_votes(page)
    return [own + sum(weight(name, 0.0) for name in names) for own, names in zip(page.alone, votes, strict=True)]


def doubt(page: Page, scores: Sequence[float]) -> float:
    """Give the share of the likely text that is nearly as likely none."""
    judged = [(block.weight, value) for block, value, yes in zip(page.blocks, scores, page.votable, strict=True) if yes]
    likely = sum(weight for weight, value in judged if value > 0)
    return sum(weight for weight, value in judged if abs(value) < UNSURE) / max(_LITTLE, likely)


def choose(page: Page, scores: Sequence[float]) -> set[int]:
    """Choose the places, in reading order, of the blocks that are article."""
    judged = zip(scores, page.votable, strict=True)
    chosen = {at for at, (value, votable) in enumerate(judged) if value > 0 and votable}
    if _prose(page.blocks, chosen) < _LEAST_SHARE * min(_prose(page.blocks, page.dense), _LITTLE):
        chosen = page.dense
    chosen = _without_cards(page, _without_other_articles(page, chosen | _lists_between(page, chosen)))
    chosen |= _like_headings(page, chosen)
    chosen = _without_repetition(page.blocks, _without_lonely_headings(page.blocks, chosen, scores))
    return chosen | _captions(page.blocks, chosen)


def _lists_between(page: Page, chosen: set[int]) -> set[int]:
    """Take the lists and tables between two paragraphs of the article in one element, unless they are mostly links.

    A heading of the article may stand above them. A table that the vote took most of is taken whole, wherever it is;
    so is one without links that stands in the article's own element under a paragraph.
    """
    row = [at for at, votable in enumerate(page.votable) if votable]
    found: set[int] = set()
    for holder, run in groupby(range(len(row)), key=lambda at: _list_around(page.blocks[row[at]])):
        steps = list(run)
        if holder is None or holder.parent is None or holder.marks & FURNITURE:
            continue
        others = (at for at in reversed(row[: steps[0]]) if _list_around(page.blocks[at]) is None)
        beside = [next(others, -1), next((at for at in row[steps[-1] :] if _list_around(page.blocks[at]) is None), -1)]
        items = [page.blocks[row[at]] for at in steps]
        linked = sum(block.links for block in items) / sum(len(block.text) for block in items)
        fits = [at in chosen and _stands_in(page.blocks[at], holder.parent) for at in beside]
        between = all(fits) and page.blocks[beside[1]].kind is Kind.TEXT
        last = holder.tag == "table" and fits[0] and not linked and holder.parent.tag == "article"
        mostly = holder.tag == "table" and 2 * sum(row[at] in chosen for at in steps) > len(steps)
        if linked < _LINKED and (between or last or mostly):
            found.update(row[at] for at in steps)
    return found


def _like_headings(page: Page, chosen: set[int]) -> set[int]:
    """Take the headings of the article's parts: several built alike, without links, nearly each above chosen text."""
    row = [at for at, votable in enumerate(page.votable) if votable]
    series: dict[tuple[str, ...], list[tuple[int, bool]]] = {}
    for step, at in enumerate(row):
        block = page.blocks[at]
        if block.kind is not Kind.HEADING or block.links or not page.words[at].words or block.place.parent is None:
            continue
        below = next((near for near in row[step + 1 : step + 1 + _BELOW] if near in chosen), None)
        leads = below is not None and page.blocks[below].kind is Kind.TEXT
        leads = leads and below is not None and block.place.parent in page.blocks[below].place.around(_BELOW + 1)
        series.setdefault((block.place.tag, *shape_of(block)), []).append((at, leads))
    return {
        at
        for like in series.values()
        if len(like) > 1 and sum(leads for _, leads in like) >= _NEARLY_EACH * len(like)
        for at, leads in like
        if leads
    }


def _list_around(block: Block) -> Place | None:
    """Find the list or table that an item or a row is in; None for other blocks."""
    if block.kind not in (Kind.LIST_ITEM, Kind.TABLE_ROW):
        return None
    inside = ("li", "tr", "tbody", "thead", "tfoot")
    return next((place for place in block.place.around(_DEEPEST) if place.tag not in inside), None)


def _stands_in(block: Block, holder: Place) -> bool:
    return block.kind in (Kind.TEXT, Kind.HEADING) and holder in (block.place, block.place.parent)


def _without_cards(page: Page, chosen: set[int]) -> set[int]:
    """Drop what stands under a heading that is a link, in one of several like elements, where trafilatura drops it."""
    shares = page.shares.get(TRAFILATURA)
    if shares is None:
        return chosen
    alike = Counter((place.parent.at, place.tag, place.shape) for place in page.places if place.parent is not None)
    cards = set()
    for at in chosen:
        above, place = page.blocks[at - 1], page.blocks[at].place.parent
        linked = at > 0 and above.kind is Kind.HEADING and above.link_density > _WHOLLY
        if linked and shares[at] < _LINKED and place is not None and place.parent is not None:
            together = place in above.place.around(3)
            if together and alike[(place.parent.at, place.tag, place.shape)] >= _CARDS:
                cards.add(at)
    return chosen - cards


def _without_other_articles(page: Page, chosen: set[int]) -> set[int]:
    """Drop what a page shows below its own article to keep readers scrolling: a few more whole ones.

    The page's own holds its headline. More than a few are the posts of a live report, and stay.
    """
    home, headline = find_home(page), find_headline(page)
    if home is None or headline < 0 or page.blocks[headline].place.article is not home:
        return chosen
    others: dict[int, float] = {}
    own = 0.0
    for at in chosen:
        place = page.blocks[at].place
        if home in place.around(_DEEPEST):
            own += page.blocks[at].weight
        elif place.article is not None and place.article.at > home.at:
            others[place.article.at] = others.get(place.article.at, 0.0) + page.blocks[at].weight
    if own < _LITTLE or not 0 < len(others) <= _FEW:
        return chosen
    return {at for at in chosen if (article := page.blocks[at].place.article) is None or article.at not in others}


def _prose(blocks: Sequence[Block], chosen: set[int]) -> float:
    return sum(blocks[at].weight for at in chosen if blocks[at].kind not in (Kind.CAPTION, Kind.HEADING))


def _without_lonely_headings(blocks: Sequence[Block], chosen: set[int], scores: Sequence[float]) -> set[int]:
    """Drop the headings that stood above nothing, or above links that were dropped; not those that are a text."""
    kept: set[int] = set()
    pending: list[int] = []
    for at, block in enumerate(blocks):
        if at not in chosen:
            if block.kind is not Kind.CAPTION and block.link_density > 0.5:
                pending = []
        elif block.kind is Kind.HEADING and not (scores[at] > _SURE_HEADING and block.weight >= _LONG_HEADING):
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
