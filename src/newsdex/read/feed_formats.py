"""The formats that feeds have, each read into the same fields: what an entry says, as it is written there.

RSS 0.9x and 2.0 (rssboard.org), RSS 1.0 in RDF, Atom (RFC 4287, and 0.3 before it), JSON Feed 1.0 and 1.1
(jsonfeed.org). The names of RSS stand in no namespace or in one of several, those of Atom in two. Modules such as
Dublin Core are told by their namespace, or by the usual prefix where the feed forgot to declare it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

_MODULES = (
    ("purl.org/dc/", "dc"),
    ("purl.org/rss/1.0/modules/content", "content"),
    ("purl.org/rss/1.0/modules/syndication", "sy"),
    ("purl.org/rss/1.0", ""),
    ("search.yahoo.com/mrss", "media"),
    ("rssnamespace.org/feedburner", "feedburner"),
    ("w3.org/1999/xhtml", "xhtml"),
    ("w3.org/1999/02/22-rdf-syntax-ns", "rdf"),
    ("netscape.com/rdf", ""),
    ("backend.userland.com", ""),
    ("w3.org/2005/atom", "atom"),
    ("purl.org/atom", "atom"),
)
_XML = "{http://www.w3.org/XML/1998/namespace}"
_NAMESPACE = re.compile(r'\sxmlns(?::[\w.-]{1,40})?="[^"]*"')
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a feed. `markup` when it says that it is HTML; RSS does not say, so that one has to look."""

    value: str
    markup: bool | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one entry says. `links` are in order of preference and may be relative to `base`."""

    base: str = ""
    id: str | None = None
    links: tuple[str, ...] = ()
    title: Text | None = None
    summary: Text | None = None
    content: Text | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    published: str | None = None
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself. `ttl` is in seconds: how long it wants not to be asked again."""

    title: Text | None = None
    link: str | None = None
    language: str | None = None
    ttl: float | None = None


def read_xml_feed(root: etree._Element) -> tuple[Channel, Iterator[Said]] | None:
    """Read RSS, RDF or Atom; None when the document is something else."""
    kind = _name(root)
    if kind == "atom:feed":
        return _atom_channel(root), (_atom_entry(each) for each in _children(root, "atom:entry"))
    if kind in ("rss", "rdf:rdf", "rdf", "channel"):
        channel = root if kind == "channel" else _child(root, "channel")
        items = [*_children(root, "item"), *(_children(channel, "item") if channel not in (None, root) else ())]
        return _rss_channel(root if channel is None else channel), map(_rss_item, items)
    return None


def read_json_feed(text: str) -> tuple[Channel, Iterator[Said]] | None:
    """Read a JSON Feed; None when the text is something else."""
    try:
        shape = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(shape, dict) or not isinstance(shape.get("items"), list):
        return None
    if "jsonfeed.org/version" not in str(shape.get("version")):
        return None
    channel = Channel(_text(shape.get("title"), False), _word(shape.get("home_page_url")), _word(shape.get("language")))
    return channel, (_json_item(item) for item in shape["items"] if isinstance(item, dict))


def _atom_channel(root: etree._Element) -> Channel:
    return Channel(
        _atom_text(_child(root, "atom:title")),
        next(iter(_atom_links(root)), None),
        root.get(f"{_XML}lang") or _first(root, "dc:language"),
        _rhythm(root),
    )


def _rss_channel(channel: etree._Element) -> Channel:
    ttl = _first(channel, "ttl")
    minutes = float(ttl) * 60 if ttl and ttl.isascii() and ttl.isdecimal() else None
    return Channel(
        _rss_text(_child(channel, "title")),
        _first(channel, "link"),
        _first(channel, "language", "dc:language") or channel.get(f"{_XML}lang"),
        max(filter(None, (minutes, _rhythm(channel))), default=None),
    )


def _rhythm(channel: etree._Element) -> float | None:
    """Read the syndication module: so many times a period, in seconds between two."""
    periods = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0, "monthly": 2592000.0, "yearly": 31536000.0}
    period = periods.get((_first(channel, "sy:updateperiod") or "").lower())
    often = _first(channel, "sy:updatefrequency") or "1"
    return period / int(often) if period and often.isascii() and often.isdecimal() and int(often) else None


def _atom_entry(entry: etree._Element) -> Said:
    source = _child(entry, "atom:source")
    return Said(
        base=_base(entry),
        id=_first(entry, "atom:id"),
        links=(*_all(entry, "feedburner:origlink"), *_atom_links(entry)),
        title=_atom_text(_child(entry, "atom:title")),
        summary=_atom_text(_child(entry, "atom:summary")),
        content=_longest(_atom_text(each) for each in _children(entry, "atom:content")),
        authors=tuple(
            name for each in _children(entry, "atom:author") if (name := _first(each, "atom:name")) is not None
        ),
        publisher=_plain_of(_atom_text(_child(source, "atom:title"))) if source is not None else None,
        tags=tuple(
            tag for each in _children(entry, "atom:category") if (tag := _word(each.get("label") or each.get("term")))
        ),
        language=entry.get(f"{_XML}lang") or _first(entry, "dc:language"),
        published=_first(entry, "atom:published", "atom:issued", "atom:created", "dc:date"),
        updated=_first(entry, "atom:updated", "atom:modified"),
    )


