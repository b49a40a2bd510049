"""`newsdex source` against sites on 127.0.0.1: found, tried, written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from feed_makers import Item, atom, news_sitemap, paragraphs, rss, story
from free_ports import free_port
from local_site import LocalSite, Reply, page
from typer.testing import CliRunner, Result

from newsdex.cli import app
from newsdex.settings import PROJECT
from newsdex.sources import load_sources


class Desk:
    """A command line with a web of its own and no index."""

    def __init__(self, web: LocalSite, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.web, self._home, self._patch = web, home, patch
        self.config = home / "config"
        self.config.mkdir()
        for each in ("languages", "publishers", "agencies.yaml", "elasticsearch"):
            (self.config / each).symlink_to(PROJECT / "config" / each)

    def call(self, *words: str, code: int = 0) -> str:
        """Call `newsdex source`, and give what it says."""
        for name in ("ELASTICSEARCH_URL", "ELASTICSEARCH_API_KEY", "ELASTICSEARCH_USER"):
            self._patch.delenv(name, raising=False)
        environment = {
            "NEWSDEX_HOME": str(self._home),
            "NEWSDEX_CONFIG": str(self.config),
            "NEWSDEX_ES_PORT": str(free_port()),
            "NEWSDEX_FETCH_HOSTS": str(self.web.write_hosts(self._home / "hosts")),
            "NEWSDEX_FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSDEX_FETCH_DELAY": "0.02",
        }
        for name, value in environment.items():
            self._patch.setenv(name, value)
        said: Result = CliRunner().invoke(app, ["source", *words])
        assert said.exit_code == code, said.output
        return said.output

    def sources(self) -> list[tuple[str, str, str]]:
        """Give what the file has: id, kind, address."""
        return [(each.id, each.kind.value, each.url) for each in load_sources(self.config).sources]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Set one up."""
    with LocalSite() as web:
        yield Desk(web, tmp_path, monkeypatch)


def serve_site(web: LocalSite, head: str = "", robots: str = "") -> str:
    """Serve a site's page and its robots.txt; give its address."""
    text = {"Content-Type": "text/plain"}
    web.serve("gazette.example", "/", Reply(body=f"<html><head>{head}</head><body>Gazette</body></html>".encode()))
    web.serve("gazette.example", "/robots.txt", Reply(body=f"User-agent: *\n{robots}\n".encode(), headers=text))
    return web.url("gazette.example", "/")


def items(web: LocalSite, count: int) -> list[Item]:
    """Serve pages; give the entries that lead to them."""
    for number in range(count):
        web.serve("gazette.example", f"/{number}", page(f"Story {number}", *paragraphs(f"Story {number}")))
    return [Item(web.url("gazette.example", f"/{number}"), f"Story {number}") for number in range(count)]


def test_a_site_is_added_with_all_that_it_has(desk: Desk) -> None:
    """The feed that its page declares, the news sitemap that its robots.txt names; not the feed of comments."""
    web = desk.web
    link = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
    head = link.format("News", "/feed") + link.format("Comments", "/comments/feed")
    url = serve_site(web, head, f"Sitemap: {web.url('gazette.example', '/news.xml')}")
    web.serve("gazette.example", "/feed", rss("Gazette", items(web, 2)))
    web.serve("gazette.example", "/comments/feed", rss("Comments", items(web, 2)))
    web.serve("gazette.example", "/news.xml", news_sitemap(items(web, 2)))
    said = desk.call("add", url, "--publisher", "Northmoor Gazette", "--every", "1h")
    assert "feed, 2 entries: Gazette" in said
    assert "sitemap, 2 entries" in said
    assert "comments" not in said
    assert desk.sources() == [("gazette-example", "site", url)]
    (source,) = load_sources(desk.config).sources
    assert (source.publisher, source.every) == ("Northmoor Gazette", "1h")


def test_of_a_site_one_feed_may_be_meant(desk: Desk) -> None:
    """Where nothing is declared the usual places are tried."""
    url = serve_site(desk.web)
    feed = desk.web.url("gazette.example", "/rss.xml")
    desk.web.serve("gazette.example", "/rss.xml", rss("Gazette", items(desk.web, 1)))
    desk.call("add", url, "--kind", "feed", "--id", "gazette")
    assert desk.sources() == [("gazette", "feed", feed)]


def test_a_feed_is_added_as_it_is(desk: Desk) -> None:
    """And once only."""
    url = desk.web.url("gazette.example", "/atom")
    desk.web.serve("gazette.example", "/atom", atom("Gazette", items(desk.web, 1)))
    desk.call("add", url)
    assert desk.sources() == [("gazette-example", "feed", url)]
    assert "already" in desk.call("add", url, code=1)


@pytest.mark.parametrize(
    ("reply", "told"), [(Reply(404), "the server answered 404"), (Reply(body=b"<html>Hello</html>"), "no feed and no")]
)
def test_what_leads_to_nothing_is_not_added(desk: Desk, reply: Reply, told: str) -> None:
    """The file stays as it is."""
    desk.web.serve("gazette.example", "/", reply)
    assert told in desk.call("add", desk.web.url("gazette.example", "/"), code=1)
    assert desk.sources() == []


def test_a_trial_tells_what_would_come_and_stores_nothing(desk: Desk) -> None:
    """The first three articles go through the line: headline, date and language are seen at once."""
    carried = Item(desk.web.url("gazette.example", "/full"), "The bridge", full=story("The bridge"))
    desk.web.serve("gazette.example", "/feed", rss("Gazette", [carried, *items(desk.web, 4)]))
    shape: dict[str, Any] = json.loads(desk.call("test", desk.web.url("gazette.example", "/feed"), "--json"))
    assert (shape["entries"], shape["addresses"], shape["carried"], shape["new"]) == (5, 5, 1, None)
    told = [(each["headline"], each["published_at"], each["language"]) for each in shape["samples"]]
    date = "2026-11-16T08:00:00Z"
    assert told == [("The bridge", date, "en"), ("Story 0", date, "en"), ("Story 1", date, "en")]
    assert desk.sources() == []
    assert not (desk.config.parent / "archive").exists()


def test_a_list_of_feeds_is_taken_over_without_asking_any(desk: Desk, tmp_path: Path) -> None:
    """A second time adds nothing."""
    outlines = "".join(f'<outline text="Gazette" xmlUrl="https://gazette.example/{part}"/>' for part in ("a", "b"))
    opml = tmp_path / "feeds.opml"
    opml.write_text(
        f"<opml version='2.0'><body><outline text='UK'>{outlines}</outline></body></opml>", encoding="utf-8"
    )
    assert "2 added" in desk.call("import-opml", str(opml))
    assert [each[0] for each in desk.sources()] == ["gazette", "gazette-2"]
    assert "0 added, 2 were sources already" in desk.call("import-opml", str(opml))
    assert desk.web.asked() == []


def test_sources_are_paused_resumed_removed_and_listed(desk: Desk) -> None:
    """Also without an index: then nothing is known of their state."""
    desk.web.serve("gazette.example", "/feed", rss("Gazette", items(desk.web, 1)))
    desk.call("add", desk.web.url("gazette.example", "/feed"), "--id", "gazette")
    desk.call("pause", "gazette")
    assert json.loads(desk.call("list", "--json"))["paused"] is True
    desk.call("resume", "gazette")
    assert "not asked yet" in desk.call("list")
    desk.call("remove", "gazette")
    assert "no sources yet" in desk.call("list")
    assert "no source 'gazette'" in desk.call("remove", "gazette", code=1)
