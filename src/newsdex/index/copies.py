"""Copies of one text among what was found: which one stands for all, how many there are, and where the others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from newsdex.index.request import Clause

_PLACES = 10
"""Other places of a hit's text that are named; `copies` counts all."""

_FIELDS = ["headline", "publisher", "published_at", "url", "origin.uri"]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with a hit's text, or nearly: where and when it was published."""

    id: str
    headline: str | None
    publisher: str | None
    published_at: str | None
    url: str | None
    uri: str | None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The found articles of one cluster: `first` is the id of the one that comes before the others."""

    first: str
    count: int
    newest: tuple[Copy, ...]

    def others(self, hit: str) -> tuple[Copy, ...]:
        """Give the copies that are not this hit, newest first, the first few of many."""
        return tuple(copy for copy in self.newest if copy.id != hit)[:_PLACES]


def cluster_requests(clusters: Sequence[str], chosen: Clause, order: Sequence[Clause]) -> dict[str, Any]:
    """Ask which of these clusters have several members among what was found, and for the members."""
    among = {"bool": {"filter": [chosen, {"terms": {"cluster_id": list(clusters)}}]}}
    members = {"field": "cluster_id", "size": max(len(clusters), 1), "min_doc_count": 2}
    first = {"size": 1, "sort": list(order), "_source": False}
    newest = {"size": _PLACES + 1, "sort": [{"@timestamp": "desc"}], "_source": _FIELDS}
    shown = {"first": {"top_hits": first}, "newest": {"top_hits": newest}}
    return {"clusters": {"filter": among, "aggs": {"members": {"terms": members, "aggs": shown}}}}


def read_clusters(answer: Mapping[str, Any]) -> dict[str, Cluster]:
    """Read the clusters that have several members, by their id."""
    return {
        str(bucket["key"]): Cluster(
            first=bucket["first"]["hits"]["hits"][0]["_id"],
            count=bucket["doc_count"],
            newest=tuple(_copy(hit) for hit in bucket["newest"]["hits"]["hits"]),
        )
        for bucket in answer["clusters"]["members"]["buckets"]
    }


def _copy(hit: Mapping[str, Any]) -> Copy:
    source = hit.get("_source", {})
    fields = {name: source.get(name) for name in ("headline", "publisher", "published_at", "url")}
    return Copy(hit["_id"], **fields, uri=source.get("origin", {}).get("uri"))
