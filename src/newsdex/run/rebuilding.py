"""One rebuild: the steps from an empty new index to the one that serves, and back."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.records import RawDocument, Reason, Rejection, Stage
from newsdex.run.clock import now
from newsdex.run.knowledge import current_rules
from newsdex.run.rebuild_quarantine import QuarantineSettlement
from newsdex.run.rebuild_record import Phase, Record, write_whole
from newsdex.run.rebuild_report import describe_report, make_report
from newsdex.run.replaying import Replay, origin_of
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.index import Written

log = logging.getLogger(__name__)

_PORTION = 2_000
"""Documents between two checkpoints."""

_FEW = 100
"""So many articles written meanwhile are few enough to let the writers wait for."""

_PASSES = 20

_FETCHED = ("origin.uri", "origin.raw_ref", "version")
"""What says which fetch an article was made from."""


class Rebuild:
    """One rebuild, from whatever point it has reached."""

    def __init__(self, work: Replay, record: Record) -> None:
        from newsdex.index.quarantine import Quarantine
        from newsdex.index.writer import Building

        self.work = work
        self.record = record
        self.state = record.state
        self.versions = work.versions
        self.building = Building(self.versions.names.news_building, self.versions.names.news_write)
        self.quarantine = QuarantineSettlement(record, Quarantine(work.client, work.settings.index_prefix))

    def fill(self) -> None:
        """Bring everything into the new index, and follow the old one until hardly anything is behind."""
        self.work.progress.begin("filling", self.versions.count(self.state.old) + self.quarantine.size)
        if self.state.only is None:
            self._fill_from_archive()
        else:
            self._fill_for_publisher(_publisher_names(self.work.settings, self.state.only))
        self._follow()

    def report(self, examples: int) -> None:
        """Account for every article of the old index, compare the two, and write the report."""
        from newsdex.index.comparison import Comparison, compare

        explained = self._settle()
        self.state.counted = self.versions.last_operation(self.state.new)
        self.work.progress.begin("comparing", self.versions.count(self.state.old))
        comparison = Comparison(examples, datetime.fromisoformat(self.state.started_at))
        for _ in compare(self.versions, self.state.old, self.state.new, comparison):
            self.work.progress.reach(comparison.entered)
        self.state.added = sorted(comparison.added | comparison.arriving)
        made = make_report(self.state, comparison, explained, self.quarantine.recovered, examples, now())
        write_whole(self.record.folder / "report.json", json.dumps(made, ensure_ascii=False, indent=1))
        write_whole(self.record.folder / "report.txt", describe_report(made) + "\n")
        self._enter(Phase.REPORTED)

    def switch(self) -> None:
        """Catch up while the writers wait, count, and move the aliases; everything is as it was if that fails."""
        self._follow()
        self.versions.block(self.state.old)
        try:
            self._catch_up()
            self._settle()
            self._demand_counts()
            self.state.switched = self.versions.last_operation(self.state.new)
            self.record.save()
            self.versions.switch(self.state.new)
        except BaseException:
            self.versions.unblock(self.state.old)
            raise
        log.info("searches and writers are on %s", self.state.new)

    def settle_quarantine(self) -> None:
        """Put into quarantine what today's rules refuse, and let go what they take."""
        self._enter(Phase.SWITCHED)
        self.quarantine.settle(now())
        self._enter(Phase.DONE)

    def roll_back(self) -> int:
        """Bring what came since the switch into the old index, and move the aliases back; give how many came."""
        current, old, caught_up = self.state.new, self.state.old, 0
        if self.versions.serving() == current:
            self._enter(Phase.ROLLING_BACK)
            self.versions.fill_again(old)
            self.versions.unblock(old)
            try:
                until = self.versions.last_operation(current)
                caught_up = self._replay_since(current, self.state.switched, old)
                self.versions.block(current)
                caught_up += self._replay_since(current, until, old)
                self._demand_all(current, self.state.switched, old)
                self.versions.switch(old)
            except BaseException:
                self.versions.leave(old)
                self.versions.unblock(current)
                self._enter(Phase.DONE)
                raise
        self.quarantine.take_back()
        self._enter(Phase.ROLLED_BACK)
        return caught_up

    def _enter(self, phase: Phase) -> None:
        self.state.phase = phase
        self.record.save()

    def _fill_from_archive(self) -> None:
        from newsdex.archive import Checkpoint

        after = Checkpoint.from_dict(self.state.checkpoint)
        documents = self.work.archive.documents(after, largest=self.work.settings.document_bytes)
        self.work.progress.advance(self.state.read)
        while count := len(self._replay(itertools.islice(documents, _PORTION))):
            self.state.read += count
            self.state.checkpoint = documents.checkpoint.as_dict()
            self.record.save()

    def _fill_for_publisher(self, names: frozenset[str]) -> None:
        def is_theirs(source: dict[str, Any]) -> bool:
            named = (source.get("publisher"), source.get("origin", {}).get("publisher"))
            return any(name is not None and name.casefold() in names for name in named)

        old = self.state.old
        for page in self.versions.written_since(old, self.state.copied_until, fields=True):
            self._copy([hit for hit in page if not is_theirs(hit["_source"])])
            self._replay_hits([hit for hit in page if is_theirs(hit["_source"])], old)
            self.work.progress.advance(sum(not is_theirs(hit["_source"]) for hit in page))
            self.state.copied_until = page[-1]["sort"][0]
            self.record.save()
        waiting = (self.work.document(origin) for origin in self.quarantine.origins(is_theirs))
        self._replay(raw for raw in waiting if raw is not None)

    def _follow(self) -> None:
        """Catch up until few articles have been written meanwhile; what then is left, the writers wait for."""
        for _ in range(_PASSES):
            if self._catch_up() <= _FEW:
                return

    def _catch_up(self) -> int:
        until = self.versions.last_operation(self.state.old)
        count = self._replay_since(self.state.old, self.state.caught_up, None)
        self.state.caught_up = until
        self.record.save()
        return count

    def _replay_since(self, index: str, operation: int, into: str | None) -> int:
        """Replay what was written to an index since an operation, but what stands in `into` from the same fetch."""
        count = 0
        for page in self.versions.written_since(index, operation, fields=_FETCHED):
            there = self.versions.read(into, [hit["_id"] for hit in page], _FETCHED) if into else {}
            hits = [hit for hit in page if there.get(hit["_id"]) != hit["_source"]]
            self._replay_hits(hits, index)
            count += len(hits)
        return count

    def _replay_hits(self, hits: list[dict[str, Any]], index: str) -> dict[str, Written]:
        """Replay articles by their raw_refs, and take over as they are those whose bytes the archive does not have."""
        gone: list[str] = []

        def documents() -> Iterable[RawDocument]:
            for hit in hits:
                raw = self.work.document(origin_of(hit))
                if raw is None:
                    gone.append(hit["_id"])
                else:
                    yield raw

        worked = self._replay(documents())
        sources = self.versions.read(index, gone)
        self._copy([{"_id": name, "_source": source} for name, source in sources.items()])
        return {written.origin.raw_ref or "": written for written in worked}

    def _replay(self, documents: Iterable[RawDocument]) -> list[Written]:
        from newsdex.index import Outcome

        refused: dict[str | None, Rejection] = {}

        def hear(rejection: Rejection) -> None:
            refused[rejection.origin.raw_ref] = rejection

        worked = list(self.work.through(documents, self.building, hear))
        for written in worked:
            if written.outcome is Outcome.QUARANTINED and written.reason is Reason.INDEX_REFUSED:
                hear(Rejection(written.origin, Stage.INDEX, Reason.INDEX_REFUSED, written.detail))
        self.quarantine.note(worked, refused)
        return worked

    def _copy(self, hits: list[dict[str, Any]]) -> None:
        if refused := self.versions.copy(hits):
            name, why = next(iter(refused.items()))
            raise UserError(
                f"article {name} cannot be taken over as it is ({len(refused)} of this kind): {why}",
                "its bytes are not in the raw archive and the mapping has changed: restore one of the two",
            )
        self.state.copied += len(hits)

    def _settle(self) -> dict[str, dict[str, Any]]:
        """Find the articles that the new index does not have, and say of each why; raises where nothing explains it.

        What was explained before is not asked about again, unless the article was written anew.
        """
        until = self.versions.last_operation(self.state.old)
        explained: dict[str, dict[str, Any]] = {}
        missing = {name: self.state.missing[name] for name in self.versions.missing(self.state.missing, self.state.new)}
        for page in self.versions.written_since(self.state.old, self.state.settled, fields=_FETCHED):
            absent = set(self.versions.missing([hit["_id"] for hit in page], self.state.new))
            hits = [hit for hit in page if hit["_id"] in absent]
            worked = self._replay_hits(hits, self.state.old)
            still = set(self.versions.missing(absent, self.state.new))
            for hit in hits:
                if hit["_id"] in still:
                    raw_ref = missing[hit["_id"]] = origin_of(hit).get("raw_ref")
                    explained[hit["_id"]] = _explain(hit["_id"], worked.get(raw_ref or ""))
        self.state.missing, self.state.settled = missing, until
        return explained

    def _demand_counts(self) -> None:
        """Raise unless the new index has just what the old one has, less what is missing and more what is added."""
        state, versions = self.state, self.versions
        added = set(state.added)
        for page in versions.written_since(state.new, state.counted, fields=False):
            added.update(hit["_id"] for hit in page)
        state.added = versions.missing(sorted(added), state.old)
        before, after = versions.count(state.old), versions.count(state.new)
        if after != before - len(state.missing) + len(state.added):
            raise UserError(
                f"the counts do not agree: {before:,} articles, {len(state.missing):,} of them refused now, "
                f"{len(state.added):,} new, and {after:,} in {state.new}",
                "nothing was changed; newsdex rebuild --restart begins anew",
            )

    def _demand_all(self, index: str, since: int, into: str) -> None:
        for page in self.versions.written_since(index, since, fields=False):
            if lost := self.versions.missing([hit["_id"] for hit in page], into):
                raise UserError(
                    f"{len(lost)} articles that came since the switch would be lost, the first is {lost[0]}",
                    f"nothing was changed; was {into} made by another version of Newsdex? Then roll back with that one",
                )


def _publisher_names(settings: Settings, only: str) -> frozenset[str]:
    known = current_rules(settings.config).publisher(only)
    names = (only,) if known is None else (known.id, known.name, *known.aliases)
    return frozenset(name.casefold() for name in names)


def _explain(article_id: str, written: Written | None) -> dict[str, Any]:
    from newsdex.index import Outcome

    if written is None:
        raise UserError(
            f"article {article_id} would be lost",
            "nothing was changed; newsdex archive show tells whether its bytes are there",
        )
    if written.outcome is Outcome.QUARANTINED:
        return {"reason": written.reason, "detail": written.detail}
    return {"now": written.id}
