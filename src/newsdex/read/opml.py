"""OPML 1.0 and 2.0 (opml.org): the lists of feeds that feed readers export."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from newsdex.errors import Rejected
from newsdex.read.loose_xml import decode_text, parse_xml
from newsdex.records import Reason, Stage

MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed of the list. `folders` are the groups it stands in, the outermost first."""

    url: str
    title: str | None
    folders: tuple[str, ...] = ()


def parse_opml(content: bytes, name: str) -> tuple[Subscription, ...]:
    """Read all feeds of a list, of its groups too, each address once. `name` is what the file is called.

    Raises `Rejected`: `broken_record` for what is no OPML, `too_large`.

    >>> parse_opml(b'<opml><body><outline text="UK"><outline xmlUrl="https://news.example/feed"/></outline></body></opml>',
    ...            "feeds.opml")
    (Subscription(url='https://news.example/feed', title=None, folders=('UK',)),)
    """
    if len(content) > MOST_BYTES:
        raise Rejected(Stage.READ, Reason.TOO_LARGE, f"{name}: {len(content):,} bytes; {MOST_BYTES:,} are read")
    root = parse_xml(decode_text(content, name).strip())
    if root is None or str(root.tag).lower() != "opml":
        raise Rejected(Stage.READ, Reason.BROKEN_RECORD, f"{name} is no OPML")
    found: dict[str, Subscription] = {}
    for element in root.iter():
        told = _attributes(element)
        url = told.get("xmlurl", "")
        if str(element.tag).lower() == "outline" and _is_web(url):
            above = [_title(_attributes(each)) for each in element.iterancestors("outline")]
            folders = tuple(each for each in reversed(above) if each)
            found.setdefault(url, Subscription(url, told.get("title") or told.get("text") or None, folders))
    return tuple(found.values())


def _attributes(element: etree._Element) -> dict[str, str]:
    """Give the attributes by their names in small letters: programs differ in how they write `xmlUrl`."""
    return {str(key).lower(): str(value).strip() for key, value in element.attrib.items()}


def _title(attributes: dict[str, str]) -> str:
    return attributes.get("title") or attributes.get("text") or ""


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
