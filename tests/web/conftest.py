"""The pages over a real archive, opened in a real browser; whatever the browser complains of fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article
from node_process import KeptNode
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from web_pages import BROWSER_ARGUMENTS, WebServer, find_browser

from newsdex.index import Names, ensure_indices, write
from newsdex.records import Article, DateEvidence, FoundIn, Offset, Precision
from newsdex.settings import Settings

Serve = Callable[[Settings], str]

expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Start pages over an archive, and give their address; they end with the tests of this folder."""
    started: list[WebServer] = []

    def serve(settings: Settings, variables: Mapping[str, str] | None = None) -> str:
        own = {
            "NEWSDEX_HOME": str(settings.home),
            "NEWSDEX_CONFIG": str(settings.config),
            "NEWSDEX_ES_PORT": str(settings.elasticsearch_port),
            "NEWSDEX_INDEX_PREFIX": settings.index_prefix,
        }
        server = WebServer({**own, **(variables or {})}, tmp_path_factory.mktemp("web") / "log")
        started.append(server)
        server.wait_ready()
        return server.address

    yield serve
    for server in started:
        server.stop()


@pytest.fixture(scope="package")
def archive(node: KeptNode, client: Elasticsearch) -> Iterator[Settings]:
    """Fill an archive that no test changes."""
    settings = replace(node.settings, index_prefix="web-")
    ensure_indices(client, settings)
    articles = list(make_articles())
    assert len(list(write(client, articles, prefix="web-", indexed_at=NOW))) == len(articles)
    client.indices.refresh(index=Names("web-").news)
    yield settings
    client.indices.delete(index=list(client.indices.get(index="web-*")))


@pytest.fixture(scope="package")
def address(serve: Serve, archive: Settings) -> str:
    """Serve that archive."""
    return serve(archive)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Open a window that remembers nothing."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open a page. A script error, or anything that the content policy stopped, fails the test at its end."""
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" and "status of" not in said.text else None,
    )
    yield opened
    assert complaints == []


def make_articles() -> Iterator[Article]:
    """Make the archive: ferries in English, some copied; other scripts; hostile text; more than a page of stories."""
    for number in range(24):
        yield make_article(
            (
                f"The ferry to Dunmere number {number} was late on Monday.",
                f"Passengers of crossing {number * 7} waited.",
            ),
            headline=f"Ferry {number} was late",
            publisher=("Harbour Post", "Northmoor Gazette")[number % 2],
            agencies=("Reuters",) if number % 3 == 0 else (),
            section=("Local", "Business")[number % 2],
            url=f"https://harbour.example/ferry/{number}",
            published=datetime(2024, 11, 1, 9, tzinfo=UTC) + timedelta(days=number),
        )
    told = ("The lighthouse of Brennick shines again after two years of repairs.", "It cost four million.")
    for publisher, day in (("Harbour Post", 5), ("Meridian Daily", 6), ("Inland Mirror", 7)):
        yield make_article(
            told,
            headline="Lighthouse shines again",
            publisher=publisher,
            url=f"https://{publisher.split()[0].lower()}.example/lighthouse",
            published=datetime(2025, 3, day, tzinfo=UTC),
        )
    yield _dated_by_day()
    yield make_article(
        "افتتح الرئيس الجسر الجديد في العاصمة يوم الاثنين.",
        headline="افتتاح الجسر الجديد",
        language="ar",
        publisher="بريد الساحل",
        published=datetime(2023, 5, 2, tzinfo=UTC),
    )
    yield make_article(
        "中国国家主席在北京会见了美国国务卿，双方讨论了贸易问题。",
        headline="北京会晤",
        language="zh-Hans",
        publisher="江城晚报",
        published=datetime(2023, 5, 3, tzinfo=UTC),
    )
    yield make_article(
        "東京で新しい橋が開通した。",
        headline="新しい橋",
        language="ja",
        publisher="汐見新聞",
        published=datetime(2023, 5, 4, tzinfo=UTC),
    )
    yield make_article(
        ("zubrowka <script>window.stolen = 1</script> <img src=x onerror='window.stolen = 2'>", "zubrowka second"),
        headline="<script>window.stolen = 3</script><b onclick='window.stolen = 4'>zubrowka</b>",
        publisher="\"><svg onload='window.stolen = 5'>",
        url="javascript:window.stolen=6",
        section="'><script>window.stolen = 7</script>",
        published=datetime(2023, 6, 1, tzinfo=UTC),
        agencies=("&lt;script&gt;",),
    )
    yield make_article(
        "A quincunx is five points, four of them the corners.",
        headline="quincunx " + "very long " * 100_000,
        publisher="P" * 200,
        language="und",
        published=None,
    )


def _dated_by_day() -> Article:
    article = make_article(
        "The orchard of Garrin bears fruit for the first time.",
        headline="Orchard bears fruit",
        publisher="Inland Mirror",
        published=datetime(2023, 6, 20, tzinfo=UTC),
    )
    day = datetime(2023, 6, 20, tzinfo=UTC)
    evidence = DateEvidence("20 June 2023", FoundIn.LINE, Precision.DAY, Offset.ASSUMED, 0.9, day=day.date())
    return replace(article, published=replace(article.published, evidence=evidence), flags=("offset_assumed",))
