"""Finding the main text of a page: the part of the tree that is most prose and least links.

The page is read once into blocks (a paragraph, heading, list item, table row or caption each). Prose counts for the
elements around it, links and scraps count against them; the element with the best sum holds the article, however many
containers it is split over. Nothing here recurses: a page may be nested as deep as it likes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from newsdex.extract.repair import repair
from newsdex.records import Kind

_DROPPED = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas"),
        *("audio", "video", "map", "button", "select", "option", "textarea", "input", "label", "nav", "aside"),
        *("footer", "dialog", "menu", "head", "title", "link", "meta"),
    )
)
_NEVER_TEXT = _DROPPED - {"nav", "aside", "footer", "dialog", "label", "button", "menu"}
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul"),
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE = frozenset(("p", "blockquote", "pre", "dd"))
_FURNITURE = frozenset(
    (
        *("related", "recommended", "recommendations", "recirc", "recirculation", "newsletter", "newsletters"),
        *("signup", "share", "sharing", "sharebar", "social", "socials", "comment", "comments", "disqus"),
        *("promo", "promotion", "advert", "adverts", "advertisement", "advertorial", "ad", "ads", "adslot"),
        *("sponsored", "sponsor", "sidebar", "breadcrumb", "breadcrumbs", "cookie", "cookies", "consent"),
        *("gdpr", "subscribe", "subscription", "tags", "taglist", "topics", "footer", "nav", "navigation"),
        *("navbar", "menu", "toolbar", "trending", "popular", "mostread", "outbrain", "taboola", "byline"),
        *("bylines", "author", "authors", "bio", "timestamp", "dateline", "credit", "copyright", "skip"),
        *("modal", "popup", "overlay", "banner", "masthead", "pagination", "pager", "tooltip", "teaser"),
        *("teasers", "readmore", "morenews", "widget", "tweet", "instagram", "tiktok", "donate", "donation"),
        *("appeal", "cta", "kicker", "eyebrow", "correction", "disclaimer", "legal", "login", "register"),
        *("rating", "poll", "quiz", "carousel", "slider", "slideshow", "playlist", "player"),
    )
)
"""Words in a class or id that call an element page furniture."""
_READERS = frozenset(("comments", "commentlist", "disqus", "replies"))
"""Words for what readers wrote: often longer than the article."""
_CAPTION = frozenset(("caption", "figcaption", "imagecaption"))
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SENTENCE = re.compile(r"[.!?…。！？।؟۔։።၊។:”\"»]\W*$|[.!?…。！？।؟۔։።]\s")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WIDE_WEIGHT = 1.5
_FURNITURE_SHARE = 0.25
_READERS_SHARE = 0.75
_MAX_BLOCKS = 50_000
_LITTLE = 300
_MAX_ROW = 300
_MAX_CELLS = 40
_MAX_DEPTH = 400


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text with its place in the tree. `links` counts the characters inside links."""

    text: str
    kind: Kind
    links: int
    tag: Tag
    furniture: tuple[Tag, ...]

    @property
    def weight(self) -> float:
        """Its length in letters, where a Chinese character says as much as two and a half."""
        return len(self.text) + _WIDE_WEIGHT * len(_WIDE.findall(self.text))

    def around(self) -> Iterator[Tag]:
        """Go through the elements it is in, from the innermost; a few hundred at most."""
        return islice(chain((self.tag,), self.tag.parents), _MAX_DEPTH)

    @property
    def link_density(self) -> float:
        """The share of its text that is links."""
        return min(1.0, self.links / len(self.text))

    @property
    def score(self) -> float:
        """How much the block speaks for the elements around it being the article."""
        if self.kind in (Kind.HEADING, Kind.CAPTION):
            return 0.0
        prose = self.weight * (1 - 2.5 * self.link_density)
        if self.kind is Kind.TEXT and self.tag.name in _PROSE:
            return prose if self.weight >= 25 else -5.0
        if self.kind is Kind.TEXT:
            return 0.9 * prose if self.weight >= 80 and _SENTENCE.search(self.text) else -10.0
        return 0.5 * prose if self.weight >= 60 and self.link_density < 0.5 else -8.0


