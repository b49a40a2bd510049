"""The numbers that an index gives to its writes: how many it has begun, and how many of them a search may see."""

from __future__ import annotations

from dataclasses import dataclass

from elasticsearch import Elasticsearch

from newsdex.index.bulk import not_at_hand

_SHOWN = ("max_seq_no", "local_checkpoint")
_FILTER = ",".join(
    ("indices.*.shards.*.routing.primary", *(f"indices.*.shards.*.seq_no.{number}" for number in _SHOWN))
)


@dataclass(frozen=True, slots=True)
class Operations:
    """How far the writes of one shard are; -1 before the first.

    A write has its number before it is done: one up to `begun` may be half-way, and a refresh passes it by. All up to
    `done` are in the index for good, and all that is acknowledged later has a higher number.
    """

    begun: int
    done: int


def operations(client: Elasticsearch, index: str) -> list[Operations]:
    """Read how far the writes to each shard behind a name are. Raises an `ApiError` 503 where no shard is at hand."""
    stats = client.indices.stats(index=index, metric="docs", level="shards", filter_path=_FILTER)
    found = [
        Operations(*(int(copy["seq_no"][number]) for number in _SHOWN))
        for each in stats.body.get("indices", {}).values()
        for copies in each["shards"].values()
        for copy in copies
        if copy["routing"]["primary"]
    ]
    if not found:
        raise not_at_hand(stats, f"no shard of {index} is at hand")
    return found
