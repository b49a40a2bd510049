"""The pipeline page: what came through, how fast, how the sources do, and the quarantine with its release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from elasticsearch import Elasticsearch
from node_process import KeptNode
from playwright.sync_api import Browser, Page, expect
from rebuilt_archive import MOVED, add_rules, ingest, make_home, story
from web_pages import serious_faults

from newsdex.index import BalanceSheet, Names, Outcome
from newsdex.index.quarantine import Selection
from newsdex.index.throughput import Throughput
from newsdex.run.clock import now
from newsdex.run.quarantine import count_quarantine
from newsdex.settings import Settings

HOSTILE = '"><script>window.stolen = 1</script>'
PROSE = (
    "The ferry is back in Colonia after a week at sea, its captain said on Monday, and all of its passengers are well. "
    "They were taken to a hotel beside the harbour, and the company paid for it."
)


def gone(number: int) -> str:
    """Write a page with a line that the rules take for what is left of a page that is gone."""
    return f"<html><body><article><h1>Ferry {number}</h1><p>{MOVED}</p><p>{PROSE}</p></article></body></html>"


@dataclass(frozen=True)
class Archive:
    """Where the pages are: those that may only read, and those that may release."""

    reading: str
    changing: str
    settings: Settings
    at: datetime


@pytest.fixture(scope="module")
def archive(
    node: KeptNode,
    client: Elasticsearch,
    serve: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Archive]:
    """Fill an archive with stories, refusals and balance sheets; what a test releases is of a publisher of its own."""
    home = tmp_path_factory.mktemp("pipeline")
    settings = make_home(replace(node.settings, index_prefix="pipeline-"), home / "home")
    add_rules(settings)
    stories: dict[str, str | bytes] = {f"{number}.html": story(number) for number in range(4)}
    refused: dict[str, str | bytes] = {f"gone{number}.html": gone(number) for number in range(2)}
    ingest(settings, home / "stories", stories, "Gazette")
    ingest(settings, home / "refused", {**refused, "empty.txt": b"  "}, HOSTILE)
    at = now()
    for hours, answered, run_id in ((1, 10, "evening"), (5, 10, "afternoon"), (6, 9, f"broken {HOSTILE}")):
        outcomes = Counter({Outcome.CREATED: 6, Outcome.DUPLICATE: 1, Outcome.QUARANTINED: 3})
        sheet = BalanceSheet(10, answered, outcomes, Counter({"no_article": 3}))
        sheet.store(client, run_id, prefix="pipeline-", stored_at=at - timedelta(hours=hours))
    client.indices.refresh(index="pipeline-*")
    yield Archive(serve(settings), serve(settings, {"NEWSDEX_WEB_CHANGES": "yes"}), settings, at)
    client.indices.delete(index=list(client.indices.get(index="pipeline-*")))


def test_the_chart_and_its_table_say_the_same(page: Page, archive: Archive) -> None:
    """Every hour in which something came, with its outcomes."""
    page.goto(f"{archive.reading}/pipeline")
    hours = page.locator(".chart g > title").all_text_contents()
    busy = [title for title in hours if not title.endswith(": none")]
    assert len(hours) == 48
    assert len(busy) == 3
    assert all(title.endswith(": 6 created, 1 duplicate, 3 quarantined") for title in busy)
    page.get_by_text("The same as a table").click()
    rows = page.get_by_role("region", name="Documents per hour").locator("tbody tr")
    expect(rows).to_have_count(3)
    assert rows.nth(0).locator("td").all_inner_texts() == ["6", "0", "0", "1", "3", "10"]


def test_a_run_that_does_not_balance_is_marked(page: Page, archive: Archive) -> None:
    """At the top, above the list, and in its row, with what is wrong in words."""
    page.goto(f"{archive.reading}/pipeline")
    expect(page.locator(".figures .alarm")).to_contain_text("run that does not balance")
    expect(page.locator(".remark.alarm")).to_contain_text("Elasticsearch confirmed 9 of 10 outcomes")
    rows = page.get_by_role("region", name="Table of the runs").locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="broken")).to_contain_text("does not balance")
    expect(rows.filter(has_text="evening")).to_contain_text("balanced")


def test_a_run_has_a_page_of_its_own(page: Page, archive: Archive) -> None:
    """The address that Airflow's links lead to: the balance sheet in words and in numbers."""
    page.goto(f"{archive.reading}/pipeline?run=evening")
    said = "10 documents came in: 6 are new, 1 has the text of another article, 3 were refused."
    expect(page.locator("main")).to_contain_text(said)
    expect(page.locator("main")).to_contain_text("It balances")
    expect(page.get_by_role("link", name="no article")).to_have_attribute(
        "href", "/pipeline/quarantine?reason=no_article"
    )
    assert page.request.get(f"{archive.reading}/pipeline?run=never").status == 404


def test_the_lag_is_told_by_the_way_in(page: Page, archive: Archive, client: Elasticsearch) -> None:
    """From the bytes to the search; the numbers are those of the articles."""
    all_of_them, *doors = Throughput(client, archive.settings.index_prefix).lags(now())
    assert all_of_them.articles == 4
    assert all_of_them.median is not None
    assert all_of_them.most is not None
    assert 0 <= all_of_them.median <= all_of_them.most < 600
    assert [lag.door for lag in doors] == ["files"]
    page.goto(f"{archive.reading}/pipeline")
    expect(
        page.locator("section", has=page.get_by_role("heading", name="From arrival")).locator("tbody tr")
    ).to_have_count(2)


