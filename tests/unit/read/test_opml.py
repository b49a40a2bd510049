"""OPML as feed readers export it."""

from __future__ import annotations

import pytest

from newsdex.errors import Rejected
from newsdex.read.opml import parse_opml

NESTED = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.0"><head><title>Abonnements</title></head><body>
<outline text="Caf\xe9 &amp; Port"><outline text="Locales" title="Locales">
  <outline type="rss" text="Gazette" title="Northmoor Gazette" xmlUrl="https://gazette.example/feed" htmlUrl="https://gazette.example/"/>
  <outline type="rss" text="Tide" xmlURL=" https://tide.example/atom "/>
</outline></outline>
<outline type="rss" text="Again" xmlUrl="https://gazette.example/feed"/>
<outline type="rss" text="A file" xmlUrl="file:///etc/passwd"/>
<outline text="A folder of nothing"/>
</body></opml>"""


def test_feeds_in_folders_are_found_each_once() -> None:
    """At any depth, however the attribute is written; what is no web address is left."""
    gazette, tide = parse_opml(NESTED, "feeds.opml")
    assert (gazette.url, gazette.title) == ("https://gazette.example/feed", "Northmoor Gazette")
    assert gazette.folders == ("Café & Port", "Locales")
    assert (tide.url, tide.title) == ("https://tide.example/atom", "Tide")


@pytest.mark.parametrize("content", [b"", b"<html><body>404</body></html>", b"{}", b"\x00\x01\x02"])
def test_what_is_no_opml_is_refused(content: bytes) -> None:
    """A page that says that there is no such file, for one."""
    with pytest.raises(Rejected, match="no OPML"):
        parse_opml(content, "feeds.opml")


def test_entities_neither_grow_nor_reach_out() -> None:
    """A billion laughs, and a file of ours: neither is expanded."""
    content = b"""<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
    <opml><body><outline text="&b;&f;" xmlUrl="https://gazette.example/feed"/></body></opml>"""
    (found,) = parse_opml(content, "feeds.opml")
    assert "root:" not in (found.title or "")
    assert "aaaaaaaaaa" not in (found.title or "")
