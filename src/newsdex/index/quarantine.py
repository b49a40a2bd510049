"""The quarantine: what could not go on, findable, countable, and let go of only by those who mean to.

One document has one entry, whatever stage refused it: tried again, it counts another try; once it is in the archive,
the entry goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.bulk import WHOLE, Answer, Operation, Patience, send
from newsdex.index.by_id import read_documents
from newsdex.index.entries import encode, moment
from newsdex.index.query import date_range, demand_date
from newsdex.index.templates import Names
from newsdex.records import FETCH_REASONS, Reason

_PAGE = 1_000
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries are meant: all that fit every field that is given.

    `since` and `until` are days, months, years or times, in UTC, both included; they ask when a document was refused
    last.
    """

    ids: tuple[str, ...] = ()
    stage: str | None = None
    reason: str | None = None
    source: str | None = None
    publisher: str | None = None
    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            demand_date(name, getattr(self, name))

    @property
    def everything(self) -> bool:
        """Whether nothing at all was asked for."""
        return self == Selection()

    @property
    def query(self) -> dict[str, Any]:
        """The question to Elasticsearch."""
        named = {
            "stage": self.stage,
            "reason": self.reason,
            "origin.source": self.source,
            "origin.publisher": self.publisher,
        }
        clauses: list[dict[str, Any]] = [
            {"term": {name: {"value": value, "case_insensitive": True}}} for name, value in named.items() if value
        ]
        if self.ids:
            clauses.append({"ids": {"values": list(self.ids)}})
        if limits := date_range(self.since, self.until):
            clauses.append({"range": {"quarantined_at": limits}})
        return {"bool": {"filter": clauses}}


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """One refused document as the quarantine has it."""

    id: str
    source: dict[str, Any]

    @property
    def reason(self) -> Reason:
        """Why it was refused last."""
        return Reason(self.source["reason"])

    @property
    def uri(self) -> str:
        """Where it came from."""
        return str(self.source["origin"]["uri"])

    @property
    def raw_ref(self) -> str | None:
        """Where its bytes are."""
        raw_ref: str | None = self.source["origin"].get("raw_ref")
        return raw_ref

    @property
    def tries(self) -> int:
        """How often it has been refused."""
        return int(self.source.get("tries", 1))

    @property
    def unreleasable(self) -> str | None:
        """Why it cannot be released, in a sentence; None when it can."""
        if self.reason in FETCH_REASONS:
            return f"there is no document, only {self.reason}: fetch it again"
        return None if self.raw_ref else "its bytes are not in the raw archive: fetch it again"

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"id": self.id, **self.source}


class Quarantine:
    """The entries behind one alias."""

    def __init__(self, client: Elasticsearch, prefix: str, patience: Patience | None = None) -> None:
        self._client = client.options(max_retries=0)
        self._index = Names(prefix).quarantine
        self._patience = patience or Patience()

    def find(self, selection: Selection, limit: int | None = None) -> Iterator[QuarantineEntry]:
        """Give the entries that are meant, the last refused first, `limit` of them at most."""
        self._patience.call(lambda: self._client.indices.refresh(index=self._index))
        after: list[Any] | None = None
        left = limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            hits = self._page(selection, size, after)
            for hit in hits:
                yield QuarantineEntry(hit["_id"], dict(hit["_source"]))
            if len(hits) < size:
                return
            after = hits[-1]["sort"]
            left = None if left is None else left - len(hits)

    def count(self, selection: Selection) -> int:
        """Count the entries that are meant."""
        self._patience.call(lambda: self._client.indices.refresh(index=self._index))
        found = self._patience.call(lambda: self._client.count(index=self._index, query=selection.query))
        return int(found["count"])

    def known(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Give those of these entries that there are, as Elasticsearch answers: with `_source`, `_seq_no` and term."""
        return read_documents(self._client, self._index, ids, self._patience)

    def get(self, entry_id: str) -> QuarantineEntry:
        """Give one entry. Raises `UserError` when there is none."""
        hit = self.known([entry_id]).get(entry_id)
        if hit is None:
            raise UserError(f"quarantine has no entry {entry_id}", "newsdex quarantine list shows them")
        return QuarantineEntry(entry_id, dict(hit["_source"]))

    def keep(self, documents: Mapping[str, dict[str, Any]]) -> dict[str, Answer]:
        """Write entries, by id; one that is there already counts another try. Raises `UserError` when one is refused.

        The same try written twice (a request whose answer was lost) counts once.
        """
        answers: dict[str, Answer] = {}
        for _ in range(_ROUNDS):
            undecided = {entry_id: document for entry_id, document in documents.items() if entry_id not in answers}
            if not undecided:
                return answers
            operations: list[Operation] = []
            known = self.known(undecided)
            for entry_id, document in undecided.items():
                if (operation := self._try(entry_id, document, known.get(entry_id))) is None:
                    answers[entry_id] = Answer(200)
                else:
                    operations.append(operation)
            for operation, answer in zip(operations, send(self._client, operations, self._patience), strict=True):
                if answer.status == 409:
                    continue
                if not answer.accepted:
                    uri = documents[operation.id]["origin"]["uri"]
                    raise UserError(
                        f"Elasticsearch refuses even the quarantine entry of {uri}: {answer.reason}",
                        f"is the mapping of {self._index} the one in config/elasticsearch?",
                    )
                answers[operation.id] = answer
        raise UserError("a quarantine entry keeps being changed by another writer", "run again when it has ended")

    def restore(self, sources: Mapping[str, dict[str, Any]]) -> None:
        """Put entries back as they were."""
        operations = [Operation("index", self._index, name, encode(source)) for name, source in sources.items()]
        send(self._client, operations, self._patience)

    def remove(self, ids: Collection[str]) -> int:
        """Let entries go; give how many there were."""
        operations = [Operation("delete", self._index, entry_id) for entry_id in ids]
        return sum(answer.accepted for answer in send(self._client, operations, self._patience))

    def drop(self, selection: Selection) -> int:
        """Let all entries go that are meant; give how many there were."""
        dropped = 0
        while ids := [entry.id for entry in self.find(selection, _PAGE)]:
            dropped += self.remove(ids)
        return dropped

    def expire(self, before: datetime) -> int:
        """Let entries go that were last refused before a time: the retention. Give how many."""
        return self.drop(Selection(until=moment(before)))

    def _try(self, entry_id: str, document: dict[str, Any], known: dict[str, Any] | None) -> Operation | None:
        if known is None:
            fresh = {**document, "first_quarantined_at": document["quarantined_at"], "tries": 1}
            return Operation("create", self._index, entry_id, encode(fresh))
        earlier = known["_source"]
        if earlier["quarantined_at"] == document["quarantined_at"] and earlier["reason"] == document["reason"]:
            return None
        again = {
            **document,
            "first_quarantined_at": earlier.get("first_quarantined_at", earlier["quarantined_at"]),
            "tries": earlier.get("tries", 1) + 1,
        }
        return Operation("index", self._index, entry_id, encode(again), known["_seq_no"], known["_primary_term"])

    def _page(self, selection: Selection, size: int, after: list[Any] | None) -> list[dict[str, Any]]:
        answer = self._patience.call(
            lambda: self._client.search(
                index=self._index,
                query=selection.query,
                sort=[{"quarantined_at": "desc"}, {"_seq_no": "desc"}],
                search_after=after,
                size=size,
                track_total_hits=False,
                **WHOLE,
            )
        )
        return list(answer["hits"]["hits"])