def read_main_text(soup: BeautifulSoup) -> tuple[list[Block], list[Block]]:
    """Read a page: the blocks of its article, and all its blocks.

    A page that shows its text only after its scripts ran, or whose markup is broken so that the article ended up in a
    menu, is read again with what is hidden and what is called navigation.
    """
    blocks = read_blocks(soup)
    article = find_main_text(blocks)
    if sum(block.weight for block in article) < _LITTLE:
        everything = read_blocks(soup, everything=True)
        second = find_main_text(everything)
        if sum(block.weight for block in second) > 2 * _LITTLE:
            return second, everything
    return article, blocks


def read_blocks(soup: BeautifulSoup, *, everything: bool = False) -> list[Block]:
    """Read a page into blocks in reading order; without `everything` only what is shown and may be article."""
    reader = _Reader(everything)
    body = soup.body or soup
    reader.read(body)
    return reader.blocks[:_MAX_BLOCKS]


def find_main_text(blocks: list[Block]) -> list[Block]:
    """Choose the blocks of the article among a page's blocks."""
    blocks = _without_furniture(blocks)
    sums: defaultdict[int, float] = defaultdict(float)
    for block in blocks:
        for element in block.around():
            sums[id(element)] += block.score
    # of equals the first is meant: a block's own element is seen before those around it
    best = max(sums, key=lambda key: sums[key], default=None)
    if best is None or sums[best] <= 0:
        return []
    inside = [block for block in blocks if any(id(element) == best for element in block.around())]
    return _without_lonely_headings(inside)


def _without_furniture(blocks: list[Block]) -> list[Block]:
    """Drop what its class or id calls furniture, unless a good part of the page's prose is in it."""
    prose: defaultdict[int, float] = defaultdict(float)
    for block in blocks:
        for element in block.furniture:
            prose[id(element)] += max(0.0, block.score)
    total = sum(max(0.0, block.score) for block in blocks)

    def is_furniture(element: Tag) -> bool:
        share = _READERS_SHARE if _tokens(element) & _READERS else _FURNITURE_SHARE
        return prose[id(element)] < share * total or total == 0

    verdicts = {id(element): is_furniture(element) for block in blocks for element in block.furniture}
    return [block for block in blocks if not any(verdicts[id(element)] for element in block.furniture)]


def _without_lonely_headings(blocks: list[Block]) -> list[Block]:
    """Drop link lists and scraps, and the headings that stood above nothing else."""
    kept: list[Block] = []
    pending: list[Block] = []
    for block in blocks:
        if block.kind is Kind.HEADING:
            if block.link_density < 0.5:
                pending.append(block)
        elif block.kind is Kind.CAPTION:
            kept.append(block)
        elif _is_kept(block):
            kept += pending
            pending = []
            kept.append(block)
        elif block.link_density > 0.5:
            pending = []
    return kept


def _is_kept(block: Block) -> bool:
    if block.kind is Kind.TEXT and block.tag.name not in _PROSE:
        return block.link_density < 0.5 and (block.weight >= 80 or bool(_SENTENCE.search(block.text)))
    if block.kind is Kind.LIST_ITEM:
        return block.link_density < 0.4
    return block.link_density < 0.6


@dataclass(frozen=True, slots=True)
class _State:
    kind: Kind
    tag: Tag
    furniture: tuple[Tag, ...] = ()
    in_link: bool = False
    in_figure: bool = False


