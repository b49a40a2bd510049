"""Dates in a page's markup are found wherever newsrooms' systems put them."""

import pytest
from bs4 import BeautifulSoup

from newsdex.extract.structured_data import read_metadata
from newsdex.records import DateCandidate, DateRole, FoundIn


def dates(markup: str, address: str | None = None) -> tuple[DateCandidate, ...]:
    """Read the dates of a piece of a page."""
    return read_metadata(BeautifulSoup(markup, "lxml"), address).dates


def json_ld(text: str) -> str:
    """Wrap JSON-LD as pages do."""
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "name",
    [
        *(
            "article:published_time",
            "parsely-pub-date",
            "sailthru.date",
            "bt:pubDate",
            "DC.date.issued",
            "dcterms.created",
        ),
        *("cXenseParse:recs:publishtime", "weibo:article:create_at", "citation_publication_date", "pubdate", "date"),
    ],
)
def test_meta_elements_of_many_systems_are_known(name: str) -> None:
    """In any case of letters."""
    assert dates(f'<meta name="{name}" content="2024-11-16">') == (
        DateCandidate("2024-11-16", DateRole.PUBLISHED, FoundIn.META),
    )


@pytest.mark.parametrize("name", ["article:modified_time", "og:updated_time", "DC.date.modified", "bt:moddate"])
def test_a_change_is_never_a_publication(name: str) -> None:
    """The two are apart from the start."""
    assert dates(f'<meta property="{name}" content="2024-11-16">')[0].role is DateRole.MODIFIED


def test_the_web_pages_date_serves_where_no_article_has_one() -> None:
    """A video's or a comment's does not."""
    page = '{"@type": "WebPage", "datePublished": "2024-11-16"}'
    other = '{"@type": "Comment", "datePublished": "2024-11-16"}'
    assert dates(json_ld(page))[0].found_in is FoundIn.JSON_LD
    assert dates(json_ld(other)) == ()


def test_dates_are_read_out_of_json_ld_that_is_no_json() -> None:
    """An unescaped quotation mark costs the headline, not the date."""
    broken = '{"@type": "NewsArticle", "headline": "The "old" bridge", "datePublished": "2024-11-16T08:00:00Z"}'
    assert dates(json_ld(broken)) == (DateCandidate("2024-11-16T08:00:00Z", DateRole.PUBLISHED, FoundIn.JSON_LD),)


@pytest.mark.parametrize(
    "markup",
    [
        '<span itemprop="datePublished">16 November 2024</span>',
        '<span property="schema:datePublished" content="16 November 2024"></span>',
        '<abbr class="published" title="16 November 2024">last week</abbr>',
        '<time pubdate datetime="16 November 2024">last week</time>',
    ],
)
def test_microdata_rdfa_and_hatom_are_read(markup: str) -> None:
    """Whatever the page uses to mark it."""
    assert dates(markup)[0] == DateCandidate("16 November 2024", DateRole.PUBLISHED, FoundIn.TIME_TAG)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://news.example/2024/11/16/bridge", "2024-11-16"),
        ("https://news.example/local/bridge-20241116.html", "2024-11-16"),
        ("https://news.example/2024-11-16_bridge", "2024-11-16"),
        ("https://news.example/report_of_16.11.2024_bridge", "16.11.2024"),
    ],
)
def test_an_address_may_hold_the_day(address: str, text: str) -> None:
    """As folders, as a number, in the slug."""
    assert dates("", address) == (DateCandidate(text, DateRole.PUBLISHED, FoundIn.URL),)


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/2024/11/bridge",
        "https://news.example/bridge-120241116-7",
        "https://news.example/20249916/bridge",
        "https://news.example/a20241116bc/bridge",
        "https://news.example/bridge?day=2024-11-16",
    ],
)
def test_numbers_in_an_address_are_no_dates(address: str) -> None:
    """A month, an identifier, a day that does not exist, a question."""
    assert dates("", address) == ()
