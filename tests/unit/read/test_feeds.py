"""Feeds of every format, also as broken and as hostile as they come."""

from __future__ import annotations

import contextlib
import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from newsdex.errors import Rejected
from newsdex.read import read_bytes
from newsdex.read.feeds import Feed, parse_feed
from newsdex.records import FoundIn, Reason

URL = "https://www.gazette.example/feeds/news.xml"
SENTENCE = "The swing bridge turned again on Monday after eleven years of repairs that nobody had planned. "
FULL = "".join(f"<p>{SENTENCE * 2}{number}</p>" for number in range(6))


def rss(item: str = "", channel: str = "", version: str = "2.0") -> bytes:
    namespaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="{version}" {namespaces}><channel>'
        f"<title>Gazette</title>{channel}<item>{item}</item></channel></rss>"
    ).encode()


def atom(entry: str = "", head: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-IE">'
        f"<title>Gazette</title>{head}<entry>{entry}</entry></feed>"
    ).encode()


def json_feed(**item: object) -> bytes:
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "Gazette", "language": "en", "items": [item]}).encode()


def test_an_rss_item_says_all_that_it_has() -> None:
    """In the words of an article; dates and names as they are written."""
    feed = parse_feed(
        rss(
            "<title>Bridge opens</title><link>https://www.gazette.example/1</link><guid>tag:1</guid>"
            "<description>&lt;p&gt;It had been shut.&lt;/p&gt;</description><dc:creator>Jane Roe</dc:creator>"
            "<dc:creator>John Doe</dc:creator><pubDate>Tue, 19 Nov 2024 00:16:00 GMT</pubDate>"
            "<category>Town</category><category>Bridges</category><source url='https://x.example/'>Wire</source>"
            "<atom:updated>2024-11-19T09:00:00Z</atom:updated>",
            "<language>en-GB</language><link>https://www.gazette.example/</link>",
        ),
        URL,
    )
    (entry,) = feed.entries
    given = entry.given
    assert (feed.title, feed.language, feed.link) == ("Gazette", "en-GB", "https://www.gazette.example/")
    assert (entry.id, entry.url, given.url) == ("tag:1", "https://www.gazette.example/1", entry.url)
    assert (given.found_in, given.headline, given.standfirst) == (FoundIn.FEED, "Bridge opens", "It had been shut.")
    assert (given.authors, given.keywords) == (("Jane Roe", "John Doe"), ("Town", "Bridges"))
    assert (given.publisher, given.language) == ("Wire", "en-GB")
    assert (given.published, given.modified) == ("Tue, 19 Nov 2024 00:16:00 GMT", "2024-11-19T09:00:00Z")
    assert (entry.updated, feed.problem) == (given.modified, None)


def test_an_atom_entry_says_the_same() -> None:
    """Its date of change is no date of publication."""
    feed = parse_feed(
        atom(
            "<id>urn:1</id><title type='html'>Bridge &amp;amp; road</title><link rel='self' href='/api/1'/>"
            "<link rel='alternate' type='application/pdf' href='/1.pdf'/><link href='/1'/><summary>Shut.</summary>"
            "<author><name>Jane Roe</name><email>jane@gazette.example</email></author><category term='Town'/>"
            "<updated>2024-11-19T09:00:00Z</updated>"
        ),
        URL,
    )
    (entry,) = feed.entries
    assert (entry.id, entry.url) == ("urn:1", "https://www.gazette.example/1")
    assert (entry.given.headline, entry.given.authors, entry.given.keywords) == (
        "Bridge & road",
        ("Jane Roe",),
        ("Town",),
    )
    assert (entry.given.published, entry.given.modified) == (None, "2024-11-19T09:00:00Z")
    assert entry.given.language == "en-IE"


@pytest.mark.parametrize(
    "content",
    [
        rss("<title>A</title><link>/1</link>", version="0.91"),
        (
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            b'<channel rdf:about="x"><title>Gazette</title></channel>'
            b'<item rdf:about="https://www.gazette.example/1"><title>A</title><link>/1</link></item></rdf:RDF>'
        ),
        (
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            b'xmlns="http://channel.netscape.com/rdf/simple/0.9/"><channel><title>Gazette</title></channel>'
            b"<item><title>A</title><link>/1</link></item></rdf:RDF>"
        ),
        (
            b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Gazette</title>'
            b'<entry><title>A</title><link rel="alternate" href="/1"/></entry></feed>'
        ),
        (
            b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Gazette</a:title>'
            b'<a:entry><a:title>A</a:title><a:link href="/1"/></a:entry></a:feed>'
        ),
        json_feed(id="1", url="/1", title="A"),
    ],
    ids=["RSS 0.91", "RSS 1.0", "RSS 0.90", "Atom 0.3", "Atom with a prefix", "JSON Feed"],
)
def test_every_format_is_read(content: bytes) -> None:
    """Links relative to the feed are made absolute."""
    feed = parse_feed(content, URL)
    assert feed.title == "Gazette"
    assert [(each.given.headline, each.url) for each in feed.entries] == [("A", "https://www.gazette.example/1")]


