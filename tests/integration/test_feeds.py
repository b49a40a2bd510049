"""Feeds and sitemaps of a whole web on 127.0.0.1 into a real index: N addresses in, N accounted for."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from elasticsearch import Elasticsearch
from feed_makers import Item, atom, json_feed, news_sitemap, paragraphs, rss, sitemap, sitemap_index, story
from fetch_process import start_fetch
from local_site import LocalSite, Reply, page, unless_known

from newsdex.index import Names
from newsdex.run import close_run, fetch_now, fetch_urls, fetch_waiting, ingest_batch, poll_now, poll_sources
from newsdex.run.sources import list_sources, try_source
from newsdex.settings import PROJECT, Settings


@pytest.fixture
def web() -> Iterator[LocalSite]:
    """Run a web."""
    with LocalSite() as site:
        yield site


class Newsroom:
    """Newsdex with sources of its own, fetching from the local web at full speed."""

    def __init__(self, settings: Settings, web: LocalSite, home: Path, client: Elasticsearch) -> None:
        self.web, self._client, self._home = web, client, home
        config = home / "config"
        config.mkdir(parents=True)
        for each in ("languages", "publishers", "agencies.yaml", "elasticsearch"):
            (config / each).symlink_to(PROJECT / "config" / each)
        self._settings = replace(
            settings,
            home=home,
            config=config,
            fetch_allow_networks=(ip_network("127.0.0.0/8"),),
            fetch_delay=0.02,
            fetch_seconds=60,
        )
        self._runs = 0

    @property
    def settings(self) -> Settings:
        """The settings, with all names that the web has by now."""
        return replace(self._settings, fetch_hosts=self.web.write_hosts(self._home / "hosts"))

    def add(self, source_id: str, url: str, **more: Any) -> None:
        """Write a source into the configuration."""
        path = self._settings.config / "sources.yaml"
        sources = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"] if path.exists() else []
        sources.append({"id": source_id, "url": url, **more})
        path.write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")

    def poll(self, *ids: str, force: bool = False) -> dict[str, Any]:
        """Ask the sources, due or not."""
        known = yaml.safe_load((self._settings.config / "sources.yaml").read_text(encoding="utf-8"))["sources"]
        named = ids or tuple(each["id"] for each in known)
        return poll_sources(self.settings, self._next("poll"), named, force=force)

    def fetch(self) -> dict[str, Any]:
        """Fetch what is due, take it through the line, and give the balance sheet."""
        run_id = self._next("feeds")
        return self.ingest(run_id, fetch_waiting(self.settings, run_id, queue="feeds"))

    def ingest(self, run_id: str, batches: list[str]) -> dict[str, Any]:
        """Take batches through the line, and give the balance sheet."""
        return close_run(self.settings, run_id, [ingest_batch(self.settings, batch, run_id) for batch in batches])

    def articles(self) -> dict[str, dict[str, Any]]:
        """Give the articles in the index, by headline."""
        return {each["headline"]: each for each in self.documents(Names(self.settings.index_prefix).news)}

    def quarantined(self) -> dict[str, str]:
        """Give the reason of each refused address."""
        entries = self.documents(Names(self.settings.index_prefix).quarantine)
        return {each["origin"]["uri"]: each["reason"] for each in entries}

    def documents(self, index: str) -> list[dict[str, Any]]:
        """Give all documents of an index."""
        self._client.indices.refresh(index=index)
        return [dict(hit["_source"]) for hit in self._client.search(index=index, size=1000)["hits"]["hits"]]

    def frontier(self) -> dict[str, dict[str, Any]]:
        """Give what the frontier has, by address."""
        return {each["url"]: each for each in self.documents(Names(self.settings.index_prefix).frontier)}

    def source(self, source_id: str) -> dict[str, Any]:
        """Give how it stands with a source."""
        index = Names(self.settings.index_prefix).sources
        return dict(self._client.get(index=index, id=source_id)["_source"])

    def hurry(self) -> None:
        """Make everything that waits due now."""
        index = Names(self.settings.index_prefix).frontier
        self._client.indices.refresh(index=index)
        for hit in self._client.search(index=index, size=1000, query={"term": {"state": "waiting"}})["hits"]["hits"]:
            self._client.update(index=index, id=hit["_id"], doc={"due_at": "2026-01-01T00:00:00Z"})

    def _next(self, name: str) -> str:
        self._runs += 1
        return f"{name}-{self._runs}"


@pytest.fixture
def newsroom(settings: Settings, web: LocalSite, tmp_path: Path, client: Elasticsearch) -> Newsroom:
    """Set up Newsdex with nothing in it."""
    return Newsroom(settings, web, tmp_path, client)


def serve_pages(web: LocalSite, host: str, *names: str) -> list[Item]:
    """Serve a page for each name; give the entries that lead to them."""
    for name in names:
        web.serve(host, f"/{name}", page(f"The {name} of Skerrow", *paragraphs(f"The {name}")))
    return [Item(web.url(host, f"/{name}"), f"The {name} of Skerrow") for name in names]


def test_whatever_leads_to_an_article_it_is_indexed_once(newsroom: Newsroom, web: LocalSite) -> None:
    """RSS, Atom, JSON Feed and a news sitemap; every address ends in one outcome, and says by which door it came."""
    web.serve("gazette.example", "/feed", rss("Gazette", serve_pages(web, "gazette.example", "bridge", "ferry")))
    web.serve("herald.example", "/atom", atom("Herald", serve_pages(web, "herald.example", "library")))
    web.serve("courier.example", "/feed.json", json_feed("Courier", serve_pages(web, "courier.example", "school")))
    web.serve("tide.example", "/news.xml", news_sitemap(serve_pages(web, "tide.example", "tide-mill", "saltworks")))
    newsroom.add("gazette", web.url("gazette.example", "/feed"), publisher="Northmoor Gazette")
    newsroom.add("herald", web.url("herald.example", "/atom"))
    newsroom.add("courier", web.url("courier.example", "/feed.json"))
    newsroom.add("tide", web.url("tide.example", "/news.xml"), kind="sitemap")
    assert newsroom.poll()["new"] == 6
    sheet = newsroom.fetch()
    assert (sheet["inputs"], sheet["outcomes"]["created"]) == (6, 6)
    articles = newsroom.articles()
    assert {each["origin"]["source"]: each["origin"]["door"] for each in articles.values()} == {
        "gazette": "feed",
        "herald": "feed",
        "courier": "feed",
        "tide": "sitemap",
    }
    assert articles["The bridge of Skerrow"]["publisher"] == "Northmoor Gazette"
    assert articles["The ferry of Skerrow"]["published_at"] == "2026-11-16T08:00:00Z"


def test_a_feed_that_says_nothing_new_costs_nothing(newsroom: Newsroom, web: LocalSite) -> None:
    """It is asked by its ETag, its pages are not asked at all, and no address of it is due."""
    feed = rss("Gazette", serve_pages(web, "gazette.example", "bridge", "ferry"))
    web.serve("gazette.example", "/feed", unless_known(feed, '"one"'))
    newsroom.add("gazette", web.url("gazette.example", "/feed"))
    newsroom.poll()
    newsroom.fetch()
    before = len(web.asked())
    polled = newsroom.poll()
    assert (polled["unchanged"], polled["new"], polled["changed"]) == (1, 0, 0)
    assert newsroom.fetch()["inputs"] == 0
    assert [asked.path for asked in web.asked()[before:]] == ["/feed"]


def test_a_server_that_says_nothing_changed_is_not_believed_for_ever(
    newsroom: Newsroom, web: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many answers of that kind it is asked as if for the first time."""
    monkeypatch.setattr("newsdex.run.visits._TRUSTED", 2)
    web.serve("gazette.example", "/feed", unless_known(rss("Gazette", ()), '"one"'))
    newsroom.add("gazette", web.url("gazette.example", "/feed"))
    polls = [newsroom.poll()["unchanged"] for _ in range(5)]
    assert polls == [0, 1, 1, 0, 1]
    assert ["if-none-match" in asked.headers for asked in web.asked()] == [False, True, True, False, True]


