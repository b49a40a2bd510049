"""Finding the cluster of each article that is written, in memory and in the index, whoever else is writing.

What is written becomes visible to a search only after a refresh. Between two refreshes, a *season*, the writer
remembers its own texts and asks the index for the others. At the end of a season it looks whether anybody else has
written meanwhile; only then it asks again, and mends what two writers, not seeing each other, have kept apart. Of two
writers the one that ends later sees both, so that nothing stays apart. The reasons: docs/adr/0012-near-duplicates.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.bulk import Operation, Patience, send
from newsdex.index.candidates import Candidates
from newsdex.index.partition import Lookup, Member, Text, clusters

_REMEMBERED = 5_000
"""Texts in a season; each takes some 5 kB."""

_ROUNDS = 20
"""How often clusters that others keep changing under us are looked at anew."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text belongs: its cluster, and the article it repeats, to the letter or nearly."""

    cluster_id: str
    copy_of: str | None = None
    near_copy_of: str | None = None

    @property
    def detail(self) -> str:
        """Say it to a person."""
        if self.copy_of is not None:
            return f"the same text as {self.copy_of}"
        return f"nearly the same text as {self.near_copy_of}" if self.near_copy_of is not None else ""


class Clusters:
    """The clusters of an index, for one writer.

    `place` comes before a chunk is written, `accepted` or `refused` say what became of each article placed, `settle`
    comes after the chunk, `close` at the end. `while_blocked` is called while the index is blocked for writing.
    """

    def __init__(
        self, client: Elasticsearch, alias: str, patience: Patience, while_blocked: Callable[[], None] = lambda: None
    ) -> None:
        self._client = client
        self._index = alias
        self._patience = patience
        self._while_blocked = while_blocked
        self._candidates = Candidates(client.options(max_retries=0), alias, patience)
        self._suspects: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        self._ours = Lookup()
        self._cluster_of: dict[str, str] = {}
        self._operations_before: int | None = None
        self._operations_ours = 0

    def place(self, texts: Sequence[Text], left: Mapping[str, str]) -> list[Place]:
        """Find the cluster of each text, in their order; `left` gives the cluster that a changed article was in."""
        if self._operations_before is None:
            # Counted before the refresh, and only what is done: all else is looked at once more, never missed.
            self._operations_before = self._candidates.operations(begun=False)
            self._candidates.refresh()
        for text_id, cluster_id in left.items():
            self._ours.remove(text_id)
            self._suspects.add(cluster_id)
        indexed = self._candidates.find([text for text in texts if not self._ours.copies(text)], left)
        lookup = Lookup(indexed)
        cluster_of = {text.id: cluster_id for text, cluster_id in indexed.items()}
        return [self._place(text, lookup, cluster_of) for text in texts]

    def _place(self, text: Text, indexed: Lookup, cluster_of: Mapping[str, str]) -> Place:
        def known(other: Text) -> str:
            return self._cluster_of.get(other.id) or cluster_of[other.id]

        copies = [*indexed.copies(text)[:1], *self._ours.copies(text)[:1]]
        near = [] if copies else [*indexed.near(text, known).values(), *self._ours.near(text, known).values()]
        found = dict.fromkeys(known(other) for other in (*copies, *near))
        if len(found) > 1:
            self._suspects.update(found)
        cluster_id = next(iter(found), text.id)
        self._ours.add(text)
        self._cluster_of[text.id] = cluster_id
        return Place(cluster_id, copies[0].id if copies else None, near[0].id if near else None)

    def accepted(self) -> None:
        """Note that Elasticsearch has taken an article of ours."""
        self._operations_ours += 1

    def refused(self, text_id: str) -> None:
        """Note that it has refused one: no cluster may be named after it."""
        self._ours.remove(text_id)
        self._suspects.add(self._cluster_of.pop(text_id, text_id))

    def settle(self) -> None:
        """Join and split what the chunk just written has joined and split; end a season that has been long enough."""
        if self._suspects:
            self._mend()
        if len(self._ours.texts) >= _REMEMBERED:
            self.close()

    def close(self) -> None:
        """End the season: join ours to what others have written meanwhile."""
        if self._operations_before is None:
            return
        if self._candidates.operations(begun=True) - self._operations_before != self._operations_ours:
            self._candidates.refresh()
            ours = list(self._ours.texts.values())
            indexed = self._candidates.find(ours, self._ours.texts)
            lookup = Lookup(indexed)
            cluster_of = {text.id: cluster_id for text, cluster_id in indexed.items()}

            def known(other: Text) -> str:
                return cluster_of[other.id]

            for text in ours:
                found = {known(other) for other in lookup.copies(text)} | lookup.near(text, known).keys()
                if found - {self._cluster_of[text.id]}:
                    self._suspects |= {*found, self._cluster_of[text.id]}
            if self._suspects:
                self._mend()
        self._forget()

    def _mend(self) -> None:
        """Put the suspected clusters right, until a look finds nothing to put right."""
        suspects, self._suspects = self._suspects, set()
        seen: set[str] = set()
        for _ in range(_ROUNDS):
            self._candidates.refresh()
            # Those seen before are followed to where another writer may have moved them meanwhile.
            members = self._candidates.members(suspects, seen)
            moved = {member.cluster_id for member in members} - suspects
            if moved:
                suspects |= moved
                members = self._candidates.members(suspects, seen)
            seen.update(member.text.id for member in members)
            named = clusters(members)
            moves = [
                self._move(member, named[member.text.id])
                for member in members
                if named[member.text.id] != member.cluster_id
            ]
            self._cluster_of |= {text_id: named[text_id] for text_id in self._cluster_of.keys() & named.keys()}
            if not moves and not moved:
                return
            suspects |= set(named.values())
            # Refused is what another writer has changed meanwhile: the next look sees it as it is then.
            answers = send(self._client, moves, self._patience, self._while_blocked)
            self._operations_ours += sum(answer.accepted for answer in answers)
        raise UserError(
            f"cluster {min(suspects)} keeps being changed by another writer", "run again when the other has ended"
        )

    def _move(self, member: Member, cluster_id: str) -> Operation:
        source = json.dumps({"doc": {"cluster_id": cluster_id}}).encode()
        return Operation("update", self._index, member.text.id, source, member.seq_no, member.primary_term)