def test_a_json_feed_says_the_same() -> None:
    """Version 1.0 has one author, 1.1 several; ids may be numbers."""
    item = parse_feed(
        json_feed(
            id=7,
            url="https://www.gazette.example/1",
            title="Bridge opens",
            summary="Shut.",
            tags=["Town"],
            authors=[{"name": "Jane Roe"}],
            date_published="2024-11-19T00:16:00Z",
            date_modified="2024-11-20T00:00:00Z",
        ),
        URL,
    ).entries[0]
    assert (item.id, item.given.headline, item.given.standfirst) == ("7", "Bridge opens", "Shut.")
    assert (item.given.authors, item.given.keywords, item.given.language) == (("Jane Roe",), ("Town",), "en")
    assert (item.given.published, item.given.modified) == ("2024-11-19T00:16:00Z", "2024-11-20T00:00:00Z")
    older = parse_feed(json_feed(id="1", author={"name": "John Doe"}), URL).entries[0]
    assert older.given.authors == ("John Doe",)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        (
            "<link>https://t.example/c?x=1</link><feedburner:origLink>https://g.example/1</feedburner:origLink>",
            "https://g.example/1",
        ),
        ("<link>\n  /1?a=1&amp;b=2\n</link>", "https://www.gazette.example/1?a=1&b=2"),
        ("<link>/1?a=1&b=2</link>", "https://www.gazette.example/1?a=1&b=2"),
        ("<link><![CDATA[/1?a=1&b=2]]></link>", "https://www.gazette.example/1?a=1&b=2"),
        ("<guid>https://g.example/1</guid>", "https://g.example/1"),
        ("<guid isPermaLink='false'>https://g.example/1</guid>", None),
        ("<guid>tag:1</guid>", None),
        ("<link>javascript:alert(1)</link><atom:link href='https://g.example/2'/>", "https://g.example/2"),
        ("<link>http://[broken</link>", None),
        ("<link/><title>only</title>", None),
        ("<link xml:base='https://other.example/a/'>ignored</link>", "https://www.gazette.example/feeds/ignored"),
    ],
)
def test_the_link_is_the_articles_own(item: str, url: str | None) -> None:
    """Behind trackers, mended, from the guid if need be; an entry that leads nowhere is there without one."""
    assert [each.url for each in parse_feed(rss(item), URL).entries] == [url]


def test_relative_links_follow_xml_base() -> None:
    """That of the entry within that of the feed."""
    content = atom("<link href='1'/>", "").replace(b"<feed ", b'<feed xml:base="https://cdn.example/a/" ')
    content = content.replace(b"<entry>", b'<entry xml:base="b/">')
    assert parse_feed(content, URL).entries[0].url == "https://cdn.example/a/b/1"


def test_an_entry_without_id_gets_the_same_one_each_time() -> None:
    """From what it says, so that it is known again; another entry gets another."""
    one, again, other = (parse_feed(rss(f"<title>{title}</title>"), URL).entries[0].id for title in ("A", "A", "B"))
    assert one == again != other


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("desk@gazette.example (Jane Roe)", ("Jane Roe",)),
        ("desk@gazette.example", ()),
        ("Jane Roe", ("Jane Roe",)),
        ("  ", ()),
    ],
)
def test_a_mailbox_is_no_authors_name(author: str, names: tuple[str, ...]) -> None:
    """RSS asks for the mailbox and puts the name behind it."""
    assert parse_feed(rss(f"<author>{author}</author>"), URL).entries[0].given.authors == names


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Q&amp;A", "Q&A"),
        ("Q&amp;amp;A", "Q&A"),
        ("Q&A: AT&T", "Q&A: AT&T"),
        ("Caf&eacute; &nbsp; opens &rsquo;", "Café opens ’"),
        ("<![CDATA[<b>Bridge</b> opens]]>", "Bridge opens"),
        ("Bri<b>dge</b> opens", "Bridge opens"),
        ("5 &lt; 6 and a &lt; b", "5 < 6 and a < b"),
        ("  Two\n lines ", "Two lines"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Bridge", "Bridge"),
    ],
)
def test_a_headline_is_plain_text(title: str, headline: str) -> None:
    """Escaped once, twice or not at all."""
    assert parse_feed(rss(f"<title>{title}</title>"), URL).entries[0].given.headline == headline


