"""The part of a page that speaks about the article, cut out of the whole so that BeautifulSoup reads a few kilobytes.

BeautifulSoup reads broken metadata better than anything and takes ten times as long as lxml to build a page's tree;
so lxml parses the page and BeautifulSoup the excerpt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import cast

from bs4 import BeautifulSoup
from lxml import etree

_SAYS = ("title", "base", "meta", "link", "script")
_LD_JSON = re.compile(r"ld\+json", re.I)
_FIND_MARKED = etree.XPath(
    "//*[@rel='author' or contains(@itemprop, 'datePublished') or contains(@itemprop, 'dateModified')"
    " or contains(@itemprop, 'author') or contains(@property, 'datePublished') or contains(@property, 'dateModified')"
    " or self::time[@pubdate] or self::abbr[@title][contains(@class, 'published') or contains(@class, 'updated')]]"
    "[not(self::meta or self::link)]"
)
_FIND_PUBLISHER = etree.XPath("//*[@itemprop='publisher' or @property='publisher' or @property='schema:publisher']")
_MAX_MARKED, _MAX_TIMES, _LONGEST = 20, 6, 4_000


def excerpt(root: etree._Element) -> BeautifulSoup:
    """Cut out titles, meta elements, links, JSON-LD, marked dates, authors and the publisher, and the first times."""
    html = root if root.tag == "html" else next(root.iter("html"), root)
    lang = html.get("lang") or html.get("xml:lang") or html.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    pieces = [f'<html lang="{escape(lang)}"><body>', *_said(root), *_marked(root), *_times(root), "</body></html>"]
    return BeautifulSoup("".join(pieces), "lxml")


def _said(root: etree._Element) -> Iterator[str]:
    for element in root.iter(*_SAYS):
        if element.tag == "script" and not _LD_JSON.search(element.get("type") or ""):
            continue
        if element.tag == "link" and (element.get("rel") or "").lower() not in ("canonical", "author", "amphtml"):
            continue
        yield _markup(element)


def _marked(root: etree._Element) -> Iterator[str]:
    marked = cast("list[etree._Element]", _FIND_MARKED(root))[:_MAX_MARKED]
    for element in (*marked, *cast("list[etree._Element]", _FIND_PUBLISHER(root))[:1]):
        markup = _markup(element)
        if len(markup) <= _LONGEST:
            yield markup


def _times(root: etree._Element) -> Iterator[str]:
    """Give the times of the article, each in its parent's class, which says whether it is a change."""
    home = next(root.iter("article"), None)
    home = home if home is not None else next(root.iter("main"), root)
    yield "<article>"
    for count, element in enumerate(home.iter("time")):
        if count == _MAX_TIMES:
            break
        parent = element.getparent()
        around = parent.get("class") or "" if parent is not None else ""
        yield f'<span class="{escape(around)}">{_markup(element)[:_LONGEST]}</span>'
    yield "</article>"


def _markup(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
