"""Where a site may keep its feeds and sitemaps."""

from __future__ import annotations

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from newsdex.read.discovery import Hint, Listing, find_in_page, find_in_robots, tell_listing, usual_places

URL = "https://www.gazette.example/politics/"


def test_what_the_head_declares_comes_before_what_is_linked() -> None:
    """With its titles; styles, languages and the same address twice are no candidates."""
    page = b"""<!doctype html><head><link rel="stylesheet" href="/feed.css">
    <link rel="alternate" hreflang="de" href="/de/">
    <link rel="alternate" type="application/rss+xml" title="Gazette &amp; News" href="/rss">
    <link rel="ALTERNATE" type="application/atom+xml" href="atom.xml">
    <link rel="alternate" type="application/feed+json" href="https://www.gazette.example/feed.json">
    <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1"></head>
    <body><a href="/rss">again</a><a href="/feeds/sport">Sport</a><a href="/refeeding-birds">Birds</a>"""
    found = find_in_page(page, URL)
    assert [(each.url, each.hint, each.title) for each in found] == [
        ("https://www.gazette.example/rss", Hint.DECLARED, "Gazette & News"),
        ("https://www.gazette.example/politics/atom.xml", Hint.DECLARED, None),
        ("https://www.gazette.example/feed.json", Hint.DECLARED, None),
        ("https://www.gazette.example/feeds/sport", Hint.LINKED, "Sport"),
    ]
    assert {each.listing for each in found} == {Listing.FEED}


def test_feeds_of_comments_come_last() -> None:
    """They are declared beside the news, but are none."""
    page = b"""<link rel="alternate" type="application/rss+xml" title="Gazette: Comments" href="/comments/feed">
    <link rel="alternate" type="application/rss+xml" title="Gazette" href="/feed">"""
    assert [each.url.rpartition("example")[2] for each in find_in_page(page, URL)] == ["/feed", "/comments/feed"]


def test_links_follow_the_pages_base_and_stay_on_the_site() -> None:
    """Others' feeds that a page links to are others'."""
    page = b"""<base href="https://feeds.gazette.example/x/"><a href="news.rss">News</a>
    <a href="https://other.example/rss">Friends</a><a href="mailto:rss@gazette.example">Write</a>"""
    assert [each.url for each in find_in_page(page, URL)] == ["https://feeds.gazette.example/x/news.rss"]


def test_robots_txt_names_sitemaps_news_first() -> None:
    """In any spelling of the word, relative ones too."""
    robots = (
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\nSITEMAP: https://www.gazette.example/all.xml\nsitemap: /news.xml\n"
    )
    found = find_in_robots(robots, "https://www.gazette.example/robots.txt")
    assert [(each.url, each.hint) for each in found] == [
        ("https://www.gazette.example/news.xml", Hint.ROBOTS),
        ("https://www.gazette.example/all.xml", Hint.ROBOTS),
    ]


def test_usual_places_are_at_the_root_of_the_site() -> None:
    """Both kinds, each once."""
    places = usual_places(URL)
    assert len({each.url for each in places}) == len(places)
    assert {each.listing for each in places} == {Listing.FEED, Listing.SITEMAP}
    assert all(each.url.count("/") == 3 for each in places)


@pytest.mark.parametrize(
    ("content", "listing"),
    [
        (b'<?xml version="1.0"?><rss version="2.0">', Listing.FEED),
        (b'<rdf:RDF xmlns:rdf="x">', Listing.FEED),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', Listing.FEED),
        (b'{"version": "https://jsonfeed.org/version/1.1"', Listing.FEED),
        (b'<?xml version="1.0"?><urlset xmlns="x">', Listing.SITEMAP),
        (b"<sitemapindex>", Listing.SITEMAP),
        ('<?xml version="1.0" encoding="utf-16"?><rss>'.encode("utf-16"), Listing.FEED),
        (b"<!doctype html><html><p>How to read a <rss > feed", None),
        (b"", None),
    ],
)
def test_what_was_fetched_is_told_by_its_first_bytes(content: bytes, listing: Listing | None) -> None:
    """A page about feeds is none."""
    assert tell_listing(content) is listing


@for_any(st.binary(max_size=300))
def test_any_bytes_give_candidates_or_none(content: bytes) -> None:
    """No page is too broken to be looked at."""
    assert all(each.url.startswith("http") for each in find_in_page(content, URL))
    assert all(each.url.startswith("http") for each in find_in_robots(content, URL))