def test_a_pictures_words_are_not_the_articles() -> None:
    """Media RSS has titles and descriptions of its own."""
    item = "<media:title>P</media:title><title>A</title><description>S</description><media:description>D"
    item += "</media:description>"
    given = parse_feed(rss(item), URL).entries[0].given
    assert (given.headline, given.standfirst) == ("A", "S")


@pytest.mark.parametrize(
    ("item", "full"),
    [
        (f"<description>Short.</description><content:encoded><![CDATA[{FULL}]]></content:encoded>", True),
        (f"<content:encoded><![CDATA[{FULL}]]></content:encoded>", True),
        (f"<description><![CDATA[{FULL}]]></description><content:encoded><![CDATA[{FULL}]]></content:encoded>", True),
        ("<content:encoded><![CDATA[<p>Only a line.</p>]]></content:encoded>", False),
        (f"<content:encoded><![CDATA[{FULL}<p>And then the […]</p>]]></content:encoded>", False),
        (f"<content:encoded><![CDATA[{FULL}<p>And then the… Read more</p>]]></content:encoded>", False),
        (f"<description>{SENTENCE * 7}</description><content:encoded>{SENTENCE * 8}</content:encoded>", False),
        (f"<description><![CDATA[{FULL * 2}]]></description>", True),
        (f"<description>{SENTENCE}</description>", False),
        ("<media:content><![CDATA[" + FULL + "]]></media:content>", False),
    ],
)
def test_whether_the_feed_carries_the_text_is_decided(item: str, full: bool) -> None:
    """By its length beside the summary's, and by how it ends."""
    assert (parse_feed(rss(item), URL).entries[0].html is not None) is full


def test_a_text_that_the_feed_carries_becomes_a_page() -> None:
    """Which is read as HTML like any other, with the headline in it."""
    content = f"<title>Bridge &amp; road</title><content:encoded><![CDATA[{FULL}]]></content:encoded>"
    (entry,) = parse_feed(rss(content, "<language>en</language>"), URL).entries
    page = entry.as_page()
    raw = read_bytes(page, uri=URL, fetched_at=datetime(2026, 1, 1, tzinfo=UTC), limit=100_000)
    assert raw.origin.media_type == "text/html"
    assert b"<h1>Bridge &amp; road</h1>" in page
    assert FULL.encode() in page


def test_atom_content_is_taken_in_all_its_kinds() -> None:
    """Escaped HTML, XHTML in place, plain text; what lies elsewhere is not here."""
    xhtml = f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{FULL}</div></content>"
    escaped = f"<content type='html'>{FULL.replace('<', '&lt;')}</content>"
    text = f"<content type='text'>{SENTENCE * 20}</content>"
    elsewhere = "<content type='text/html' src='/1.html'/>"
    htmls = [parse_feed(atom(each), URL).entries[0].html for each in (xhtml, escaped, text, elsewhere)]
    assert [html is not None for html in htmls] == [True, True, True, False]
    assert f"<div>{FULL}</div>" in (htmls[0] or "")
    assert htmls[1] == FULL
    assert (htmls[2] or "").startswith("<p>The swing")


@pytest.mark.parametrize(
    ("channel", "headers", "rest"),
    [
        ("<ttl>30</ttl>", [], 1800),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", [], 1800),
        ("<ttl>5</ttl>", [("Cache-Control", "public, max-age=900")], 900),
        ("<ttl>999999</ttl>", [], 86400),
        ("<ttl>soon</ttl>", [], None),
        ("", [], None),
    ],
)
def test_how_long_it_wants_to_be_left_alone_is_read(
    channel: str, headers: list[tuple[str, str]], rest: float | None
) -> None:
    """The longest of what it says, but never over a day."""
    assert parse_feed(rss("", channel), URL, headers).rest == rest


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-8", None),
        ("cp1251", "windows-1251", None),
        ("cp1251", "utf-8", "text/xml; charset=windows-1251"),
        ("utf-8", "iso-8859-1", None),
        ("utf-16", "utf-16", None),
    ],
)
def test_the_encoding_is_found_whatever_is_declared(encoding: str, declared: str, header: str | None) -> None:
    """By the server, the declaration, the bytes themselves."""
    text = f'<?xml version="1.0" encoding="{declared}"?><rss><channel>'
    text += "<title>Мост открыт после ремонта</title></channel></rss>"
    headers = [("Content-Type", header)] if header else []
    assert parse_feed(text.encode(encoding), URL, headers).title == "Мост открыт после ремонта"


