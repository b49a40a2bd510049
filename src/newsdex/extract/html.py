"""HTML pages: the article out of its page, with what the markup says about it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

import lxml.html
from lxml import etree

from newsdex.errors import Rejected
from newsdex.extract.blocks import Block, Place, strip_unread
from newsdex.extract.date_lines import find_date_lines
from newsdex.extract.decoding import decode
from newsdex.extract.excerpt import excerpt
from newsdex.extract.given import address_of
from newsdex.extract.main_text import read_main_text
from newsdex.extract.marks import Mark
from newsdex.extract.page import Said
from newsdex.extract.repair import repair
from newsdex.extract.structured_data import Metadata, read_metadata, starts_like_byline
from newsdex.records import ExtractedArticle, Kind, Paragraph, RawDocument, Reason, Stage

_MAX_CHARACTERS = 10_000_000
_MAX_ELEMENTS = 100_000
_START_TAG = re.compile("<[A-Za-z]")
_NESTING = re.compile(
    r"</?(?:article|aside|b|big|blockquote|center|div|em|font|form|i|main|section|small|span|strong|table|tbody|td|tr|u|ul)"
    r"\b[^<>]*>",
    re.I,
)
_SHORT_PAGE = 1_500
_MIN_ARTICLE = 140
_MIN_MARKED_ARTICLE = 60
_LISTING_HEADINGS = 6
_SHOWN_SHARE = 0.4
_ERROR_TITLE = re.compile(
    r"""^\W*(?:error\W*)?(?:40[0-9]|410|429|45[01]|50[0-9])(?:\W|$)
    |\b(?:40[34]|50[0-3])\W+(?:error|not\ found|forbidden)
    |\berror\W+(?:40\d|50\d)\b
    |(?:page|file|article|content|url)[\w\s’']{0,20}(?:not\ found|no\ longer\ (?:exists|available)|isn.t\ available)
    |^not\ found\b|^(?:access|permission)\ denied|^forbidden\b|just\ a\ moment|attention\ required
    |are\ you\ (?:a\ )?(?:human|robot)|verify\ you\ are|security\ check|captcha
    |bad\ gateway|service\ unavailable|gateway\ time-?out
    |seite\ (?:wurde\ )?nicht\ gefunden|page\ (?:introuvable|non\ trouvée)|página\ no\ (?:encontrada|existe)
    |página\ não\ encontrada|pagina\ non\ trovata|pagina\ niet\ gevonden|страница\ не\ найдена|sayfa\ bulunamadı
    |nie\ znaleziono\ strony|页面不存在|找不到(?:网页|页面|頁面)|ページが見つかりません|페이지를\ 찾을\ 수\ 없
    |الصفحة\ غير\ موجودة|halaman\ tidak\ ditemukan""",
    re.I | re.X,
)
_LONGEST_STANDFIRST = 500
_CUT_OFF = " .…"
_DEEPEST = 400
_BYLINE_REACH, _LONGEST_BYLINE = 8, 80
_MASTHEAD = int(Mark.MASTHEAD_WORD | Mark.PERSON_WORD)
_SITE_CUT = re.compile(r"\s+[|–—·•»:-]\s+|\s*[|｜_]\s*")


def extract_html(raw: RawDocument) -> ExtractedArticle:
    """Extract the article of a page: metadata from the markup, the main text by its density.

    Raises `Rejected`: `too_large` above ten million characters or 100,000 elements, `error_page` for what a server says
    instead of an article, `no_article` for listings, front pages and pages without a main text, `extraction_failed`
    when there is no document in the markup.
    """
    text, encoding, flags = decode(raw)
    elements = len(_START_TAG.findall(text))
    if len(text) > _MAX_CHARACTERS or elements > _MAX_ELEMENTS:
        raise Rejected(Stage.EXTRACT, Reason.TOO_LARGE, f"{len(text):,} characters and {elements:,} elements of markup")
    root, text = _read_tree(text)
    metadata = read_metadata(excerpt(root), address_of(raw))
    strip_unread(root)
    said = Said(metadata.headlines, metadata.description, metadata.authors, metadata.body)
    blocks, page = read_main_text(root, text, said)
    for block in blocks:
        block.text = " ".join(repair(block.text, markup=False).split())
    blocks = _prefer_article_body([block for block in blocks if block.text], metadata)
    _refuse_error_page(root, blocks)
    _refuse_without_article(blocks, page, metadata)
    headline = _headline(root, metadata)
    return ExtractedArticle(
        origin=replace(raw.origin, encoding=encoding),
        paragraphs=_paragraphs([*_bylines(metadata, blocks, page), *blocks], headline),
        headline=headline,
        standfirst=_standfirst(metadata, blocks, page, headline),
        authors=metadata.authors,
        publisher=metadata.site_name,
        section=metadata.section,
        keywords=metadata.keywords,
        url=metadata.url,
        canonical_url=metadata.canonical_url,
        declared_language=metadata.language,
        dates=(*metadata.dates, *dict.fromkeys(find_date_lines(page, blocks))),
        flags=flags,
    )


def parse(markup: str) -> etree._Element:
    """Parse a page of any depth. Raises `Rejected` when there is no element in it."""
    return _read_tree(markup)[0]


def _read_tree(markup: str) -> tuple[etree._Element, str]:
    """Parse a page; and give the markup that was parsed, of which no parser has to fear the depth."""
    markup = markup.replace("\0", "")
    if not _START_TAG.search(markup):
        raise Rejected(Stage.EXTRACT, Reason.EXTRACTION_FAILED, "no element in the markup")
    root, whole = _parse(markup)
    if not whole:  # nested deeper than libxml2 follows: read it without what only nests
        markup = _NESTING.sub("<br>", markup)
        root, _ = _parse(markup)
    return root, markup


def _parse(markup: str) -> tuple[etree._Element, bool]:
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Rejected(Stage.EXTRACT, Reason.EXTRACTION_FAILED, "no element in the markup") from error
    return root, all(error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def _prefer_article_body(blocks: list[Block], metadata: Metadata) -> list[Block]:
    """Take JSON-LD's articleBody where the page shows only the beginning; otherwise its paragraphs are lost in it."""
    shown = sum(len(block.text) for block in blocks if block.kind is not Kind.CAPTION)
    if shown >= _SHOWN_SHARE * sum(map(len, metadata.body)):
        return blocks
    place = Place("p", 0, None, 0, "", Kind.TEXT)
    return [Block(text, Kind.TEXT, 0, place) for text in metadata.body]


def _refuse_error_page(root: etree._Element, blocks: list[Block]) -> None:
    length = sum(block.weight for block in blocks)
    if length > _SHORT_PAGE:
        return
    for element in (next(root.iter("title"), None), next(root.iter("h1"), None)):
        said = _text_of(element)[:200]
        if said and _ERROR_TITLE.search(said):
            raise Rejected(Stage.EXTRACT, Reason.ERROR_PAGE, f"the page says: {said}")


def _refuse_without_article(blocks: list[Block], page: list[Block], metadata: Metadata) -> None:
    prose = [block for block in blocks if block.kind in (Kind.TEXT, Kind.LIST_ITEM, Kind.TABLE_ROW)]
    length = sum(block.weight for block in prose)
    least = _MIN_MARKED_ARTICLE if metadata.is_article else _MIN_ARTICLE
    if length < least:
        raise Rejected(Stage.EXTRACT, Reason.NO_ARTICLE, f"only {length:.0f} characters of running text")
    linked = 0 if metadata.is_article else _count_linked_headings(blocks, page)
    if linked >= _LISTING_HEADINGS and linked * 2 >= len(prose):
        raise Rejected(Stage.EXTRACT, Reason.NO_ARTICLE, f"a listing: {linked} headings are links")


def _count_linked_headings(blocks: list[Block], page: list[Block]) -> int:
    """Count the headings among the text that lead to other pages, as on a front page."""
    chosen = {id(block) for block in blocks}
    places = [place for place, block in enumerate(page) if id(block) in chosen]
    between = page[max(0, places[0] - 1) : places[-1]] if places else []
    return sum(block.kind is Kind.HEADING and block.link_density > 0.5 for block in between)


def _headline(root: etree._Element, metadata: Metadata) -> str | None:
    """Take the h1 that agrees with what the metadata says; editors read the h1, search engines the rest."""
    said = [_cut_site_name(headline, metadata.site_name) for headline in metadata.headlines]
    title = _text_of(next(root.iter("title"), None))
    said.append(_cut_site_name(title, metadata.site_name, tail=True))
    said = [headline for headline in said if headline]
    shown = [_text_of(h1) for h1 in islice(root.iter("h1"), 5)]
    shown = [heading for heading in shown if heading and len(heading) < 300]
    for heading in shown:
        if any(_likeness(heading, headline) >= 0.6 for headline in said):
            return heading
    if said:
        return said[0]
    return shown[0] if len(shown) == 1 else None


def _text_of(element: etree._Element | None) -> str:
    return "" if element is None else " ".join(repair(" ".join(map(str, element.itertext())), markup=False).split())


def _cut_site_name(title: str, site: str | None, *, tail: bool = False) -> str:
    """Cut ` | Site` off a title: the site's own name, or with `tail` whatever short piece stands after the last bar.

    >>> _cut_site_name("Bridge closed - for good - The Daily Example", "The Daily Example")
    'Bridge closed - for good'
    """
    cuts = list(_SITE_CUT.finditer(title))
    if not cuts:
        return title
    last, first = title[cuts[-1].end() :], title[: cuts[0].start()]
    if site and _likeness(last, site) >= 0.5:
        return title[: cuts[-1].start()]
    if site and _likeness(first, site) >= 0.5:
        return title[cuts[0].end() :]
    return title[: cuts[-1].start()] if tail and len(last.split()) <= 4 and len(title.split()) > 6 else title


def _likeness(one: str, other: str) -> float:
    first, second = set(_words(one)), set(_words(other))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold()) if text.isascii() or " " in text else list(text)


