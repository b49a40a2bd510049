"""The head of a document: which line is the headline, which the standfirst, and where the body starts."""

from __future__ import annotations

import re
from functools import lru_cache

from newsdex.clean.head import take_dated_lines, take_labels, take_reporters
from newsdex.clean.own_rules import (
    BARE_BYLINE,
    BARE_PUBLISHER,
    CAPTION_BESIDE_CREDIT,
    LABEL,
    REPEATED_HEADLINE,
    REPEATED_PARAGRAPH,
    REPEATED_STANDFIRST,
    SITE_NAME,
)
from newsdex.clean.paragraphs import content_words, fold
from newsdex.clean.sheet import Line, Sheet
from newsdex.records import Caption, Kind, Removed

_LISTED = (Kind.TABLE_ROW, Kind.LIST_ITEM, Kind.HEADING)
"""What markup says to be part of the text, however short; of plain text's shapes only a table's row says it."""
_HEADLINE_WORDS = range(4, 36)
_LABEL_WORDS = 3
_STANDFIRST_WORDS = 5
_KICKER_WORDS = 8
_NAMEPLATE_WORDS = 6
_HEAD_LINES = 30
_TELLING = 2
"""So many words, and so many times as many, a later line shares with the story to be the headline instead."""
_SLOGAN_WORDS = 7
"""A longer line is no slogan and no row of links."""
_REMEMBERED = 1_024
_LEAST_REPEATED = 12
_SITE_SUFFIX = re.compile(r"\s+(?:\||[-–—])\s+([^|–—]{2,40})$|\s*[|｜_]\s*([^|｜_]{2,20})$")


def read_masthead(sheet: Sheet, *, has_headline: bool) -> None:
    """Find headline and standfirst among the lines above the body, and take the labels around them."""
    _take_repeated(sheet)
    if not sheet.marked:
        take_dated_lines(sheet)
    _read_above_body(sheet, has_headline=has_headline)
    _take_repeated(sheet)


def _read_above_body(sheet: Sheet, *, has_headline: bool) -> None:
    start = _body_start(sheet)
    listed = _LISTED if sheet.marked else _LISTED[:1]
    above = [(at, line) for at, line in sheet.staying() if at < start and line.kind not in listed]
    evidence = max((at for at, line in enumerate(sheet.lines[:start]) if line.masthead), default=-1)
    if has_headline:
        if evidence >= 0:
            _read_rest(sheet, [(at, line) for at, line in above if at < evidence], evidence)
        return
    chosen = _choose_headline(sheet, above)
    if chosen is None:
        return
    _take_headline(sheet, chosen)
    for at, line in above:
        if at < chosen and not sheet.marked and _beside_masthead(sheet, at) and take_reporters(sheet, line):
            continue
        if at < chosen and _is_nameplate(sheet, line, sheet.lines[chosen], deep=len(above) > 2):
            if _is_columnist(sheet, line):
                line.rule = BARE_BYLINE
                sheet.learn_field("byline", line.text, BARE_BYLINE)
                continue
            line.rule = BARE_PUBLISHER
            if not sheet.book.words.columns.match(line.text):
                sheet.learn_field("publisher", line.text, BARE_PUBLISHER)
        elif (
            at < chosen and not line.sentence and (line.words <= _LABEL_WORDS or _is_kicker(line, sheet.lines[chosen]))
        ):
            line.rule = LABEL
            sheet.section = sheet.section or (line.text if line.words and not line.text.isdigit() else None)
    _take_repeated(sheet)
    _read_rest(sheet, [(at, line) for at, line in above if at > chosen and line.stays], evidence)
    if not sheet.marked:
        take_labels(sheet, start)


def _body_start(sheet: Sheet) -> int:
    """Find the first line of the body: the dateline's, else the first prose below the last line of the masthead."""
    lines = sheet.lines
    staying = [at for at, line in sheet.staying() if line.prose]
    for at in staying[:4]:
        if sheet.book.datelines.read(sheet.masked(lines[at])):
            return at
    if not staying:
        return len(lines)
    limit = staying[2] if len(staying) > 2 else staying[-1]
    evidence = max((at for at, line in enumerate(lines[: min(limit, _HEAD_LINES)]) if line.masthead), default=-1)
    above = [at for at in staying if at < evidence]
    if len(above) > 1 and len(staying) > len(above) and not any(lines[at].masthead for at in range(above[0])):
        evidence = max((at for at in range(above[1]) if lines[at].masthead), default=-1)
    return next((at for at in staying if at > evidence), staying[0])


