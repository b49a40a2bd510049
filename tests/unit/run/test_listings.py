"""Feeds and sitemaps read into sightings: what counts as news of an address, and what is left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feed_makers import Item, atom, json_feed, news_sitemap, rss, sitemap, sitemap_index, story
from local_site import Reply

from newsdex.errors import Rejected
from newsdex.records import Door, Response
from newsdex.run.listings import Reading, floor_of, read_listing
from newsdex.sources import Source

BRIDGE = Item("https://gazette.example/bridge", "The bridge")


def read(reply: Reply, floor: datetime | None = None, **source: str) -> Reading:
    """Read what a site would serve."""
    assert isinstance(reply.body, bytes)
    headers = tuple(reply.headers.items())
    asked = Source.model_validate({"id": "gazette", "url": "https://gazette.example/feed", **source})
    return read_listing(asked, reply.body, Response(asked.url, 200, headers), floor)


def mark(reply: Reply) -> str:
    """Give the mark of the only entry."""
    (sighting,) = read(reply).sightings
    return sighting.mark


@pytest.mark.parametrize("feed", [rss, atom, json_feed])
def test_each_format_gives_the_same_sighting(feed: object) -> None:
    """Address, door, source, and what it says of the article."""
    reading = read(feed("Gazette", [BRIDGE]), publisher="Gazette")  # type: ignore[operator]
    (sighting,) = reading.sightings
    assert (sighting.url, sighting.door, sighting.source, sighting.publisher) == (
        BRIDGE.url,
        Door.FEED,
        "gazette",
        "Gazette",
    )
    assert sighting.given is not None
    assert sighting.given.headline == "The bridge"


def test_a_sitemap_is_told_by_what_it_says() -> None:
    """Whatever its source was taken for."""
    (sighting,) = read(news_sitemap([BRIDGE]), kind="feed").sightings
    assert sighting.door is Door.SITEMAP


def test_the_headline_the_time_of_change_and_the_text_are_news() -> None:
    """And nothing else: the same said again has the same mark."""
    said = {
        mark(atom("A", [BRIDGE])),
        mark(atom("A", [Item(BRIDGE.url, "The bridge opens")])),
        mark(atom("A", [Item(BRIDGE.url, "The bridge", updated="2026-11-17T08:00:00Z")])),
    }
    assert len(said) == 3
    assert mark(atom("A", [BRIDGE])) == mark(atom("Another title of the feed", [BRIDGE]))
    texts = [mark(rss("A", [Item(BRIDGE.url, "The bridge", full=story(subject))])) for subject in ("One", "Another")]
    assert len(set(texts)) == 2


def test_an_entry_that_leads_nowhere_is_passed_over_unless_it_carries_its_text() -> None:
    """There is nothing to fetch; with its text it is a document under its feed's name."""
    reading = read(rss("A", [Item("", "Nothing"), Item("", "The bridge", full=story("The bridge"))]))
    (sighting,) = reading.sightings
    assert (reading.passed_over, reading.entries) == (1, 2)
    assert sighting.url.startswith("gazette#")
    assert b"The bridge was on the agenda" in reading.pages[sighting.id]


def test_of_a_sitemap_only_what_is_newer_is_taken() -> None:
    """With three days to spare for what is named late; what has no time may be new."""
    pages = [(f"https://gazette.example/{day}", f"2026-11-{day}") for day in (10, 15, 16, 19)]
    reading = read(sitemap([*pages, ("https://gazette.example/undated", "")]), floor_of("2026-11-19T12:00:00+00:00"))
    assert [each.url.rpartition("/")[2] for each in reading.sightings] == ["19", "undated"]


def test_a_sitemap_that_gives_all_pages_the_time_of_asking_is_not_believed() -> None:
    """Else all its pages were fetched again at each poll."""
    pages = [f"https://gazette.example/{number}" for number in range(30)]
    polls = [read(sitemap((page, f"2026-11-{day}T10:00:00Z") for page in pages)) for day in (16, 17)]
    marks = [[each.mark for each in poll.sightings] for poll in polls]
    assert marks[0] == marks[1]
    assert polls[0].times == {}


def test_of_an_index_the_parts_with_news_come_first_then_the_newest() -> None:
    """A part that has not changed since is not asked."""
    days = {"/2025.xml": "2025-12-31", "/2026.xml": "2026-11-20", "/news.xml": "2026-11-19", "/undated.xml": ""}
    index = sitemap_index((f"https://gazette.example{path}", day) for path, day in days.items())
    reading = read(index, datetime(2026, 11, 1, tzinfo=UTC))
    assert [part.url.rpartition("/")[2] for part in reading.parts] == ["news.xml", "2026.xml", "undated.xml"]


def test_the_language_that_the_operator_gives_fills_a_gap() -> None:
    """What the feed says itself goes before it."""
    (silent,) = read(atom("A", [BRIDGE]), language="pt").sightings
    (telling,) = read(rss("A", [BRIDGE]), language="pt").sightings
    assert [each.given.language for each in (silent, telling) if each.given] == ["pt", "en"]


def test_a_page_is_no_feed() -> None:
    """A site that is down for maintenance says so in HTML."""
    with pytest.raises(Rejected, match="is an HTML page"):
        read(Reply(body=b"<!doctype html><html><body>Back soon</body></html>"))
