"""What speaks for a block being part of the article, as names that the table of weights knows.

Each feature is yes or no; a measure is cut into steps first (`length:4`), so that a weight stands for a step and the
table can be read. Nothing here knows a word of any one site.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsdex.extract.blocks import Block, Place
from newsdex.extract.density import SENTENCE_END, prose_of
from newsdex.extract.marks import Mark
from newsdex.extract.witnesses import Witness, Words
from newsdex.records import Kind

_LENGTHS = (8, 15, 25, 40, 60, 85, 120, 180, 270, 400, 700)
_DENSITIES = (0.001, 0.05, 0.15, 0.3, 0.5, 0.8, 0.99)
_SHARES = (0.01, 0.1, 0.3, 0.6, 0.9)

_INNER_STOP = re.compile(r"[.!?…。！？।؟۔։።]\s|[。！？]|[,،、，;:]\s")
_STAMP = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b")
_MARKS = tuple((int(mark), str(mark.name)) for mark in Mark if mark)
_FUNCTION_WORDS = frozenset(
    (
        *("the", "and", "of", "to", "in", "that", "was", "for", "with", "is", "der", "die", "und", "das", "den", "von"),
        *(
            "ist",
            "mit",
            "nicht",
            "ein",
            "eine",
            "le",
            "la",
            "les",
            "des",
            "et",
            "que",
            "est",
            "dans",
            "une",
            "el",
            "los",
        ),
        *(
            "de",
            "en",
            "por",
            "del",
            "una",
            "con",
            "se",
            "di",
            "che",
            "il",
            "per",
            "non",
            "um",
            "uma",
            "não",
            "os",
            "da",
        ),
        *("do", "het", "van", "een", "dat", "op", "och", "att", "som", "på", "det", "av", "er", "til", "i", "ja", "on"),
        *("w", "na", "z", "nie", "że", "и", "в", "на", "не", "что", "с", "у", "та", "що", "ve", "bir", "bu", "için"),
        *("yang", "dan", "di", "dengan", "và", "của", "là", "को", "में", "है", "के", "की", "في", "من", "على", "به", "از"),
    )
)


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page before any block is judged."""

    blocks: Sequence[Block]
    places: Sequence[Place]
    witnesses: dict[str, Witness | None]
    headlines: tuple[str, ...]
    description: str | None = None


def describe(page: Page, dense: set[int]) -> list[list[str]]:
    """Give each block's features, in the order of the blocks. `dense`: the blocks of the densest element."""
    words = [Words(block.text) for block in page.blocks]
    _add_up_prose(page)
    total = sum(max(0.0, prose_of(block)) for block in page.blocks) or 1.0
    shapes: defaultdict[tuple[str, str], float] = defaultdict(float)
    for block in page.blocks:
        shapes[_shape(block)] += max(0.0, prose_of(block))
    best = max(page.places, key=lambda place: place.prose, default=None)
    headline = _headline_at(page, words)
    home = _home(page.blocks, dense)
    lead = 0
    said = Words(page.description or "").line
    times = Counter(one.line for one in words)
    described = []
    for at, (block, one) in enumerate(zip(page.blocks, words, strict=True)):
        names = ["bias", f"kind:{block.kind}", f"tag:{block.place.tag}" if block.place.tag in _TAGS else "tag:other"]
        names += _text_features(block, one)
        names += _place_features(block, best, total)
        names.append(f"shape:{bisect_right(_SHARES, shapes[_shape(block)] / total)}")
        names.append("before-headline" if at < headline else "headline" if at == headline else "after-headline")
        lead += block.place.tag == "h1" and at > headline
        if lead:
            names.append(f"another-h1:{min(lead, 2)}")
        names.append(_article_feature(block, home))
        if times[one.line] > 1:
            names.append("repeated")
        if said and one.line and (one.line.startswith(said[:80]) or said.startswith(one.line)):
            names.append("description")
        names += _votes(block, one, page.witnesses, at in dense)
        described.append(names)
    return described


_TAGS = frozenset(
    ("p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote")
)


