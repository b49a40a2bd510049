"""Sitemaps (sitemaps.org) and news sitemaps: lists of a site's addresses, and lists of such lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from newsdex.errors import Rejected
from newsdex.read.compression import gunzip, is_gzip
from newsdex.read.links import absolute_link
from newsdex.read.loose_xml import decode_text, stream_xml
from newsdex.records import FoundIn, Given, Reason, Stage

MOST_BYTES = 50_000_000
MOST_ADDRESSES = 50_000
"""Both are the protocol's own limits."""

_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(urlset|sitemapindex)\b", re.I)
_BETWEEN_KEYWORDS = re.compile(r"\s*[,;]\s*")


Named = TypeVar("Named")


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page of the site. `updated` is its lastmod as written; `given` has what a news sitemap says of the article."""

    url: str
    given: Given
    updated: str | None = None
    news: bool = False


@dataclass(frozen=True, slots=True)
class SitemapPart:
    """Another sitemap that an index names, and when that was last changed, as written."""

    url: str
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap names: pages, or, if it is an index, other sitemaps.

    `skipped` counts what has no address that can be asked. `problem` says what was wrong with the whole.
    """

    entries: tuple[SitemapEntry, ...] = ()
    parts: tuple[SitemapPart, ...] = ()
    skipped: int = 0
    problem: str | None = None


def parse_sitemap(content: bytes, url: str, headers: Iterable[tuple[str, str]] = ()) -> Sitemap:
    r"""Read a sitemap, packed or not: an index, a list of pages, a news sitemap, or plain text, an address a line.

    What is beyond the protocol's 50,000 addresses is not read. Raises `Rejected`: `broken_record` for what is no
    sitemap, `too_large`, `broken_compression`.

    >>> parse_sitemap(b"https://news.example/1\nhttps://news.example/2\n", "https://news.example/map.txt").entries[1].url
    'https://news.example/2'
    """
    content = gunzip(content, MOST_BYTES) if is_gzip(content) else content
    if len(content) > MOST_BYTES:
        raise Rejected(Stage.READ, Reason.TOO_LARGE, f"a sitemap of {len(content):,} bytes; {MOST_BYTES:,} are read")
    text = decode_text(content, url, headers)
    root = _ROOT.search(text, 0, 10_000)
    if root is None:
        return _read_lines(text, url)
    if root[1].lower() == "sitemapindex":
        parts, skipped, problem = _take(stream_xml(text, "sitemap"), url, _part)
        return Sitemap((), tuple(parts), skipped, problem)
    entries, skipped, problem = _take(stream_xml(text, "url"), url, _entry)
    return Sitemap(tuple(entries), (), skipped, problem)


def _take(
    elements: Iterator[etree._Element], base: str, read: Callable[[str, dict[str, str]], Named]
) -> tuple[list[Named], int, str | None]:
    taken: list[Named] = []
    skipped = 0
    for element in elements:
        if len(taken) == MOST_ADDRESSES:
            return taken, skipped, f"more than {MOST_ADDRESSES:,} addresses: the rest was not read"
        fields = _fields(element)
        address = absolute_link(fields.get("loc"), base)
        if address is None:
            skipped += 1
        else:
            taken.append(read(address, fields))
    return taken, skipped, None


def _part(address: str, fields: dict[str, str]) -> SitemapPart:
    return SitemapPart(address, fields.get("lastmod"))


def _entry(address: str, fields: dict[str, str]) -> SitemapEntry:
    keywords = _BETWEEN_KEYWORDS.split(fields.get("news:keywords", ""))
    given = Given(
        FoundIn.FEED,
        url=address,
        headline=fields.get("news:title"),
        publisher=fields.get("news:name"),
        keywords=tuple(dict.fromkeys(keyword for keyword in keywords if keyword)),
        language=fields.get("news:language"),
        published=fields.get("news:publication_date"),
        modified=fields.get("lastmod"),
    )
    return SitemapEntry(address, given, fields.get("lastmod"), news=any(name.startswith("news:") for name in fields))


def _fields(element: etree._Element) -> dict[str, str]:
    """Give the texts within one element by their names; those of the news extension as `news:name`.

    Images and videos have titles and places of their own, which are not the page's.
    """
    fields: dict[str, str] = {}
    for each in element.iterdescendants(etree.Element):
        tag = str(each.tag)
        namespace, _, local = (
            tag.rpartition("}") if "}" in tag else (tag.rpartition(":")[0], "", tag.rpartition(":")[2])
        )
        kind = "news" if "news" in namespace.lower() else "other" if _is_extension(namespace) else ""
        text = " ".join((each.text or "").split())
        if text and kind != "other":
            fields.setdefault(f"news:{local.lower()}" if kind else local.lower(), text)
    return fields


def _is_extension(namespace: str) -> bool:
    folded = namespace.lower()
    return any(word in folded for word in ("image", "video", "mobile", "xhtml", "pagemap"))


def _read_lines(text: str, url: str) -> Sitemap:
    entries: list[SitemapEntry] = []
    skipped = 0
    for line in text.splitlines():
        if not (word := line.strip()):
            continue
        address = absolute_link(word, "") if " " not in word else None
        if address is None:
            skipped += 1
        elif len(entries) == MOST_ADDRESSES:
            return Sitemap(
                tuple(entries), (), skipped, f"more than {MOST_ADDRESSES:,} addresses: the rest was not read"
            )
        else:
            entries.append(SitemapEntry(address, Given(FoundIn.FEED, url=address)))
    if skipped >= len(entries):
        raise Rejected(
            Stage.READ, Reason.BROKEN_RECORD, f"{url} is no sitemap: neither XML of one nor lines of addresses"
        )
    return Sitemap(tuple(entries), (), skipped)
