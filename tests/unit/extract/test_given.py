"""What the door gives fills what the document leaves open, and evidence says who gave what."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsdex.clean import clean
from newsdex.enrich import enrich
from newsdex.extract import extract
from newsdex.extract.decoding import ENCODING_MISDECLARED
from newsdex.extract.given import THE_PAGE, THE_RECORD, address_of
from newsdex.records import Article, DateCandidate, DateRole, FoundIn, Given, Origin, RawDocument, Response
from newsdex.rules import Rules

BODY = """
<p>The bridge over the river stays open after a long debate in the council on Tuesday evening, the mayor said.</p>
<p>It was built by the mill’s owners, who paid a guard at either end and let nobody cross on a Sunday.</p>
<p>Engineers found the iron sound, though two of the piers want new stone before the next high water comes.</p>
"""
PAGE = f'<html><head><meta property="og:type" content="article"></head><body><article>{BODY}</article></body></html>'
TITLED = PAGE.replace("</head>", '<meta property="og:title" content="Bridge stays open"></head>')
TEXT = "The bridge over the river stays open after a long debate in the council. It was built in 1931.\n"


def raw(
    content: str | bytes = PAGE, given: Given | None = None, headers: tuple[tuple[str, str], ...] | None = None
) -> RawDocument:
    """Give a raw document with what stood around it."""
    data = content.encode() if isinstance(content, str) else content
    media_type = "text/html" if data.startswith(b"<") else "text/plain"
    origin = Origin("https://news.example/r?id=7", datetime(2025, 1, 1, tzinfo=UTC), media_type, "0" * 64)
    response = None if headers is None else Response("https://news.example/story", 200, headers)
    return RawDocument(origin, data, given, response)


def finish(document: RawDocument) -> Article:
    """Take a document through the rest of the line."""
    return enrich(clean(extract(document), Rules()), Rules())


FEED = Given(
    FoundIn.FEED,
    headline="Bridge to stay &amp; open",
    authors=("Jane Roe",),
    publisher="The Example",
    section="Local",
    keywords=("bridge", "river"),
    language="en-GB",
    published="Sat, 16 Nov 2024 08:30:00 GMT",
    modified="2024-11-17T09:00:00Z",
)


def test_a_feed_fills_the_holes_of_a_page() -> None:
    """Repaired like the page's own fields."""
    extracted = extract(raw(given=FEED))
    assert (extracted.headline, extracted.authors) == ("Bridge to stay & open", ("Jane Roe",))
    assert (extracted.publisher, extracted.section, extracted.keywords) == ("The Example", "Local", ("bridge", "river"))
    assert extracted.declared_language == "en-GB"


def test_evidence_says_that_the_feed_gave_it() -> None:
    """From the first stage to the finished article."""
    evidence = finish(raw(given=FEED)).as_dict()["evidence"]
    assert evidence["headline"] == {"found_in": "feed", "text": "Bridge to stay & open"}
    assert evidence["authors"] == {"found_in": "feed", "text": "Jane Roe"}
    assert evidence["published_at"]["found_in"] == "feed"


def test_the_pages_own_word_wins_over_a_feeds() -> None:
    """What lost is kept."""
    extracted = extract(raw(TITLED, FEED))
    assert extracted.headline == "Bridge stays open"
    assert extracted.evidence["headline"]["rejected"] == [
        {"found_in": "feed", "text": "Bridge to stay & open", "refused": THE_PAGE}
    ]


def test_a_feed_that_agrees_adds_no_evidence() -> None:
    """Case and punctuation do not matter."""
    extracted = extract(raw(TITLED, replace(FEED, headline="BRIDGE STAYS OPEN.")))
    assert "headline" not in extracted.evidence


def test_a_records_field_wins_over_the_page() -> None:
    """The operator mapped it; the page's is kept as what lost."""
    extracted = extract(raw(TITLED, Given(FoundIn.RECORD, headline="Brücke bleibt offen")))
    assert extracted.headline == "Brücke bleibt offen"
    assert extracted.evidence["headline"] == {
        "found_in": "record",
        "text": "Brücke bleibt offen",
        "rejected": [{"text": "Bridge stays open", "refused": THE_RECORD}],
    }


def test_a_row_gives_a_plain_text_its_headline_and_date() -> None:
    """The text itself has neither."""
    article = finish(raw(TEXT, Given(FoundIn.RECORD, headline="Bridge stays open", published="2024-11-16 08:30:00")))
    assert article.clean.headline == "Bridge stays open"
    assert article.published.value == datetime(2024, 11, 16, 8, 30, tzinfo=UTC)
    assert article.as_dict()["evidence"]["published_at"]["found_in"] == "record"


