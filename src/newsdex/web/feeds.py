"""A search as an Atom feed (RFC 4287): who follows it is told of what arrives."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from newsdex.index.search import Hit, SearchResult
from newsdex.records import rfc3339
from newsdex.web.asked import Asked

_ATOM = "http://www.w3.org/2005/Atom"
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST = 500


def write_feed(asked: Asked, result: SearchResult, address: str) -> bytes:
    """Write the hits of a search as a feed; `address` is where the pages are, seen from outside."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    here = asked.address(f"{address}/search.atom")
    _add(feed, "id", here)
    _add(feed, "title", f"Newsdex: {_title(asked)}")
    _add(feed, "updated", max((_updated(hit) for hit in result.hits), default=rfc3339(_BEGINNING) or ""))
    _link(feed, here, "self", "application/atom+xml")
    _link(feed, asked.address(f"{address}/"), "alternate", "text/html")
    _add(_add(feed, "author"), "name", "Newsdex")
    for hit in result.hits:
        _entry(feed, hit, address)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: ET.Element, hit: Hit, address: str) -> None:
    source = hit.source
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    if source.get("language") not in (None, "und"):
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", _written(str(source["language"])))
    _add(entry, "id", f"urn:newsdex:{hit.id}")
    _add(entry, "title", (hit.headline or "(no headline)")[:_LONGEST])
    _link(entry, f"{address}/article/{hit.id}", "alternate", "text/html")
    _add(entry, "updated", _updated(hit))
    if source.get("published_at"):
        _add(entry, "published", source["published_at"])
    for name in source.get("authors") or ():
        _add(_add(entry, "author"), "name", name[:_LONGEST])
    if not source.get("authors"):
        _add(_add(entry, "author"), "name", (source.get("publisher") or "unknown")[:_LONGEST])
    for label in filter(None, (source.get("publisher"), source.get("section"))):
        ET.SubElement(entry, f"{{{_ATOM}}}category", term=_written(label[:_LONGEST]))
    told = source.get("standfirst") or " … ".join(hit.fragments)
    _add(entry, "summary", told[:_LONGEST])


def _updated(hit: Hit) -> str:
    return str(hit.source.get("indexed_at") or hit.source.get("@timestamp") or rfc3339(_BEGINNING))


def _title(asked: Asked) -> str:
    said = [value for name, value in asked.parameters() if value and name not in ("sort", "size", "copies")]
    return ", ".join(said)[:_LONGEST] or "everything new"


def _add(parent: ET.Element, name: str, text: str = "") -> ET.Element:
    child = ET.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = _written(text)
    return child


def _link(parent: ET.Element, href: str, rel: str, media_type: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", href=_written(href), rel=rel, type=media_type)


def _written(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
