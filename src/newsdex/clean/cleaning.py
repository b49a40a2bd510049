"""Cleaning: an extracted article in, the same article without its furniture out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from newsdex.clean.boilerplate import take_furniture
from newsdex.clean.consent import is_consent_wall
from newsdex.clean.dateline import Dateline, read_dateline
from newsdex.clean.garbling import has_garbled_word
from newsdex.clean.masthead import read_masthead
from newsdex.clean.own_rules import CAPTION_MARKUP
from newsdex.clean.owner import find_owner
from newsdex.clean.paragraphs import is_prose
from newsdex.clean.rulebook import rulebook_for
from newsdex.clean.sheet import Line, Sheet, open_sheet
from newsdex.clean.signature import take_signatures
from newsdex.clean.tail import take_tail
from newsdex.errors import Rejected
from newsdex.records import Caption, CleanArticle, ExtractedArticle, Kind, Paragraph, Reason, Removed, Stage
from newsdex.rules import Publisher, Rules

_MOST_PASSES = 8


def clean(extracted: ExtractedArticle, rules: Rules) -> CleanArticle:
    """Take the furniture out of an article and read what it told.

    Every paragraph ends in the headline, the standfirst, the body or `removed`; cleaning twice is cleaning once.
    Raises `Rejected`: `error_page`, or `empty_body` when no prose is left.
    """
    article, left = _clean_once(extracted, rules)
    for _ in range(_MOST_PASSES):  # what is taken moves the edges of the text, and edge rules see a little more
        if all(is_prose(text) for text in article.body):
            break
        rest = replace(extracted, paragraphs=left, headline=article.headline, standfirst=article.standfirst)
        again, left = _clean_once(rest, rules)
        if not again.removed and again.headline == article.headline and again.standfirst == article.standfirst:
            break
        article = replace(
            article,
            body=again.body,
            headline=again.headline,
            standfirst=again.standfirst,
            removed=(*article.removed, *again.removed),
        )
    return article


def _clean_once(extracted: ExtractedArticle, rules: Rules) -> tuple[CleanArticle, tuple[Paragraph, ...]]:
    known = rules.publisher(extracted.origin.publisher) or rules.publisher(extracted.publisher)
    sheet = open_sheet(extracted, rulebook_for(rules, known), rules)
    _take_marked_captions(sheet)
    take_furniture(sheet)
    if is_consent_wall(sheet.lines):
        raise Rejected(Stage.CLEAN, Reason.ERROR_PAGE, f"a consent wall of {len(sheet.lines)} lines")
    take_signatures(sheet)
    read_masthead(sheet, has_headline=extracted.headline is not None)
    take_tail(sheet)
    body = tuple(line.text for _, line in sheet.staying())
    removed = _removed(sheet)
    _refuse_empty(sheet, body, removed)
    dateline = _read_dateline(sheet)
    left = tuple(Paragraph(line.text, line.kind) for _, line in sheet.staying())
    return _article(extracted, sheet, known, body, removed, dateline), left


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


def _refuse_empty(sheet: Sheet, body: tuple[str, ...], removed: tuple[Removed, ...]) -> None:
    kept = [line for _, line in sheet.staying()]
    if any(line.prose or (line.sentence and line.words >= 3) for line in kept):
        return
    if len(kept) >= 3 and len(kept) > len(removed):
        return
    if len(kept) == 1 and not removed and kept[0].words >= 5:
        return
    by = ", ".join(sorted({piece.rule for piece in removed})) or "no rule"
    left = "; ".join(text[:40] for text in (*filter(None, [sheet.headline]), *body))
    detail = f"{len(sheet.lines)} paragraphs, no prose left; {len(removed)} taken by {by}"
    raise Rejected(Stage.CLEAN, Reason.EMPTY_BODY, f"{detail}; left: {left}" if left else detail)


def _read_dateline(sheet: Sheet) -> Dateline | None:
    first: list[Line] = [line for _, line in sheet.staying() if line.prose][:1]
    dateline = read_dateline(sheet.masked(first[0]), sheet.rules) if first else None
    if dateline is None and first and len(first[0].text) > 60:
        opening = sheet.book.date_words.mask(first[0].folded[:160], first[0].text[:160])
        dateline = read_dateline(opening, sheet.rules)
    if dateline:
        if dateline.agency:
            sheet.agencies.insert(0, dateline.agency)
        if dateline.authors:
            sheet.learn_field("byline", dateline.authors)
    return dateline


def _article(
    extracted: ExtractedArticle,
    sheet: Sheet,
    known: Publisher | None,
    body: tuple[str, ...],
    removed: tuple[Removed, ...],
    dateline: Dateline | None,
) -> CleanArticle:
    garbled = ("garbled_text",) if has_garbled_word(body) else ()
    return CleanArticle(
        origin=extracted.origin,
        body=body,
        removed=removed,
        headline=sheet.headline,
        standfirst=sheet.standfirst,
        byline=sheet.bylines[0] if sheet.bylines else None,
        authors=extracted.authors or tuple(dict.fromkeys(sheet.authors)),
        dateline=dateline.text if dateline else None,
        dateline_place=(dateline.place if dateline else None) or next(iter(sheet.places), None),
        publisher=_publisher(extracted, sheet, known),
        agencies=tuple(dict.fromkeys(sheet.agencies)),
        section=extracted.section or sheet.section,
        keywords=extracted.keywords or tuple(dict.fromkeys(sheet.keywords)),
        captions=tuple(dict.fromkeys(sheet.captions)),
        url=extracted.url,
        canonical_url=extracted.canonical_url,
        declared_language=extracted.declared_language,
        dates=(*extracted.dates, *dict.fromkeys(sheet.dates)),
        flags=tuple(dict.fromkeys((*extracted.flags, *garbled))),
    )


def _publisher(extracted: ExtractedArticle, sheet: Sheet, known: Publisher | None) -> str | None:
    if known is not None and not known.aggregator:
        return known.name
    if extracted.origin.publisher and known is None:
        return extracted.origin.publisher
    if extracted.publisher and not (known and known.aggregator):
        return extracted.publisher
    return next(iter(sheet.publishers), None) or find_owner(sheet)
