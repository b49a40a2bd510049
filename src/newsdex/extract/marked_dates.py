"""Dates that a page's markup gives to machines: JSON-LD, meta elements, microdata, time elements, the address.

Formats: schema.org, ogp.me, Dublin Core, hAtom, and the meta names of newsrooms' systems. Nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from newsdex.records import DateCandidate, DateRole, FoundIn

_PUBLISHED_NAMES = """
article:published_time og:published_time og:article:published_time article:published datepublished
vr:published_time mediator_published_time shareaholic:article_published_time weibo:article:create_at
parsely-pub-date sailthru.date bt:pubdate rnews:datepublished schema:datepublished article.published
publish-date publish_date publish_time publishdate published published-date published_date published_at
published_time date_published pubdate pub_date pub-date pubtime publication_date
publication-date publicationdate original-publish-date originalpublicationdate article_date_original
article:post_date article_date date_post dateposted displaydate firstpublished release_date rbpubdate
citation_publication_date citation_date citation_online_date prism.publicationdate
cxenseparse:recs:publishtime cxenseparse:publishtime last-published
dc.date.issued dcterms.issued dc.issued dc.date.published dcterms.created dc.date.created dc.created
dc.date dcterms.date dcterms.available article:created og:created_time article.created datecreated created
creation_date creationdate date uploaddate
"""
_MODIFIED_NAMES = """
article:modified_time og:modified_time og:article:modified_time og:updated_time datemodified article:modified
shareaholic:article_modified_time weibo:article:update_at bt:moddate cxenseparse:recs:modtime
dcterms.modified dc.date.modified dc.modified last-modified last_modified article.updated article_date_updated
modified modified_at modified_time revision_date revised lastmod last-updated last_updated lastupdate updated
"""
_NAMES = {
    DateRole.PUBLISHED: tuple(_PUBLISHED_NAMES.split()),
    DateRole.MODIFIED: tuple(_MODIFIED_NAMES.split()),
}
_KEYS = {DateRole.PUBLISHED: ("datePublished", "dateCreated"), DateRole.MODIFIED: ("dateModified",)}
_MARKED_CLASS = {DateRole.PUBLISHED: "published", DateRole.MODIFIED: "updated"}
_DATED_TYPE = re.compile(r"\w*Page|\w*Episode|CreativeWork|Recipe|DiscussionForumPosting")
_IN_BROKEN_JSON = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"\\]{8,40})"')
_MAX_TIME_TAGS = 3
_CHANGE = re.compile(r"updat|modif", re.I)
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"0?[1-9]|1[0-2]", r"0?[1-9]|[12]\d|3[01]"
_IN_ADDRESS = (
    re.compile(rf"(?<!\d)(?P<year>{_YEAR})(?P<mark>[/._-])(?P<month>{_MONTH})(?P=mark)(?P<day>{_DAY})(?!\d)"),
    re.compile(rf"(?<![\da-f])(?P<year>{_YEAR})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?=[/._-]|$)", re.I),
)
_SLUG = re.compile(rf"(?<!\d)(?:{_DAY})(?P<mark>[.-])(?:{_DAY})(?P=mark){_YEAR}(?!\d)")


def read_marked_dates(
    article: Mapping[str, Any],
    others: Sequence[Mapping[str, Any]],
    meta: Mapping[str, Sequence[str]],
    soup: BeautifulSoup,
    addresses: Sequence[str | None],
) -> Iterator[DateCandidate]:
    """Go through what a page marks as its dates, the surest place first.

    `article` is the JSON-LD object that describes the page and `others` are the rest; `meta` has the contents of the
    meta elements by their names in small letters; `soup` holds the marked elements.
    """
    broken = {} if article or others else _read_broken_json(soup)
    for role, keys in _KEYS.items():
        printed = _first_of(article, keys) or _of_page(others, keys[0]) or broken.get(keys[0])
        if printed:
            yield DateCandidate(printed, role, FoundIn.JSON_LD)
        for name in _NAMES[role]:
            for content in meta.get(name, ())[:1]:
                yield DateCandidate(content, role, FoundIn.META)
    yield from _marked_elements(soup)
    yield from _time_tags(soup)
    yield from next((found for address in addresses if (found := list(_in_address(address)))), [])


def _first_of(node: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    return next((printed for key in keys if (printed := _line(node.get(key)))), None)


def _of_page(nodes: Sequence[Mapping[str, Any]], key: str) -> str | None:
    """Take the date of the web page where no article has one; a video's or a comment's date is its own."""
    for node in nodes:
        kinds = node.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(name, str) and _DATED_TYPE.fullmatch(name.rpartition("/")[2]) for name in names):
            printed = _line(node.get(key))
            if printed:
                return printed
    return None


def _read_broken_json(soup: BeautifulSoup) -> dict[str, str]:
    """Read the dates out of JSON-LD that is no JSON."""
    found: dict[str, str] = {}
    for script in soup.find_all("script", type=re.compile(r"ld\+json", re.I)):
        for key, value in _IN_BROKEN_JSON.findall(script.get_text()):
            found.setdefault(key, value)
    return found


def _marked_elements(soup: BeautifulSoup) -> Iterator[DateCandidate]:
    """Take what microdata, RDFa or hAtom mark as the article's date."""
    elements = [one for one in soup.descendants if isinstance(one, Tag) and one.attrs and one.name != "meta"]
    for role in _KEYS:
        for element in [one for one in elements if _is_marked(one, role)][:1]:
            printed = _line(
                element.get("datetime") or element.get("content") or element.get("title") or element.get_text(" ")
            )
            if printed:
                yield DateCandidate(printed, role, FoundIn.TIME_TAG)


def _is_marked(element: Tag, role: DateRole) -> bool:
    key = _KEYS[role][0]
    if key in str(element.get("itemprop", "")).split() or str(element.get("property", "")).endswith(key):
        return True
    if element.name == "abbr":
        return "title" in element.attrs and _MARKED_CLASS[role] in _list(element.get("class"))
    return element.name == "time" and role is DateRole.PUBLISHED and "pubdate" in element.attrs


def _time_tags(soup: BeautifulSoup) -> Iterator[DateCandidate]:
    """Take unmarked time elements only inside the article, and few of them."""
    home = soup.find("article") or soup.find("main") or soup
    tags = home.find_all("time", datetime=True, limit=_MAX_TIME_TAGS) if isinstance(home, Tag) else []
    for element in tags:
        around = _list(element.parent.get("class")) if element.parent else []
        words = " ".join([*_list(element.get("class")), *around])
        role = DateRole.MODIFIED if _CHANGE.search(words) else DateRole.PUBLISHED
        printed = _line(element["datetime"])
        if printed:
            yield DateCandidate(printed, role, FoundIn.TIME_TAG)


def _in_address(address: str | None) -> Iterator[DateCandidate]:
    """Read `/2024/11/16/`, `-20241116.html` and `16.11.2024` out of an address."""
    path = unquote(urlsplit(address).path) if address else ""
    for pattern in _IN_ADDRESS:
        found = pattern.search(path)
        if found is not None:
            yield DateCandidate("-".join(found.group("year", "month", "day")), DateRole.PUBLISHED, FoundIn.URL)
            return
    slug = _SLUG.search(path)
    if slug is not None:
        yield DateCandidate(slug.group(), DateRole.PUBLISHED, FoundIn.URL)


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _line(value: Any) -> str | None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return " ".join(str(value)[:300].split()) or None
