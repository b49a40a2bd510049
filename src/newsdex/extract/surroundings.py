"""What stands around a block, in figures: the second look at a page, after each block has been weighed by itself.

A paragraph between two paragraphs is article, and a link list below the last sentence is not, however alike the two
read. So a block is measured with the first sums of its neighbours, of the blocks that are built alike, and of all that
is in the same element.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from newsdex.extract.blocks import Block, Place
from newsdex.extract.density import SENTENCE_END
from newsdex.extract.features import INNER_STOP, find_headline, find_home, function_share, shape_of
from newsdex.extract.marks import FURNITURE, Mark
from newsdex.extract.page import WITNESSES, Page
from newsdex.extract.witnesses import Words
from newsdex.records import Kind

MEASURES = (
    *("sum", "before-1", "before-2", "after-1", "after-2", "before-mean", "after-mean", "before-length"),
    *("after-length", "article-before", "article-after", "steps-from-article", "steps-to-article", "within"),
    *("alike-mean", "alike-count", "alike-share", "parent-mean", "parent-count", "parent-share"),
    *("grand-mean", "grand-count", "grand-share", "in-parent", "in-grand", "in-great-grand"),
    *("length", "links", "words", "stops", "sentence", "colon", "question", "function", "kind", "tag"),
    *("trafilatura", "resiliparse", "jsonld", "dense", "from-headline", "headline-words", "same-start", "same-end"),
    *("capitals", "furniture", "furniture-above", "related", "related-above", "article", "siblings"),
    *("parent-siblings", "grand-siblings", "quote-above", "bar", "address", "shape-length", "inner", "depth"),
    *("emphasis", "pictured", "author", "under-link", "under-link-siblings"),
)
"""The names of the measures, in the order in which the trees know them."""
LOWEST, HIGHEST = -6.0, 6.0
_CLEAR, _CLEAR_LENGTH, _FAR = 1.5, 60, 99
_MOST_WEIGHT, _BASE_WEIGHT = 300.0, 5.0
_DEEPEST = 60
_KINDS = {Kind.TEXT: 0.0, Kind.HEADING: 1.0, Kind.LIST_ITEM: 2.0, Kind.TABLE_ROW: 3.0}
_TAGS = {tag: float(at) for at, tag in enumerate(("p", "div", "li", "h2", "h3", "h4", "h1", "section", "td", "tr"))}
_OTHER_TAG = 12.0
_RELATED = int(Mark.RELATED_WORD | Mark.PROMOTION_WORD)
_QUOTE = int(Mark.QUOTE)


class _Groups:
    """The mean first sum of the blocks that share a key, and how much of the likely article is among them."""

    def __init__(self, blocks: Sequence[Block], sums: Sequence[float], key: Callable[[Block], Hashable]) -> None:
        self._keys = [key(block) for block in blocks]
        self._weights: dict[Hashable, float] = {}
        self._sums: dict[Hashable, float] = {}
        self._likely: dict[Hashable, float] = {}
        self._counts = Counter(self._keys)
        for name, block, value in zip(self._keys, blocks, sums, strict=True):
            weight = min(block.weight, _MOST_WEIGHT) + _BASE_WEIGHT
            self._weights[name] = self._weights.get(name, 0.0) + weight
            self._sums[name] = self._sums.get(name, 0.0) + weight * value

    def add_likely(self, likely: Sequence[float]) -> None:
        """Add up the likely article by group."""
        for name, length in zip(self._keys, likely, strict=True):
            self._likely[name] = self._likely.get(name, 0.0) + length

    def measure(self, at: int, weight: float, value: float, likely: float, total: float) -> tuple[float, float, float]:
        """Give the others' mean sum, their number, and their share of the likely article."""
        name = self._keys[at]
        own = min(weight, _MOST_WEIGHT) + _BASE_WEIGHT
        rest = self._weights[name] - own
        mean = (self._sums[name] - own * value) / rest if rest > 1 else -9.0
        return mean, float(self._counts[name]), (self._likely[name] - likely) / total


class Surroundings:
    """A page's first sums, ready to tell what stands around each block."""

    def __init__(self, page: Page, sums: Sequence[float]) -> None:
        self._page = page
        self._sums = [min(HIGHEST, max(LOWEST, value)) for value in sums]
        blocks = page.blocks
        self._likely = [
            block.weight if value > 0 and votable else 0.0
            for block, value, votable in zip(blocks, self._sums, page.votable, strict=True)
        ]
        self._total = max(1.0, sum(self._likely))
        self._so_far: list[float] = []
        running = 0.0
        for length in self._likely:
            running += length
            self._so_far.append(running)
        self._row = [at for at, votable in enumerate(page.votable) if votable]
        self._place_in_row = {at: place for place, at in enumerate(self._row)}
        self._clear = [at for at in self._row if self._sums[at] > _CLEAR and blocks[at].weight > _CLEAR_LENGTH]
        self._groups = [_Groups(blocks, self._sums, key) for key in (shape_of, _parent_at, _grandparent_at)]
        for group in self._groups:
            group.add_likely(self._likely)
        self._inside = [0.0] * len(page.places)
        for block, length in zip(blocks, self._likely, strict=True):
            self._inside[block.place.at] += length
        for place in reversed(page.places):  # a place stands after the one around it
            if place.parent is not None:
                self._inside[place.parent.at] += self._inside[place.at]
        self._own = _OwnMeasures(page)

    def measure(self, at: int) -> list[float]:
        """Give a block's `MEASURES`; only for blocks that are voted on."""
        page, row, here = self._page, self._row, self._place_in_row[at]
        weight, value, likely = page.blocks[at].weight, self._sums[at], self._likely[at]

        def near(step: int) -> float:
            return self._sums[row[here + step]] if 0 <= here + step < len(row) else LOWEST

        def length(step: int) -> float:
            return page.blocks[row[here + step]].weight if 0 <= here + step < len(row) else 0.0

        left, right = bisect_left(self._clear, at), bisect_right(self._clear, at)
        before = self._place_in_row[self._clear[left - 1]] if left else None
        after = self._place_in_row[self._clear[right]] if right < len(self._clear) else None
        first, second = (near(-1), near(-2), near(-3)), (near(1), near(2), near(3))
        measures = [
            *(value, first[0], first[1], second[0], second[1], sum(first) / 3, sum(second) / 3, length(-1), length(1)),
            (self._so_far[at] - likely) / self._total,
            (self._total - self._so_far[at]) / self._total,
            float(_FAR if before is None else here - before),
            float(_FAR if after is None else after - here),
            float(not self._clear or self._clear[0] <= at <= self._clear[-1]),
        ]
        for group in self._groups:
            measures += group.measure(at, weight, value, likely, self._total)
        around = [_up(page.blocks[at].place, steps) for steps in (1, 2, 3)]
        measures += [(self._inside[place.at] - likely) / self._total for place in around]
        return measures + self._own.measure(at)


