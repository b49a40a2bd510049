"""Dates that a page prints for its readers: which of its short lines is the article's date.

Lines are told apart by what their element is called, where they stand, and how much else they say; a line has to earn
its place, because pages are full of other dates: today's, those of related articles, of comments, of events.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from newsdex.extract.blocks import Block
from newsdex.extract.marks import Mark
from newsdex.extract.repair import repair
from newsdex.records import DateCandidate, DateRole, FoundIn, Kind

_DATED = re.compile(r"(?<!\d)(?:(?:1[89]|2[0-5])\d\d|1[34]\d\d|\d{1,2}\s?[./|-]\s?\d{1,2}\s?[./|-]\s?\d\d)(?!\d)")
"""A year of some calendar, or three numbers."""
_GLUED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\d\d?[:.h]\d\d(?!\d))")
"""A year with the time of day right behind it, as two elements without a space between them read."""
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)|(?<!\d)\d{8}(?!\d)")
_OPENING = re.compile(
    r"""^(?P<told>(?:[^\W\d][^.!?\d]{0,40}[\s(])?
        (?:\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d
        |\d{1,2}\.?\s(?:de\s)?[^\W\d]{3,12}\.?,?\s(?:de\s)?\d{4}|[^\W\d]{3,12}\.?\s\d{1,2},\s\d{4}))
        (?:\)?\.?\s*[-–—|:]\s|\)[.:]?\s|\s(?=[„“"«]))""",
    re.X,
)
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DATE_NAMES = """
date dates datum fecha data time timestamp datetime published publish pubdate publishdate posted postedon
submitted created updated modified dateline publication datumszeile erscheinungsdatum
"""
_META_NAMES = """
meta metadata byline info infos postinfo details author authors subline dachzeile entrymeta postmeta infoline
credits documentbyline
"""
_CALLED_DATE, _CALLED_META = frozenset(_DATE_NAMES.split()), frozenset(_META_NAMES.split())
_CALLED_TODAY = re.compile(r"(?:header|top|nav)(?:[-_]+|bar)date|today|current|masthead|ticker|weather|\bnow\b", re.I)
_CALLED_PICTURE = frozenset(("pic", "picture", "image", "img", "photo", "figure", "caption", "gallery", "bild"))
_CALLED_CHANGE = frozenset(("updated", "modified", "lastmod"))
_SAYS_PUBLISHED = re.compile(
    r"publi|posted|created|submitted|erschein|veröffentlich|erstellt|gespeichert|eingestellt|verfasst|geplaatst"
    r"|opubl|опубл|создан|mise en ligne|yayın|发布|發布|公開|掲載|입력|등록|نشر|انتشار|updat|modif|edited|aktuali"
    r"|actuali|atuali|aggiorn|mis à jour|обновл|güncel|更新|수정|تحديث",
    re.I,
)
_SAYS_DATE = re.compile(r"\b(?:datum|date|fecha|data|stand|vom|am|on|le|el|del)\b", re.I)
_SAYS_OTHER = re.compile(
    r"©|\(c\)|copyright|registri|regist|mitglied|member|joined|gültig|valid|verfügbar|termin\b|geboren|\bborn\b|\bseit\b"
    r"|\bsince\b|\bbis\b|\buntil\b|\bab\b|deadline|\bevent|foto|photo|\bbild|impressum|\bnext\b|nächste|available|expires"
    r"|accessed|abgerufen|\d\.?\s?[-–]\s?\d{1,2}\.?\s[^\W\d]+\s\d{4}",
    re.I,
)
_SET_APART = re.compile(r"[|•·–—]\s*(?:\w+[.,]*\s+)?\d|\d{4}\s*[|•·–—]")
_ELSEWHERE = int(Mark.RELATED_WORD | Mark.ASIDE | Mark.FOOTER | Mark.NAVIGATION | Mark.FORM)
_OTHERS_WORDS = int(Mark.READERS_WORD | Mark.EMBED_WORD | Mark.QUOTE)
_INSIDE = int(Mark.MASTHEAD_WORD | Mark.PERSON_WORD)
_ENDS_SENTENCE = re.compile(r"\D[.!?]$")
_LONGEST, _MOST, _FIRST = 160, 3, 2
_LEAST = 1.5
_LEAST_UNDATED = 5.0
_LONGEST_UNDATED, _LONGEST_LABEL = 60, 25


def find_date_lines(page: Sequence[Block], article: Sequence[Block]) -> Iterator[DateCandidate]:
    """Go through the lines that print the article's date, the likeliest first.

    A line without a year (`2 hours ago`) counts only where nothing else does and its element is called a date. Where
    there is no line at all, the story may begin with its day: `25 January 2022 – The council`.
    """
    lines = _Page(page, article)
    dated = lines.score(lambda block: _is_dated(block.text))
    found = [block for score, block in dated if score >= _LEAST][:_MOST]
    if not dated:
        called = lines.score(lambda block: len(block.text) <= _LONGEST_UNDATED and _is_called_date(block))
        found = [block for score, block in called if score >= _LEAST_UNDATED][:1]
    if not found:
        yield from _read_opening(article)
    for block in found:
        text = _unglue(" ".join(repair(block.text, markup=False).split()))
        changed = _names_of(block.place.shape) & _CALLED_CHANGE
        yield DateCandidate(text, DateRole.MODIFIED if changed else DateRole.PUBLISHED, FoundIn.LINE)


def _is_dated(text: str) -> bool:
    return bool(_DATED.search(_unglue(text)) and _DAY.search(text))


def _unglue(text: str) -> str:
    return _GLUED.sub(r"\1 ", text)


def _read_opening(article: Sequence[Block]) -> Iterator[DateCandidate]:
    """Read the day that one of the first paragraphs begins with, set apart from the sentence after it."""
    for block in [block for block in article if block.kind is Kind.TEXT][:_FIRST]:
        opening = _OPENING.match(repair(block.text[:_LONGEST], markup=False))
        if opening is not None and not _SAYS_OTHER.search(opening["told"]):
            yield DateCandidate(" ".join(opening["told"].split()), DateRole.PUBLISHED, FoundIn.LINE)
            return


class _Page:
    """The blocks of a page, and where on it the article and its headline stand."""

    def __init__(self, blocks: Sequence[Block], article: Sequence[Block]) -> None:
        self._blocks = blocks
        self._chosen = {id(block) for block in article if block.kind is not Kind.CAPTION}
        at = [place for place, block in enumerate(blocks) if id(block) in self._chosen]
        self._first, self._last = (at[0], at[-1]) if at else (-1, -1)
        self._headings = [place for place, block in enumerate(blocks) if block.place.tag == "h1"]
        dated = (block.place for block in blocks if len(block.text) <= _LONGEST and _DATED.search(block.text))
        self._alike = Counter((place.tag, place.shape) for place in dated)

    def score(self, wanted: Callable[[Block], bool]) -> list[tuple[float, Block]]:
        """Weigh the short lines of the page that are wanted, the best first."""
        if self._first < 0:
            return []
        short = [(place, block) for place, block in enumerate(self._blocks) if 0 < len(block.text) <= _LONGEST]
        scored = [(self._score(place, block), block) for place, block in short if wanted(block)]
        return sorted(scored, key=lambda entry: -entry[0])

    def _score(self, at: int, block: Block) -> float:
        """Sum what speaks for a line: its names, its words, its length, its place."""
        score = _by_names(block) + _by_words(block.text) + self._by_place(at)
        label = self._blocks[at - 1].text if at else ""
        score += 1.5 * (
            len(label) <= _LONGEST_LABEL and bool(_SAYS_PUBLISHED.search(label) or _SAYS_DATE.search(label))
        )
        if id(block) in self._chosen:
            score -= 1.5 * (block.kind is Kind.HEADING) + 1.0 * (len(block.text) > 60)
        return score - 1.0 * (bool(block.place.shape) and self._alike[block.place.tag, block.place.shape] >= 3)

    def _by_place(self, at: int) -> float:
        """Weigh how far a line stands from the beginning of the text and from the headline, in lines."""
        before = self._first - at
        score = 1.5 * any(-2 <= at - heading <= 3 and at != heading for heading in self._headings)
        if -1 <= before <= 6:
            return score + 2.0
        if -4 <= before <= 15:
            return score + 1.0
        if -1 <= at - self._last <= 3:
            return score + 0.5
        if before > 15:
            return score - 1.0
        return score - 2.0 * (at > self._last)


def _is_called_date(block: Block) -> bool:
    inside = block.marks & Mark.MASTHEAD_WORD
    return bool(inside) or any(_names_of(place.shape) & _CALLED_DATE for place in block.place.around(2))


def _by_names(block: Block) -> float:
    place = block.place
    own = _names_of(place.shape)
    near = own.union(*(_names_of(around.shape) for around in place.around(2)))
    inside = block.marks & _INSIDE
    score = 3.0 if own & _CALLED_DATE else 2.0 if near & _CALLED_DATE or inside else 0.0
    score += 1.0 * bool(near & _CALLED_META)
    score -= 6.0 * bool(_CALLED_TODAY.search(place.shape))
    score -= 3.0 * bool((place.marks | place.above) & _ELSEWHERE)
    score -= 5.0 * bool((place.marks | place.above) & _OTHERS_WORDS)
    score -= 1.0 * (place.article is None and bool((place.marks | place.above) & Mark.HEADER))
    score -= 3.0 * (block.kind is Kind.CAPTION or bool(near & _CALLED_PICTURE))
    score -= 1.5 * (place.tag == "h1" and not inside)
    return score - 1.0 * (block.link_density > 0.5)


def _by_words(text: str) -> float:
    length = len(text)
    score = 2.0 if length <= 25 else 1.2 if length <= 45 else 0.0 if length <= 90 else -2.0
    score += 2.5 if _SAYS_PUBLISHED.search(text) else 1.5 * bool(_SAYS_DATE.search(text))
    score += 1.0 * bool(_SET_APART.search(text))
    score -= 2.5 * bool(_SAYS_OTHER.search(text))
    return score - 2.0 * (length > 60 and bool(_ENDS_SENTENCE.search(text)))


@lru_cache(maxsize=4096)
def _names_of(shape: str) -> frozenset[str]:
    return frozenset(name.lower() for name in _NAME.findall(shape))
