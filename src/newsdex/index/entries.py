"""What the writer has in hand: inputs on their way, those written together, and what the index already has of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from newsdex.index.outcome import Outcome, Written
from newsdex.index.partition import Text
from newsdex.records import Article, Reason, Rejection, rfc3339

_UNKNOWN = "0001-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an article keeps when its index is built anew: how often it has changed, and since when it is searchable."""

    version: int
    indexed_at: str


@dataclass(slots=True)
class Entry:
    """One input on its way: its document without `cluster_id` and what stands, and what was decided so far."""

    result: Article | Rejection
    id: str
    source: bytes
    document_hash: str = ""
    cluster_id: str = ""
    placed_in: object = None
    echo_of: Entry | None = None
    outcome: Outcome | None = None
    detail: str = ""
    reason: Reason | None = None
    status: int = 0

    @property
    def article(self) -> Article:
        """The article; only of an entry that is one."""
        if not isinstance(self.result, Article):
            raise TypeError(f"{self.result.origin.uri} is no article")
        return self.result

    @property
    def text(self) -> Text:
        """What decides about its cluster."""
        return Text(self.id, self.article.content_hash, self.article.signature)

    def decide(self, outcome: Outcome, status: int, detail: str = "", reason: Reason | None = None) -> None:
        """Settle what becomes of it."""
        self.outcome, self.status, self.detail, self.reason = outcome, status, detail, reason

    def complete(self, standing: Standing) -> bytes:
        """Give its document whole."""
        rest = {"cluster_id": self.cluster_id, "version": standing.version, "indexed_at": standing.indexed_at}
        return self.source[:-1] + b"," + encode(rest)[1:]

    def written(self) -> Written:
        """Give its outcome."""
        if self.outcome is None:
            raise AssertionError(f"{self.result.origin.uri} was left without an outcome")
        return Written(self.result.origin, self.id, self.outcome, self.detail, self.reason, self.status)


@dataclass(slots=True)
class Chunk:
    """Inputs that are written together: no id twice, unless with the very same document (an echo)."""

    entries: list[Entry] = field(default_factory=list)
    bytes: int = 0
    _by_id: dict[str, Entry] = field(default_factory=dict)

    def contradicts(self, entry: Entry) -> bool:
        """Tell whether it holds another document of the same id."""
        earlier = self._by_id.get(entry.id) if isinstance(entry.result, Article) else None
        return earlier is not None and earlier.document_hash != entry.document_hash

    def add(self, entry: Entry) -> None:
        """Take one in."""
        if isinstance(entry.result, Article):
            earlier = self._by_id.setdefault(entry.id, entry)
            entry.echo_of = earlier if earlier is not entry else None
        self.entries.append(entry)
        self.bytes += len(entry.source)

    @property
    def articles(self) -> list[Entry]:
        """Those that are articles, without the echoes."""
        return [entry for entry in self.entries if isinstance(entry.result, Article) and entry.echo_of is None]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the index has of an article that is already there."""

    document_hash: str
    content_hash: str
    cluster_id: str
    indexed_at: str
    version: int
    fetched_at: datetime
    seq_no: int
    primary_term: int

    FIELDS: ClassVar = ("document_hash", "content_hash", "cluster_id", "indexed_at", "version", "origin.fetched_at")

    @classmethod
    def of(cls, hit: dict[str, Any]) -> Self:
        """Read it from an answer."""
        source = hit["_source"]
        return cls(
            source.get("document_hash", ""),
            source.get("content_hash", ""),
            source.get("cluster_id", hit["_id"]),
            source.get("indexed_at", ""),
            source.get("version", 1),
            datetime.fromisoformat(source.get("origin", {}).get("fetched_at", _UNKNOWN)),
            hit["_seq_no"],
            hit["_primary_term"],
        )

    @property
    def standing(self) -> Standing:
        """What it keeps when its index is built anew."""
        return Standing(self.version, self.indexed_at)


def encode(shape: Any) -> bytes:
    """Write a document as the bytes that are sent."""
    # A lone surrogate has no UTF-8; escaped, Elasticsearch is the one to refuse the document.
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def moment(at: datetime) -> str:
    """Write a time as the index has it."""
    return rfc3339(at) or ""
