"""An address of the frontier: written down and read back, and what a sighting or a fetch makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newsdex.index.addresses import Address, AddressState, Settled, Sighting, domain_of
from newsdex.records import Door, FoundIn, Given

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
GIVEN = Given(FoundIn.FEED, headline="The bridge", authors=("Jane Roe",), published="Mon, 16 Nov 2026")
SIGHTING = Sighting("https://www.gazette.example/1", "one", "gazette", Door.FEED, "Gazette", GIVEN, "x.warc.gz#0")
FIRST = Address.first(SIGHTING, NOW)


def test_what_is_written_is_read_back() -> None:
    """Through JSON: the times, the entry's fields, the marks of feeds whose names have dots."""
    full = replace(
        FIRST.claimed("run", NOW + timedelta(hours=1)), entries={"a https://a.example/f.xml": "one"}, etag='W/"1"'
    )
    assert Address.from_source(json.loads(json.dumps(full.as_source()))) == full
    settled = Settled(AddressState.WAITING, {"a": "one"}, attempts=2, due_at=NOW, reason="http_error", detail="503")
    assert Settled.from_dict(json.loads(json.dumps(settled.as_dict()))) == settled


def test_a_fetched_address_keeps_what_the_next_fetch_needs() -> None:
    """The copy that we have, and what its server called it; what the feed carried is used up."""
    settled = Settled(AddressState.DONE, FIRST.entries, fetched_at=NOW, raw_ref="y.warc.gz#7", etag='"1"')
    after = FIRST.claimed("run", NOW).settled(settled, NOW)
    assert (after.state, after.taken_by, after.taken_until) == (AddressState.DONE, None, None)
    assert (after.raw_ref, after.etag, after.last_fetched_at, after.carried) == ("y.warc.gz#7", '"1"', NOW, None)


def test_what_a_feed_says_meanwhile_is_not_lost() -> None:
    """The text that it carries now is the one that will be taken."""
    taken = FIRST.claimed("run", NOW + timedelta(hours=1))
    changed = taken.seen(replace(SIGHTING, mark="two", carried="x.warc.gz#9"), NOW)
    assert changed is not None
    assert changed.state is AddressState.TAKEN
    after = changed.settled(Settled(AddressState.DONE, taken.entries, fetched_at=NOW, raw_ref="x.warc.gz#0"), NOW)
    assert (after.state, after.due_at, after.carried) == (AddressState.WAITING, NOW, "x.warc.gz#9")


def test_while_a_feed_carries_the_text_a_sitemap_does_not_have_the_page_fetched() -> None:
    """The two texts are never quite the same, and each would be an update of the other; a week later it may."""
    both = FIRST.seen(Sighting(FIRST.url, "one", "sitemap", Door.SITEMAP), NOW)
    assert both is not None
    done = Settled(AddressState.DONE, both.entries, fetched_at=NOW, raw_ref="x.warc.gz#0")
    fetched = both.claimed("run", NOW).settled(done, NOW)
    changed = Sighting(FIRST.url, "two", "sitemap", Door.SITEMAP)
    states = [fetched.seen(changed, NOW + timedelta(days=days)) for days in (1, 8)]
    assert [each.state for each in states if each] == [AddressState.DONE, AddressState.WAITING]


def test_a_failed_address_is_asked_again_when_its_feed_says_something_new() -> None:
    """And only then; its failures are forgotten."""
    failed = replace(FIRST, state=AddressState.FAILED, attempts=5)
    assert failed.seen(SIGHTING, NOW) is None
    again = failed.seen(replace(SIGHTING, mark="two"), NOW)
    assert again is not None
    assert (again.state, again.attempts) == (AddressState.WAITING, 0)


def test_an_address_belongs_to_a_registered_domain_or_to_its_host() -> None:
    """Both are asked with one limit."""
    addresses = ("https://www.news.example.co.uk/a", "http://127.0.0.1:8080/a", "gazette#17", "http://[broken/")
    assert [domain_of(each) for each in addresses] == ["example.co.uk", "127.0.0.1", "", ""]
