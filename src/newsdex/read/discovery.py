"""Where a site may keep its feeds and sitemaps, by its page, its robots.txt and custom: candidates, to be fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html
from protego import Protego

from newsdex.read.links import absolute_link
from newsdex.read.loose_xml import decode_text


class Listing(StrEnum):
    """What leads to articles."""

    FEED = "feed"
    SITEMAP = "sitemap"


class Hint(StrEnum):
    """What speaks for a candidate, the strongest first."""

    DECLARED = "declared"
    """The page's head declares it as a feed of the site."""
    ROBOTS = "robots"
    """The site's robots.txt names it."""
    LINKED = "linked"
    """The page links to an address that looks like a feed's."""
    USUAL = "usual"
    """Nothing says so, but many sites keep it there."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed or a sitemap; `title` is what the page calls it."""

    url: str
    listing: Listing
    hint: Hint
    title: str | None = None


USUAL_PLACES: tuple[tuple[str, Listing], ...] = (
    *((path, Listing.SITEMAP) for path in ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml")),
    *(
        (path, Listing.FEED)
        for path in ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
    ),
    *((path, Listing.SITEMAP) for path in ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap.xml.gz")),
)
"""Where sites usually keep them, news first."""

_FEED_TYPES = re.compile(r"application/(?:rss|atom|rdf)\+xml|application/feed\+json|application/rss", re.I)
_JSON_TYPE = re.compile(r"application/json", re.I)
_LOOKS_LIKE_A_FEED = re.compile(r"(?:^|[/._-])(?:rss|atom|feeds?)(?:[/._-]|$)|\.(?:rss|rdf|atom)$", re.I)
_NOT_THE_NEWS = re.compile(r"comment|kommentar|comentario|commentaire|podcast|/author/|/tag/", re.I)
_MOST_LINKED = 50


def find_in_page(content: bytes, url: str, headers: Iterable[tuple[str, str]] = ()) -> tuple[Candidate, ...]:
    """Find what a page says of its site's feeds: those its head declares, then links that look like one.

    Feeds of comments and podcasts come last. `url` is where the page came from in the end.

    >>> page = b'<link rel="alternate" type="application/rss+xml" title="News" href="/rss">'
    >>> [(each.url, each.title) for each in find_in_page(page, "https://news.example/")]
    [('https://news.example/rss', 'News')]
    """
    text = decode_text(content, url, headers)
    try:
        page = lxml_html.document_fromstring(text.encode("utf-8", "replace"), lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return ()
    base = next((urljoin(url, each.get("href")) for each in page.iter("base") if each.get("href")), url)
    declared = [
        Candidate(address, Listing.FEED, Hint.DECLARED, _title(link.get("title")))
        for link in page.iter("link")
        if _is_declared(link) and (address := absolute_link(link.get("href"), base)) is not None
    ]
    linked = [
        Candidate(address, Listing.FEED, Hint.LINKED, _title("".join(map(str, link.itertext()))))
        for link in page.iter("a")
        if (address := absolute_link(link.get("href"), base)) is not None and _looks_like_a_feed(address, url)
    ]
    return _best_first([*declared, *_without_copies(linked)[:_MOST_LINKED]])


def find_in_robots(content: bytes, url: str) -> tuple[Candidate, ...]:
    r"""Find the sitemaps that a robots.txt names.

    >>> find_in_robots(b"Sitemap: /news.xml\nUser-agent: *\nDisallow:", "https://news.example/robots.txt")[0].url
    'https://news.example/news.xml'
    """
    named = "\n".join(line for line in content.decode("utf-8", "replace").splitlines() if "map" in line.lower())
    sitemaps = Protego.parse(named.lstrip("\ufeff")).sitemaps
    found = [
        Candidate(address, Listing.SITEMAP, Hint.ROBOTS)
        for place in sitemaps
        if (address := absolute_link(place, url)) is not None
    ]
    found.sort(key=lambda candidate: "news" not in candidate.url.lower())
    return tuple(_without_copies(found))


def usual_places(url: str) -> tuple[Candidate, ...]:
    """Give where a site would keep its feeds and sitemaps if it says nothing, most promising first.

    >>> usual_places("https://news.example/politics")[0].url
    'https://news.example/news-sitemap.xml'
    """
    return tuple(Candidate(urljoin(url, path), listing, Hint.USUAL) for path, listing in USUAL_PLACES)


def is_beside_the_news(candidate: Candidate) -> bool:
    """Tell whether a feed is of something else than its site's news: comments, podcasts, one author.

    >>> is_beside_the_news(Candidate("https://news.example/comments/feed", Listing.FEED, Hint.DECLARED))
    True
    """
    return _NOT_THE_NEWS.search(f"{candidate.url} {candidate.title or ''}") is not None


def tell_listing(content: bytes) -> Listing | None:
    """Tell by its first bytes what a fetched candidate is; None for a page or anything else.

    >>> tell_listing(b'<?xml version="1.0"?><rss version="2.0">').value
    'feed'
    """
    start = content[:10_000].replace(b"\0", b"").decode("latin-1").lower()
    if re.search(r"<(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex)[\s>]", start):
        return Listing.SITEMAP
    is_page = re.search(r"<html[\s>]|<!doctype html", start)
    if not is_page and re.search(r"<(?:rss|(?:\w{1,20}:)?rdf|(?:\w{1,20}:)?feed)[\s>]", start):
        return Listing.FEED
    return Listing.FEED if "jsonfeed.org/version" in start else None


def _is_declared(link: etree._Element) -> bool:
    relation, kind = (link.get("rel") or "").lower().split(), link.get("type") or ""
    if "alternate" not in relation and "feed" not in relation:
        return False
    is_json_feed = _JSON_TYPE.search(kind) and _LOOKS_LIKE_A_FEED.search(urlsplit(link.get("href") or "").path)
    return bool(_FEED_TYPES.search(kind) or is_json_feed or "feed" in relation)


def _looks_like_a_feed(address: str, page: str) -> bool:
    parts = urlsplit(address)
    same_site = (parts.hostname or "").split(".")[-2:] == (urlsplit(page).hostname or "").split(".")[-2:]
    return same_site and address != page and _LOOKS_LIKE_A_FEED.search(parts.path) is not None


def _best_first(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    kept = _without_copies(candidates)
    kept.sort(key=is_beside_the_news)
    return tuple(kept)


def _without_copies(candidates: Iterable[Candidate]) -> list[Candidate]:
    first: dict[str, Candidate] = {}
    for candidate in candidates:
        first.setdefault(candidate.url, candidate)
    return list(first.values())


def _title(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None
