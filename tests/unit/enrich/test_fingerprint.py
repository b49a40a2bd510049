"""One address has one spelling, one text one hash, one article one id."""

from datetime import UTC, datetime

import pytest

from newsdex.enrich.fingerprint import article_id, canonicalize_url, content_hash, count_words, registered_domain
from newsdex.records import Origin


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://WWW.News.Example:80/A/b?x=1&utm_source=feed&fbclid=9#top", "http://www.news.example/A/b?x=1"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example:8443/a?b=2&a=1", "https://news.example:8443/a?b=2&a=1"),
        ("https://www.google.com/amp/s/www.news.example/A/b?usqp=1", "https://www.news.example/A/b?usqp=1"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a.amp", "https://news.example/a.amp"),
        ("https://news-example.cdn.ampproject.org/v/news.example/a", "http://news.example/a"),
        ("https://www.google.com/amplifiers/news.example", "https://www.google.com/amplifiers/news.example"),
        ("https://news.example/a?amp=1&outputType=amp", "https://news.example/a"),
        ("https://news.example/дом?q=дом", "https://news.example/%D0%B4%D0%BE%D0%BC?q=%D0%B4%D0%BE%D0%BC"),
        ("https://Bücher.example/%c3%a4/ä", "https://xn--bcher-kva.example/%C3%A4/%C3%A4"),
        ("/relative", None),
        ("mailto:desk@news.example", None),
        ("https://news.example:port/", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_brought_to_one_spelling(url: str | None, canonical: str | None) -> None:
    """What only tracks goes; what may matter stays: path case, parameter order."""
    assert canonicalize_url(url) == canonical


def test_canonicalizing_twice_is_canonicalizing_once() -> None:
    """The id may be made from either."""
    once = canonicalize_url("https://News.example/a?utm_medium=x&&b=1#c")
    assert canonicalize_url(once) == once


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://a.b.example.com", "example.com"),
        ("http://127.0.0.1/", None),
    ],
)
def test_the_registered_domain_follows_the_public_suffix_list(url: str, domain: str | None) -> None:
    """An address without a name has none."""
    assert registered_domain(url) == domain


def test_copies_that_differ_in_case_width_and_spacing_have_one_hash() -> None:
    """And a changed word has another."""
    first = content_hash(["The  bridge", "is open."])
    assert first == content_hash(["the bridge is OPEN．"]) != content_hash(["The bridge is closed."])


def test_the_id_comes_from_the_address_else_from_the_bytes() -> None:
    """32 hex digits either way."""
    origin = Origin("x", datetime(2025, 1, 1, tzinfo=UTC), "text/plain", "ab" * 32)
    assert article_id(None, origin) == "ab" * 16
    assert article_id("https://news.example/a", origin) not in ("ab" * 16, article_id("https://news.example/b", origin))
    assert len(article_id("https://news.example/a", origin)) == 32


@pytest.mark.parametrize(
    ("text", "words"),
    [("It's a well-known story.", 4), ("百年水车", 4), ("古い橋 open", 4), ("옛 다리 개방", 3), ("", 0), ("— !", 0)],
)
def test_words_are_counted_as_each_script_has_them(text: str, words: int) -> None:
    """Chinese and Japanese by character, Korean by spaces."""
    assert count_words([text]) == words
