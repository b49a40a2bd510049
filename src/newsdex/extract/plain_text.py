"""Plain text: where one paragraph ends and the next begins, when the only marks are line breaks.

Three habits occur: a paragraph a line; paragraphs separated by blank lines; lines wrapped at a column, as wires and
mail programs do it. Wrapped lines are joined, and words that the wrapping broke are put together again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from newsdex.errors import Rejected
from newsdex.extract.decoding import decode
from newsdex.extract.hyphenation import join_lines
from newsdex.extract.repair import repair
from newsdex.records import ExtractedArticle, Kind, Paragraph, RawDocument, Reason, Stage

_LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_WIDE_GAP = re.compile(r"\t|\s{3,}")
_COLUMN_GAP = re.compile(r"\s*\t\s*|\s{2,}")
_LIST_ITEM = re.compile(r"(?:[•●▪◦·‣*–—-]|\d{1,2}[.)])\s+\S")
_BROKEN_WORD = re.compile(r"[^\W\d_]-$")
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Scripts without blanks between words, with their stops and brackets: a line has room for the next character."""
_WRAP_WIDTHS = range(38, 111)
"""Columns at which people and programs wrap text."""
_STOPS = tuple(".!?…:")
_PAUSES = tuple(",;—–")
"""How a sentence ends, and how a verse does."""
_LEAST_BROKEN = 4
_NEARLY_ALL = 0.8
_MOST_OVER = 8
"""Characters: a line so much longer than the column was not wrapped there."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indent: int
    is_row: bool


def extract_plain_text(raw: RawDocument) -> ExtractedArticle:
    """Read a plain-text document: decoded, repaired, cut into paragraphs.

    Raises `Rejected` (empty_input) when nothing but white space is there.
    """
    text, encoding, flags = decode(raw)
    paragraphs = tuple(split_paragraphs(repair(text)))
    if not paragraphs:
        raise Rejected(Stage.EXTRACT, Reason.EMPTY_INPUT, f"{len(raw.content)} bytes, white space only")
    return ExtractedArticle(origin=replace(raw.origin, encoding=encoding), paragraphs=paragraphs, flags=flags)


def split_paragraphs(text: str) -> Iterator[Paragraph]:
    r"""Cut a text into paragraphs; rows of tables, list items and verse lines are one paragraph each.

    >>> [p.text for p in split_paragraphs("First paragraph.\n\n\nSecond one.\n")]
    ['First paragraph.', 'Second one.']
    """
    blocks = [[_line(text) for text in block] for block in _blocks(text)]
    width = wrap_width([[line.text for line in block if not line.is_row] for block in blocks])
    for block in blocks:
        for run in _runs(block, width):
            if run[0].is_row:
                yield Paragraph("  ".join(_COLUMN_GAP.split(run[0].text)), Kind.TABLE_ROW)
                continue
            joined = _SPACES.sub(" ", join_lines([line.text for line in run]))
            yield Paragraph(joined, Kind.LIST_ITEM if _LIST_ITEM.match(joined) else Kind.TEXT)


def wrap_width(blocks: Sequence[Sequence[str]]) -> int | None:
    """Tell the column a text is wrapped at, None when it is not.

    In wrapped text hardly any line had room for the first word of the next: the share of such lines decides.
    """
    pairs = [(first, second) for block in blocks for first, second in pairwise(block)]
    lengths = sorted(len(line) for block in blocks for line in block)
    if len(pairs) < 3 or not lengths:
        return None
    width = lengths[int(len(lengths) * 0.97)] if len(lengths) > 40 else lengths[-1]
    full = sum(_is_full(first, second, width) for first, second in pairs)
    if width in _WRAP_WIDTHS and full >= 3 and full / len(pairs) >= 0.6:
        return width
    return _broken_width(pairs)


def _broken_width(pairs: Sequence[tuple[str, str]]) -> int | None:
    """Tell the column from the sentences that break off, where short lines stand around: a letter, a wire's labels.

    A verse breaks off too, but at a comma, and each line where it likes.
    """
    running = [(first, second) for first, second in pairs if second[:1].islower() and first[-1:] not in _STOPS]
    broken = [(first, second) for first, second in running if first[-1:] not in _PAUSES]
    if len(broken) < _LEAST_BROKEN or 3 * (len(running) - len(broken)) > len(broken):
        return None
    width = max(len(first) for first, _ in broken)
    full = sum(_is_full(first, second, width) for first, second in broken)
    return width if width in _WRAP_WIDTHS and full >= _NEARLY_ALL * len(broken) else None


def _is_full(line: str, below: str, width: int) -> bool:
    if _UNSPACED.match(below):
        return len(line) >= width - 2
    return len(line) + 1 + len(below.split(" ", 1)[0]) > width - 2


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in _LINE_BREAK.split(text):
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _line(raw: str) -> _Line:
    text = raw.strip()
    cells = [cell for cell in _COLUMN_GAP.split(text) if cell]
    return _Line(
        text, len(raw) - len(raw.lstrip()), len(cells) > 2 or (len(cells) == 2 and _WIDE_GAP.search(text) is not None)
    )


def _runs(block: list[_Line], width: int | None) -> Iterator[list[_Line]]:
    if width is None:
        yield from ([line] for line in block)
        return
    margin = min(line.indent for line in block)
    run: list[_Line] = []
    for line in block:
        if run and _continues(run[-1], line, width, margin):
            run.append(line)
            continue
        if run:
            yield run
        run = [line]
    if run:
        yield run


def _continues(above: _Line, line: _Line, width: int, margin: int) -> bool:
    if above.is_row or line.is_row or _LIST_ITEM.match(line.text) or len(above.text) > width + _MOST_OVER:
        return False
    if _BROKEN_WORD.search(above.text) and line.text[:1].islower():
        return True
    if line.indent >= margin + 2 and above.indent < line.indent:
        return False
    return _is_full(above.text, line.text, width)
