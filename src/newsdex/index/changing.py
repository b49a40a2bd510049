"""Changing documents one by one, so that two who do it at once never undo each other's change."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.bulk import Operation, Patience, send
from newsdex.index.by_id import read_documents
from newsdex.index.entries import encode

Decide: TypeAlias = Callable[[str, dict[str, Any] | None], dict[str, Any] | None]
"""Given an id and the document as it is now (None: there is none), what it is to be; None leaves it as it is."""

_TOGETHER = 500
_ROUNDS = 20


def change_documents(
    client: Elasticsearch, index: str, ids: Collection[str], decide: Decide, patience: Patience
) -> None:
    """Have each document be what `decide` says of it as it stands; asked again where another writer came between.

    Raises `UserError` when Elasticsearch refuses a document, or stays busy or silent.
    """
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), _TOGETHER):
        open_ = wanted[start : start + _TOGETHER]
        for _ in range(_ROUNDS):
            open_ = _try(client, index, open_, decide, patience)
            if not open_:
                break
        else:
            raise UserError(f"{index} keeps being changed by another writer", "run again when it has ended")


def _try(client: Elasticsearch, index: str, ids: list[str], decide: Decide, patience: Patience) -> list[str]:
    """Write once; give the ids that others have written meanwhile."""
    known = read_documents(client, index, ids, patience)
    operations: list[Operation] = []
    for each in ids:
        hit = known.get(each)
        wanted = decide(each, None if hit is None else dict(hit["_source"]))
        if wanted is None:
            continue
        if hit is None:
            operations.append(Operation("create", index, each, encode(wanted)))
        else:
            operations.append(Operation("index", index, each, encode(wanted), hit["_seq_no"], hit["_primary_term"]))
    again: list[str] = []
    for operation, answer in zip(operations, send(client, operations, patience), strict=True):
        if answer.status == 409:
            again.append(operation.id)
        elif not answer.accepted:
            raise UserError(
                f"Elasticsearch refuses {operation.id} in {index}: {answer.reason}",
                "is its mapping the one in config/elasticsearch?",
            )
    return again
