"""Reading a page's tree into blocks: a paragraph, heading, list item, table row or caption each, with its place.

One walk over lxml's tree, with no recursion: a page may be nested as deep as it likes. What an element's name, class
and id say about it is kept as marks on a `Place`, so that a block knows its surroundings without climbing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from newsdex.extract.marks import ARTICLE_BODY, CAPTION, HIDDEN, NONE, TAG_MARKS, marks_of
from newsdex.records import Kind

NEVER_TEXT = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio"),
        *("video", "map", "select", "option", "textarea", "input", "link", "meta", "base", "source"),
    )
)
"""Elements that hold no text for readers."""
_NEVER_READ = NEVER_TEXT | {"head", "title"}
_NOT_READ = _NEVER_READ | {"nav", "button", "label", "dialog", "menu"}
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("html", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot"),
        *("th", "thead", "tr", "ul"),
    )
)
_WHOLE = frozenset(("html", "body"))
"""Elements whose names are about the page, such as `single-post hide-captions`, and about no part of it."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_EMPHASIS = frozenset(("b", "strong", "em", "i", "cite"))
_PICTURES = frozenset(("img", "picture", "figure", "amp-img"))
_UNSEEN = re.compile(
    r"\b(?:sr-only|visually-?hidden|screen-reader-text|screenreader|u-hidden-visually)\b|clip:\s*rect\(0", re.I
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WIDE_WEIGHT, _UNSPACED_WEIGHT = 1.5, 0.6
_MAX_BLOCKS, _MAX_ROW, _MAX_CELLS = 20_000, 300, 40
_NOSCRIPT_TEXT = 1_000


class Place:
    """An element on the way to a block: its own marks, and those of everything around it."""

    __slots__ = ("above", "article", "at", "depth", "in_figure", "kind", "marks", "parent", "prose", "shape", "tag")

    def __init__(self, tag: str, marks: int, parent: Place | None, at: int, shape: str, kind: Kind) -> None:
        self.tag, self.marks, self.parent, self.at, self.shape, self.kind = tag, marks, parent, at, shape, kind
        self.depth: int = parent.depth + 1 if parent else 1
        self.above: int = parent.above | parent.marks if parent else NONE
        self.in_figure: bool = tag == "figure" or (parent is not None and parent.in_figure)
        self.article: Place | None = self if tag == "article" else parent.article if parent else None
        self.prose = 0.0

    def around(self, most: int) -> Iterator[Place]:
        """Go up from here, this place first."""
        place: Place | None = self
        for _ in range(most):
            if place is None:
                return
            yield place
            place = place.parent


class Block:
    """A piece of text with its place in the tree.

    `links` counts the characters inside links, `emphasis` those in bold or italics. `pictured` says that a picture
    stands right above.
    """

    __slots__ = ("emphasis", "kind", "links", "marks", "pictured", "place", "text", "weight")

    def __init__(self, text: str, kind: Kind, links: int, place: Place, marks: int = NONE) -> None:
        self.text, self.kind, self.place, self.marks = text, kind, place, marks
        self.links = min(links, len(text))
        self.emphasis = 0
        self.pictured = False
        self.weight: float = len(text)
        if not text.isascii():
            self.weight += _WIDE_WEIGHT * len(_WIDE.findall(text)) + _UNSPACED_WEIGHT * len(_UNSPACED.findall(text))

    @property
    def link_density(self) -> float:
        """The share of its text that is links."""
        return self.links / len(self.text)


def strip_unread(root: etree._Element) -> None:
    """Take out of a tree what holds no text for readers, before it is read into blocks.

    A `<noscript>` with a text is the page for those who read without scripts: all of it, where the element was never
    closed.
    """
    for element in [one for one in root.iter("noscript") if _text_length(one) >= _NOSCRIPT_TEXT]:
        element.tag = "div"
    etree.strip_elements(root, *NEVER_TEXT, with_tail=False)


def read_blocks(root: etree._Element, *, everything: bool = False) -> tuple[list[Block], list[Place]]:
    """Read a page into blocks in reading order, and the places they are in; `everything` reads menus as well."""
    reader = _Reader(everything=everything)
    body = root.find("body")
    reader.read(root if body is None else body)
    return reader.blocks, reader.places


class _Reader:
    """Cuts the text at the edges of block elements."""

    def __init__(self, *, everything: bool) -> None:
        self._not_read = _NEVER_READ if everything else _NOT_READ
        self.blocks: list[Block] = []
        self.places: list[Place] = []
        self._pieces: list[str] = []
        self._links = self._emphasis = 0
        self._inner = NONE
        self._pictured = False

    def read(self, root: etree._Element) -> None:
        place = self._enter(root, None)
        in_links = in_emphasis = 0
        skipped: etree._Element | None = None
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if element is root:
                    self._add(element.text, in_links, in_emphasis, place)
                elif tag in _BLOCKS:
                    self._flush(place)
                    self._pictured |= tag in _PICTURES
                    place = self._enter(element, place)
                    if not self._skips(element, place):
                        self._add(element.text, in_links, in_emphasis, place)
                        continue
                    walk.skip_subtree()
                elif tag in self._not_read or _is_unseen(element):
                    skipped = element
                    walk.skip_subtree()
                elif tag == "br":
                    self._flush(place)
                else:
                    in_links += tag == "a"
                    in_emphasis += tag in _EMPHASIS
                    self._pictured |= tag in _PICTURES
                    if name := element.get("class"):
                        self._inner |= marks_of(name)
                    self._add(element.text, in_links, in_emphasis, place)
            elif element is not root:
                if tag in _BLOCKS:
                    self._flush(place)
                    place = place.parent or place
                elif element is not skipped:
                    in_links -= tag == "a"
                    in_emphasis -= tag in _EMPHASIS
                self._add(element.tail, in_links, in_emphasis, place)
        self._flush(place)

    def _skips(self, element: etree._Element, place: Place) -> bool:
        """Tell whether nothing inside is read; a row of a data table is taken whole."""
        if element.tag in self._not_read:
            return True
        if element.tag != "tr" or (row := _row(element)) is None:
            return False
        self._keep(Block(row, Kind.TABLE_ROW, sum(_length(link) for link in element.iter("a")), place))
        return True

    def _enter(self, element: etree._Element, parent: Place | None) -> Place:
        name, identifier = element.get("class") or "", element.get("id") or ""
        marks = TAG_MARKS.get(element.tag, NONE)
        if (name or identifier) and element.tag not in _WHOLE:
            marks |= marks_of(f"{name} {identifier}")
        if element.get("itemprop") == "articleBody":
            marks |= ARTICLE_BODY
        if _is_hidden(element):
            marks |= HIDDEN
        kind = parent.kind if parent else Kind.TEXT
        if element.tag == "figcaption" or marks & CAPTION:
            kind = Kind.CAPTION
        elif kind is Kind.TEXT and element.tag in _HEADINGS:
            kind = Kind.HEADING
        elif kind is Kind.TEXT and element.tag == "li":
            kind = Kind.LIST_ITEM
        place = Place(element.tag, marks, parent, len(self.places), name, kind)
        self.places.append(place)
        return place

    def _add(self, text: str | None, in_links: int, in_emphasis: int, place: Place) -> None:
        if not text or (place.in_figure and place.kind is not Kind.CAPTION):
            return
        self._pieces.append(text)
        if in_links:
            self._links += len(text.strip())
        if in_emphasis:
            self._emphasis += len(text.strip())

    def _flush(self, place: Place) -> None:
        if self._pieces:
            text = " ".join("".join(self._pieces).split())
            if text:
                block = Block(text, place.kind, self._links, place, self._inner)
                block.emphasis, block.pictured = min(self._emphasis, len(text)), self._pictured
                self._keep(block)
                self._pictured = False
            self._pieces = []
        self._links, self._emphasis, self._inner = 0, 0, NONE

    def _keep(self, block: Block) -> None:
        if len(self.blocks) < _MAX_BLOCKS:
            self.blocks.append(block)


def _is_unseen(element: etree._Element) -> bool:
    """Tell what is written for screen readers only, such as `opens in a new tab` inside a sentence."""
    name, style = element.get("class"), element.get("style")
    return (name is not None and _UNSEEN.search(name) is not None) or (
        style is not None and (_UNSEEN.search(style) or _HIDDEN_STYLE.search(style)) is not None
    )


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or (style is not None and _HIDDEN_STYLE.search(style) is not None)
    )


def _row(row: etree._Element) -> str | None:
    """Read a row of a data table; None for a layout table's, whose cells hold blocks or long texts."""
    cells = [child for child in row if child.tag in ("td", "th")]
    if not 2 <= len(cells) <= _MAX_CELLS:
        return None
    if any(element.tag in _BLOCKS or element.tag == "br" for cell in cells for element in cell.iterdescendants()):
        return None
    texts = [" ".join("".join(map(str, cell.itertext())).split()) for cell in cells]
    if sum(map(len, texts)) > _MAX_ROW or not any(texts):
        return None
    return " | ".join(texts)


def _text_length(element: etree._Element) -> int:
    read = (one.text or "" for one in element.iter() if one.tag not in _NEVER_READ or one is element)
    return sum(len(" ".join(text.split())) for text in read)


def _length(element: etree._Element) -> int:
    return len(" ".join("".join(map(str, element.itertext())).split()))
