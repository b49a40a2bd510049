"""What upkeep asks of Elasticsearch and has it do: old entries deleted, the server's own troubles, work that waits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.addresses import AddressState
from newsdex.index.bulk import Operation, Patience, send
from newsdex.index.templates import Names, versions
from newsdex.records import rfc3339

_PAGE = 1_000
_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
_WATERMARK = "cluster.routing.allocation.disk.watermark"


@dataclass(frozen=True, slots=True)
class NodeDisk:
    """The disk of one node of Elasticsearch, in bytes, and how much has to be free for it to go on as usual.

    With less than `high` free it moves shards away, or leaves new ones unassigned; with less than `flood` it stops
    taking documents.
    """

    node: str
    total: int
    free: int
    high: int
    flood: int


def count_older(client: Elasticsearch, alias: str, field: str, before: datetime) -> int:
    """Count the entries behind an alias that are older than a time."""
    client.indices.refresh(index=alias)
    return int(client.count(index=alias, query=_older(field, before))["count"])


def delete_older(client: Elasticsearch, alias: str, field: str, before: datetime) -> int:
    """Delete the entries behind an alias that are older than a time; give how many there were."""
    deleted, patience = 0, Patience()
    while True:
        client.indices.refresh(index=alias)
        answer = client.search(index=alias, query=_older(field, before), size=_PAGE, source=False)
        operations = [Operation("delete", alias, hit["_id"]) for hit in answer["hits"]["hits"]]
        gone = sum(each.accepted for each in send(client, operations, patience)) if operations else 0
        deleted += gone
        if not gone:
            return deleted


def count_reasons(client: Elasticsearch, prefix: str, before: datetime) -> dict[str, int]:
    """Count the entries of the quarantine that were last refused before a time, by reason."""
    alias = Names(prefix).quarantine
    client.indices.refresh(index=alias)
    reasons = {"reasons": {"terms": {"field": "reason", "size": 100}}}
    answer = client.search(index=alias, query=_older("quarantined_at", before), size=0, aggs=reasons)
    return {str(each["key"]): int(each["doc_count"]) for each in answer["aggregations"]["reasons"]["buckets"]}


def made_at(client: Elasticsearch, prefix: str) -> dict[str, datetime]:
    """Give all versions of the index of articles with the time at which each was made, oldest first."""
    base = Names(prefix).news
    names = [f"{base}-{number:06d}" for number in versions(client, base)]
    if not names:
        return {}
    found = client.indices.get_settings(index=names, name="index.creation_date")
    made = {name: int(found[name]["settings"]["index"]["creation_date"]) for name in names}
    return {name: datetime.fromtimestamp(made[name] / 1000, UTC) for name in names}


def cluster_status(client: Elasticsearch) -> str:
    """Say how the cluster is: green, yellow, or red where documents cannot be reached."""
    return str(client.cluster.health()["status"])


def closed_for_writing(client: Elasticsearch, prefix: str) -> list[str]:
    """Name the indices that Elasticsearch has closed for writing because a disk was full."""
    block = "index.blocks.read_only_allow_delete"
    found = client.indices.get_settings(index=f"{prefix}news*", name=block, flat_settings=True)
    return sorted(name for name, shape in found.items() if shape["settings"].get(block) == "true")


def node_disks(client: Elasticsearch) -> Iterator[NodeDisk]:
    """Give the disk of each node with the cluster's limits."""
    levels = client.cluster.get_settings(include_defaults=True, flat_settings=True)
    known = {**levels["defaults"], **levels["persistent"], **levels["transient"]}
    for node in client.nodes.stats(metric="fs")["nodes"].values():
        total = int(node["fs"]["total"]["total_in_bytes"])
        high, flood = (
            bytes_to_keep_free(
                total, str(known[f"{_WATERMARK}.{level}"]), str(known[f"{_WATERMARK}.{level}.max_headroom"])
            )
            for level in ("high", "flood_stage")
        )
        yield NodeDisk(str(node["name"]), total, int(node["fs"]["total"]["available_in_bytes"]), high, flood)


def bytes_to_keep_free(total: int, watermark: str, headroom: str) -> int:
    """Say how many bytes of a disk a watermark wants free: a share that is used, or a size that is free.

    >>> bytes_to_keep_free(1000, "90%", "-1"), bytes_to_keep_free(1000, "1kb", "")
    (100, 1024)
    >>> bytes_to_keep_free(4_000_000_000_000, "90%", "150gb")
    161061273600
    """
    if (size := _size(watermark)) is not None:
        return size
    used = float(watermark[:-1]) / 100 if watermark.endswith("%") else float(watermark)
    wanted = round(total * (1 - used))
    most = _size(headroom)
    return wanted if most is None else min(wanted, most)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many web addresses are in each state, how many of them wait since before a time, and when the last came."""

    states: dict[str, int]
    overdue: int
    last_fetched: datetime | None


def waiting_addresses(client: Elasticsearch, prefix: str, before: datetime) -> Waiting:
    """Look at the frontier: what should have been fetched before a time, or was claimed until then and not settled."""
    alias, limit = Names(prefix).frontier, {"lt": rfc3339(before)}
    client.indices.refresh(index=alias)
    overdue = [_in_state(AddressState.WAITING, "due_at", limit), _in_state(AddressState.TAKEN, "taken_until", limit)]
    aggs: dict[str, Any] = {
        "states": {"terms": {"field": "state"}},
        "overdue": {"filter": {"bool": {"should": overdue, "minimum_should_match": 1}}},
        "last": {"max": {"field": "last_fetched_at"}},
    }
    found = client.search(index=alias, size=0, aggs=aggs)["aggregations"]
    last = found["last"]["value"]
    return Waiting(
        {str(each["key"]): int(each["doc_count"]) for each in found["states"]["buckets"]},
        int(found["overdue"]["doc_count"]),
        None if last is None else datetime.fromtimestamp(last / 1000, UTC),
    )


def _in_state(state: AddressState, field: str, limit: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": [{"term": {"state": state.value}}, {"range": {field: limit}}]}}


def _older(field: str, before: datetime) -> dict[str, Any]:
    return {"range": {field: {"lt": rfc3339(before)}}}


def _size(text: str) -> int | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(b|kb|mb|gb|tb)", text.strip().lower())
    return None if match is None else round(float(match[1]) * _UNITS[match[2]])