def _add_up_prose(page: Page) -> None:
    for place in page.places:
        place.prose = 0.0
    for block in page.blocks:
        block.place.prose += prose_of(block)
    for place in reversed(page.places):  # a place stands after the one around it
        if place.parent is not None:
            place.parent.prose += place.prose


def _home(blocks: Sequence[Block], dense: set[int]) -> Place | None:
    """Find the `<article>` with most of the dense text, the first of equals."""
    weights: defaultdict[int, float] = defaultdict(float)
    found: dict[int, Place] = {}
    for at in sorted(dense):
        article = blocks[at].place.article
        if article is not None:
            weights[article.at] += blocks[at].weight
            found.setdefault(article.at, article)
    return found[max(weights, key=lambda key: weights[key])] if weights else None


def _article_feature(block: Block, home: Place | None) -> str:
    article = block.place.article
    if home is None or article is home:
        return "article:home" if home else "article:none"
    if article is None:
        return "article:outside"
    if any(around is home for around in article.around(30)):
        return "article:inside-home"
    return "article:later" if article.at > home.at else "article:earlier"


def _shape(block: Block) -> tuple[str, str]:
    parent = block.place.parent
    return block.place.tag + " " + block.place.shape, parent.shape if parent else ""


def _headline_at(page: Page, words: list[Words]) -> int:
    """Find the last heading that repeats the page's title; -1 when there is none."""
    titles = {Words(headline).line for headline in page.headlines}
    exact = [
        at
        for at, block in enumerate(page.blocks)
        if block.kind is Kind.HEADING and (words[at].line in titles or block.place.tag == "h1")
    ]
    same = [at for at in exact if words[at].line in titles]
    return (same or exact or [-1])[0]


def _text_features(block: Block, words: Words) -> list[str]:
    length = bisect_right(_LENGTHS, block.weight)
    linked = bisect_right(_DENSITIES, block.link_density)
    sentence = bool(SENTENCE_END.search(block.text))
    function = sum(word in _FUNCTION_WORDS for word in words.words) / (len(words.words) or 1)
    names = [f"length:{length}", f"links:{linked}", f"length-links:{min(length, 8) // 2}:{min(linked, 5)}"]
    names.append(f"function:{bisect_right((0.02, 0.1, 0.2, 0.3), function)}")
    names.append(f"stops:{min(3, len(_INNER_STOP.findall(block.text)))}")
    names.append(f"end:{int(sentence)}:{block.kind}")
    if sentence and block.kind is Kind.TEXT:
        names.append(f"sentence-length:{length}")
    if length < 5 and _STAMP.search(block.text):
        names.append("stamp")
    if block.text[:1].islower():
        names.append("lower")
    if block.text.isupper():
        names.append("upper")
    if "©" in block.text or "http" in block.text:
        names.append("copyright")
    if block.text[-1:] == ":":
        names.append("colon")
    return names


def _place_features(block: Block, best: Place | None, total: float) -> list[str]:
    place = block.place
    parent = place.parent or place
    grand = parent.parent or parent
    near = parent.marks | grand.marks
    names = [*_named("own", place.marks), *_named("inner", block.marks), *_named("near", near)]
    names += _named("far", grand.above & ~near)
    names.append(f"parent:{bisect_right(_SHARES, max(0.0, parent.prose) / total)}")
    names.append(f"grand:{bisect_right(_SHARES, max(0.0, grand.prose) / total)}")
    up = next((step for step, around in enumerate(place.around(30)) if around is best), None)
    names.append("best:out" if up is None else f"best:{min(up, 6)}")
    return names


@lru_cache(maxsize=8192)
def _named(prefix: str, marks: int) -> tuple[str, ...]:
    return tuple(f"{prefix}:{name}" for mark, name in _MARKS if mark & marks)


def _votes(block: Block, words: Words, witnesses: dict[str, Witness | None], dense: bool) -> list[str]:
    names, pattern = [], str(int(dense))
    for name, witness in witnesses.items():
        if witness is None or not witness.length:
            pattern += "-"
            continue
        step = bisect_right((0.2, 0.5, 0.8), witness.share(words))
        names.append(f"{name}:{step}")
        pattern += str(int(step >= 2))
    names.append(f"votes:{pattern}")
    names.append(f"votes:{pattern}:{block.kind}")
    return names