def test_the_publisher_an_operator_told_is_never_replaced_by_a_feeds() -> None:
    """The inbox folder's name stands."""
    document = raw(given=FEED)
    told = replace(document, origin=replace(document.origin, publisher="Marsh Herald"))
    assert "publisher" not in extract(told).evidence


def test_feed_dates_are_candidates_beside_the_pages() -> None:
    """Nothing is decided while extracting."""
    dates = extract(raw(given=FEED)).dates
    assert DateCandidate("Sat, 16 Nov 2024 08:30:00 GMT", DateRole.PUBLISHED, FoundIn.FEED) in dates
    assert DateCandidate("2024-11-17T09:00:00Z", DateRole.MODIFIED, FoundIn.FEED) in dates


def test_last_modified_is_a_change_found_in_http() -> None:
    """Header names are read in any case."""
    dates = extract(raw(headers=(("last-MODIFIED", "Mon, 18 Nov 2024 08:30:00 GMT"),))).dates
    assert dates == (DateCandidate("Mon, 18 Nov 2024 08:30:00 GMT", DateRole.MODIFIED, FoundIn.HTTP),)


def test_the_address_is_where_the_redirects_ended() -> None:
    """A relative canonical link is resolved against it."""
    extracted = extract(raw(PAGE.replace("</head>", '<link rel="canonical" href="/c/7"></head>'), headers=()))
    assert (extracted.url, extracted.canonical_url) == ("https://news.example/story", "https://news.example/c/7")


def test_a_row_in_a_file_has_the_address_its_field_gives() -> None:
    """Its own place is no web address."""
    document = raw(given=Given(FoundIn.RECORD, url="https://news.example/row"))
    assert address_of(replace(document, origin=replace(document.origin, uri="rows.jsonl#7"))) == (
        "https://news.example/row"
    )


@pytest.mark.parametrize(("header", "language"), [("pt-BR", "pt-BR"), ("de, en", None), ("", None), ("<x>", None)])
def test_content_language_is_the_last_word_on_the_language(header: str, language: str | None) -> None:
    """A list of languages is the page's audience, not its language."""
    assert extract(raw(headers=(("Content-Language", header),))).declared_language == language


def test_content_language_never_contradicts_the_page() -> None:
    """Servers are configured once for all pages."""
    page = PAGE.replace("<html>", '<html lang="cs">')
    assert extract(raw(page, headers=(("Content-Language", "en"),))).declared_language == "cs"


def test_the_servers_charset_is_a_declared_encoding() -> None:
    """Nothing else would tell Cyrillic in KOI8-R from windows-1251."""
    content = "Мост через реку остаётся открытым после долгих споров в совете.".encode("koi8_r")
    extracted = extract(raw(content, headers=(("Content-Type", 'text/plain; charset="KOI8-R"'),)))
    assert extracted.origin.encoding == "koi8-r"
    assert (extracted.paragraphs[0].text[:4], extracted.flags) == ("Мост", ())


def test_the_servers_charset_comes_before_the_pages() -> None:
    """As in browsers."""
    page = PAGE.replace("<head>", '<head><meta charset="windows-1252">').replace("bridge", "мост").encode("cp1251")
    extracted = extract(raw(page, headers=(("Content-Type", "text/html; charset=windows-1251"),)))
    assert extracted.origin.encoding == "cp1251"


@pytest.mark.parametrize("declared", [("utf-8", "iso-8859-1"), ("iso-8859-1", "utf-8")])
def test_utf8_that_either_of_them_declares_is_utf8(declared: tuple[str, str]) -> None:
    """A server's default is no witness against bytes that are UTF-8."""
    server, own = declared
    page = PAGE.replace("<head>", f'<head><meta charset="{own}">').replace("bridge", "pönt")
    extracted = extract(raw(page, headers=(("Content-Type", f"text/html; charset={server}"),)))
    assert (extracted.origin.encoding, extracted.flags) == ("utf-8", ())


def test_a_server_that_is_wrong_is_flagged() -> None:
    """The bytes are UTF-8 beyond doubt."""
    page = PAGE.replace("bridge", "Brücke über den Fluß, für jedermann geöffnet")
    extracted = extract(raw(page, headers=(("Content-Type", "text/html; charset=iso-8859-1"),)))
    assert (extracted.origin.encoding, extracted.flags) == ("utf-8", (ENCODING_MISDECLARED,))


def test_a_charset_nobody_knows_is_passed_over() -> None:
    """So is one that is no text encoding."""
    for name in ("x-unknown", "hex"):
        assert extract(raw(headers=(("Content-Type", f"text/html; charset={name}"),))).origin.encoding == "utf-8"
