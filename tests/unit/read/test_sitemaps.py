"""Sitemaps of every kind."""

from __future__ import annotations

import contextlib
import gzip

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from newsdex.errors import Rejected
from newsdex.read.sitemaps import Sitemap, parse_sitemap
from newsdex.records import FoundIn, Reason

URL = "https://www.gazette.example/sitemap.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


def urlset(*urls: str) -> bytes:
    return (HEAD + "".join(f"<url>{url}</url>" for url in urls) + "</urlset>").encode()


def test_a_news_sitemap_says_what_a_feed_would() -> None:
    """Headline, publisher, language, keywords and the date of publication, beside when the page was last changed."""
    news = (
        "<loc>https://www.gazette.example/1</loc><lastmod>2024-11-20</lastmod><news:news><news:publication>"
        "<news:name>The Gazette</news:name><news:language>en</news:language></news:publication>"
        "<news:publication_date>2024-11-19T00:16:00Z</news:publication_date><news:title>Bridge &amp; road</news:title>"
        "<news:keywords>Town, Bridges</news:keywords></news:news>"
        "<image:image><image:loc>https://i.example/1.jpg</image:loc><image:title>A bridge</image:title></image:image>"
    )
    (entry,) = parse_sitemap(urlset(news), URL).entries
    given = entry.given
    assert (entry.url, entry.updated, entry.news) == ("https://www.gazette.example/1", "2024-11-20", True)
    assert (given.found_in, given.url, given.headline) == (FoundIn.FEED, entry.url, "Bridge & road")
    assert (given.publisher, given.language, given.keywords) == ("The Gazette", "en", ("Town", "Bridges"))
    assert (given.published, given.modified) == ("2024-11-19T00:16:00Z", "2024-11-20")


def test_a_pictures_address_is_not_the_pages() -> None:
    """Not even where it comes first."""
    image = "<image:image><image:loc>https://i.example/1.jpg</image:loc></image:image>"
    (entry,) = parse_sitemap(urlset(image + "<loc>/1</loc>"), URL).entries
    assert (entry.url, entry.news, entry.given.headline) == ("https://www.gazette.example/1", False, None)


def test_an_index_names_other_sitemaps() -> None:
    """With when they were changed, so that old ones need not be asked for."""
    content = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/a.xml.gz</loc>'
        b"<lastmod>2024-11-20</lastmod></sitemap><sitemap><loc>/b.xml?x=1&y=2</loc></sitemap><sitemap/></sitemapindex>"
    )
    sitemap = parse_sitemap(content, URL)
    assert [(part.url, part.updated) for part in sitemap.parts] == [
        ("https://www.gazette.example/a.xml.gz", "2024-11-20"),
        ("https://www.gazette.example/b.xml?x=1&y=2", None),
    ]
    assert (sitemap.entries, sitemap.skipped) == ((), 1)


def test_a_text_sitemap_has_an_address_a_line() -> None:
    """With a byte order mark, empty lines and all."""
    sitemap = parse_sitemap("\ufeffhttps://a.example/1\r\n\r\n https://a.example/2 \n".encode(), URL)
    assert [entry.url for entry in sitemap.entries] == ["https://a.example/1", "https://a.example/2"]


def test_a_packed_sitemap_is_unpacked() -> None:
    """Most large ones are."""
    assert len(parse_sitemap(gzip.compress(urlset("<loc>/1</loc>")), URL).entries) == 1


@pytest.mark.parametrize(
    "content",
    [
        urlset("<loc>/1</loc>").replace(b' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', b""),
        urlset("<loc>/1</loc>").replace(b"sitemaps.org/schemas/sitemap/0.9", b"google.com/schemas/sitemap/0.84"),
        b"\n \n" + urlset("<loc>/1</loc>"),
        urlset("<loc>/1</loc>", "<loc>/2")[:-20],
        (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><s:urlset xmlns:s="http://www.sitemaps.org/schemas/'
            b'sitemap/0.9"><s:url><s:loc>/1</s:loc></s:url></s:urlset>'
        ),
    ],
    ids=["no namespace", "an old namespace", "blanks before it", "cut off", "a prefix and entities"],
)
def test_a_sitemap_that_is_not_quite_right_is_read(content: bytes) -> None:
    """As far as it goes."""
    assert parse_sitemap(content, URL).entries[0].url == "https://www.gazette.example/1"


def test_what_has_no_address_is_counted() -> None:
    """So that nothing is lost silently."""
    sitemap = parse_sitemap(urlset("<loc>/1</loc>", "<loc/>", "<loc>ftp://x.example/</loc>", ""), URL)
    assert (len(sitemap.entries), sitemap.skipped) == (1, 3)


def test_addresses_beyond_the_protocols_limit_are_not_read_and_that_is_said() -> None:
    """Fifty thousand, in XML and in text."""
    for content in (urlset(*["<loc>/1</loc>"] * 50_001), b"https://a.example/1\n" * 50_001):
        sitemap = parse_sitemap(content, URL)
        assert len(sitemap.entries) == 50_000
        assert sitemap.problem is not None


def test_a_sitemap_beyond_the_protocols_size_is_refused() -> None:
    """Also one that is only small while it is packed."""
    with pytest.raises(Rejected) as told:
        parse_sitemap(gzip.compress(HEAD.encode() + bytes(51_000_000)), URL)
    assert told.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("hostile", ["<a>", "<url>", "<", "&x;", "<![CDATA[", "<!DOCTYPE x ["])
def test_a_megabyte_of_one_token_is_read_at_once(hostile: str) -> None:
    """Nothing takes time that grows faster than its length."""
    assert isinstance(parse_sitemap(urlset(hostile * (1_000_000 // len(hostile))), URL), Sitemap)


@pytest.mark.parametrize(
    "content", [b"", b"<!doctype html><html><p>No such page", b"some words\nand more", b"<rss><channel/></rss>"]
)
def test_what_is_no_sitemap_is_refused(content: bytes) -> None:
    """A page that says `not found` with 200 is not an empty sitemap."""
    with pytest.raises(Rejected) as told:
        parse_sitemap(content, URL)
    assert told.value.reason is Reason.BROKEN_RECORD


@for_any(st.binary(max_size=300), st.sampled_from([b"", b"<urlset><url><loc>", b"<sitemapindex><sitemap>"]))
def test_any_bytes_end_as_a_sitemap_or_a_refusal(content: bytes, start: bytes) -> None:
    """Never as anything else."""
    with contextlib.suppress(Rejected):
        assert isinstance(parse_sitemap(start + content, URL), Sitemap)