def _parent_at(block: Block) -> int:
    return (block.place.parent or block.place).at


def _grandparent_at(block: Block) -> int:
    return _up(block.place, 2).at


def _around(place: Place) -> set[int]:
    return {around.at for around in place.around(3)}


def _up(place: Place, steps: int) -> Place:
    for _ in range(steps):
        place = place.parent or place
    return place


@dataclass(slots=True)
class _Repeated:
    starts: Counter[tuple[str, ...]]
    ends: Counter[tuple[str, ...]]
    children: Counter[tuple[int, str, str]]

    def siblings(self, place: Place) -> float:
        """Count the elements that stand beside this one and are built and called like it."""
        return 1.0 if place.parent is None else float(self.children[(place.parent.at, place.tag, place.shape)])


class _OwnMeasures:
    """What is measured of a block without its neighbours' sums."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._home = find_home(page)
        self._headline = find_headline(page)
        self._headline_words = frozenset(Words(" ".join(page.said.headlines[:1])).words)
        self._repeated = _Repeated(
            Counter(tuple(words.words[:2]) for words in page.words if len(words.words) > 4),
            Counter(tuple(words.words[-3:]) for words in page.words if len(words.words) > 5),
            Counter((place.parent.at, place.tag, place.shape) for place in page.places if place.parent is not None),
        )

    def measure(self, at: int) -> list[float]:
        """Give the second half of a block's `MEASURES`."""
        page, block, words = self._page, self._page.blocks[at], self._page.words[at].words
        text, place, count = block.text, block.place, len(self._page.words[at].words) or 1
        parent, grand = _up(place, 1), _up(place, 2)
        first = text.split()[:40]
        link, siblings = self._heading_above(at)
        authors = page.said.authors
        return [
            *(block.weight, block.link_density, float(count), float(len(INNER_STOP.findall(text)))),
            *(float(bool(SENTENCE_END.search(text))), float(text[-1:] == ":"), float(text[-1:] in "?؟？")),
            function_share(page, at),
            _KINDS.get(block.kind, 4.0),
            _TAGS.get(place.tag, _OTHER_TAG),
            *(page.shares[name][at] if name in page.shares else -1.0 for name in WITNESSES),
            float(at in page.dense),
            float(at - self._headline),
            len(self._headline_words.intersection(words)) / count,
            float(self._repeated.starts[tuple(words[:2])] if count > 4 else 0),
            float(self._repeated.ends[tuple(words[-3:])] if count > 5 else 0),
            sum(word[:1].isupper() for word in first) / len(first),
            float(bool((place.marks | block.marks | parent.marks) & FURNITURE)),
            float(bool(place.above & FURNITURE)),
            float(bool((place.marks | parent.marks) & _RELATED)),
            float(bool(place.above & _RELATED)),
            self._article(place),
            *(self._repeated.siblings(around) for around in (place, parent, grand)),
            float(bool(place.above & _QUOTE)),
            float("|" in text),
            float("@" in text or "http" in text),
            float(len(place.shape)),
            float(bool(block.marks)),
            float(min(place.depth, _DEEPEST)),
            block.emphasis / len(text),
            float(block.pictured),
            2.0 if text.startswith(authors) else float(any(author in text for author in authors)),
            *(link, siblings),
        ]

    def _heading_above(self, at: int) -> tuple[float, float]:
        """Tell how much of the heading right above is a link, and how many elements are built like theirs: cards."""
        block, above = self._page.blocks[at], self._page.blocks[at - 1] if at else None
        if above is None or above.kind is not Kind.HEADING or block.kind is Kind.HEADING:
            return -1.0, 0.0
        holder = next((place for place in above.place.around(3) if place.at in _around(block.place)), None)
        return above.link_density, self._repeated.siblings(holder) if holder else 0.0

    def _article(self, place: Place) -> float:
        """Tell whether the place is in the page's main `<article>`: 0 in it, 1 in none, 2 before it, 3 after it."""
        if self._home is None or place.article is self._home:
            return 0.0 if self._home else -1.0
        if place.article is None:
            return 1.0
        return 2.0 if place.article.at < self._home.at else 3.0
