"""Cleaning: an extracted article in, the same article without its furniture out."""

from __future__ import annotations

import re
from collections import defaultdict

from newsdex.clean.boilerplate import take_furniture
from newsdex.clean.consent import is_access_wall, is_consent_wall
from newsdex.clean.dateline import Dateline
from newsdex.clean.evidence import tell_evidence
from newsdex.clean.garbling import has_garbled_word
from newsdex.clean.masthead import read_masthead, take_repeated_paragraphs
from newsdex.clean.own_rules import CAPTION_MARKUP
from newsdex.clean.paragraphs import is_prose
from newsdex.clean.publisher import decide_publisher
from newsdex.clean.rulebook import rulebook_for
from newsdex.clean.sheet import Line, Sheet, add_learned, open_sheet, reopen_sheet
from newsdex.clean.signature import take_signatures
from newsdex.clean.tail import take_tail
from newsdex.errors import Rejected
from newsdex.records import Caption, CleanArticle, ExtractedArticle, Kind, Reason, Removed, Stage
from newsdex.rules import Publisher, Rules

_MOST_PASSES = 8
_CLOCKED = re.compile(r"\d{1,2}[:.]\d{2} \D")
"""How the lines of a ticker of headlines begin; a table or a verse, which may have no sentence either, does not."""


def clean(extracted: ExtractedArticle, rules: Rules) -> CleanArticle:
    """Take the furniture out of an article and read what it told.

    Every paragraph ends in the headline, the standfirst, the body or `removed`; cleaning twice is cleaning once.
    Raises `Rejected`: `error_page`, or `empty_body` when no prose is left.
    """
    known = rules.publisher(extracted.origin.publisher) or rules.publisher(extracted.publisher)
    sheet = open_sheet(extracted, rulebook_for(rules, known), rules)
    removed = _take_out(sheet)
    for _ in range(_MOST_PASSES):  # what is taken moves the edges of the text, and edge rules see a little more
        if all(is_prose(line.text) for _, line in sheet.staying()):
            break
        again = reopen_sheet(sheet)
        more = _take_out(again)
        if not more and again.headline == sheet.headline and again.standfirst == sheet.standfirst:
            break
        add_learned(again, sheet)
        sheet, removed = again, removed + more
    return _article(extracted, sheet, known, removed)


def _take_out(sheet: Sheet) -> tuple[Removed, ...]:
    """Go through a document once, and give what went."""
    has_headline = sheet.headline is not None
    _take_marked_captions(sheet)
    take_furniture(sheet)
    if is_consent_wall(sheet.lines, sheet.book.words):
        raise Rejected(Stage.CLEAN, Reason.ERROR_PAGE, f"a consent wall of {len(sheet.lines)} lines")
    if not sheet.gone and is_access_wall(sheet):
        raise Rejected(Stage.CLEAN, Reason.ERROR_PAGE, f"{len(sheet.lines)} lines about accounts and access")
    take_signatures(sheet)
    read_masthead(sheet, has_headline=has_headline)
    take_repeated_paragraphs(sheet)
    take_tail(sheet)
    removed = _removed(sheet)
    _refuse_empty(sheet, removed)
    return removed


def _take_marked_captions(sheet: Sheet) -> None:
    for line in sheet.lines:
        if line.kind is Kind.CAPTION:
            line.rule = CAPTION_MARKUP
            match = sheet.book.match_line(sheet.masked(line), lambda rule: rule.to == "captions")
            if match and match.groups.get("captions"):
                sheet.learn(match, line.text)
            elif match is None:
                sheet.captions.append(Caption(line.text))


def _removed(sheet: Sheet) -> tuple[Removed, ...]:
    pieces: dict[int, list[Removed]] = defaultdict(list)
    for at, piece in sheet.pieces:
        pieces[at].append(piece)
    removed: list[Removed] = []
    for at, line in enumerate(sheet.lines):
        if line.rule:
            removed.append(Removed(line.text, line.rule))
        removed += pieces[at]
    return tuple(removed)


def _refuse_empty(sheet: Sheet, removed: tuple[Removed, ...]) -> None:
    kept = [line for _, line in sheet.staying()]
    if any(line.prose or (line.sentence and line.words >= 3) for line in kept):
        return
    clocked = sum(_CLOCKED.match(line.folded) is not None for line in kept)
    if len(kept) >= 3 and len(kept) > len(removed) and 2 * clocked <= len(kept):
        return
    if len(kept) == 1 and not removed and kept[0].words >= 5:
        return
    by = ", ".join(sorted({piece.rule for piece in removed})) or "no rule"
    left = "; ".join(text[:40] for text in (*filter(None, [sheet.headline]), *(line.text for line in kept)))
    detail = f"{len(sheet.lines)} paragraphs, no prose left; {len(removed)} taken by {by}"
    raise Rejected(Stage.CLEAN, Reason.EMPTY_BODY, f"{detail}; left: {left}" if left else detail)


def _read_dateline(sheet: Sheet) -> Dateline | None:
    first: list[Line] = [line for _, line in sheet.staying() if line.prose][:1]
    dateline = sheet.book.datelines.read(sheet.masked(first[0])) if first else None
    if dateline is None and first and len(first[0].text) > 60:
        opening = sheet.book.date_words.mask(first[0].folded[:160], first[0].text[:160])
        dateline = sheet.book.datelines.read(opening)
    if dateline:
        if dateline.agency:
            sheet.agencies.insert(0, dateline.agency)
        if dateline.authors:
            sheet.learn_field("byline", dateline.authors, "dateline", dateline.text)
    return dateline


def _article(
    extracted: ExtractedArticle, sheet: Sheet, known: Publisher | None, removed: tuple[Removed, ...]
) -> CleanArticle:
    body = tuple(line.text for _, line in sheet.staying())
    dateline = _read_dateline(sheet)
    publisher = decide_publisher(extracted, sheet, known)
    garbled = ("garbled_text",) if has_garbled_word(body, sheet.book.words.spliced) else ()
    authors = extracted.authors or tuple(dict.fromkeys(sheet.authors))
    return CleanArticle(
        origin=extracted.origin,
        body=body,
        removed=removed,
        headline=sheet.headline,
        standfirst=sheet.standfirst,
        byline=sheet.bylines[0] if sheet.bylines else None,
        authors=authors,
        dateline=dateline.text if dateline else None,
        dateline_place=(dateline.place if dateline else None) or next(iter(sheet.places), None),
        publisher=publisher.name,
        agencies=tuple(dict.fromkeys(sheet.agencies)),
        section=extracted.section or sheet.section,
        keywords=extracted.keywords or tuple(dict.fromkeys(sheet.keywords)),
        captions=tuple(dict.fromkeys(sheet.captions)),
        url=extracted.url,
        canonical_url=extracted.canonical_url,
        declared_language=extracted.declared_language,
        dates=(*extracted.dates, *dict.fromkeys(sheet.dates)),
        flags=tuple(dict.fromkeys((*extracted.flags, *garbled))),
        evidence={**extracted.evidence, **tell_evidence(extracted, sheet, publisher)},
    )