def test_the_text_that_a_feed_carries_is_the_document(newsroom: Newsroom, web: LocalSite) -> None:
    """The page is not asked for; what the feed says of the article is kept as evidence."""
    address = web.url("gazette.example", "/bridge")
    feed = rss("Gazette", [Item(address, "The bridge of Skerrow", full=story("The bridge"))])
    web.serve("gazette.example", "/feed", feed)
    newsroom.add("gazette", web.url("gazette.example", "/feed"))
    newsroom.poll()
    assert newsroom.fetch()["outcomes"]["created"] == 1
    article = newsroom.articles()["The bridge of Skerrow"]
    assert article["origin"]["uri"] == article["url"] == address
    assert "pier 6 would cost the town" in article["body"]
    assert [asked.path for asked in web.asked()] == ["/feed"]


@pytest.mark.parametrize(("full_text", "pages"), [("page", ["/feed", "/bridge", "/ferry"]), ("feed", ["/feed"])])
def test_the_operator_says_where_texts_are_taken_from(
    newsroom: Newsroom, web: LocalSite, full_text: str, pages: list[str]
) -> None:
    """From the pages, also where the feed has them; or from the feed only."""
    bridge, ferry = serve_pages(web, "gazette.example", "bridge", "ferry")
    web.serve("gazette.example", "/feed", rss("Gazette", [replace(bridge, full=story("The bridge")), ferry]))
    newsroom.add("gazette", web.url("gazette.example", "/feed"), full_text=full_text)
    newsroom.poll()
    assert newsroom.fetch()["inputs"] == (2 if full_text == "page" else 1)
    assert sorted(asked.path for asked in web.asked()) == sorted(pages)


