"""What a page's markup says about the article: JSON-LD, OpenGraph, meta elements, microdata and time elements.

Formats: schema.org's Article, ogp.me, and the meta names that newsrooms' systems write. Broken JSON is common and no
error: what cannot be read is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from newsdex.extract.marked_dates import read_marked_dates
from newsdex.extract.repair import repair
from newsdex.records import DateCandidate

_ARTICLE_TYPE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|SocialMediaPosting|Report)$")
_MAX_JSON = 2_000_000
_MAX_NODES = 5_000
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)+|(?:-->|//\s*\]\]>|\]\]>)\s*$", re.S)

_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_AUTHORS = (
    *("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl"),
    "cxenseparse:author",
)
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{3}|^(?:admin|staff|editor|redaktion|newsroom|webmaster|unknown|by|none|null|[\w-]+\.(?:com|de|org|net))$",
    re.I,
)
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af|oleh|autor(?:in)?|author|text|written by)[:\s]+", re.I)
_PUBLISHER_NAME = (
    '[itemprop~="publisher"] [itemprop~="name"], [itemprop~="publisher"]:not([itemscope]):not(meta),'
    ' [property$="publisher"] [property$="name"]'
)
_LONGEST_NAME = 80
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|\||/|\s(?:and|und|et|y|e|en|og|och|&)\s)\s*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself, each field from the best place that has it; nothing is checked against the text."""

    headlines: tuple[str, ...] = ()
    description: str | None = None
    authors: tuple[str, ...] = ()
    site_name: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    url: str | None = None
    canonical_url: str | None = None
    language: str | None = None
    dates: tuple[DateCandidate, ...] = ()
    body: tuple[str, ...] = ()
    is_article: bool = False


def read_metadata(soup: BeautifulSoup, address: str | None = None) -> Metadata:
    """Read a page's metadata. `address` is where the page was fetched, when that is known."""
    nodes = list(read_json_ld(soup))
    article = _resolve_references(_main_article(nodes), nodes)
    meta = _meta(soup)
    site = _name(article.get("publisher")) or _first(meta, ("og:site_name",)) or _marked_publisher(soup)
    site = site or _first(meta, ("application-name",))
    base = address or _href(soup.find("base", href=True)) or ""
    canonical = _absolute(_href(_canonical_link(soup)) or _first(meta, ("og:url",)), base)
    headlines = [_text(article.get("headline")), *(value for name in _TITLES for value in meta.get(name, ()))]
    return Metadata(
        headlines=tuple(dict.fromkeys(headline for headline in headlines if headline)),
        description=_first(meta, _DESCRIPTIONS) or _text(article.get("description")),
        authors=_authors(article, meta, soup, site),
        site_name=site,
        section=_section(article) or _first(meta, ("article:section", "parsely-section", "section")),
        keywords=_keywords(article, meta),
        url=_absolute(address, "") or canonical,
        canonical_url=canonical,
        language=_language(soup, article, meta),
        dates=tuple(dict.fromkeys(read_marked_dates(article, nodes, meta, soup, (canonical, address)))),
        body=_body(article),
        is_article=bool(article) or _first(meta, ("og:type",)) == "article",
    )


