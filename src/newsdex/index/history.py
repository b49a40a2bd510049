"""The writer's view of revisions: a text is kept before another takes its place, and a late copy beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.bulk import Operation, Patience, send
from newsdex.index.by_id import read_documents
from newsdex.index.entries import Entry, Stored
from newsdex.index.revisions import revision_id, revision_operation, stray_operation

_COMPARED = 50
"""With so many former versions, the last ones, a late copy is compared."""


class History:
    """What `news-revisions` has of the articles behind an alias, for one writer."""

    def __init__(self, client: Elasticsearch, articles: str, revisions: str, patience: Patience) -> None:
        self._client = client.options(max_retries=0)
        self._articles = articles
        self._revisions = revisions
        self._patience = patience
        self._kept: dict[str, dict[str, Any]] = {}

    def keep(self, changing: Sequence[Entry], stored: Mapping[str, Stored], replaced_at: datetime) -> set[str]:
        """Keep the present text of articles that are about to be overwritten; give the ids that changed meanwhile.

        Killed between this and the overwriting, the same revision is written again. Where another writer was quicker,
        what we said of the change was of our text: it is put right by the next look, which sees theirs.
        """
        if not changing:
            return set()
        found = self._get(self._articles, [entry.id for entry in changing])
        operations: dict[str, Operation] = {}
        unread: set[str] = set()
        for entry in changing:
            hit = found.get(entry.id)
            if hit is None or hit["_seq_no"] != stored[entry.id].seq_no:
                unread.add(entry.id)
                continue
            former = hit["_source"]
            ours = self._kept.get(entry.id)
            if ours is not None and ours["version"] == former["version"] - 1:
                operations[f"{entry.id}-again"] = revision_operation(
                    self._revisions, entry.id, ours, former, datetime.fromisoformat(former["indexed_at"])
                )
            later = json.loads(entry.source)
            operations[entry.id] = revision_operation(self._revisions, entry.id, former, later, replaced_at)
            self._kept[entry.id] = former
        self._write(list(operations.values()))
        return unread

    def settled(self) -> None:
        """Forget what was kept for articles whose fate is now settled."""
        self._kept.clear()

    def superseded(self, entries: Sequence[Entry], stored: Mapping[str, Stored]) -> list[Entry]:
        """Give those whose very text was already replaced by a copy fetched at the same time."""
        known = self._known(entries, stored)
        return [
            entry
            for entry in entries
            if any(
                source["document_hash"] == entry.document_hash
                and datetime.fromisoformat(source["origin"]["fetched_at"]) == entry.article.origin.fetched_at
                for source in known.get(entry.id, ())
            )
        ]

    def keep_late(self, entries: Sequence[Entry], stored: Mapping[str, Stored]) -> None:
        """Keep the texts of late copies, those that we do not have yet."""
        known = self._known(entries, stored)
        new = [
            entry
            for entry in entries
            if all(source["document_hash"] != entry.document_hash for source in known.get(entry.id, ()))
        ]
        if not new:
            return
        present = self._get(self._articles, [entry.id for entry in new])
        self._write(
            [
                stray_operation(
                    self._revisions, entry.id, json.loads(entry.source), present.get(entry.id, {}).get("_source", {})
                )
                for entry in new
            ]
        )

    def _known(self, entries: Sequence[Entry], stored: Mapping[str, Stored]) -> dict[str, list[dict[str, Any]]]:
        wanted = [
            revision_id(entry.id, version)
            for entry in entries
            for version in range(max(1, stored[entry.id].version - _COMPARED), stored[entry.id].version)
        ]
        known: dict[str, list[dict[str, Any]]] = {}
        for hit in self._get(self._revisions, wanted, ["article_id", "document_hash", "origin"]).values():
            known.setdefault(hit["_source"]["article_id"], []).append(hit["_source"])
        return known

    def _get(self, index: str, ids: list[str], fields: list[str] | None = None) -> dict[str, dict[str, Any]]:
        return read_documents(self._client, index, ids, self._patience, fields or True)

    def _write(self, operations: list[Operation]) -> None:
        for operation, answer in zip(operations, send(self._client, operations, self._patience), strict=True):
            if not answer.accepted:
                raise UserError(
                    f"Elasticsearch refuses the revision {operation.id}: {answer.reason}",
                    f"is the mapping of {self._revisions} the one in config/elasticsearch?",
                )