def test_an_entry_that_changes_is_fetched_again_and_is_an_update(newsroom: Newsroom, web: LocalSite) -> None:
    """The article's version counts up, and its former text is kept."""
    (item,) = serve_pages(web, "gazette.example", "bridge")
    later = replace(item, updated="2026-11-17T09:00:00Z")
    web.serve("gazette.example", "/atom", atom("Gazette", [item]), atom("Gazette", [later]))
    changed = page("The bridge of Skerrow", *paragraphs("The new bridge"))
    web.serve("gazette.example", "/bridge", page("The bridge of Skerrow", *paragraphs("The bridge")), changed)
    newsroom.add("gazette", web.url("gazette.example", "/atom"))
    newsroom.poll()
    newsroom.fetch()
    assert newsroom.poll()["changed"] == 1
    assert newsroom.fetch()["outcomes"]["updated"] == 1
    article = newsroom.articles()["The bridge of Skerrow"]
    assert (article["version"], "The new bridge" in article["body"]) == (2, True)
    (former,) = newsroom.documents(Names(newsroom.settings.index_prefix).revisions)
    assert "The new bridge" not in former["body"]


def test_a_page_that_is_not_modified_is_an_input_that_is_unchanged(newsroom: Newsroom, web: LocalSite) -> None:
    """The server says so; what the index has is compared all the same."""
    (item,) = serve_pages(web, "gazette.example", "bridge")
    feeds = [atom("Gazette", [replace(item, updated=f"2026-11-1{day}T09:00:00Z")]) for day in (6, 7)]
    web.serve("gazette.example", "/atom", *feeds)
    web.serve("gazette.example", "/bridge", unless_known(page("The bridge of Skerrow", *paragraphs("It")), '"one"'))
    newsroom.add("gazette", web.url("gazette.example", "/atom"))
    newsroom.poll()
    newsroom.fetch()
    newsroom.poll()
    sheet = newsroom.fetch()
    assert (sheet["inputs"], sheet["outcomes"]["unchanged"]) == (1, 1)
    assert web.asked()[-1].headers["if-none-match"] == '"one"'


