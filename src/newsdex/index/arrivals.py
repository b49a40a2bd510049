"""What came from each source and when, counted by Elasticsearch: what scorecards are made of.

Documents are counted where they were fetched, not where they were written, so that a backfill of old pages, a rebuild
or a release from quarantine does not look like news of today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from elasticsearch import Elasticsearch

from newsdex.index.bulk import Patience
from newsdex.index.templates import Names
from newsdex.records import rfc3339

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WEEK = 7 * DAY
WEEKS = 8
"""How many weeks before the last seven days are looked at."""
SHORT_WORDS = 80
"""A body of fewer words is a short one."""

_PAGE = 1_000
_WINDOW = (WEEKS + 1) * WEEK
_TIME = "origin.fetched_at"
_REFUSED = ("origin.source", "origin.publisher", "origin.door")
_WRITTEN = (*_REFUSED, "publisher")
_COUNTED: dict[str, Any] = {
    "dated": {"filter": {"exists": {"field": "published_at"}}},
    "short": {"filter": {"range": {"word_count": {"lt": SHORT_WORDS}}}},
    "assumed": {"filter": {"term": {"flags": "offset_assumed"}}},
    "languages": {"terms": {"field": "language", "size": 100}},
}


class GroupKind(StrEnum):
    """By what documents are grouped, the best there is first."""

    SOURCE = "source"
    """The id of config/sources.yaml that led to them."""
    FOLDER = "folder"
    """The folder of the inbox that they lay in."""
    PUBLISHER = "publisher"
    """Who published them: as whoever brought them says, else as they say themselves."""
    DOOR = "door"
    """The way they came in, when nothing else is known."""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Documents that belong together: one source, as an operator sees it."""

    kind: GroupKind
    name: str

    @classmethod
    def of(cls, source: str | None, publisher: str | None, door: str | None, printed: str | None = None) -> Self:
        """Say which group a document is of; `printed` is the publisher as the document itself says.

        >>> Group.of(None, "reuters", "inbox").kind.value, Group.of(None, None, "warc", "The Gazette").name
        ('folder', 'The Gazette')
        """
        if source:
            return cls(GroupKind.SOURCE, source)
        if publisher:
            return cls(GroupKind.FOLDER if door == "inbox" else GroupKind.PUBLISHER, publisher)
        return cls(GroupKind.PUBLISHER, printed) if printed else cls(GroupKind.DOOR, door or "files")


