"""Clusters as a partition of articles: who belongs together, and by whom a cluster is named. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from newsdex.enrich.near_duplicates import are_near_duplicates
from newsdex.records import Signature


@dataclass(frozen=True, slots=True)
class Text:
    """What decides about an article's cluster: its very text, and what near-duplicates have in common with it."""

    id: str
    content_hash: str
    signature: Signature | None

    @property
    def bands(self) -> tuple[str, ...]:
        """By which near-duplicates are found; none of a short text."""
        return () if self.signature is None else self.signature.bands


@dataclass(frozen=True, slots=True)
class Member:
    """An indexed article, as the index has it, with the version it was read in."""

    text: Text
    cluster_id: str
    indexed_at: str
    seq_no: int
    primary_term: int


class Lookup:
    """Texts by what copies share: the same hash, or a band. Answers in the time of a dictionary."""

    def __init__(self, texts: Iterable[Text] = ()) -> None:
        self.texts: dict[str, Text] = {}
        self._by_hash: dict[str, list[Text]] = {}
        self._by_band: dict[str, Text] = {}
        self._more_by_band: dict[str, list[Text]] = {}
        for text in texts:
            self.add(text)

    def add(self, text: Text) -> None:
        """Take a text in; one of the same id is forgotten."""
        self.texts[text.id] = text
        copies = self._by_hash.setdefault(text.content_hash, [])
        copies.append(text)
        # The neighbours of a copy are those of the first one.
        if len(copies) == 1:
            for band in text.bands:
                # Hardly any band is shared: a list for each would cost more than the rest.
                if self._by_band.setdefault(band, text) is not text:
                    self._more_by_band.setdefault(band, []).append(text)

    def remove(self, text_id: str) -> None:
        """Forget a text."""
        text = self.texts.pop(text_id, None)
        if text is None:
            return
        copies = self._by_hash[text.content_hash]
        copies.remove(text)
        for band in text.bands:
            listed = [other for other in self._sharing(band) if other is not text]
            if copies and copies[0] not in listed:
                listed.append(copies[0])
            self._by_band.pop(band, None)
            self._more_by_band.pop(band, None)
            if listed:
                self._by_band[band] = listed[0]
                self._more_by_band[band] = listed[1:]

    def copies(self, text: Text) -> list[Text]:
        """Give the others with the very same text, first added first."""
        return [other for other in self._by_hash.get(text.content_hash, ()) if other.id != text.id]

    def near(self, text: Text, cluster_of: Callable[[Text], str]) -> dict[str, Text]:
        """Give a near-duplicate from each cluster that has one: they share a band, and their signatures say so.

        A second one would say nothing new, and a form letter, as of the weather, has thousands.
        """
        found: dict[str, Text] = {}
        seen = {text.id}
        for band in text.bands:
            for other in self._sharing(band):
                if other.id not in seen:
                    seen.add(other.id)
                    cluster_id = cluster_of(other)
                    if cluster_id not in found and _are_near(text, other):
                        found[cluster_id] = other
        return found

    def _sharing(self, band: str) -> list[Text]:
        first = self._by_band.get(band)
        return [] if first is None else [first, *self._more_by_band.get(band, ())]


def clusters(members: Sequence[Member]) -> dict[str, str]:
    """Give each member's cluster: near-duplicates, and their near-duplicates, are one, in whatever order they came.

    A cluster is named by its head, one of its members: the one it was named by before; of several the one indexed
    first; in a cluster that has lost its head, the member indexed first. Ties are settled by id.
    """
    joined = _Joined()
    by_hash: dict[str, Text] = {}
    by_band: dict[str, list[Text]] = {}
    for member in members:
        text = member.text
        first = by_hash.setdefault(text.content_hash, text)
        joined.join(text.id, first.id)
        if first is text:
            for band in text.bands:
                by_band.setdefault(band, []).append(text)
    for texts in by_band.values():
        if len(texts) > 1:
            _join_near(texts, joined)
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(joined.root(member.text.id), []).append(member)
    named: dict[str, str] = {}
    for group in groups.values():
        head = min(group, key=lambda m: (m.cluster_id != m.text.id, m.indexed_at, m.text.id))
        named |= {member.text.id: head.text.id for member in group}
    return named


@dataclass(slots=True)
class _Joined:
    """Who is joined to whom, by whatever way: a disjoint-set forest."""

    _above: dict[str, str] = field(default_factory=dict)

    def root(self, text_id: str) -> str:
        above = self._above
        while (parent := above.setdefault(text_id, text_id)) != text_id:
            above[text_id] = text_id = above[parent]
        return text_id

    def join(self, one: str, other: str) -> None:
        self._above[self.root(one)] = self.root(other)


def _join_near(texts: Sequence[Text], joined: _Joined) -> None:
    """Join those of some texts that are near-duplicates. Whoever is joined already is not compared."""
    groups: dict[str, list[Text]] = {}
    for text in texts:
        group = groups.pop(joined.root(text.id), [])
        for root, others in list(groups.items()):
            if any(_are_near(text, other) for other in others):
                joined.join(root, text.id)
                group += groups.pop(root)
        group.append(text)
        groups[joined.root(text.id)] = group


def _are_near(one: Text, other: Text) -> bool:
    return bool(one.signature and other.signature and are_near_duplicates(one.signature, other.signature))