def test_a_packed_feed_is_unpacked() -> None:
    """Some sites serve `feed.xml.gz`."""
    assert parse_feed(gzip.compress(rss("<title>A</title>")), URL).entries[0].given.headline == "A"


@pytest.mark.parametrize(
    "content",
    [
        rss("<title>A</title><link>/1</link></item><item><title>B")[:-30],
        b"\n\n<br />\n<b>Warning</b>: no database\n" + rss("<title>A</title><link>/1</link>"),
        rss("<title>A</title><link>/1</link>").replace(b"A<", b"A\x00\x0b<"),
        rss("<title>A</title><link>/1</link><description>a < b & <p>c</description>"),
        rss("<title>A</title><link>/1</link><nope:x>undeclared</nope:x>"),
    ],
    ids=["cut off", "words before it", "control characters", "markup not escaped", "undeclared prefix"],
)
def test_a_broken_feed_gives_what_it_has(content: bytes) -> None:
    """The entries before the damage are as good as any."""
    (first, *_) = parse_feed(content, URL).entries
    assert (first.given.headline, first.url) == ("A", "https://www.gazette.example/1")


def test_that_a_feed_ends_early_is_said() -> None:
    """The source has a problem that its owner should know."""
    assert parse_feed(rss("<title>A</title>")[:-40], URL).problem is not None


def test_modules_that_a_feed_forgot_to_declare_are_understood() -> None:
    """By their usual prefix."""
    content = b"<rss><channel><item><title>A</title><dc:creator>Jane Roe</dc:creator></item></channel></rss>"
    assert parse_feed(content, URL).entries[0].given.authors == ("Jane Roe",)


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB + "]>",
        "<!DOCTYPE x [<!ENTITY j SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'>",
    ],
    ids=["entities that grow", "a file", "a definition elsewhere"],
)
def test_entities_of_a_feeds_own_stay_what_they_are(doctype: str) -> None:
    """Nothing grows, nothing is read from the disk or the network; the name of the entity is what is left."""
    content = (
        f'<?xml version="1.0"?>{doctype}<rss><channel><title>&j;</title><item><title>A</title></item></channel></rss>'
    )
    feed = parse_feed(content.encode(), URL)
    assert (feed.title, feed.entries[0].given.headline) == ("&j;", "A")


@pytest.mark.parametrize(
    "hostile", [b"<a>", b"<", b"&", b"&a;", b"<![CDATA[", b"<!DOCTYPE x [", b"<?xml ", b"<item>", b"</rss>"]
)
def test_a_megabyte_of_one_token_is_read_at_once(hostile: bytes) -> None:
    """Deep nesting, open sections: none takes time or stack that grows faster than its length."""
    assert isinstance(parse_feed(b"<rss><channel>" + hostile * (1_000_000 // len(hostile)), URL), Feed)


def test_entries_beyond_the_limit_are_not_read_and_that_is_said() -> None:
    """Ten thousand are more than any feed of news has."""
    feed = parse_feed(b"<rss><channel>" + b"<item><link>/1</link></item>" * 10_001 + b"</channel></rss>", URL)
    assert len(feed.entries) == 10_000
    assert feed.problem is not None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"   ", b"Not a feed", b"<!doctype html><html><p>A page", b'{"version": "1"}', b"[]", b"{" * 100_000,
        b"<urlset><url/></urlset>", b"\x89PNG\r\n\x1a\n", b'{"version": "https://jsonfeed.org/version/1", "items": 7}',
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused(content: bytes) -> None:
    """An address that gives pages or sitemaps is not a silent empty feed."""
    with pytest.raises(Rejected) as told:
        parse_feed(content, URL)
    assert told.value.reason is Reason.BROKEN_RECORD


def test_a_feed_of_unheard_of_size_is_refused() -> None:
    """Packed or not."""
    content = b"<rss>" + b" " * 21_000_000
    for each in (content, gzip.compress(content)):
        with pytest.raises(Rejected) as told:
            parse_feed(each, URL)
        assert told.value.reason is Reason.TOO_LARGE


@for_any(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<rss><channel><item>", b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>']),
)
def test_any_bytes_end_as_a_feed_or_a_refusal(content: bytes, start: bytes) -> None:
    """Never as anything else."""
    with contextlib.suppress(Rejected):
        assert isinstance(parse_feed(start + content, URL), Feed)
