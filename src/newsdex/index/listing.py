"""Everything that a search finds, however many it is, from one moment of the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.query import Query
from newsdex.index.request import but, filters, scored
from newsdex.index.search import explained
from newsdex.index.templates import Names, index_meta

_AT_ONCE = 500
_KEPT = "5m"
"""How long Elasticsearch keeps the moment for a reader that pauses."""

_INTERNAL = ("near_duplicate", "document_hash", "text_*")


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything found: how many articles, and each in the one JSON shape of an article, the newest first."""

    total: int
    articles: Iterator[dict[str, Any]]


def list_all(client: Elasticsearch, query: Query, *, prefix: str = "") -> Listing:
    """List everything that a search finds, copies too; page and order of the query do not matter.

    What is indexed meanwhile is not in it. Closing the iterator, or reading it to its end, frees what Elasticsearch
    keeps for it. Raises `BadQuery`, and `UserError` when Elasticsearch does not answer or has no index, at once or
    while it is read: an end without an error is the end.
    """
    names = Names(prefix)
    with explained(names.news):
        language_fields = index_meta(client, names.news).get("language_fields", {})
        wanted = {"bool": {"must": [scored(query, language_fields)], "filter": [but(filters(query))]}}
        moment = client.open_point_in_time(index=names.news, keep_alive=_KEPT)["id"]
        try:
            found = client.search(pit={"id": moment, "keep_alive": _KEPT}, query=wanted, size=0, track_total_hits=True)
        except BaseException:
            client.close_point_in_time(id=moment)
            raise
    return Listing(found["hits"]["total"]["value"], _articles(client, names.news, wanted, moment))


def _articles(client: Elasticsearch, index: str, wanted: Mapping[str, Any], moment: str) -> Iterator[dict[str, Any]]:
    after: list[Any] | None = None
    try:
        while True:
            with explained(index):
                page = client.search(
                    pit={"id": moment, "keep_alive": _KEPT},
                    query=dict(wanted),
                    sort=[{"@timestamp": "desc"}, "_shard_doc"],
                    size=_AT_ONCE,
                    source_excludes=list(_INTERNAL),
                    track_total_hits=False,
                    search_after=after,
                )
            moment, hits = page["pit_id"], page["hits"]["hits"]
            for hit in hits:
                yield _shape(hit["_id"], hit["_source"])
            if len(hits) < _AT_ONCE:
                return
            after = hits[-1]["sort"]
    finally:
        client.close_point_in_time(id=moment)


def _shape(article: str, source: Mapping[str, Any]) -> dict[str, Any]:
    body = str(source.get("body", ""))
    return {"id": article, **source, "body": body.split("\n\n") if body else []}
