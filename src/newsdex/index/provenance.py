"""From what the index has of a document to its bytes in the raw archive, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from newsdex.errors import UserError
from newsdex.index.templates import Names

_MOST = 100
_FIELDS = ("headline", "article_id", "stage", "reason", "version", "replaced_at", "origin")


class Holding(StrEnum):
    """In what form the index has a document."""

    ARTICLE = "article"
    REVISION = "revision"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Held:
    """A document that the index has, and where its bytes lie.

    `article_id` is the article's, for a quarantine entry its own id; `label` is the headline, or why it was refused.
    """

    holding: Holding
    article_id: str
    label: str | None
    uri: str | None
    fetched_at: str | None
    raw_ref: str | None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "holding": self.holding,
            "article_id": self.article_id,
            "label": self.label,
            "uri": self.uri,
            "fetched_at": self.fetched_at,
            "raw_ref": self.raw_ref,
        }


def find_held(client: Elasticsearch, names: Names, *, entry_id: str, urls: Iterable[str]) -> list[Held]:
    """Find an article with its former texts, or a quarantine entry, by id or address; the latest fetch comes first.

    Raises `UserError` when Elasticsearch does not answer.
    """
    addresses = list(urls)
    clauses: list[dict[str, Any]] = [
        {"ids": {"values": [entry_id]}},
        {"term": {"article_id": entry_id}},
        *({"terms": {field: addresses}} for field in ("canonical_url", "url", "origin.uri")),
    ]
    return _search(client, names, clauses)


def find_by_place(client: Elasticsearch, names: Names, raw_ref: str) -> list[Held]:
    """Find what the index has of the document at a place in the raw archive. Raises `UserError` as `find_held` does."""
    return _search(client, names, [{"term": {"origin.raw_ref": raw_ref}}])


def _search(client: Elasticsearch, names: Names, clauses: list[dict[str, Any]]) -> list[Held]:
    try:
        answer = client.search(
            index=[names.news, names.revisions, names.quarantine],
            ignore_unavailable=True,
            allow_no_indices=True,
            query={"bool": {"should": clauses, "minimum_should_match": 1}},
            sort=[{"origin.fetched_at": {"order": "desc", "unmapped_type": "date"}}],
            size=_MOST,
            source_includes=list(_FIELDS),
        )
    except ApiError as refused:
        raise UserError(
            f"Elasticsearch refuses the search: {refused}", "newsdex doctor says what is wrong"
        ) from refused
    except TransportError as silent:
        raise UserError("Elasticsearch does not answer", "newsdex status says what runs") from silent
    return [_held(hit["_id"], hit["_source"]) for hit in answer["hits"]["hits"]]


def _held(found_id: str, source: dict[str, Any]) -> Held:
    origin = source.get("origin", {})
    place = origin.get("uri"), origin.get("fetched_at"), origin.get("raw_ref")
    if "stage" in source:
        return Held(Holding.QUARANTINED, found_id, f"{source['stage']}: {source.get('reason')}", *place)
    if "article_id" in source:
        return Held(Holding.REVISION, source["article_id"], source.get("headline"), *place)
    return Held(Holding.ARTICLE, found_id, source.get("headline"), *place)
