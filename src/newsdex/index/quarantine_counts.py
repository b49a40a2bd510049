"""The quarantine as a page shows it: counted by reason, stage and source, and listed a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.asking import ask
from newsdex.index.quarantine import QuarantineEntry, Selection
from newsdex.index.templates import Names

_COUNTED = {"reason": "reason", "stage": "stage", "source": "origin.source", "publisher": "origin.publisher"}
_VALUES = 50
_DEEPEST = 10_000
"""Elasticsearch pages this deep and no deeper."""


@dataclass(frozen=True, slots=True)
class QuarantineCounts:
    """How many entries there are in all, and by each field's values, the most frequent first."""

    total: int
    by: dict[str, tuple[tuple[str, int], ...]]


def count_by_field(client: Elasticsearch, prefix: str, selection: Selection) -> QuarantineCounts:
    """Count the entries that are meant. Raises `UserError` when Elasticsearch does not answer or refuses."""
    aggregations = {name: {"terms": {"field": each, "size": _VALUES}} for name, each in _COUNTED.items()}
    answer = ask(client, Names(prefix).quarantine, query=selection.query, size=0, aggs=aggregations)
    found = answer.get("aggregations") or {}
    by = {
        name: tuple((str(each["key"]), int(each["doc_count"])) for each in found.get(name, {}).get("buckets", ()))
        for name in _COUNTED
    }
    return QuarantineCounts(int(answer["hits"]["total"]["value"]), by)


def list_page(
    client: Elasticsearch, prefix: str, selection: Selection, *, size: int, offset: int
) -> tuple[QuarantineEntry, ...]:
    """List a page of the entries that are meant, the last refused first; no deeper than Elasticsearch pages."""
    if offset + size > _DEEPEST:
        return ()
    order: list[Any] = [{"quarantined_at": "desc"}, {"_seq_no": "desc"}]
    answer = ask(client, Names(prefix).quarantine, query=selection.query, size=size, from_=offset, sort=order)
    return tuple(QuarantineEntry(hit["_id"], dict(hit["_source"])) for hit in answer["hits"]["hits"])


def find_entry(client: Elasticsearch, prefix: str, entry_id: str) -> QuarantineEntry | None:
    """Give one entry; None when there is none."""
    answer = ask(client, Names(prefix).quarantine, query={"ids": {"values": [entry_id]}}, size=1)
    return next((QuarantineEntry(hit["_id"], dict(hit["_source"])) for hit in answer["hits"]["hits"]), None)