def _choose_headline(sheet: Sheet, above: list[tuple[int, Line]]) -> int | None:
    candidates = [(at, line) for at, line in above if not _ends_with_stop(line)]
    if len(candidates) > 1 and _is_nameplate(sheet, candidates[0][1], candidates[1][1], deep=len(above) > 2):
        candidates = candidates[1:]
    told = _told_words(sheet)
    headlines = []
    for place, (at, line) in enumerate(candidates):
        below = candidates[place + 1][1] if place + 1 < len(candidates) else None
        is_column = below is not None and sheet.book.words.columns.match(line.text)
        if line.words in _HEADLINE_WORDS and not is_column and not _is_kicker(line, below):
            headlines.append((at, line, len(content_words(line.folded) & told)))
    for at, line, shared in headlines:
        below_it = [other for other in headlines if other[0] > at]
        if any(_surrounds(line, other) for _, other, _ in below_it) and not _is_signed(sheet, line, below_it):
            sheet.rivals.append((line.text, "a line below has the same words and nothing else"))
        elif line.words <= _SLOGAN_WORDS and any(n >= _TELLING and n > _TELLING * shared for _, _, n in below_it):
            sheet.rivals.append((line.text, "its words are not the story's"))
        else:
            return at
    best = max(candidates, key=lambda pair: pair[1].words, default=None)
    return best[0] if best and best[1].words >= 2 else None


def _surrounds(line: Line, other: Line) -> bool:
    """Tell a headline with its section or its site around it: `U.S. | A bridge falls` above `A bridge falls`."""
    return len(line.text) > len(other.text) and other.folded.casefold() in line.folded.casefold()


def _is_signed(sheet: Sheet, line: Line, below: list[tuple[int, Line, int]]) -> bool:
    """Tell a headline with the site's name behind it, which stands below once more without."""
    found = _SITE_SUFFIX.search(line.text)
    bare = line.text[: found.start()] if found else None
    return (
        found is not None and any(other.text == bare for _, other, _ in below) and _is_site(sheet, found[1] or found[2])
    )


def _told_words(sheet: Sheet) -> frozenset[str]:
    """Give the words of the story's paragraphs: a headline shares some of them, a slogan or a row of links none."""
    return frozenset(word for _, line in sheet.staying() if line.prose for word in content_words(line.folded))


def _is_nameplate(sheet: Sheet, first: Line, second: Line, *, deep: bool) -> bool:
    """Tell whether the first line is a paper's name or a column's title above a headline, by their shapes."""
    if second.words < _HEADLINE_WORDS.start or first.words > _NAMEPLATE_WORDS:
        return False
    if sheet.book.words.columns.match(first.text):
        return True
    words = first.text.split()
    capitals = [word[:1].isupper() for word in words if len(word) > 3]
    small = sum(word[:1].islower() and len(word) > 3 for word in second.text.split())
    return deep and len(words) > 1 and len(capitals) > 1 and all(capitals) and small >= 3 and second.words > first.words


def _is_kicker(line: Line, below: Line | None) -> bool:
    """Tell a line in capitals above a headline that is not: `FROM THE ARCHIVE OF THE HERALD`."""
    return (
        below is not None
        and line.words <= _KICKER_WORDS
        and line.text.isupper()
        and below.words in _HEADLINE_WORDS
        and not below.text.isupper()
        and not below.sentence
    )


def _ends_with_stop(line: Line) -> bool:
    return line.sentence and line.folded.rstrip("\"') »”’")[-1:] in ".。।۔" and not line.text.endswith("...")


def _take_headline(sheet: Sheet, at: int) -> None:
    line = sheet.lines[at]
    line.rule = ""
    text = line.text
    found = _SITE_SUFFIX.search(text)
    if found:
        name = found.group(1) or found.group(2)
        if _is_site(sheet, name) and len(text[: found.start()].split()) >= 2:
            sheet.pieces.append((at, Removed(text[found.start() :].strip(), SITE_NAME)))
            sheet.learn_field("publisher", name, SITE_NAME, line.text)
            text = text[: found.start()].rstrip()
    sheet.headline = text