class _Reader:
    """Walks the tree with a stack of its own and cuts the text at the edges of block elements."""

    def __init__(self, everything: bool) -> None:
        self._everything = everything
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._links = 0

    def read(self, root: Tag) -> None:
        stack: list[tuple[PageElement | None, _State]] = [(root, _State(Kind.TEXT, root))]
        while stack:
            node, state = stack.pop()
            if node is None:
                self._flush(state)
            elif isinstance(node, NavigableString):
                if not isinstance(node, PreformattedString):
                    self._add(str(node), state)
            elif isinstance(node, Tag):
                self._open(node, state, stack)

    def _open(self, tag: Tag, state: _State, stack: list[tuple[PageElement | None, _State]]) -> None:
        if tag.name == "br":
            self._flush(state)
            return
        if tag.name in _NEVER_TEXT or (not self._everything and (tag.name in _DROPPED or _is_hidden(tag))):
            return
        if tag.name == "tr" and (row := _row(tag)) is not None:
            self._flush(state)
            self.blocks.append(Block(row, Kind.TABLE_ROW, _link_length(tag), tag, state.furniture))
            return
        inner = _enter(tag, state)
        if tag.name in _BLOCKS:
            self._flush(state)
            stack.append((None, inner))
        stack.extend((child, inner) for child in reversed(tag.contents))

    def _add(self, text: str, state: _State) -> None:
        if state.in_figure and state.kind is not Kind.CAPTION:
            return
        self._pieces.append(text)
        if state.in_link:
            self._links += len(" ".join(text.split()))

    def _flush(self, state: _State) -> None:
        text = " ".join("".join(self._pieces).split())
        if text:
            text = " ".join(repair(text, markup=False).split())
        if text:
            self.blocks.append(Block(text, state.kind, self._links, state.tag, state.furniture))
        self._pieces, self._links = [], 0


def _enter(tag: Tag, state: _State) -> _State:
    tokens = _tokens(tag)
    kind, block = state.kind, state.tag
    in_figure = state.in_figure or tag.name == "figure"
    if tag.name == "figcaption" or (tokens & _CAPTION and tag.name in _BLOCKS):
        kind = Kind.CAPTION
    elif tag.name in _HEADINGS and kind is Kind.TEXT:
        kind = Kind.HEADING
    elif tag.name == "li" and kind is Kind.TEXT:
        kind = Kind.LIST_ITEM
    if tag.name in _BLOCKS:
        block = tag
    furniture = state.furniture
    if tokens & _FURNITURE and tag.name not in ("html", "body", "main", "article") and kind is not Kind.CAPTION:
        furniture = (*furniture, tag)
    return _State(kind, block, furniture, state.in_link or tag.name == "a", in_figure)


def _tokens(tag: Tag) -> set[str]:
    names = tag.get("class")
    words = [*(names if isinstance(names, list) else [names or ""]), str(tag.get("id") or "")]
    # `print:hidden` and the like are a style sheet's conditions, no names
    return {token.lower() for word in words if ":" not in word for token in _TOKEN.findall(word)}


def _is_hidden(tag: Tag) -> bool:
    style = tag.get("style")
    return (
        tag.has_attr("hidden")
        or tag.get("aria-hidden") == "true"
        or (isinstance(style, str) and _HIDDEN_STYLE.search(style) is not None)
    )


def _row(tag: Tag) -> str | None:
    """Read a row of a data table; None for a layout table's, whose cells hold blocks or long texts."""
    cells = [child for child in tag.children if isinstance(child, Tag) and child.name in ("td", "th")]
    inside = (element for cell in cells for element in cell.descendants if isinstance(element, Tag))
    if not 2 <= len(cells) <= _MAX_CELLS or any(element.name in _BLOCKS or element.name == "br" for element in inside):
        return None
    texts = [" ".join(repair(cell.get_text(" "), markup=False).split()) for cell in cells]
    if sum(map(len, texts)) > _MAX_ROW or not any(texts):
        return None
    return " | ".join(texts)


def _link_length(tag: Tag) -> int:
    return sum(len(" ".join(link.get_text(" ").split())) for link in tag.find_all("a"))
