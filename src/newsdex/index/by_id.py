"""Reading documents by their ids, until Elasticsearch has answered for each one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.bulk import Patience, not_at_hand

_TOGETHER = 500
_NO_INDEX = "index_not_found_exception"


def read_documents(
    client: Elasticsearch,
    index: str,
    ids: Collection[str],
    patience: Patience,
    fields: Sequence[str] | bool = True,
) -> dict[str, dict[str, Any]]:
    """Give those of these documents that there are, as Elasticsearch answers: with `_source`, `_seq_no` and term.

    `fields` are what is read of each; True for all, False for none. Raises `UserError` when Elasticsearch refuses, or
    stays busy or silent. A document whose shard is not at hand, as in the first second after a restart, is waited for:
    it would look like one that is not there.
    """
    patient = client.options(max_retries=0)
    found: dict[str, dict[str, Any]] = {}
    wanted = sorted(set(ids))

    def ask(part: list[str]) -> list[dict[str, Any]]:
        if isinstance(fields, bool):
            answer = patient.mget(index=index, ids=part, source=fields)
        else:
            answer = patient.mget(index=index, ids=part, source_includes=list(fields))
        hits: list[dict[str, Any]] = answer["docs"]
        for hit in hits:
            if "error" in hit:
                kind = hit["error"].get("type")
                raise not_at_hand(answer, str(kind), 404 if kind == _NO_INDEX else 503)
        return hits

    for start in range(0, len(wanted), _TOGETHER):
        part = wanted[start : start + _TOGETHER]
        hits = patience.call(lambda part=part: ask(part))  # type: ignore[misc]
        found |= {hit["_id"]: hit for hit in hits if hit["found"]}
    return found
