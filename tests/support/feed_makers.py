"""Feeds and sitemaps as sites serve them, for tests: RSS, Atom, JSON Feed, news sitemaps, OPML."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from local_site import Reply


@dataclass(frozen=True)
class Item:
    """One entry. `full` is the whole text, as HTML, where the feed carries it."""

    url: str
    title: str
    published: str = "Mon, 16 Nov 2026 08:00:00 GMT"
    updated: str = ""
    full: str = ""


def paragraphs(subject: str, count: int = 6) -> tuple[str, ...]:
    """Write a story of some length about a subject."""
    return tuple(
        f"{subject} was on the agenda for the {number}th time when the council of Skerrow met on Monday evening, and "
        f"once more the harbour master told its members what the repair of pier {number} would cost the town."
        for number in range(1, count + 1)
    )


def story(subject: str, count: int = 6) -> str:
    """Write the same as HTML."""
    return "".join(f"<p>{each}</p>" for each in paragraphs(subject, count))


def rss(title: str, items: Iterable[Item], **headers: str) -> Reply:
    """Give an RSS 2.0 feed."""
    told = "".join(
        f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link><guid>{escape(item.url)}</guid>"
        f"<pubDate>{item.published}</pubDate><description>A short summary.</description>"
        + (f"<content:encoded><![CDATA[{item.full}]]></content:encoded>" if item.full else "")
        + "</item>"
        for item in items
    )
    body = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title><language>en</language>{told}</channel></rss>"
    )
    return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml", **headers})


def atom(title: str, items: Iterable[Item]) -> Reply:
    """Give an Atom feed."""
    told = "".join(
        f"<entry><id>{escape(item.url)}</id><title>{escape(item.title)}</title><link href='{escape(item.url)}'/>"
        f"<published>2026-11-16T08:00:00Z</published>"
        f"<updated>{item.updated or '2026-11-16T08:00:00Z'}</updated></entry>"
        for item in items
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(title)}</title>{told}</feed>'
    return Reply(body=body.encode(), headers={"Content-Type": "application/atom+xml"})


def json_feed(title: str, items: Iterable[Item]) -> Reply:
    """Give a JSON Feed."""
    shape = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "items": [
            {"id": item.url, "url": item.url, "title": item.title, "date_published": "2026-11-16T08:00:00Z"}
            | ({"content_html": item.full} if item.full else {"summary": "A short summary."})
            for item in items
        ],
    }
    return Reply(body=json.dumps(shape).encode(), headers={"Content-Type": "application/feed+json"})


def news_sitemap(items: Iterable[Item]) -> Reply:
    """Give a news sitemap."""
    told = "".join(
        f"<url><loc>{escape(item.url)}</loc>{f'<lastmod>{item.updated}</lastmod>' if item.updated else ''}"
        "<news:news><news:publication><news:name>Tide</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>2026-11-16</news:publication_date><news:title>{escape(item.title)}</news:title>"
        "</news:news></url>"
        for item in items
    )
    return _sitemap("urlset", told)


def sitemap(pages: Iterable[tuple[str, str]]) -> Reply:
    """Give a plain sitemap of addresses and their lastmod."""
    return _sitemap("urlset", "".join(f"<url>{_located(url, changed)}</url>" for url, changed in pages))


def sitemap_index(parts: Iterable[tuple[str, str]]) -> Reply:
    """Give an index of sitemaps and their lastmod."""
    return _sitemap("sitemapindex", "".join(f"<sitemap>{_located(url, changed)}</sitemap>" for url, changed in parts))


def _located(url: str, changed: str) -> str:
    return f"<loc>{escape(url)}</loc>" + (f"<lastmod>{changed}</lastmod>" if changed else "")


def _sitemap(root: str, told: str) -> Reply:
    body = (
        f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{told}</{root}>'
    )
    return Reply(body=body.encode(), headers={"Content-Type": "application/xml"})
