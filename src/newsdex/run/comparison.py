"""What changed from one version of a text to another, paragraph by paragraph and within them word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"\n|[{_UNSPACED}]|[^\s{_UNSPACED}]+[^\S\n]*")
"""A line's end, a Chinese or Japanese character, which has no spaces around it, or a word with the space behind it."""

_MOST_TOKENS = 4_000
"""Longer stretches of changed text are not set against each other word by word: it would take too long."""

_MOST_LINES = 2_000
"""From so many lines on, those that come very often are not looked at as something the versions share."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: `=` in both versions, `-` in the earlier only, `+` in the later only."""

    mark: str
    text: str


def compare_texts(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[tuple[Piece, ...]]:
    """Compare headline, standfirst and body of two versions; give the paragraphs of both, each as runs of words.

    >>> [line] = compare_texts({"headline": "Bridge shut"}, {"headline": "Bridge open"})
    >>> [(piece.mark, piece.text) for piece in line]
    [('=', 'Bridge '), ('-', 'shut '), ('+', 'open ')]
    """
    before, after = _lines(earlier), _lines(later)
    matcher = SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > _MOST_LINES)
    paragraphs: list[tuple[Piece, ...]] = []
    for action, start, end, other_start, other_end in matcher.get_opcodes():
        if action == "equal":
            paragraphs += [(Piece("=", line),) for line in before[start:end]]
        else:
            paragraphs += _changed(before[start:end], after[other_start:other_end])
    return paragraphs


def _lines(source: Mapping[str, Any]) -> list[str]:
    titles = [str(source[name]) for name in ("headline", "standfirst") if source.get(name)]
    return [*titles, *(line for line in str(source.get("body") or "").split("\n") if line.strip())]


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    gone, come = _tokens(before), _tokens(after)
    if not before or not after or max(len(gone), len(come)) > _MOST_TOKENS:
        yield from ((Piece("-", line),) for line in before)
        yield from ((Piece("+", line),) for line in after)
        return
    line: list[Piece] = []
    for mark, words in _runs(gone, come):
        for number, part in enumerate("".join(words).split("\n")):
            if number:
                yield tuple(line)
                line = []
            if part:
                line.append(Piece(mark, part))
    yield tuple(line)


def _tokens(lines: Sequence[str]) -> list[str]:
    # Every line ends with a space, so that its last word is the same word in the middle of another one.
    return _TOKEN.findall(" \n".join(lines) + " ")


def _runs(gone: list[str], come: list[str]) -> Iterator[tuple[str, list[str]]]:
    for action, start, end, other_start, other_end in SequenceMatcher(None, gone, come, autojunk=False).get_opcodes():
        if action == "equal":
            yield "=", gone[start:end]
            continue
        if end > start:
            yield "-", gone[start:end]
        if other_end > other_start:
            yield "+", come[other_start:other_end]