def _standfirst(metadata: Metadata, blocks: list[Block], page: list[Block], headline: str | None) -> str | None:
    """Take the description where the page shows it to readers as a deck; most only repeat the first paragraph."""
    description = metadata.description
    if description is None or description == headline or len(description) > _LONGEST_STANDFIRST:
        return None
    said = description.rstrip(_CUT_OFF)
    opening = next((block for block in blocks if said and block.text.startswith(said)), None)
    if opening is not None:
        whole = len(opening.text) <= _LONGEST_STANDFIRST and _stands_above(opening, blocks, page)
        return opening.text if whole else None
    if any(block.text.startswith(description[:60]) for block in blocks):
        return None
    return description if any(block.text == description for block in page) else None


def _stands_above(opening: Block, blocks: list[Block], page: list[Block]) -> bool:
    """Tell a deck from a first paragraph: its element says so, or the byline or the date stands under it."""
    texts = [block for block in blocks if block.kind is Kind.TEXT]
    below = next((block for block in texts[1:] if block.place.tag in ("p", "div")), None)
    if texts[0] is not opening or below is None:
        return False
    shared = {place.at for place in below.place.around(_DEEPEST)}
    if any(place.marks & Mark.DECK_WORD for place in opening.place.around(2) if place.at not in shared):
        return True
    start, end = (next(at for at, block in enumerate(page) if block is one) for one in (opening, below))
    return any(place.marks & _MASTHEAD for block in page[start + 1 : end] for place in block.place.around(2))


def _bylines(metadata: Metadata, blocks: list[Block], page: list[Block]) -> list[Block]:
    """Take the lines shortly above the text that begin like a byline, where the markup names no author."""
    first = next((at for at, block in enumerate(page) if blocks and block is blocks[0]), 0)
    above = page[max(0, first - _BYLINE_REACH) : first]
    if metadata.authors:
        return []
    return [block for block in above if len(block.text) <= _LONGEST_BYLINE and starts_like_byline(block.text)]


def _paragraphs(blocks: list[Block], headline: str | None) -> tuple[Paragraph, ...]:
    paragraphs = [Paragraph(block.text, block.kind) for block in blocks]
    return tuple(p for p in paragraphs if not (headline and p.text == headline and p.kind is not Kind.TABLE_ROW))
