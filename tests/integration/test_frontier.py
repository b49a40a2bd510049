"""The frontier in a real Elasticsearch: an address is in one hand at a time, and none is lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from absent_shard import AbsentShard
from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index import Names
from newsdex.index.addresses import Address, AddressState, Settled, Sighting
from newsdex.index.bulk import Patience
from newsdex.index.frontier import Frontier
from newsdex.records import Door, FoundIn, Given
from newsdex.settings import Settings

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def frontier(client: Elasticsearch, settings: Settings) -> Frontier:
    """Give an empty frontier."""
    return Frontier(client, settings.index_prefix)


def sight(number: int, mark: str = "one", host: str = "gazette.example", source: str = "gazette") -> Sighting:
    """Give what a source says of an address."""
    given = Given(FoundIn.FEED, headline=f"Story {number}", authors=("Jane Roe",))
    return Sighting(f"https://{host}/{number}", mark, source, Door.FEED, "Gazette", given)


def done(address: Address, at: datetime = NOW) -> Settled:
    """Say that an address was fetched."""
    return Settled(AddressState.DONE, address.entries, fetched_at=at, raw_ref="x.warc.gz#0", etag='"one"')


def claim(frontier: Frontier, run: str, at: datetime = NOW, **more: Any) -> list[Address]:
    """Claim what is due, for an hour."""
    return frontier.claim(run, at, at + timedelta(hours=1), limit=100, **more)


def test_an_address_is_new_once_and_changed_when_its_feed_says_so(frontier: Frontier) -> None:
    """The same entry again changes nothing; one that says something new makes the address due again."""
    assert frontier.offer([sight(1), sight(2)], NOW) == {"new": 2}
    assert frontier.offer([sight(1), sight(2)], NOW) == {}
    frontier.settle({address.id: done(address) for address in claim(frontier, "run")}, "run", NOW)
    assert claim(frontier, "next") == []
    assert frontier.offer([sight(1, "two"), sight(2)], LATER) == {"changed": 1}
    (again,) = claim(frontier, "next", LATER)
    assert (again.url, again.etag, again.raw_ref) == ("https://gazette.example/1", '"one"', "x.warc.gz#0")
    assert again.given == sight(1).given


def test_another_source_that_names_it_too_says_nothing_new(frontier: Frontier) -> None:
    """Two feeds with the same story do not have it fetched in turns."""
    first, second = sight(1), sight(1, "other", source="front-page")
    frontier.offer([first], NOW)
    frontier.settle({address.id: done(address) for address in claim(frontier, "run")}, "run", NOW)
    assert [frontier.offer([each], NOW) for each in (second, first, second)] == [{}, {}, {}]
    assert claim(frontier, "next") == []


def test_every_spelling_of_an_address_is_one(frontier: Frontier) -> None:
    """Tracking parameters and the case of the host make no other address."""
    spelled = [f"https://{host}/1{more}" for host, more in (("A.example", ""), ("a.example", "?utm_source=rss"))]
    assert frontier.offer([Sighting(url, "one", "a") for url in spelled], NOW) == {"new": 1}


def test_runs_at_once_share_out_what_is_due(frontier: Frontier) -> None:
    """Four claim together: each address is in one hand."""
    frontier.offer([sight(number, host=f"host-{number % 7}.example") for number in range(200)], NOW)
    claimed: dict[str, list[Address]] = {}
    threads = [
        threading.Thread(target=lambda run=run: claimed.update({run: claim(frontier, run)}))
        for run in ("a", "b", "c", "d")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    urls = [address.url for addresses in claimed.values() for address in addresses]
    assert len(urls) == len(set(urls))
    assert len(urls) + len(claim(frontier, "e")) + len(claim(frontier, "f")) == 200


def test_what_was_fetched_is_noted_though_the_server_has_just_come_back(
    client: Elasticsearch, settings: Settings, frontier: Frontier
) -> None:
    """Its shards are not at hand at once: an address that cannot be read is not one that nobody has claimed."""
    frontier.offer([sight(1)], NOW)
    (address,) = claim(frontier, "run")
    absent = AbsentShard(client, Names(settings.index_prefix).frontier)
    Frontier(client, settings.index_prefix, absent.patience).settle({address.id: done(address)}, "run", NOW)
    assert absent.waited == 1
    assert frontier.held("run") == []
    assert frontier.get([address.id])[address.id].state is AddressState.DONE


def test_an_index_that_is_missing_is_not_waited_for(client: Elasticsearch, settings: Settings) -> None:
    """Nobody is about to make it."""
    frontier = Frontier(client, settings.index_prefix, Patience(sleep=lambda _: pytest.fail("it waits")))
    client.indices.delete(index=f"{settings.index_prefix}news-frontier-000001")
    with pytest.raises(UserError, match="index_not_found"):
        frontier.get(["one"])


def test_a_claim_ends_with_its_time(frontier: Frontier) -> None:
    """What a killed run had is free for others then, and not before."""
    frontier.offer([sight(1)], NOW)
    assert len(claim(frontier, "killed")) == 1
    assert claim(frontier, "next", NOW + timedelta(minutes=59)) == []
    (address,) = claim(frontier, "next", NOW + timedelta(minutes=61))
    frontier.settle({address.id: done(address)}, "killed", LATER)
    assert [each.url for each in frontier.held("next")] == [address.url]


def test_a_dead_run_is_known_to_be_dead_and_what_it_had_is_free_at_once(frontier: Frontier) -> None:
    """No claim has to run out for that."""
    frontier.offer([sight(1), sight(2)], NOW)
    claim(frontier, "dead")
    assert frontier.release("dead", NOW) == 2
    assert len(claim(frontier, "next")) == 2


def test_no_domain_holds_up_the_others(frontier: Frontier) -> None:
    """A site with a hundred pages and one with one: both are in the first ten."""
    frontier.offer([sight(number) for number in range(100)], NOW)
    frontier.offer([sight(1, host="tide.example")], LATER)
    claimed = frontier.claim("run", LATER, LATER + timedelta(hours=1), limit=10)
    assert len(claimed) == 10
    assert "https://tide.example/1" in {address.url for address in claimed}
    assert len(claim(frontier, "next", LATER, of_a_domain=5)) == 5


def test_a_run_may_be_bound_to_some_sources(frontier: Frontier) -> None:
    """What the others have led to stays due."""
    frontier.offer([sight(1), sight(2, host="tide.example", source="tide")], NOW)
    assert [address.source for address in claim(frontier, "run", sources=["tide"])] == ["tide"]
    assert frontier.count(NOW) == {"waiting": 1, "taken": 1, "due": 1}


def test_what_is_put_back_is_due_when_its_time_has_come(frontier: Frontier) -> None:
    """With one try more, and the reason."""
    frontier.offer([sight(1)], NOW)
    (address,) = claim(frontier, "run")
    put_back = Settled(AddressState.WAITING, address.entries, attempts=1, due_at=LATER, reason="http_error")
    frontier.settle({address.id: put_back}, "run", NOW)
    assert claim(frontier, "next") == []
    (again,) = claim(frontier, "next", LATER)
    assert (again.attempts, again.reason) == (1, "http_error")


def test_what_changes_while_it_is_fetched_is_fetched_again(frontier: Frontier) -> None:
    """The run may have got the old page."""
    frontier.offer([sight(1)], NOW)
    (address,) = claim(frontier, "run")
    frontier.offer([sight(1, "two")], NOW)
    frontier.settle({address.id: done(address)}, "run", NOW)
    assert [each.url for each in claim(frontier, "next")] == [address.url]


def test_an_entry_that_changes_all_the_time_is_fetched_ever_more_rarely(frontier: Frontier) -> None:
    """The first change at once, the next ones minutes apart, then once an hour."""
    waits = []
    at = NOW
    frontier.offer([sight(1, "0")], at)
    for change in range(1, 8):
        (address,) = claim(frontier, f"run-{change}", at)
        frontier.settle({address.id: done(address, at)}, f"run-{change}", at)
        frontier.offer([sight(1, str(change))], at)
        due = frontier.get([address.id])[address.id].due_at
        waits.append((due - at).total_seconds() // 60)
        at = due
    assert waits == [0, 5, 10, 20, 40, 60, 60]


def test_what_is_left_out_is_known_and_not_fetched(frontier: Frontier) -> None:
    """The older pages of a sitemap; named by hand, one is fetched all the same."""
    frontier.offer([sight(1)], NOW, wanted=False)
    assert (frontier.offer([sight(1)], NOW), claim(frontier, "run")) == ({}, [])
    taken = frontier.take([Sighting(sight(1).url)], "urls", NOW, LATER)
    assert [address.url for address in taken.addresses] == [sight(1).url]


def test_addresses_taken_by_name_are_not_taken_from_another_run(frontier: Frontier) -> None:
    """Nor fetched again without need; each that is passed over is counted with the reason."""
    frontier.offer([sight(number) for number in (1, 2, 3)], NOW)
    first, second, third = sorted(claim(frontier, "feeds"), key=lambda address: address.url)
    frontier.settle({first.id: done(first)}, "feeds", NOW)
    failed = Settled(AddressState.FAILED, second.entries, reason="http_error")
    frontier.settle({second.id: failed}, "feeds", NOW)
    named = [Sighting(each.url) for each in (first, second, third)] + [Sighting("https://new.example/1")]
    taken = frontier.take(named, "urls", NOW, LATER)
    assert sorted(address.url for address in taken.addresses) == [second.url, "https://new.example/1"]
    assert taken.passed_over == {"fetched before": 1, "another run is fetching it": 1}
    assert len(frontier.take(named, "urls", NOW, LATER, refetch=True).addresses) == 3


def test_a_refused_item_is_not_passed_over(frontier: Frontier, client: Elasticsearch, settings: Settings) -> None:
    """Elasticsearch answers 200 for the request and refuses the item: that is said."""
    index = Names(settings.index_prefix).frontier
    client.indices.put_settings(index=index, settings={"index.blocks.read_only": True})
    try:
        with pytest.raises(UserError):
            frontier.offer([sight(1)], NOW)
    finally:
        client.indices.put_settings(index=index, settings={"index.blocks.read_only": None})
