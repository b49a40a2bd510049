"""Writing articles and rejections to the index: each input once, each with its outcome, whatever the server does.

Writing twice is writing once: the id comes from the article, a hash tells whether anything changed, and every write
names the version it was decided upon, so that two writers never overwrite each other unseen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.bulk import Answer, Operation, Patience, send
from newsdex.index.clusters import Clusters
from newsdex.index.document import document, quarantine_document, quarantine_id
from newsdex.index.outcome import Outcome, Written
from newsdex.index.partition import Text
from newsdex.index.templates import Names, index_meta
from newsdex.records import Article, Reason, Rejection, Stage, rfc3339

CHUNK_BYTES = 8_000_000
CHUNK_DOCUMENTS = 1_000

_STORED: dict[str, Any] = {"document_hash": "", "content_hash": "", "cluster_id": "", "indexed_at": "", "version": 1}
"""What is read of a document that is already there, and what holds where it is missing."""

_ROUNDS = 20
"""How often a document that others keep changing under us is decided anew."""

__all__ = ["CHUNK_BYTES", "CHUNK_DOCUMENTS", "Outcome", "Written", "write"]


def write(
    client: Elasticsearch,
    results: Iterable[Article | Rejection],
    *,
    prefix: str,
    indexed_at: datetime,
    chunk_bytes: int = CHUNK_BYTES,
    chunk_documents: int = CHUNK_DOCUMENTS,
    patience: Patience | None = None,
) -> Iterator[Written]:
    """Write what came out of the line, and say for each input, in input order, what became of it.

    Articles go to the index behind `news-write`, rejections to `news-quarantine`; so does an article that Elasticsearch
    refuses, with its words. The input is taken, and the outcomes given, a chunk at a time. Raises `UserError` when the
    server stays unable to write: what was yielded until then is written, and running again completes the rest.
    """
    writer = _Writer(client, Names(prefix), indexed_at, patience or Patience())
    chunk = _Chunk()
    for result in results:
        entry = writer.prepare(result)
        if chunk.entries and (
            chunk.bytes + len(entry.source) > chunk_bytes
            or len(chunk.entries) >= chunk_documents
            or chunk.contradicts(entry)
        ):
            yield from writer.write(chunk)
            chunk = _Chunk()
        chunk.add(entry)
    if chunk.entries:
        yield from writer.write(chunk)
    writer.clusters.close()


@dataclass(slots=True)
class _Entry:
    """One input on its way: its document as bytes without `cluster_id` and `version`, and what was decided so far."""

    result: Article | Rejection
    id: str
    source: bytes
    document_hash: str = ""
    cluster_id: str = ""
    echo_of: _Entry | None = None
    outcome: Outcome | None = None
    detail: str = ""
    reason: Reason | None = None
    status: int = 0

    @property
    def article(self) -> Article:
        if not isinstance(self.result, Article):
            raise TypeError(f"{self.result.origin.uri} is no article")
        return self.result

    def decide(self, outcome: Outcome, status: int, detail: str = "") -> None:
        self.outcome, self.status, self.detail = outcome, status, detail

    def written(self) -> Written:
        if self.outcome is None:
            raise AssertionError(f"{self.result.origin.uri} was left without an outcome")
        return Written(self.result.origin, self.id, self.outcome, self.detail, self.reason, self.status)


@dataclass(slots=True)
class _Chunk:
    """Inputs that are written together: no id twice, unless with the very same document (an echo)."""

    entries: list[_Entry] = field(default_factory=list)
    bytes: int = 0
    _by_id: dict[str, _Entry] = field(default_factory=dict)

    def contradicts(self, entry: _Entry) -> bool:
        earlier = self._by_id.get(entry.id) if isinstance(entry.result, Article) else None
        return earlier is not None and earlier.document_hash != entry.document_hash

    def add(self, entry: _Entry) -> None:
        if isinstance(entry.result, Article):
            earlier = self._by_id.setdefault(entry.id, entry)
            entry.echo_of = earlier if earlier is not entry else None
        self.entries.append(entry)
        self.bytes += len(entry.source)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the index knows of a document that is already there."""

    document_hash: str
    content_hash: str
    cluster_id: str
    indexed_at: str
    version: int
    seq_no: int
    primary_term: int


