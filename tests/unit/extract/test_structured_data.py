"""What a page says of itself is read from every usual place, broken or not."""

import pytest
from bs4 import BeautifulSoup

from newsdex.extract.structured_data import Metadata, read_metadata
from newsdex.records import DateCandidate, DateRole, FoundIn


def read(markup: str, address: str | None = None) -> Metadata:
    """Read the metadata of a piece of a page."""
    return read_metadata(BeautifulSoup(markup, "lxml"), address)


def json_ld(text: str) -> str:
    """Wrap JSON-LD as pages do."""
    return f'<script type="application/ld+json">{text}</script>'


ARTICLE = '{"@type": "NewsArticle", "headline": "Bridge stays open", "datePublished": "2024-11-16"}'


@pytest.mark.parametrize(
    "text",
    [
        ARTICLE,
        f"[{ARTICLE}]",
        f'{{"@graph": [{{"@type": "WebSite", "name": "X"}}, {ARTICLE}]}}',
        f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}',
        f"<!-- {ARTICLE} -->",
        f"//<![CDATA[\n{ARTICLE}\n//]]>",
        ARTICLE[:-1] + ",}",
        ARTICLE.replace("stays", "stays\\u0020").replace(" open", "\nopen"),
        ARTICLE.replace('"NewsArticle"', '["NewsArticle", "Thing"]'),
        ARTICLE.replace("NewsArticle", "https://schema.org/NewsArticle"),
    ],
)
def test_json_ld_is_read_in_all_its_shapes(text: str) -> None:
    """Graphs, arrays, comments, trailing commas, raw line breaks."""
    assert read(json_ld(text)).headlines == ("Bridge stays open",)


@pytest.mark.parametrize("text", ["", "{", "null", "[" * 100_000, '{"@type": 3}', '"text"', '{"@type": []}'])
def test_broken_json_ld_is_passed_over(text: str) -> None:
    """It is common and no error."""
    assert read(json_ld(text)).headlines == ()


def test_dates_keep_their_role_and_place() -> None:
    """JSON-LD, meta, time element and address, best first."""
    page = (
        json_ld('{"@type": "Article", "datePublished": "2024-11-16T08:00:00Z", "dateModified": "2024-11-17T09:00:00Z"}')
        + '<meta property="article:published_time" content="2024-11-16T08:00Z">'
        + '<article><time datetime="2024-11-16">today</time></article>'
    )
    assert read(page, "https://news.example/2024/11/16/bridge/").dates == (
        DateCandidate("2024-11-16T08:00:00Z", DateRole.PUBLISHED, FoundIn.JSON_LD),
        DateCandidate("2024-11-16T08:00Z", DateRole.PUBLISHED, FoundIn.META),
        DateCandidate("2024-11-17T09:00:00Z", DateRole.MODIFIED, FoundIn.JSON_LD),
        DateCandidate("2024-11-16", DateRole.PUBLISHED, FoundIn.TIME_TAG),
        DateCandidate("2024-11-16", DateRole.PUBLISHED, FoundIn.URL),
    )


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"@type": "Person", "name": "Jane Roe"}', ("Jane Roe",)),
        ('[{"name": "Jane Roe"}, {"name": "John Doe"}]', ("Jane Roe", "John Doe")),
        ('"By Jane Roe and John Doe"', ("Jane Roe", "John Doe")),
        ('{"@type": "Organization", "name": "The Example"}', ()),
        ('"https://social.example/janeroe"', ()),
        ('"admin"', ()),
    ],
)
def test_authors_are_people(author: str, names: tuple[str, ...]) -> None:
    """Addresses, accounts and the publisher are none."""
    assert read(json_ld(f'{{"@type": "Article", "author": {author}}}')).authors == names


def test_meta_elements_fill_what_json_ld_leaves_open() -> None:
    """OpenGraph, meta names, microdata, link and html attributes."""
    metadata = read(
        """<html lang="pt-BR"><head><link rel="canonical" href="/a/1">
        <meta property="og:title" content="Ponte &amp; rio"><meta property="og:site_name" content="O Exemplo">
        <meta property="article:section" content="Cidades"><meta name="keywords" content="ponte, rio">
        <meta name="author" content="Ana Lima"></head>""",
        "https://news.example/feed/1?x=1",
    )
    assert metadata.headlines == ("Ponte & rio",)
    assert (metadata.site_name, metadata.section, metadata.keywords) == ("O Exemplo", "Cidades", ("ponte", "rio"))
    assert (metadata.authors, metadata.language) == (("Ana Lima",), "pt-BR")
    assert (metadata.url, metadata.canonical_url) == ("https://news.example/feed/1?x=1", "https://news.example/a/1")


def test_a_canonical_link_that_is_no_web_address_is_none() -> None:
    """A relative link without a base leads nowhere."""
    assert read('<link rel="canonical" href="/a">').canonical_url is None


def test_an_author_that_the_graph_describes_elsewhere_is_looked_up() -> None:
    """JSON-LD graphs refer to their objects by `@id`."""
    graph = (
        '[{"@type":"Person","@id":"#a","name":"Jane Roe"},{"@type":"Organization","@id":"#p","name":"Marsh Herald"},'
        '{"@type":"NewsArticle","headline":"Bridge","author":[{"@id":"#a"}],"publisher":{"@id":"#p"}}]'
    )
    page = f'<script type="application/ld+json">{{"@graph":{graph}}}</script>'
    metadata = read_metadata(BeautifulSoup(page, "lxml"))
    assert (metadata.authors, metadata.site_name) == (("Jane Roe",), "Marsh Herald")


def test_a_publisher_in_microdata_is_read() -> None:
    """Its name may stand in a meta element that no reader sees."""
    page = (
        '<div itemscope itemtype="https://schema.org/NewsArticle"><span itemprop="publisher" itemscope>'
        '<meta itemprop="name" content="Marsh Herald"></span></div>'
    )
    assert read_metadata(BeautifulSoup(page, "lxml")).site_name == "Marsh Herald"