def test_a_failing_source_is_named_and_slowed_and_holds_up_no_other(
    newsroom: Newsroom, web: LocalSite, caplog: pytest.LogCaptureFixture
) -> None:
    """It is never given up: each failure doubles the time to the next try, up to a day."""
    web.serve("dead.example", "/feed", Reply(404))
    web.serve("gazette.example", "/feed", rss("Gazette", serve_pages(web, "gazette.example", "bridge")))
    newsroom.add("dead", web.url("dead.example", "/feed"))
    newsroom.add("gazette", web.url("gazette.example", "/feed"))
    waits = []
    for _ in range(9):
        polled = newsroom.poll()
        state = newsroom.source("dead")
        waits.append((_moment(state["next_poll"]) - _moment(state["last_poll"])) // 60)
    assert list(polled["failing"]) == ["dead"]
    assert polled["entries"] == 1
    assert waits == [30, 60, 120, 240, 480, 960, 1440, 1440, 1440]
    assert "dead: failed 9 times in a row: the server answered 404" in caplog.text


def test_a_source_is_asked_when_it_is_due(newsroom: Newsroom, web: LocalSite) -> None:
    """On a schedule, without being named: once in its own time."""
    web.serve("gazette.example", "/feed", rss("Gazette", ()))
    newsroom.add("gazette", web.url("gazette.example", "/feed"), every="2h")
    newsroom.add("paused", web.url("paused.example", "/feed"), paused=True)
    polls = [poll_sources(newsroom.settings, f"poll-{number}")["sources"] for number in range(2)]
    assert polls == [1, 0]


def test_a_feed_that_has_moved_for_good_is_said(
    newsroom: Newsroom, web: LocalSite, caplog: pytest.LogCaptureFixture
) -> None:
    """It is read where it is now; to write that down is the operator's."""
    web.serve("gazette.example", "/feed", rss("Gazette", ()))
    place = web.url("gazette.example", "/feed")
    web.serve("old.example", "/feed", Reply(301, headers={"Location": place}))
    newsroom.add("gazette", web.url("old.example", "/feed"))
    newsroom.poll()
    assert newsroom.source("gazette")["moved_to"] == place
    assert f"moved for good to {place}" in caplog.text


def test_what_may_pass_is_put_back_and_what_may_not_is_quarantined(
    newsroom: Newsroom, web: LocalSite, caplog: pytest.LogCaptureFixture
) -> None:
    """A busy page is no input of this run, and one of a later; a page that is gone is refused with its status."""
    items = serve_pages(web, "gazette.example", "busy", "gone", "bridge")
    works = page("The busy of Skerrow", *paragraphs("It"))
    web.serve("gazette.example", "/busy", *[Reply(429, headers={"Retry-After": "600"})], works)
    web.serve("gazette.example", "/gone", Reply(410, b"It is gone.", {"Content-Type": "text/plain"}))
    web.serve("gazette.example", "/feed", rss("Gazette", items))
    newsroom.add("gazette", web.url("gazette.example", "/feed"))
    newsroom.poll()
    caplog.set_level("INFO")
    sheet = newsroom.fetch()
    assert "put back for later, no inputs of this run" in caplog.text
    waiting = newsroom.frontier()[items[0].url]
    assert (waiting["state"], waiting["attempts"], waiting["reason"]) == ("waiting", 1, "http_error")
    assert newsroom.quarantined().get(items[1].url, "http_error") == "http_error"
    _forget_manners(newsroom)
    newsroom.hurry()
    later = newsroom.fetch()
    assert sheet["inputs"] + later["inputs"] == 3
    assert set(newsroom.articles()) == {"The busy of Skerrow", "The bridge of Skerrow"}
    assert newsroom.quarantined() == {items[1].url: "http_error"}


def test_an_address_that_fails_too_often_is_quarantined(
    newsroom: Newsroom, web: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its reason, as an input of the run that gave it up; a change in its feed has it asked again."""
    monkeypatch.setattr("newsdex.run.fetch_desk.MOST_ATTEMPTS", 2)
    (item,) = serve_pages(web, "gazette.example", "bridge")
    web.serve("gazette.example", "/bridge", Reply(503, headers={"Retry-After": "600"}))
    feeds = [atom("Gazette", [replace(item, updated=f"2026-11-1{day}T09:00:00Z")]) for day in (6, 7)]
    web.serve("gazette.example", "/atom", *feeds)
    newsroom.add("gazette", web.url("gazette.example", "/atom"))
    newsroom.poll()
    inputs = []
    for _ in range(3):
        inputs.append(newsroom.fetch()["inputs"])
        _forget_manners(newsroom)
        newsroom.hurry()
    assert inputs == [0, 1, 0]
    assert newsroom.quarantined() == {item.url: "http_error"}
    assert newsroom.frontier()[item.url]["state"] == "failed"
    assert newsroom.poll()["changed"] == 1


def test_of_a_sitemap_the_newest_pages_are_taken_first_and_then_what_is_newer(
    newsroom: Newsroom, web: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its index leads to the part with the newest pages; a part that has not changed is not asked again."""
    monkeypatch.setattr("newsdex.run.visits.FIRST", 3)
    names = [f"story-{number}" for number in range(6)]
    items = serve_pages(web, "tide.example", *names, "late")
    days = [f"2026-11-0{number + 1}" for number in range(6)]
    new = sitemap([*((item.url, day) for item, day in zip(items, days, strict=False))])
    newer = sitemap([(items[6].url, "2026-11-09"), *((each.url, day) for each, day in zip(items, days, strict=False))])
    parts = {name: web.url("tide.example", f"/{name}.xml") for name in ("old", "new")}
    web.serve("tide.example", "/old.xml", sitemap([(web.url("tide.example", "/ancient"), "2024-01-01")]))
    web.serve("tide.example", "/new.xml", new, newer)
    index = [sitemap_index([(parts["old"], "2024-01-01"), (parts["new"], day)]) for day in ("2026-11-06", "2026-11-09")]
    web.serve("tide.example", "/index.xml", *index)
    newsroom.add("tide", web.url("tide.example", "/index.xml"), kind="sitemap")
    assert newsroom.poll()["new"] == 3
    assert newsroom.fetch()["inputs"] == 3
    assert newsroom.poll()["new"] == 1
    assert newsroom.fetch()["inputs"] == 1
    asked = [each.path for each in web.asked()]
    assert sorted(each for each in asked if "." not in each) == ["/late", "/story-3", "/story-4", "/story-5"]
    assert "/old.xml" not in asked


def test_a_site_is_read_by_the_feeds_that_it_has(newsroom: Newsroom, web: LocalSite) -> None:
    """They are looked for once a week: not again at the next poll."""
    web.serve("gazette.example", "/feed", rss("Gazette", serve_pages(web, "gazette.example", "bridge")))
    web.serve("gazette.example", "/news.xml", news_sitemap(serve_pages(web, "gazette.example", "bridge", "ferry")))
    head = '<link rel="alternate" type="application/rss+xml" title="News" href="/feed">'
    web.serve("gazette.example", "/", Reply(body=f"<html><head>{head}</head><body>Gazette</body></html>".encode()))
    robots = f"User-agent: *\nDisallow: /private\nSitemap: {web.url('gazette.example', '/news.xml')}\n"
    web.serve("gazette.example", "/robots.txt", Reply(body=robots.encode(), headers={"Content-Type": "text/plain"}))
    newsroom.add("gazette", web.url("gazette.example", "/"), kind="site")
    assert newsroom.poll()["new"] == 2
    before = len(web.asked())
    again = newsroom.poll()
    assert (again["new"], again["changed"]) == (0, 0)
    assert sorted(asked.path for asked in web.asked()[before:]) == ["/feed", "/news.xml"]


def test_named_addresses_are_fetched_once_unless_told_otherwise(
    newsroom: Newsroom, web: LocalSite, caplog: pytest.LogCaptureFixture
) -> None:
    """Also those inside our own network: each is accounted for."""
    good = [item.url for item in serve_pages(web, "gazette.example", "bridge", "ferry")]
    bad = "http://169.254.169.254/latest"
    caplog.set_level("INFO")

    def fetch(run_id: str, **more: Any) -> dict[str, Any]:
        return newsroom.ingest(run_id, fetch_urls(newsroom.settings, run_id, [*good, bad], **more))

    first, again, refetched = fetch("urls-1", publisher="Gazette"), fetch("urls-2"), fetch("urls-3", refetch=True)
    assert (first["inputs"], first["outcomes"]["created"]) == (3, 2)
    assert newsroom.quarantined() == {bad: "address_refused"}
    assert again["inputs"] == 1
    assert "2 addresses are passed over: fetched before" in caplog.text
    assert (refetched["inputs"], refetched["outcomes"]["unchanged"]) == (3, 2)
    assert newsroom.articles()["The ferry of Skerrow"]["publisher"] == "Gazette"


@pytest.mark.parametrize("next_run", ["killed", "next"])
def test_a_killed_fetch_loses_nothing_and_doubles_nothing(newsroom: Newsroom, web: LocalSite, next_run: str) -> None:
    """The same run tried again goes on behind what it has noted; another run takes over what it had fetched."""
    items = []
    for host in ("a.example", "b.example", "c.example"):
        pages = serve_pages(web, host, *(f"story-{number}-of-{host[0]}" for number in range(25)))
        web.serve(host, "/feed", rss(host, pages))
        newsroom.add(host[0], web.url(host, "/feed"))
        items += pages
    newsroom.poll()
    before = len(web.asked())
    process = start_fetch(newsroom.settings, "killed", "feeds")
    _wait_until(lambda: len(web.asked()) >= before + 60)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    journal = newsroom.settings.spool / "fetches" / "feeds" / "killed" / "journal.jsonl"
    noted = len(journal.read_bytes().splitlines())
    sheet = newsroom.ingest(next_run, fetch_waiting(newsroom.settings, next_run, queue="feeds"))
    assert (sheet["inputs"], sheet["outcomes"]["created"]) == (75, 75)
    assert set(newsroom.articles()) == {item.title for item in items}
    asked = Counter(each.path for each in web.asked()[before:])
    assert noted > 0
    assert sum(count == 1 for count in asked.values()) >= noted
    assert newsroom.fetch()["inputs"] == 0


def test_a_fetch_that_has_ended_gives_the_same_batches_again(newsroom: Newsroom, web: LocalSite) -> None:
    """An operator clears a task and runs it again: nothing is asked twice, and the balance is the same."""
    web.serve("gazette.example", "/feed", rss("Gazette", serve_pages(web, "gazette.example", "bridge", "ferry")))
    newsroom.add("gazette", web.url("gazette.example", "/feed"))
    newsroom.poll()
    first = fetch_waiting(newsroom.settings, "run", queue="feeds")
    before = len(web.asked())
    sheet = newsroom.ingest("run", fetch_waiting(newsroom.settings, "run", queue="feeds"))
    again = fetch_waiting(newsroom.settings, "run", queue="feeds")
    assert first == again
    assert newsroom.ingest("run", again) == sheet
    assert len(web.asked()) == before


def test_the_commands_do_the_same_without_airflow(newsroom: Newsroom, web: LocalSite) -> None:
    """Polling and fetching at once, each with its balance; a trial says what is new and stores nothing."""
    items = serve_pages(web, "gazette.example", "bridge", "ferry", "library")
    web.serve("gazette.example", "/feed", rss("Gazette", items[:2]), rss("Gazette", items[:2]), rss("Gazette", items))
    newsroom.add("gazette", web.url("gazette.example", "/feed"))
    before = try_source(newsroom.settings, "gazette", with_index=True)
    told: list[int] = []
    polled = poll_now(newsroom.settings, polled=lambda each: told.append(each.new))
    assert (before.new, told, polled["outcomes"]["created"]) == (2, [2], 2)
    assert [sample.clean.headline for sample in before.samples] == [item.title for item in items[:2]]
    after = try_source(newsroom.settings, "gazette", with_index=True)
    assert (after.addresses, after.new) == (3, 1)
    fetched = fetch_now(newsroom.settings, [item.url for item in items])
    assert (fetched["inputs"], fetched["outcomes"]["created"]) == (1, 1)
    (standing,) = list_sources(newsroom.settings, with_states=True)
    assert standing.as_dict()["state"]["entries"] == 2


def _wait_until(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _forget_manners(newsroom: Newsroom) -> None:
    """Forget which site asked to be left alone: for a test, ten minutes have gone by."""
    for path in newsroom.settings.home.glob("fetch.sqlite*"):
        path.unlink()
