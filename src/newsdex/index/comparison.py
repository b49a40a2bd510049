"""What a rebuild changes: the articles of two versions of the index set against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newsdex.index.revisions import changed_share
from newsdex.index.versions import Versions

_NOT_COMPARED = frozenset(
    {
        "origin",
        "evidence",
        "removed",
        "near_duplicate",
        "indexed_at",
        "cluster_id",
        "version",
        "document_hash",
        "content_hash",
        "word_count",
        "extra",
    }
)
"""What says nothing to a reader, or follows from the rest; who is in one cluster with whom is told apart."""

_OF_THE_ADDED = ("headline", "publisher", "cluster_id", "origin.uri", "origin.fetched_at")
_SHOWN = 200
_BEFORE_THE_DIFFERENCE = 40
_NOBODY = "(none)"


@dataclass(slots=True)
class FieldChange:
    """One field: in how many articles it changed, appeared, went; and the first examples."""

    changed: int = 0
    appeared: int = 0
    gone: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"changed": self.changed, "appeared": self.appeared, "gone": self.gone, "examples": self.examples}


@dataclass(slots=True)
class Comparison:
    """Two versions of the index, article by article. `examples` is how many are kept of each kind.

    Of articles that only the new one has, those fetched since `began` are arriving: whoever writes them has put their
    bytes into the archive, and not yet the article into the old index.
    """

    examples: int = 5
    began: datetime | None = None
    same: int = 0
    changed: int = 0
    fields: dict[str, FieldChange] = field(default_factory=dict)
    publishers: dict[str, Counter[str]] = field(default_factory=dict)
    missing: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Articles that are in the old one only, each with what is needed to say why."""
    added: set[str] = field(default_factory=set)
    arriving: set[str] = field(default_factory=set)
    added_examples: list[dict[str, Any]] = field(default_factory=list)
    _pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    _old_clusters: Counter[str] = field(default_factory=Counter)
    _new_clusters: Counter[str] = field(default_factory=Counter)

    @property
    def entered(self) -> int:
        """How many articles of the old one were set against the new one."""
        return self.same + self.changed + len(self.missing)

    @property
    def regrouped(self) -> int:
        """How many articles are in one cluster with others than before, whatever the clusters are named."""
        return sum(
            count
            for (old, new), count in self._pairs.items()
            if not self._old_clusters[old] == self._new_clusters[new] == count
        )

    def enter(self, article_id: str, old: Mapping[str, Any], new: Mapping[str, Any] | None) -> None:
        """Enter one article of the old index, with what the new one has of it."""
        counts = self.publishers.setdefault(old.get("publisher") or _NOBODY, Counter())
        counts["before"] += 1
        self._old_clusters[old.get("cluster_id", article_id)] += 1
        if new is None:
            counts["missing"] += 1
            kept = ("headline", "publisher", "origin", "url")
            self.missing[article_id] = {name: old[name] for name in kept if name in old}
            return
        self._pairs[old.get("cluster_id", article_id), new.get("cluster_id", article_id)] += 1
        self._new_clusters[new.get("cluster_id", article_id)] += 1
        names = sorted(name for name in _compared(old) | _compared(new) if old.get(name) != new.get(name))
        self.same += not names
        self.changed += bool(names)
        counts["changed"] += bool(names)
        for name in names:
            self._enter_field(name, article_id, old, new)

    def enter_added(self, article_id: str, new: Mapping[str, Any]) -> None:
        """Enter one article that only the new index has."""
        origin = new.get("origin", {})
        self._new_clusters[new.get("cluster_id", article_id)] += 1
        if self.began is not None and datetime.fromisoformat(origin["fetched_at"]) >= self.began:
            self.arriving.add(article_id)
            return
        self.added.add(article_id)
        self.publishers.setdefault(new.get("publisher") or _NOBODY, Counter())["added"] += 1
        if len(self.added_examples) < self.examples:
            uri = origin.get("uri")
            self.added_examples.append({"id": article_id, "headline": new.get("headline"), "uri": uri})

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape, most changed first."""
        by_changes = sorted(self.fields.items(), key=lambda item: -_total(item[1]))
        by_size = sorted(self.publishers.items(), key=lambda item: (-item[1].total(), item[0]))
        return {
            "same": self.same,
            "changed": self.changed,
            "missing": len(self.missing),
            "added": len(self.added),
            "arriving": len(self.arriving),
            "regrouped": self.regrouped,
            "fields": {name: change.as_dict() for name, change in by_changes},
            "publishers": {
                name: {key: counts[key] for key in ("before", "changed", "missing", "added")}
                for name, counts in by_size
            },
        }

    def _enter_field(self, name: str, article_id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        entry = self.fields.setdefault(name, FieldChange())
        before, after = old.get(name), new.get(name)
        entry.appeared += before is None
        entry.gone += after is None
        entry.changed += before is not None and after is not None
        if len(entry.examples) >= self.examples:
            return
        example: dict[str, Any] = {"id": article_id, "headline": old.get("headline")}
        if isinstance(before, str) and isinstance(after, str):
            example["words"] = changed_share(before.split(), after.split())
            before, after = _around_the_difference(before, after)
        entry.examples.append({**example, "before": _short(before), "after": _short(after)})


def compare(versions: Versions, old: str, new: str, comparison: Comparison) -> Iterator[None]:
    """Enter every article of two indices into a comparison; it comes back after each page, to tell how far it is."""
    for page in versions.written_since(old, -1, fields=True):
        others = versions.read(new, [hit["_id"] for hit in page])
        for hit in page:
            comparison.enter(hit["_id"], hit["_source"], others.get(hit["_id"]))
        yield
    for page in versions.written_since(new, -1, fields=_OF_THE_ADDED):
        absent = set(versions.missing([hit["_id"] for hit in page], old))
        for hit in page:
            if hit["_id"] in absent:
                comparison.enter_added(hit["_id"], hit["_source"])
        yield


def _compared(document: Mapping[str, Any]) -> set[str]:
    return {name for name in document if name not in _NOT_COMPARED and not name.startswith("text_")}


def _total(change: FieldChange) -> int:
    return change.changed + change.appeared + change.gone


def _around_the_difference(before: str, after: str) -> tuple[str, str]:
    pairs = enumerate(zip(before, after, strict=False))
    place = next((at for at, (a, b) in pairs if a != b), min(len(before), len(after)))
    start = max(0, place - _BEFORE_THE_DIFFERENCE)
    return tuple(("…" if start else "") + text[start : start + _SHOWN] for text in (before, after))  # type: ignore[return-value]


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    if isinstance(value, list):
        return value[:10]
    return value