def test_every_source_has_its_scorecard(page: Page, archive: Archive) -> None:
    """How much it brought, and how much of that was refused."""
    page.goto(f"{archive.reading}/pipeline")
    row = page.get_by_role("region", name="Table of the sources").locator("tr", has_text="Gazette")
    expect(row.locator("td").first).to_have_text("4")
    expect(row).to_contain_text("as usual")


def test_the_quarantine_is_counted_and_narrowed_by_reason(page: Page, archive: Archive) -> None:
    """From the count to the list to the one document, and to its original."""
    page.goto(f"{archive.reading}/pipeline")
    page.locator("section", has=page.get_by_role("heading", name="Quarantine")).get_by_role(
        "link", name="error page"
    ).click()
    expect(page.locator(".entries tbody tr")).to_have_count(2)
    page.locator(".entries a").first.click()
    expect(page.locator("main")).to_contain_text("Refused in clean: error page")
    expect(page.locator("pre.detail")).to_contain_text("test-refuse")
    page.get_by_role("link", name="Raw original").click()
    expect(page.locator("pre.original")).to_contain_text(MOVED)


def test_what_a_document_smuggles_in_is_dead_text(page: Page, archive: Archive) -> None:
    """A publisher's name, a run's id: both come from elsewhere."""
    for rest in (
        "/pipeline",
        "/pipeline/quarantine",
        "/pipeline?run=broken%20%22%3E%3Cscript%3Ewindow.stolen%20%3D%201%3C%2Fscript%3E",
    ):
        page.goto(f"{archive.reading}{rest}")
        assert page.evaluate("window.stolen") is None
        assert page.locator("main script").count() == 0


def test_a_page_that_may_only_read_offers_no_release(page: Page, archive: Archive) -> None:
    """It names the command instead, and refuses a form that somebody sends all the same."""
    page.goto(f"{archive.reading}/pipeline/quarantine")
    expect(page.get_by_role("button", name="Release")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("newsdex quarantine release")
    send = (
        "address => fetch(address, {method: 'POST', body: new URLSearchParams({every: 'yes'})}).then(it => it.status)"
    )
    sent = page.evaluate(send, f"{archive.reading}/pipeline/quarantine/release")
    assert sent == 403
    assert count_quarantine(archive.settings, Selection()) == 3


def test_another_site_cannot_release_anything(page: Page, archive: Archive) -> None:
    """Its form arrives with its own address, and is refused; nor does following a link release anything."""
    address = f"{archive.changing}/pipeline/quarantine/release"
    foreign = page.request.post(address, form={"every": "yes"}, headers={"Origin": "https://evil.example"})
    assert foreign.status == 403
    assert page.request.get(address).status == 404
    assert count_quarantine(archive.settings, Selection()) == 3


def test_released_documents_are_searchable_and_gone_from_the_quarantine(
    page: Page,
    archive: Archive,
    client: Elasticsearch,
    serve: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A rule was wrong; it is mended, the marked ones are released, and the run says what became of them."""
    home = tmp_path_factory.mktemp("release")
    settings = make_home(replace(archive.settings, index_prefix="release-"), home / "home")
    add_rules(settings)
    ingest(settings, home / "documents", {"wrong.html": gone(7), "empty.txt": b" "})
    address = serve(settings, {"NEWSDEX_WEB_CHANGES": "yes"})
    client.indices.refresh(index="release-*")
    assert count_quarantine(settings, Selection(reason="error_page")) == 1
    add_rules(settings, "language: en\nrules: []\n")
    page.goto(f"{address}/pipeline/quarantine")
    page.get_by_label("wrong.html").check()
    page.get_by_role("button", name="Release the marked ones").click()
    expect(page.locator("h1")).to_contain_text("release-")
    expect(page.locator("main")).to_contain_text("1 document left the quarantine", timeout=180_000)
    expect(page.locator("main")).to_contain_text("1 document came in: 1 is new.")
    assert count_quarantine(settings, Selection(reason="error_page")) == 0
    assert count_quarantine(settings, Selection()) == 1
    names = Names("release-")
    client.indices.refresh(index=names.news)
    assert client.count(index=names.news)["count"] == 1
    page.goto(f"{address}/pipeline/quarantine")
    page.get_by_role("button", name="Release the marked ones").click()
    expect(page.locator("main")).to_contain_text("Nothing is chosen")
    client.indices.delete(index=list(client.indices.get(index="release-*")))


@pytest.mark.parametrize("rest", ["", "?run=evening", "/quarantine", "/quarantine?reason=error_page"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_it_serves_everybody(browser: Browser, archive: Archive, rest: str, colours: str) -> None:
    """axe-core finds nothing serious, in the light and in the dark, and on a phone nothing is wider than it."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if colours == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{archive.changing}/pipeline{rest}")
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_an_empty_archive_has_a_page_too(
    page: Page, archive: Archive, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Before the first run there are no indices at all."""
    home = make_home(replace(archive.settings, index_prefix="nothing-"), tmp_path_factory.mktemp("nothing") / "home")
    page.goto(f"{serve(home)}/pipeline")
    expect(page.locator("main")).to_contain_text("No run has ended yet")
    expect(page.locator("main")).to_contain_text("Nothing is in quarantine")