@dataclass(slots=True)
class Tally:
    """What came in some time. `assumed` counts dates whose UTC offset was supplied by us."""

    documents: int = 0
    undated: int = 0
    short: int = 0
    assumed: int = 0
    quarantined: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count another time in."""
        self.documents += other.documents
        self.undated += other.undated
        self.short += other.short
        self.assumed += other.assumed
        self.quarantined += other.quarantined
        self.languages.update(other.languages)
        self.reasons.update(other.reasons)


@dataclass(slots=True)
class Arrivals:
    """What came from one group.

    `days` has a tally for each 24 hours in which something came, by how many times 24 hours ago they ended; `hours` the
    hours with a document, likewise. `repeats` counts documents of the last week whose text the group has twice.
    """

    total: int = 0
    last: datetime | None = None
    days: dict[int, Tally] = field(default_factory=dict)
    hours: set[int] = field(default_factory=set)
    repeats: int = 0

    def during(self, first: int, last: int) -> Tally:
        """Add up days: 0 to 6 are the last seven."""
        tally = Tally()
        for day in range(first, last + 1):
            if day in self.days:
                tally.add(self.days[day])
        return tally


class Reader:
    """Asks the index what came until a moment, `at`."""

    def __init__(self, client: Elasticsearch, prefix: str, at: datetime, patience: Patience | None = None) -> None:
        self._client = client.options(max_retries=0)
        self._names = Names(prefix)
        self._at = at
        self._patience = patience or Patience()

    def refresh(self) -> None:
        """Have all that was written be seen."""
        for index in (self._names.news, self._names.quarantine):
            self._patience.call(lambda: self._client.indices.refresh(index=index))  # noqa: B023 - called at once

    def read(self) -> dict[Group, Arrivals]:
        """Count what came from every group that ever brought a document or had one refused lately."""
        found: dict[Group, Arrivals] = {}
        news, quarantine = self._names.news, self._names.quarantine
        for group, bucket in self._buckets(news, _WRITTEN, None, {"last": {"max": {"field": _TIME}}}):
            arrivals = found.setdefault(group, Arrivals())
            arrivals.total += bucket["doc_count"]
            if (last := bucket["last"]["value"]) is not None:
                moment = datetime.fromtimestamp(last / 1000, UTC)
                arrivals.last = max(moment, arrivals.last or moment)
        for group, bucket in self._buckets(news, _WRITTEN, _WINDOW, _COUNTED, step=DAY):
            self._day(found, group, bucket).add(_tally(bucket))
        reasons = {"reasons": {"terms": {"field": "reason", "size": 100}}}
        for group, bucket in self._buckets(quarantine, _REFUSED, _WINDOW, reasons, step=DAY):
            refused = Tally(quarantined=bucket["doc_count"], reasons=_terms(bucket["reasons"]))
            self._day(found, group, bucket).add(refused)
        for group, bucket in self._buckets(news, _WRITTEN, WEEKS * WEEK, {}, step=HOUR):
            found.setdefault(group, Arrivals()).hours.add(self._ago(bucket, HOUR))
        texts = {"texts": {"cardinality": {"field": "cluster_id", "precision_threshold": 10_000}}}
        for group, bucket in self._buckets(news, _WRITTEN, WEEK, texts):
            repeats = bucket["doc_count"] - bucket["texts"]["value"]
            found.setdefault(group, Arrivals()).repeats += max(0, repeats)
        return found

    def read_these(self, ids: Collection[str]) -> dict[Group, Tally]:
        """Count these documents, whenever they came: articles by their ids, and entries of the quarantine by theirs."""
        chosen: dict[str, Any] = {"ids": {"values": list(ids)}}
        found: dict[Group, Tally] = {}
        self.refresh()
        for group, bucket in self._buckets(self._names.news, _WRITTEN, None, _COUNTED, chosen):
            found.setdefault(group, Tally()).add(_tally(bucket))
        reasons = {"reasons": {"terms": {"field": "reason", "size": 100}}}
        for group, bucket in self._buckets(self._names.quarantine, _REFUSED, None, reasons, chosen):
            refused = Tally(quarantined=bucket["doc_count"], reasons=_terms(bucket["reasons"]))
            found.setdefault(group, Tally()).add(refused)
        return found

    def _buckets(
        self,
        index: str,
        fields: tuple[str, ...],
        window: timedelta | None,
        counted: dict[str, Any],
        query: dict[str, Any] | None = None,
        *,
        step: timedelta | None = None,
    ) -> Iterator[tuple[Group, dict[str, Any]]]:
        """Give each group's counts in a window before the moment, and with `step` those of each piece of it."""
        if query is None:
            since = {} if window is None else {"gt": rfc3339(self._at - window)}
            query = {"range": {_TIME: {**since, "lte": rfc3339(self._at)}}}
        named: list[dict[str, Any]] = [{name: {"terms": {"field": name, "missing_bucket": True}}} for name in fields]
        if step is not None:
            length = round(step.total_seconds())
            offset = f"+{round(self._at.timestamp() * 1000) % (length * 1000)}ms"
            pieces = {"field": _TIME, "fixed_interval": f"{length}s", "offset": offset}
            named.append({"piece": {"date_histogram": pieces}})
        composite: dict[str, Any] = {"size": _PAGE, "sources": named}
        while True:
            groups = {"composite": composite, **({"aggs": counted} if counted else {})}
            answer = self._patience.call(
                lambda: self._client.search(
                    index=index,
                    size=0,
                    track_total_hits=False,
                    query=query,
                    aggs={"groups": groups},  # noqa: B023
                )
            )
            found = answer["aggregations"]["groups"]
            for bucket in found["buckets"]:
                source, publisher, door, printed = (bucket["key"].get(name) for name in _WRITTEN)
                yield Group.of(source, publisher, door, printed), bucket
            if "after_key" not in found:
                return
            composite = {**composite, "after": found["after_key"]}

    def _day(self, found: dict[Group, Arrivals], group: Group, bucket: dict[str, Any]) -> Tally:
        return found.setdefault(group, Arrivals()).days.setdefault(self._ago(bucket, DAY), Tally())

    def _ago(self, bucket: dict[str, Any], step: timedelta) -> int:
        """Say how many steps before the moment a piece of time ended."""
        begun = round(self._at.timestamp() * 1000) - int(bucket["key"]["piece"])
        # What came in the very millisecond begins a piece of its own: it is of the last one.
        return max(0, round(begun / (step.total_seconds() * 1000)) - 1)


def _tally(bucket: dict[str, Any]) -> Tally:
    documents = int(bucket["doc_count"])
    return Tally(
        documents,
        undated=documents - int(bucket["dated"]["doc_count"]),
        short=int(bucket["short"]["doc_count"]),
        assumed=int(bucket["assumed"]["doc_count"]),
        languages=_terms(bucket["languages"]),
    )


def _terms(aggregation: dict[str, Any]) -> Counter[str]:
    return Counter({str(each["key"]): int(each["doc_count"]) for each in aggregation["buckets"]})