def _is_site(sheet: Sheet, name: str) -> bool:
    folded = name.casefold()
    if sheet.rules.publisher(name) or folded in (
        clue.value.casefold() for clue in sheet.clues if clue.field == "publisher"
    ):
        return True
    if folded in sheet.rules.agencies_by_name or sheet.book.words.is_publisher(name):
        return True
    return any(folded in line.text.casefold() for line in sheet.lines if line.rule and len(line.text) < 120)


def _read_rest(sheet: Sheet, rest: list[tuple[int, Line]], evidence: int) -> None:
    for at, line in rest:
        if line.announces and at > evidence:
            return
        if not line.stays:
            continue
        if not sheet.marked and (evidence >= 0 or len(rest) > 1) and take_reporters(sheet, line):
            continue
        if line.words <= 6 and not line.sentence and _beside_masthead(sheet, at):
            if sheet.book.words.is_person(line.text) and not sheet.authors:
                line.rule = BARE_BYLINE
                sheet.learn_field("byline", line.text, BARE_BYLINE)
                continue
            if sheet.book.words.is_publisher(line.text):
                line.rule = BARE_PUBLISHER
                sheet.learn_field("publisher", line.text, BARE_PUBLISHER)
                continue
        if line is rest[-1][1] and at > evidence >= 0 and not line.sentence and _beside_credit(sheet, at):
            line.rule = CAPTION_BESIDE_CREDIT
            sheet.captions.append(Caption(line.text))
        elif line.words <= _LABEL_WORDS and not line.sentence:
            if at < evidence:
                line.rule = LABEL
                sheet.section = sheet.section or line.text
        elif (
            sheet.standfirst is None
            and line.words >= _STANDFIRST_WORDS
            and (at < evidence or line.sentence or line is rest[-1][1])
            and (
                line.sentence
                or sheet.marked
                or content_words(line.folded) & (_told_words(sheet) | content_words(fold(sheet.headline or "")))
            )
        ):
            sheet.standfirst = line.text
            line.rule = ""


def _is_columnist(sheet: Sheet, line: Line) -> bool:
    """Tell whether a name above the headline is the author's: a person's, and a later line begins with it."""
    below = (other.text for other in sheet.lines if other is not line)
    return sheet.book.words.is_person(line.text) and any(
        text.startswith((line.text + " ", line.text + ",")) for text in below
    )


def _beside_credit(sheet: Sheet, at: int) -> bool:
    near = [sheet.lines[place] for place in (at - 1, at + 1) if 0 <= place < len(sheet.lines)]
    return any(line.rule and line.words <= 10 and sheet.book.words.picture_credit.match(line.folded) for line in near)


def _beside_masthead(sheet: Sheet, at: int) -> bool:
    near = [sheet.lines[place] for place in (at - 1, at + 1) if 0 <= place < len(sheet.lines)]
    return any(line.masthead or (line.rule and not line.prose) for line in near)


def _take_repeated(sheet: Sheet) -> None:
    known = {_bare(sheet.headline): REPEATED_HEADLINE, _bare(sheet.standfirst): REPEATED_STANDFIRST}
    known.pop("", None)
    seen = 0
    for _, line in sheet.staying():
        if seen > 3:
            return
        rule = known.get(_bare(line.text))
        if rule == REPEATED_STANDFIRST and sum(other.prose for _, other in sheet.staying()) < 2:
            rule = None  # what is both standfirst and all of the body has to stay in the body
        if rule is not None:
            line.rule = rule
        elif line.prose:
            seen += 1


def take_repeated_paragraphs(sheet: Sheet) -> None:
    """Take a paragraph that stands there twice in a row; what is short may be a refrain, an answer or a row.

    What was taken between the two parts them no more. Where the first was taken for something else, the second is what
    is left of the text.
    """
    above: Line | None = None
    for _, line in sheet.staying():
        is_long = line.prose and line.kind is Kind.TEXT and line.words >= _LEAST_REPEATED
        if is_long and above is not None and _bare(line.text) == _bare(above.text):
            line.rule = REPEATED_PARAGRAPH
        else:
            above = line


@lru_cache(_REMEMBERED)
def _bare(text: str | None) -> str:
    return "".join(filter(str.isalnum, text.casefold())) if text else ""