def read_json_ld(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Go through the objects of a page's JSON-LD, graphs and arrays flattened, outer before inner."""
    for script in soup.find_all("script", type=re.compile(r"ld\+json", re.I)):
        pending: list[Any] = [_load(script.get_text())]
        for _ in range(_MAX_NODES):
            if not pending:
                break
            node = pending.pop(0)
            if isinstance(node, dict):
                yield node
                pending += [value for value in node.values() if isinstance(value, dict | list)]
            elif isinstance(node, list):
                pending = [*node, *pending]


def _load(text: str) -> Any:
    """Load JSON as pages have it: in comments, with raw line breaks and trailing commas."""
    text = _WRAPPING.sub("", text[:_MAX_JSON]).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _main_article(nodes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Choose the object that describes the page: dated articles first, in the order of the page."""
    articles = [node for node in nodes if _ARTICLE_TYPE.search(_type(node))]
    return min(articles, key=lambda node: ("datePublished" not in node, "headline" not in node), default={})


def _resolve_references(article: dict[str, Any], nodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Put in place of `{"@id": "#jane"}` the object of the page that has this identifier."""
    described = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}

    def look_up(value: Any) -> Any:
        if isinstance(value, list):
            return [look_up(one) for one in value]
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            return described.get(value["@id"], value)
        return value

    return article | {key: look_up(article[key]) for key in ("author", "publisher") if key in article}


def _marked_publisher(soup: BeautifulSoup) -> str | None:
    """Read the publisher that microdata or RDFa names, in a text or in a meta element."""
    for element in soup.select(_PUBLISHER_NAME):
        name = _text(element.get("content") or element.get_text(" "))
        if name is not None and len(name) <= _LONGEST_NAME:
            return name
    return None


def _type(node: dict[str, Any]) -> str:
    kinds = node.get("@type")
    first = kinds[0] if isinstance(kinds, list) and kinds else kinds
    return first.rpartition("/")[2] if isinstance(first, str) else ""


def _meta(soup: BeautifulSoup) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for element in soup.find_all("meta", content=True):
        content = _text(element["content"])
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            if isinstance(name, str) and content:
                values.setdefault(name.strip().lower(), []).append(content)
                break
    return values


def _authors(
    article: dict[str, Any], meta: dict[str, list[str]], soup: BeautifulSoup, site: str | None
) -> tuple[str, ...]:
    """Take the first place that names a person: JSON-LD, meta, then what is marked as the author on the page."""
    for place in _author_places(article, meta, soup):
        names = [name for printed in place if printed for name in _split_names(printed) if "://" not in printed]
        names = [name for name in names if _is_person(name, site)]
        if names:
            return tuple({name.casefold(): name for name in names}.values())
    return ()


def _author_places(
    article: dict[str, Any], meta: dict[str, list[str]], soup: BeautifulSoup
) -> Iterator[list[str | None]]:
    listed = article.get("author")
    people = listed if isinstance(listed, list) else [listed]
    yield [_name(person) for person in people if not (isinstance(person, dict) and _type(person) == "Organization")]
    yield from ([*meta.get(name, ())] for name in _AUTHORS)
    marked = (element for element in soup.descendants if isinstance(element, Tag) and _is_author(element))
    yield [_text(element.get_text(" ")) for element in islice(marked, 6)]


def _is_author(element: Tag) -> bool:
    """Tell what is marked as the author: by `rel`, or by microdata, where it may be the name inside."""
    printed = element.get("itemprop")
    if printed == "author" or any("author" in str(rel).split() for rel in element.get_attribute_list("rel")):
        return True
    return printed == "name" and any("author" in str(one.get("itemprop", "")).split() for one in element.parents)


def starts_like_byline(line: str) -> bool:
    """Tell `By Jane Roe`, in any of the languages, from a sentence: after the word come names.

    >>> starts_like_byline("di Ludovica Bellandi"), starts_like_byline("By the river it was cold")
    (True, False)
    """
    found = _BY.match(line)
    names = line[found.end() :].split() if found else []
    return 2 <= len(names) <= 6 and all(name[:1].isupper() for name in (names[0], names[-1])) and line[-1] not in ".!?"


def _split_names(printed: str) -> list[str]:
    return [part.strip(" .") for part in _BETWEEN_NAMES.split(_BY.sub("", printed)) if part.strip(" .")]


def _is_person(name: str, site: str | None) -> bool:
    too_long = len(name) > 60 or len(name.split()) > 6
    return not too_long and not _NOT_A_NAME.search(name) and name.casefold() != (site or "").casefold()


def _body(article: dict[str, Any]) -> tuple[str, ...]:
    """Cut `articleBody` into paragraphs where it has line breaks or tags, which it often lacks."""
    printed = article.get("articleBody")
    lines = repair(printed).splitlines() if isinstance(printed, str) else []
    return tuple(line for line in (" ".join(line.split()) for line in lines) if line)


def _section(article: dict[str, Any]) -> str | None:
    sections = article.get("articleSection")
    return _text(sections[0] if isinstance(sections, list) and sections else sections)


def _keywords(article: dict[str, Any], meta: dict[str, list[str]]) -> tuple[str, ...]:
    listed = article.get("keywords")
    found: list[Any] = listed if isinstance(listed, list) else [listed] if isinstance(listed, str) else []
    found = found or meta.get("article:tag", []) or meta.get("news_keywords", []) or meta.get("keywords", [])
    words = [word.strip() for printed in found if isinstance(printed, str) for word in re.split(r"[,;]", printed)]
    return tuple(dict.fromkeys(word for word in words if 1 < len(word) <= 80))[:50]


def _language(soup: BeautifulSoup, article: dict[str, Any], meta: dict[str, list[str]]) -> str | None:
    root = soup.find("html")
    lang = (root.get("lang") or root.get("xml:lang")) if isinstance(root, Tag) else None
    return _text(lang) or _text(article.get("inLanguage")) or _first(meta, ("content-language", "og:locale"))


def _canonical_link(soup: BeautifulSoup) -> Any:
    return soup.find("link", rel="canonical", href=True)


def _href(element: Any) -> str | None:
    return _text(element.get("href")) if isinstance(element, Tag) else None


def _absolute(url: str | None, base: str) -> str | None:
    if not url:
        return None
    try:
        joined = urljoin(base, url)
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) else None


def _name(value: Any) -> str | None:
    """Read a name out of a string, an object with a `name`, or a list of either."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("name")
    return _text(value)


def _first(meta: dict[str, list[str]], names: tuple[str, ...]) -> str | None:
    return next((meta[name][0] for name in names if name in meta), None)


def _text(value: Any) -> str | None:
    """Give a repaired single line, or None for what is no text or empty."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return " ".join(repair(str(value)[:20_000]).split()) or None
