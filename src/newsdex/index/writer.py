"""Writing articles and rejections to the index: each input once, each with its outcome, whatever the server does.

Writing twice is writing once: the id comes from the article, a hash tells whether anything changed, and every write
names the version it was decided upon, so that two writers never overwrite each other unseen. A later fetch of an
article wins over an earlier one, in whatever order they come; the text that it replaces is kept as a revision first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.bulk import Answer, Operation, Patience, send
from newsdex.index.by_id import read_documents
from newsdex.index.clusters import Clusters
from newsdex.index.document import document, quarantine_document, quarantine_id
from newsdex.index.entries import Chunk, Entry, Standing, Stored, encode, moment
from newsdex.index.history import History
from newsdex.index.outcome import Outcome, Written
from newsdex.index.quarantine import Quarantine
from newsdex.index.templates import Names, index_behind
from newsdex.records import Article, Reason, Rejection, Stage

CHUNK_BYTES = 8_000_000
CHUNK_DOCUMENTS = 1_000

_ROUNDS = 20
"""How often a document that others keep changing under us is decided anew."""

__all__ = ["CHUNK_BYTES", "CHUNK_DOCUMENTS", "Building", "Outcome", "Written", "write"]


@dataclass(frozen=True, slots=True)
class Building:
    """An index that is being built beside the one that serves, both as aliases.

    Its articles keep the version and the `indexed_at` that they have in the one that serves: what changed is how we
    read them, not they. Rejections are told and not kept, and no revisions are made.
    """

    alias: str
    serving: str


def write(
    client: Elasticsearch,
    results: Iterable[Article | Rejection],
    *,
    prefix: str,
    indexed_at: datetime,
    chunk_bytes: int = CHUNK_BYTES,
    chunk_documents: int = CHUNK_DOCUMENTS,
    patience: Patience | None = None,
    building: Building | None = None,
) -> Iterator[Written]:
    """Write what came out of the line, and say for each input, in input order, what became of it.

    Articles go to the index behind `news-write`, rejections to `news-quarantine`; so does an article that Elasticsearch
    refuses, with its words. An entry of the quarantine leaves it when its document is written after all. The input is
    taken, and the outcomes given, a chunk at a time. With `building`, the articles go there and nothing else is
    written. Raises `UserError` when the server stays unable to write: what was yielded until then is written, and
    running again completes the rest.
    """
    writer = _Writer(client, prefix, indexed_at, patience or Patience(), building)
    chunk = Chunk()
    for result in results:
        entry = writer.prepare(result)
        if chunk.entries and (
            chunk.bytes + len(entry.source) > chunk_bytes
            or len(chunk.entries) >= chunk_documents
            or chunk.contradicts(entry)
        ):
            yield from writer.write(chunk)
            chunk = Chunk()
        chunk.add(entry)
    if chunk.entries:
        yield from writer.write(chunk)
    writer.close()


class _MovedError(Exception):
    """The alias leads to another index than a moment ago: a rebuild has ended."""


class _Writer:
    def __init__(
        self,
        client: Elasticsearch,
        prefix: str,
        indexed_at: datetime,
        patience: Patience,
        building: Building | None,
    ) -> None:
        self.client = client
        self.indexed_at = indexed_at
        self.patience = patience
        self.building = building
        names = Names(prefix)
        self.alias = names.news_write if building is None else building.alias
        self.quarantine = Quarantine(client, prefix, patience) if building is None else None
        self.history = History(client, self.alias, names.revisions, patience) if building is None else None
        self.index, self.meta = self._look()
        self.clusters = Clusters(client, self.alias, patience, self._check_moved)

    def prepare(self, result: Article | Rejection) -> Entry:
        if isinstance(result, Rejection):
            source = encode(quarantine_document(result, self.indexed_at))
            return Entry(result, quarantine_id(result.origin), source)
        shape = document(result, self.indexed_at, self.meta.get("language_fields", {}))
        del shape["indexed_at"]
        return Entry(result, result.id, encode(shape), shape["document_hash"])

    def write(self, chunk: Chunk) -> list[Written]:
        self._until_settled(lambda: self._write_articles(chunk.articles))
        if self.history is not None:
            self.history.settled()
        self._until_settled(self.clusters.settle)
        for entry in chunk.entries:
            if entry.echo_of is not None:
                self._follow(entry, entry.echo_of)
        self._write_quarantine(chunk)
        return [entry.written() for entry in chunk.entries]

    def close(self) -> None:
        self._until_settled(self.clusters.close)

    def _until_settled(self, step: Callable[[], None]) -> None:
        settled = False
        while not settled:
            try:
                step()
                settled = True
            except _MovedError:
                # What we wrote to the old index is in the new one; what was not taken is decided by what is there.
                version = self.meta.get("schema_version")
                self.index, self.meta = self._look()
                if self.meta.get("schema_version") != version:
                    raise UserError(
                        "the index was rebuilt with another version of the mapping while this was writing",
                        "run again with the version of Newsdex that rebuilt it: nothing is lost",
                    ) from None
                self.clusters = Clusters(self.client, self.alias, self.patience, self._check_moved)

    def _look(self) -> tuple[str, dict[str, Any]]:
        return self.patience.call(lambda: index_behind(self.client.options(max_retries=0), self.alias))

    def _check_moved(self) -> None:
        if self._look()[0] != self.index:
            raise _MovedError

    def _send(self, operations: Collection[Operation]) -> dict[str, Answer]:
        answers = send(self.client, list(operations), self.patience, self._check_moved)
        return {operation.id: answer for operation, answer in zip(operations, answers, strict=True)}

    def _write_articles(self, entries: list[Entry]) -> None:
        undecided = entries
        for _ in range(_ROUNDS):
            if not undecided:
                return
            ids = [entry.id for entry in undecided]
            stored = self._read(self.alias, ids)
            standing = {} if self.building is None else self._read(self.building.serving, ids)
            late = self._late(undecided, stored)
            self._place([entry for entry in undecided if entry.id not in late], stored)
            operations: dict[str, Operation] = {}
            for entry in undecided:
                if entry.id in late:
                    entry.decide(Outcome.UNCHANGED, 200, late[entry.id])
                elif operation := self._plan(entry, stored.get(entry.id), standing.get(entry.id)):
                    operations[entry.id] = operation
            changing = [entry for entry in undecided if entry.id in operations and entry.id in stored]
            unread = self.history.keep(changing, stored, self.indexed_at) if self.history else set()
            answers = self._send([operation for name, operation in operations.items() if name not in unread])
            # 409: someone else wrote it meanwhile, or our own request did and its answer was lost.
            undecided = [
                entry
                for entry in undecided
                if entry.id in operations and not (entry.id in answers and self._settle(entry, answers[entry.id]))
            ]
        if undecided:
            raise UserError(
                f"{undecided[0].id} keeps being changed by another writer", "run again when the other has ended"
            )

    def _late(self, entries: list[Entry], stored: Mapping[str, Stored]) -> dict[str, str]:
        """Find the copies that must not replace what is there, and say of each why."""
        others = [
            entry
            for entry in entries
            if entry.id in stored
            and stored[entry.id].document_hash != entry.document_hash
            and stored[entry.id].fetched_at >= entry.article.origin.fetched_at
        ]
        earlier = [entry for entry in others if entry.article.origin.fetched_at < stored[entry.id].fetched_at]
        if self.history is not None and others:
            # Of copies fetched at one time the last one counts; one that was replaced before is worked again.
            superseded = self.history.superseded([entry for entry in others if entry not in earlier], stored)
            self.history.keep_late(earlier, stored)
            earlier += superseded
        return {
            entry.id: f"an earlier copy: the one that is there was fetched {moment(stored[entry.id].fetched_at)}"
            for entry in earlier
        }

    def _plan(self, entry: Entry, stored: Stored | None, standing: Stored | None) -> Operation | None:
        fresh = Standing(1, moment(self.indexed_at))
        if stored is None:
            return Operation("create", self.alias, entry.id, entry.complete(standing.standing if standing else fresh))
        same = stored.document_hash == entry.document_hash
        if same and (standing is None or stored.standing == standing.standing):
            ours = entry.outcome is not None and stored.indexed_at == fresh.indexed_at
            if not ours:
                entry.decide(Outcome.UNCHANGED, 200)
            entry.status = 201 if ours and entry.outcome is not Outcome.UPDATED else 200
            return None
        entry.decide(Outcome.UPDATED, 0)
        later = Standing(stored.version + 1, fresh.indexed_at)
        if self.building is not None:
            later = (standing or stored).standing
        return Operation("index", self.alias, entry.id, entry.complete(later), stored.seq_no, stored.primary_term)

    def _settle(self, entry: Entry, answer: Answer) -> bool:
        if answer.status == 409:
            return False
        if answer.accepted:
            entry.status = answer.status
            self.clusters.accepted()
        else:
            entry.decide(Outcome.QUARANTINED, answer.status, answer.reason, Reason.INDEX_REFUSED)
            self.clusters.refused(entry.id)
        return True

    def _read(self, alias: str, ids: list[str]) -> dict[str, Stored]:
        found = read_documents(self.client, alias, ids, self.patience, Stored.FIELDS)
        return {name: Stored.of(hit) for name, hit in found.items()}

    def _place(self, entries: list[Entry], stored: Mapping[str, Stored]) -> None:
        """Find the cluster of each article whose text is new or changed, and decide which new ones are copies."""
        moving: list[Entry] = []
        left: dict[str, str] = {}
        for entry in entries:
            known = stored.get(entry.id)
            if known is None:
                if entry.placed_in is not self.clusters:
                    moving.append(entry)
            elif known.content_hash == entry.article.content_hash:
                entry.cluster_id = known.cluster_id
            else:
                moving.append(entry)
                left[entry.id] = known.cluster_id
        if not moving:
            return
        for entry, place in zip(moving, self.clusters.place([e.text for e in moving], left), strict=True):
            entry.cluster_id, entry.placed_in = place.cluster_id, self.clusters
            if entry.id not in left:
                entry.decide(Outcome.DUPLICATE if place.copy_of else Outcome.CREATED, 0, place.detail)

    def _follow(self, echo: Entry, first: Entry) -> None:
        if first.outcome is Outcome.QUARANTINED:
            echo.decide(Outcome.QUARANTINED, first.status, first.detail, first.reason)
        else:
            echo.decide(Outcome.UNCHANGED, 200)

    def _write_quarantine(self, chunk: Chunk) -> None:
        """Keep what was refused; of what was not, let the entry go that an earlier try may have left."""
        documents: dict[str, dict[str, Any]] = {}
        last: dict[str, Entry] = {}
        for entry in chunk.entries:
            last[quarantine_id(entry.result.origin)] = entry
            if entry.outcome in (None, Outcome.QUARANTINED):
                rejection, article_id = _rejection(entry)
                entry.id = quarantine_id(rejection.origin)
                entry.decide(Outcome.QUARANTINED, 200, rejection.detail, rejection.reason)
                documents[entry.id] = quarantine_document(rejection, self.indexed_at, article_id)
        if self.quarantine is None:
            return
        answers = self.quarantine.keep(documents)
        for entry in chunk.entries:
            if entry.outcome is Outcome.QUARANTINED:
                entry.status = answers[entry.id].status
        passed = {name: entry for name, entry in last.items() if entry.outcome is not Outcome.QUARANTINED}
        leaving = self.quarantine.known(passed)
        self.quarantine.remove(leaving)
        for name, hit in leaving.items():
            left = f"leaves quarantine ({hit['_source']['reason']})"
            passed[name].detail = f"{passed[name].detail}; {left}" if passed[name].detail else left


def _rejection(entry: Entry) -> tuple[Rejection, str | None]:
    if isinstance(entry.result, Rejection):
        return entry.result, None
    return Rejection(entry.result.origin, Stage.INDEX, Reason.INDEX_REFUSED, entry.detail), entry.result.id
