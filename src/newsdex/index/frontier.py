"""The frontier: every web address that a feed, a sitemap or a list led to, and how far each one is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice, zip_longest
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.addresses import Address, AddressState, Settled, Sighting
from newsdex.index.bulk import WHOLE, Patience
from newsdex.index.by_id import read_documents
from newsdex.index.changing import change_documents
from newsdex.index.templates import Names

MOST_CLAIMED = 10_000
_DOMAINS = 500
_OF_A_DOMAIN = 1_000
"""The index's own bound, `max_inner_result_window`."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of claiming addresses by name: those that the run has now, and why it has not the others, counted."""

    addresses: tuple[Address, ...]
    passed_over: Mapping[str, int]


class Frontier:
    """The addresses behind one alias. Whatever two runs do at once, an address is in the hands of one of them."""

    def __init__(self, client: Elasticsearch, prefix: str, patience: Patience | None = None) -> None:
        self._client = client.options(max_retries=0)
        self._index = Names(prefix).frontier
        self._patience = patience or Patience()

    def news(self, sightings: Iterable[Sighting]) -> list[Sighting]:
        """Give the sightings that say something new, of addresses known and unknown; nothing is written."""
        seen = list(sightings)
        known = self.get(sighting.id for sighting in seen)
        return [
            sighting
            for sighting in seen
            if (address := known.get(sighting.id)) is None or address.entries.get(sighting.name) != sighting.mark
        ]

    def offer(self, sightings: Iterable[Sighting], at: datetime, *, wanted: bool = True) -> Counter[str]:
        """Note what sources say of addresses, and make due what is new or changed; count `new` and `changed` ones.

        What is not `wanted` is noted as known, and not fetched.
        """
        told: dict[str, list[Sighting]] = {}
        for sighting in sightings:
            told.setdefault(sighting.id, []).append(sighting)
        fresh = AddressState.WAITING if wanted else AddressState.DONE
        ends: dict[str, str] = {}

        def decide(each: str, known: Address | None) -> Address | None:
            after = known
            for sighting in told[each]:
                after = Address.first(sighting, at, fresh) if after is None else after.seen(sighting, at) or after
            if known is None:
                ends[each] = "new"
            else:
                ends[each] = "changed" if after is not None and after.changes > known.changes else "known"
            return after if after != known else None

        self._change(told, decide)
        return Counter(end for end in ends.values() if end != "known" and wanted)

    def claim(
        self,
        run: str,
        at: datetime,
        until: datetime,
        *,
        limit: int,
        of_a_domain: int = _OF_A_DOMAIN,
        sources: Collection[str] = (),
    ) -> list[Address]:
        """Claim addresses that are due, for one run; its claim is void after `until`.

        No domain gets more than `of_a_domain`, and each has its turn, so that a long list of one holds up no other.
        """
        ids = list(islice(self._due(at, of_a_domain, sources, min(limit, MOST_CLAIMED)), min(limit, MOST_CLAIMED)))
        claimed: dict[str, Address] = {}

        def decide(each: str, known: Address | None) -> Address | None:
            claimed.pop(each, None)
            if known is None or not known.is_free(at):
                return None
            claimed[each] = known.claimed(run, until)
            return claimed[each]

        self._change(ids, decide)
        return list(claimed.values())

    def take(
        self, sightings: Iterable[Sighting], run: str, at: datetime, until: datetime, *, refetch: bool = False
    ) -> Taken:
        """Claim these very addresses for one run, due or not.

        Those that were fetched before are passed over, but with `refetch`; so are those that another run has.
        """
        told = {sighting.id: sighting for sighting in sightings}
        ends: dict[str, Address | str] = {}

        def decide(each: str, known: Address | None) -> Address | None:
            sighting = told[each]
            if known is None:
                ends[each] = after = Address.first(sighting, at).claimed(run, until)
                return after
            if known.state is AddressState.TAKEN and known.taken_by == run:
                ends[each] = known
                return None
            if known.state is AddressState.TAKEN and not known.is_free(at):
                ends[each] = "another run is fetching it"
                return None
            if known.state is AddressState.DONE and known.last_fetched_at is not None and not refetch:
                ends[each] = "fetched before"
                return None
            publisher = sighting.publisher or known.publisher
            named = replace(known, door=sighting.door, publisher=publisher, carried=None, attempts=0)
            ends[each] = after = named.claimed(run, until)
            return after

        self._change(told, decide)
        taken = tuple(end for end in ends.values() if isinstance(end, Address))
        return Taken(taken, Counter(end for end in ends.values() if isinstance(end, str)))

    def held(self, run: str) -> list[Address]:
        """Give the addresses that a run has claimed and not settled."""
        query = {"bool": {"filter": [_is(AddressState.TAKEN), {"term": {"taken_by": run}}]}}
        self._refresh()
        answer = self._search(query=query, size=MOST_CLAIMED, sort=[{"due_at": "asc"}])
        found = self.get(hit["_id"] for hit in answer["hits"]["hits"])
        return [each for each in found.values() if each.state is AddressState.TAKEN and each.taken_by == run]

    def settle(self, settled: Mapping[str, Settled], run: str, at: datetime) -> None:
        """Note what came of addresses that a run had claimed. Doing it twice is doing it once."""

        def decide(each: str, known: Address | None) -> Address | None:
            if known is None or known.state is not AddressState.TAKEN or known.taken_by != run:
                return None
            return known.settled(settled[each], at)

        self._change(settled, decide)

    def release(self, run: str, at: datetime) -> int:
        """Free what a run that is dead had claimed; give how many addresses that were."""
        freed = 0

        def decide(each: str, known: Address | None) -> Address | None:
            if known is None or known.state is not AddressState.TAKEN or known.taken_by != run:
                return None
            return known.freed(at)

        while held := self.held(run):
            self._change([address.id for address in held], decide)
            freed += len(held)
        return freed

    def get(self, ids: Iterable[str]) -> dict[str, Address]:
        """Give those of these addresses that are known, by id."""
        found = read_documents(self._client, self._index, list(ids), self._patience)
        return {each: Address.from_source(hit["_source"]) for each, hit in found.items()}

    def count(self, at: datetime) -> dict[str, int]:
        """Count the addresses by state, and as `due` those that could be claimed."""
        self._refresh()
        states = {"terms": {"field": "state", "size": 10}}
        answer = self._search(query=_free(at, ()), size=0, track_total_hits=True)
        every = self._search(size=0, aggs={"states": states})
        counts = {each["key"]: int(each["doc_count"]) for each in every["aggregations"]["states"]["buckets"]}
        return {**counts, "due": int(answer["hits"]["total"]["value"])}

    def _due(self, at: datetime, of_a_domain: int, sources: Collection[str], limit: int) -> Iterator[str]:
        """Give ids of what is due, a turn for each domain after the other, the longest due first."""
        self._refresh()
        order: list[dict[str, Any]] = [{"due_at": "asc"}, {"first_seen": "asc"}]
        most = min(of_a_domain, _OF_A_DOMAIN, limit)
        inner = {"name": "due", "size": most, "sort": order, "_source": False}
        answer = self._search(
            query=_free(at, sources),
            size=min(limit, _DOMAINS),
            sort=order,
            collapse={"field": "domain", "inner_hits": inner},
        )
        lanes = [[each["_id"] for each in hit["inner_hits"]["due"]["hits"]["hits"]] for hit in answer["hits"]["hits"]]
        return (each for each in chain.from_iterable(zip_longest(*lanes)) if each is not None)

    def _search(self, **body: Any) -> Any:
        return self._patience.call(lambda: self._client.search(index=self._index, source=False, **WHOLE, **body))

    def _refresh(self) -> None:
        self._patience.call(lambda: self._client.indices.refresh(index=self._index))

    def _change(self, ids: Collection[str], decide: Callable[[str, Address | None], Address | None]) -> None:
        def decide_source(each: str, source: dict[str, Any] | None) -> dict[str, Any] | None:
            after = decide(each, None if source is None else Address.from_source(source))
            return None if after is None else {**_not_ours(source), **after.as_source()}

        change_documents(self._client, self._index, ids, decide_source, self._patience)


def _not_ours(source: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give what an operator has added to a document of his own."""
    return {} if source is None or "extra" not in source else {"extra": source["extra"]}


def _is(state: AddressState) -> dict[str, Any]:
    return {"term": {"state": state.value}}


def _free(at: datetime, sources: Collection[str]) -> dict[str, Any]:
    """Ask for what may be claimed: what is due, and what was claimed by runs that have let their time go by."""
    moment = at.isoformat()
    due = {"bool": {"filter": [_is(AddressState.WAITING), {"range": {"due_at": {"lte": moment}}}]}}
    void = {"bool": {"filter": [_is(AddressState.TAKEN), {"range": {"taken_until": {"lte": moment}}}]}}
    named = [{"terms": {"source": sorted(sources)}}] if sources else []
    return {"bool": {"filter": named, "should": [due, void], "minimum_should_match": 1}}