class _Writer:
    def __init__(self, client: Elasticsearch, names: Names, indexed_at: datetime, patience: Patience) -> None:
        self.client = client
        self.names = names
        self.indexed_at = indexed_at
        self.patience = patience
        self.language_fields: dict[str, str] = self._ask(
            lambda: index_meta(client.options(max_retries=0), names.news_write)
        ).get("language_fields", {})
        self.clusters = Clusters(client, names, self.patience)

    def prepare(self, result: Article | Rejection) -> _Entry:
        if isinstance(result, Rejection):
            return _Entry(result, quarantine_id(result), _encode(quarantine_document(result, self.indexed_at)))
        shape = document(result, self.indexed_at, self.language_fields)
        return _Entry(result, result.id, _encode(shape), shape["document_hash"])

    def write(self, chunk: _Chunk) -> list[Written]:
        articles = [entry for entry in chunk.entries if isinstance(entry.result, Article) and entry.echo_of is None]
        self._write_articles(articles)
        self.clusters.settle()
        for entry in chunk.entries:
            if entry.echo_of is not None:
                self._follow(entry, entry.echo_of)
        self._write_quarantine([entry for entry in chunk.entries if entry.outcome in (None, Outcome.QUARANTINED)])
        return [entry.written() for entry in chunk.entries]

    def _write_articles(self, entries: list[_Entry]) -> None:
        undecided = entries
        for _ in range(_ROUNDS):
            if not undecided:
                return
            stored = self._read_stored([entry.id for entry in undecided])
            self._place(undecided, stored)
            operations: dict[str, Operation] = {}
            for entry in undecided:
                if (operation := self._plan(entry, stored.get(entry.id))) is not None:
                    operations[entry.id] = operation
            answers = dict(zip(operations, send(self.client, list(operations.values()), self.patience), strict=True))
            # 409: someone else wrote it meanwhile, or our own request did and its answer was lost.
            undecided = [
                entry for entry in undecided if entry.id in answers and not self._settle(entry, answers[entry.id])
            ]
        if undecided:
            raise UserError(
                f"{undecided[0].id} keeps being changed by another writer", "run again when the other has ended"
            )

    def _plan(self, entry: _Entry, stored: _Stored | None) -> Operation | None:
        if stored is None:
            return Operation("create", self.names.news_write, entry.id, _complete(entry, 1))
        if stored.document_hash == entry.document_hash:
            ours = entry.outcome is not None and stored.indexed_at == rfc3339(self.indexed_at)
            if not ours:
                entry.decide(Outcome.UNCHANGED, 200)
            elif entry.outcome is not Outcome.UPDATED:
                entry.status = 201
            else:
                entry.status = 200
            return None
        entry.decide(Outcome.UPDATED, 0)
        return Operation(
            "index",
            self.names.news_write,
            entry.id,
            _complete(entry, stored.version + 1),
            stored.seq_no,
            stored.primary_term,
        )

    def _settle(self, entry: _Entry, answer: Answer) -> bool:
        if answer.status == 409:
            return False
        if answer.accepted:
            entry.status = answer.status
            self.clusters.accepted()
        else:
            entry.decide(Outcome.QUARANTINED, answer.status, answer.reason)
            entry.reason = Reason.INDEX_REFUSED
            self.clusters.refused(entry.id)
        return True

    def _read_stored(self, ids: list[str]) -> dict[str, _Stored]:
        found = self._ask(
            lambda: self.client.options(max_retries=0).mget(
                index=self.names.news_write, ids=ids, source_includes=list(_STORED)
            )
        )
        return {
            hit["_id"]: _Stored(
                **{name: hit["_source"].get(name, default) for name, default in _STORED.items()},
                seq_no=hit["_seq_no"],
                primary_term=hit["_primary_term"],
            )
            for hit in found["docs"]
            if hit.get("found")
        }

    def _place(self, entries: list[_Entry], stored: dict[str, _Stored]) -> None:
        """Find the cluster of each article whose text is new or changed, and decide which new ones are copies."""
        moving: dict[str, _Entry] = {}
        left: dict[str, str] = {}
        for entry in entries:
            known = stored.get(entry.id)
            if known is None:
                if entry.outcome is None:
                    moving[entry.id] = entry
            elif known.content_hash == entry.article.content_hash:
                entry.cluster_id = known.cluster_id
            else:
                moving[entry.id] = entry
                left[entry.id] = known.cluster_id
        if not moving:
            return
        texts = [Text(e.id, e.article.content_hash, e.article.signature) for e in moving.values()]
        for entry, place in zip(moving.values(), self.clusters.place(texts, left), strict=True):
            entry.cluster_id = place.cluster_id
            if entry.id not in left:
                entry.decide(Outcome.DUPLICATE if place.copy_of else Outcome.CREATED, 0, place.detail)

    def _follow(self, echo: _Entry, first: _Entry) -> None:
        if first.outcome is Outcome.QUARANTINED:
            echo.decide(Outcome.QUARANTINED, first.status, first.detail)
            echo.reason = first.reason
        else:
            echo.decide(Outcome.UNCHANGED, 200)

    def _write_quarantine(self, entries: list[_Entry]) -> None:
        operations: dict[str, Operation] = {}
        for entry in entries:
            rejection, article_id = _rejection(entry)
            if article_id is not None:
                entry.id = quarantine_id(rejection)
                entry.source = _encode(quarantine_document(rejection, self.indexed_at, article_id))
            entry.reason, entry.detail = rejection.reason, rejection.detail
            operations[entry.id] = Operation("index", self.names.quarantine, entry.id, entry.source)
        answers = dict(zip(operations, send(self.client, list(operations.values()), self.patience), strict=True))
        for entry in entries:
            answer = answers[entry.id]
            if not answer.accepted:
                raise UserError(
                    f"Elasticsearch refuses even the quarantine entry of {entry.result.origin.uri}: {answer.reason}",
                    f"is the mapping of {self.names.quarantine} the one in config/elasticsearch?",
                )
            entry.decide(Outcome.QUARANTINED, answer.status, entry.detail)

    def _ask(self, request: Any) -> Any:
        return self.patience.call(request)


def _rejection(entry: _Entry) -> tuple[Rejection, str | None]:
    if isinstance(entry.result, Rejection):
        return entry.result, None
    return Rejection(entry.result.origin, Stage.INDEX, Reason.INDEX_REFUSED, entry.detail), entry.result.id


def _encode(shape: dict[str, Any]) -> bytes:
    # A lone surrogate has no UTF-8; escaped, Elasticsearch is the one to refuse the document.
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _complete(entry: _Entry, version: int) -> bytes:
    return entry.source[:-1] + b',"cluster_id":"%s","version":%d}' % (entry.cluster_id.encode("ascii"), version)
