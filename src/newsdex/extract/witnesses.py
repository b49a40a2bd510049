"""Witnesses of the main text: what other extractors and the page's own JSON-LD take for the article.

Each gives a text; how far a block agrees with it is counted in runs of four words, so that line breaks, spacing and
markup do not matter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

import trafilatura
from lxml import etree
from resiliparse.extract.html2text import extract_plain_text

_WORD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_]+")
_RUN = 4
_MAX_TAGS, _MAX_MARKUP = 30_000, 3_000_000

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings are about pages, which are judged here


class Words:
    """A text as its words, folded; a Chinese, Japanese, Korean or Thai character is a word."""

    __slots__ = ("line", "runs", "words")

    def __init__(self, text: str) -> None:
        self.words = _WORD.findall(text.casefold())
        self.line = " ".join(self.words)
        self.runs = list(zip(*(self.words[start:] for start in range(_RUN)), strict=False))


class Witness:
    """One text about the page, to be asked about single blocks."""

    __slots__ = ("_lines", "_runs", "length")

    def __init__(self, lines: Iterable[str]) -> None:
        read = [Words(line) for line in lines]
        self._lines = {words.line for words in read if words.line}
        joined = [word for words in read for word in words.words]
        self._runs = set(zip(*(joined[start:] for start in range(_RUN)), strict=False))
        self.length = len(joined)

    def share(self, words: Words) -> float:
        """Give the share of a block that this text has too; a block of fewer than four words must be a line."""
        if not words.runs:
            return float(words.line in self._lines)
        return sum(run in self._runs for run in words.runs) / len(words.runs)


def ask_resiliparse(markup: str) -> Witness | None:
    """Ask the extractor that is ten times faster than the others; None for a page too large even for it."""
    if markup.count("<") > _MAX_TAGS:
        return None
    return Witness(extract_plain_text(markup, main_content=True, alt_texts=False, links=False).splitlines())


def ask_trafilatura(root: etree._Element, markup: str) -> Witness | None:
    """Ask trafilatura in its fast and precise mode; None for a page too large to wait for."""
    if len(markup) > _MAX_MARKUP or markup.count("<") > _MAX_TAGS:
        return None
    try:
        text = trafilatura.extract(root, fast=True, favor_precision=True, include_comments=False)
    except (AttributeError, RecursionError, TypeError, ValueError, etree.LxmlError):
        return None  # it fails on some markup; the others are heard
    return Witness((text or "").splitlines())
