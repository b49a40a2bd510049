"""What speaks for a block being part of the article, as names that the table of weights knows.

Each feature is yes or no; a measure is cut into steps first (`length:4`), so that a weight stands for a step and the
table can be read. Nothing here knows a word of any one site.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from functools import lru_cache

from newsdex.extract.blocks import Block, Place
from newsdex.extract.density import SENTENCE_END, prose_of
from newsdex.extract.marks import Mark
from newsdex.extract.page import FUNCTION_WORDS, WITNESSES, Page
from newsdex.extract.witnesses import Words
from newsdex.records import Kind

_LENGTHS = (8, 15, 25, 40, 60, 85, 120, 180, 270, 400, 700)
_DENSITIES = (0.001, 0.05, 0.15, 0.3, 0.5, 0.8, 0.99)
_SHARES = (0.01, 0.1, 0.3, 0.6, 0.9)
_MIDDLING = 0.25
_TEXT, _HOME_SHARE = 400.0, 0.3
_FEW_SAID, _ALIKE = 8, 0.65

INNER_STOP = re.compile(r"[.!?…。！？।؟۔։።]\s|[。！？]|[,،、，;:]\s")
_STAMP = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b")
_MARKS = tuple((int(mark), str(mark.name)) for mark in Mark if mark)


def describe(page: Page) -> list[list[str]]:
    """Give each block's features, in the order of the blocks, without what the witnesses say."""
    words = page.words
    total = sum(max(0.0, prose_of(block)) for block in page.blocks) or 1.0
    shapes: defaultdict[tuple[str, str], float] = defaultdict(float)
    for block in page.blocks:
        shapes[shape_of(block)] += max(0.0, prose_of(block))
    best = max(page.places, key=lambda place: place.prose, default=None)
    headline = find_headline(page)
    home = find_home(page)
    lead = 0
    said = Words(page.said.description or "").line
    said_words = frozenset(said.split())
    times = Counter(one.line for one in words)
    described = []
    for at, (block, one) in enumerate(zip(page.blocks, words, strict=True)):
        names = ["bias", f"kind:{block.kind}", f"tag:{block.place.tag}" if block.place.tag in _TAGS else "tag:other"]
        names += _text_features(block)
        names.append(f"function:{bisect_right((0.02, 0.1, 0.2, 0.3), function_share(page, at))}")
        names += _place_features(block, best, total)
        names.append(f"shape:{bisect_right(_SHARES, shapes[shape_of(block)] / total)}")
        names.append("before-headline" if at < headline else "headline" if at == headline else "after-headline")
        lead += block.place.tag == "h1" and at > headline
        if lead:
            names.append(f"another-h1:{min(lead, 2)}")
        names.append(_article_feature(block, home))
        if times[one.line] > 1:
            names.append("repeated")
        if said and one.line and (one.line.startswith(said[:80]) or said.startswith(one.line)):
            names.append("description")
        elif len(said_words) >= _FEW_SAID <= len(one.words) and _overlap(said_words, frozenset(one.words)) >= _ALIKE:
            names.append("description-like")
        if block.text.startswith(page.said.authors):
            names.append("author-first")
        elif any(author in block.text for author in page.said.authors):
            names.append("author-in")
        described.append(names)
    return described


def describe_votes(page: Page) -> list[list[str]]:
    """Give for each block what the witnesses that were heard say of it, one by one and together."""
    described = []
    for at, block in enumerate(page.blocks):
        names, pattern = [], str(int(at in page.dense))
        for name in WITNESSES:
            shares = page.shares.get(name)
            if shares is None:
                pattern += "-"
                continue
            step = bisect_right((0.2, 0.5, 0.8), shares[at])
            names.append(f"{name}:{step}")
            pattern += str(int(step >= 2))
        described.append([*names, f"votes:{pattern}", f"votes:{pattern}:{block.kind}"])
    return described


_TAGS = frozenset(
    ("p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote")
)


def find_home(page: Page) -> Place | None:
    """Find the `<article>` with the page's headline and a text; else the one with a good part of the dense text."""
    prose: defaultdict[int, float] = defaultdict(float)
    dense: defaultdict[int, float] = defaultdict(float)
    found: dict[int, Place] = {}
    for at, block in enumerate(page.blocks):
        article = block.place.article
        if article is not None:
            found[article.at] = article
            prose[article.at] += max(0.0, prose_of(block))
            dense[article.at] += block.weight if at in page.dense else 0.0
    headline = find_headline(page)
    holder = page.blocks[headline].place.article if headline >= 0 else None
    if holder is not None and prose[holder.at] >= _TEXT:
        return holder
    best = max(dense, key=lambda key: dense[key], default=-1)
    whole = sum(page.blocks[at].weight for at in page.dense)
    return found[best] if dense.get(best, 0.0) > _HOME_SHARE * whole else None


def function_share(page: Page, at: int) -> float:
    """Give the share of a block's words that hold sentences together; a middling one in a language we have none of."""
    if not page.knows_function_words:
        return _MIDDLING
    words = page.words[at].words
    return sum(word in FUNCTION_WORDS for word in words) / (len(words) or 1)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _article_feature(block: Block, home: Place | None) -> str:
    article = block.place.article
    if home is None or article is home:
        return "article:home" if home else "article:none"
    if article is None:
        return "article:outside"
    if any(around is home for around in article.around(30)):
        return "article:inside-home"
    return "article:later" if article.at > home.at else "article:earlier"


def shape_of(block: Block) -> tuple[str, str]:
    """Name how a block is built: its element with its class, and the class around it."""
    parent = block.place.parent
    return block.place.tag + " " + block.place.shape, parent.shape if parent else ""


def find_headline(page: Page) -> int:
    """Find the last heading that repeats the page's title; -1 when there is none."""
    words = page.words
    titles = {Words(headline).line for headline in page.said.headlines}
    exact = [
        at
        for at, block in enumerate(page.blocks)
        if block.place.tag == "h1" or (block.kind is Kind.HEADING and words[at].line in titles)
    ]
    same = [at for at in exact if words[at].line in titles]
    return (same or exact or [-1])[0]


def _text_features(block: Block) -> list[str]:
    length = bisect_right(_LENGTHS, block.weight)
    linked = bisect_right(_DENSITIES, block.link_density)
    sentence = bool(SENTENCE_END.search(block.text))
    names = [f"length:{length}", f"links:{linked}", f"length-links:{min(length, 8) // 2}:{min(linked, 5)}"]
    names.append(f"stops:{min(3, len(INNER_STOP.findall(block.text)))}")
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
    if block.emphasis:
        names.append("emphasis:all" if block.emphasis > 0.8 * len(block.text) else "emphasis:part")
    if block.pictured:
        names.append("pictured")
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