def _rss_item(item: etree._Element) -> Said:
    guid = _child(item, "guid")
    id_ = _word(guid.text) if guid is not None else None
    permalink = id_ if guid is not None and (guid.get("isPermaLink") or "true").lower() != "false" else None
    links = (
        *_all(item, "feedburner:origlink"),
        *_all(item, "link"),
        *_atom_links(item),
        *(filter(None, (permalink, item.get(f"{_RDF}about")))),
    )
    content = (*_children(item, "content:encoded"), *_children(item, "xhtml:body"), *_children(item, "atom:content"))
    return Said(
        base=_base(item),
        id=id_ or item.get(f"{_RDF}about"),
        links=links,
        title=_rss_text(_child(item, "title")) or _rss_text(_child(item, "dc:title")),
        summary=_rss_text(_child(item, "description")) or _rss_text(_child(item, "dc:description", "atom:summary")),
        content=_longest(_atom_text(each) if _name(each) != "content:encoded" else _rss_text(each) for each in content),
        authors=_all(item, "dc:creator") or _all(item, "author"),
        publisher=_first(item, "source", "dc:publisher"),
        tags=(*_all(item, "category"), *_all(item, "dc:subject")),
        language=_first(item, "dc:language") or item.get(f"{_XML}lang"),
        published=_first(item, "pubdate", "dc:date", "dc:issued", "dc:created", "atom:published"),
        updated=_first(item, "atom:updated", "dc:modified"),
    )


def _json_item(item: dict[str, Any]) -> Said:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    tags = item.get("tags") if isinstance(item.get("tags"), list) else []
    written = _text(item.get("content_html"), True) or _text(item.get("content_text"), False)
    return Said(
        id=_word(item.get("id")),
        links=tuple(filter(None, (_word(item.get("url")), _word(item.get("external_url")), _word(item.get("id"))))),
        title=_text(item.get("title"), False),
        summary=_text(item.get("summary"), False),
        content=written,
        authors=tuple(
            name for each in authors or [] if isinstance(each, dict) and (name := _word(each.get("name"))) is not None
        ),
        tags=tuple(tag for each in tags or [] if (tag := _word(each)) is not None),
        language=_word(item.get("language")),
        published=_word(item.get("date_published")),
        updated=_word(item.get("date_modified")),
    )


def _name(element: etree._Element) -> str:
    """Give an element's name, in lower case, with the usual prefix of its module; `` for comments and the like."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=1_000)
def _short(tag: str) -> str:
    namespace, _, local = tag.rpartition("}")
    if not namespace:
        return local.lower()  # with its prefix, if that was not declared
    uri = namespace[1:].lower()
    prefix = next((short for known, short in _MODULES if known in uri), "unknown")
    return f"{prefix}:{local.lower()}" if prefix else local.lower()


def _children(parent: etree._Element, *names: str) -> list[etree._Element]:
    return [each for each in parent if _name(each) in names]


def _child(parent: etree._Element, *names: str) -> etree._Element | None:
    return next(iter(_children(parent, *names)), None)


def _all(parent: etree._Element, *names: str) -> tuple[str, ...]:
    found = (_word("".join(map(str, each.itertext()))) for each in _children(parent, *names))
    return tuple(dict.fromkeys(word for word in found if word is not None))


def _first(parent: etree._Element, *names: str) -> str | None:
    """Give the text of the first name that has one, in the order of the names."""
    return next((text for name in names for text in _all(parent, name)), None)


def _atom_links(parent: etree._Element) -> tuple[str, ...]:
    """Give the links to the article itself, pages before other types."""
    links = [
        each
        for each in _children(parent, "atom:link")
        if (each.get("rel") or "alternate").lower() == "alternate" and each.get("href")
    ]
    links.sort(key=lambda each: "html" not in (each.get("type") or "html"))
    return tuple(str(each.get("href")) for each in links)


def _base(element: etree._Element) -> str:
    bases = [str(each.get(f"{_XML}base")) for each in (element, *element.iterancestors()) if each.get(f"{_XML}base")]
    return " ".join(reversed(bases))


def _rss_text(element: etree._Element | None) -> Text | None:
    if element is None:
        return None
    if len(element):  # markup that should have been escaped
        return _text(_inside(element), True)
    return _text(element.text, None)


def _atom_text(element: etree._Element | None) -> Text | None:
    if element is None or element.get("src"):
        return None
    kind = (element.get("type") or "text").lower()
    if len(element):
        return _text(_inside(element), True)
    return _text(element.text, kind != "text" and kind != "text/plain")


def _inside(element: etree._Element) -> str:
    """Give an element's content as HTML, without the namespaces and prefixes that its names may have."""
    parts = [html.escape(element.text or "", quote=False)]
    for child in element:
        for each in child.iter(etree.Element):
            each.tag = etree.QName(each).localname
        parts.append(_NAMESPACE.sub("", etree.tostring(child, encoding="unicode", method="html", with_tail=True)))
    return "".join(parts)


def _longest(texts: Iterator[Text | None]) -> Text | None:
    return max(filter(None, texts), key=lambda text: len(text.value), default=None)


def _text(value: object, markup: bool | None) -> Text | None:
    return Text(value, markup) if isinstance(value, str) and value.strip() else None


def _plain_of(text: Text | None) -> str | None:
    return _word(text.value) if text else None


def _word(value: object) -> str | None:
    """Give a one-line text, None when there is none; numbers, which some JSON feeds have for ids, as text."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return (" ".join(value.split()) or None) if isinstance(value, str) else None
