"""One poll of one source, answer by answer: what is asked next, and what is kept for the next poll."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from feed_makers import Item, atom, rss, sitemap, sitemap_index
from local_site import Reply

from newsdex.fetch import Fetched, Request
from newsdex.index.source_states import ListingState, SourceState
from newsdex.read import open_bytes
from newsdex.records import Response
from newsdex.run.visits import Visit, is_due
from newsdex.sources import Source

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
URL = "https://tide.example/index.xml"
PARTS = ("https://tide.example/a.xml", "https://tide.example/b.xml")


def visit(state: SourceState | None = None, **source: str) -> Visit:
    """Begin a poll."""
    told = Source.model_validate({"id": "tide", "url": URL, "kind": "sitemap", **source})
    return Visit(told, state or SourceState("tide", URL), NOW, roots=(URL,))


def answer(request: Request, reply: Reply, etag: str = '"one"') -> Fetched:
    """Answer a request."""
    assert isinstance(reply.body, bytes)
    opened = open_bytes(reply.body, uri=request.url, fetched_at=NOW, limit=1_000_000).taken_for("text/xml")
    response = Response(request.url, 200, (*reply.headers.items(), ("ETag", etag)))
    return Fetched(request, opened, response=response)


def index() -> Reply:
    """Give an index of two sitemaps."""
    return sitemap_index((part, "2026-11-22") for part in PARTS)


def pages(name: str) -> Reply:
    """Give a sitemap of one page."""
    return sitemap([(f"https://tide.example/{name}", "2026-11-22")])


def test_the_parts_of_an_index_are_asked_one_after_the_other() -> None:
    """They are one domain's: it is asked by one request at a time in any case."""
    poll = visit()
    (root,) = poll.begin()
    (first,) = poll.take(answer(root, index()))
    (second,) = poll.take(answer(first, pages("1")))
    assert {first.url, second.url} == set(PARTS)
    assert list(poll.take(answer(second, pages("2")))) == []
    assert [each.url for each in poll.sightings] == ["https://tide.example/1", "https://tide.example/2"]
    kept = poll.after(fresh=2).listings
    assert {url: (state.etag, state.part_of) for url, state in kept.items()} == {
        URL: ('"one"', None),
        **dict.fromkeys(PARTS, ('"one"', URL)),
    }
    assert kept[URL].newest == "2026-11-22T00:00:00+00:00"


@pytest.mark.parametrize("answered", [True, False])
def test_an_index_that_was_not_read_to_its_end_is_read_again(*, answered: bool) -> None:
    """Else its own 304 would hide for ever what the missing part has."""
    before = ListingState('"zero"', newest="2026-11-20T00:00:00+00:00")
    poll = visit(SourceState("tide", URL, listings={URL: before}))
    (root,) = poll.begin()
    (first,) = poll.take(answer(root, index()))
    (second,) = poll.take(answer(first, pages("1")))
    if answered:
        poll.take(Fetched(second))
    assert poll.after(fresh=1).listings[URL] == ListingState(newest=before.newest)


def test_what_was_answered_before_is_sent_along() -> None:
    """So that the server may say that nothing has changed."""
    state = SourceState("tide", URL, listings={URL: ListingState('"one"', "Mon, 16 Nov 2026 08:00:00 GMT")})
    (request,) = visit(state).begin()
    assert (request.etag, request.last_modified) == ('"one"', "Mon, 16 Nov 2026 08:00:00 GMT")
    poll = visit(state)
    poll.unconditional = True
    assert [(each.etag, each.last_modified) for each in poll.begin()] == [(None, None)]


def test_times_to_come_do_not_hide_what_is_new() -> None:
    """A page that claims to be of next year is no reason to leave this year's."""
    poll = visit()
    (root,) = poll.begin()
    poll.take(
        answer(root, sitemap([("https://tide.example/1", "2027-11-22"), ("https://tide.example/2", "2026-11-22")]))
    )
    assert poll.after(fresh=2).listings[URL].newest == "2026-11-22T00:00:00+00:00"


@pytest.mark.parametrize(("told", "minutes"), [({"every": "15m"}, 15), ({}, 40)])
def test_a_feed_may_ask_for_rest_unless_the_operator_says_how_often(told: dict[str, str], minutes: int) -> None:
    """By `ttl`, or by what its server says of caching."""
    poll = visit(kind="feed", **told)
    (root,) = poll.begin()
    poll.take(answer(root, rss("Tide", [], **{"Cache-Control": "max-age=2400"})))
    assert poll.after(fresh=0).next_poll == NOW + timedelta(minutes=minutes)


def test_a_server_that_wants_to_be_left_alone_longer_is() -> None:
    """The time it names is kept to where that is the later."""
    poll = visit()
    (root,) = poll.begin()
    refused = open_bytes(b"", uri=URL, fetched_at=NOW, limit=10)
    poll.take(Fetched(root, refused, retry_after=7200.0))
    state = poll.after(fresh=0)
    assert (state.failures, state.next_poll) == (1, NOW + timedelta(hours=2))


def test_a_source_that_was_not_asked_has_not_failed() -> None:
    """It is due when its domain may be asked again."""
    poll = visit()
    (root,) = poll.begin()
    poll.take(Fetched(root, retry_after=300.0))
    state = poll.after(fresh=0)
    assert (poll.failed, state.failures, state.last_poll) == (False, 0, None)
    assert state.next_poll == NOW + timedelta(minutes=5)


def test_two_feeds_of_a_site_with_the_same_entry_are_told_apart() -> None:
    """What one of them says is no change of what the other said."""
    feeds = ("https://tide.example/a", "https://tide.example/b")
    poll = visit(kind="site")
    poll.roots = feeds
    for request, title in zip(list(poll.begin()), ("The bridge", "Bridge!"), strict=True):
        poll.take(answer(request, atom("Tide", [Item("https://tide.example/1", title)])))
    assert [each.name for each in poll.sightings] == [f"tide {feed}" for feed in feeds]


@pytest.mark.parametrize(("seconds", "due"), [(-1, True), (59, True), (61, False)])
def test_a_minute_early_is_on_time(seconds: int, *, due: bool) -> None:
    """A schedule of five minutes would otherwise just miss a source of fifteen."""
    state = SourceState("tide", URL, next_poll=NOW + timedelta(seconds=seconds))
    assert is_due(state, NOW) is due
