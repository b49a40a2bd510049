"""The engine: one batch, whatever it reads, through archive, line and index, so that it may be killed at any moment.

Documents stream: while some are written to Elasticsearch, the workers have the next in hand. Each is in the raw archive
before it is worked, and its outcome on the disk before it is let go. A try that follows a death leaves out what has an
outcome; what is worked a second time is written to the same id.
"""

from __future__ import annotations

import logging
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsdex.read import Item, OpenedDocument
from newsdex.records import Article, Rejection, Stage
from newsdex.run.archiving import archived, open_archive
from newsdex.run.chunks import CHUNK_BYTES, WRITTEN_TOGETHER, portions
from newsdex.run.clock import now
from newsdex.run.line import HANDED_TOGETHER, TimedWorkers, Worked, lost, timed_workers
from newsdex.run.portions import Portion, Wanted
from newsdex.run.progress import Told, unheard
from newsdex.run.story import Story
from newsdex.settings import Settings
from newsdex.spool import BatchRecord, ItemOutcome
from newsdex.workers import Ending, Loss

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from newsdex.archive import ArchiveWriter
    from newsdex.index import Written

log = logging.getLogger(__name__)

_DEATHS_ALLOWED = 2
_LETHAL = Loss(Ending.CRASH, "the task working this document, and no other beside it, died more than once")


class Attempt:
    """One try at one batch, whose `folder` is held. `told` hears of every document that came out of the line."""

    def __init__(
        self, settings: Settings, portion: Portion, record: BatchRecord, folder: Path, told: Told = unheard
    ) -> None:
        self._settings = settings
        self._portion = portion
        self._record = record
        self._folder = folder
        self._told = told
        self._deaths = record.deaths()
        self._done = record.outcomes()
        self._story = Story()
        self._in_hand: deque[str] = deque()
        """Names of the documents that workers have, in order."""
        self._worked: deque[str] = deque()
        """Names of those that came out of the line and have no outcome yet, in order."""
        self._outcomes: list[ItemOutcome] = []
        """Outcomes that are not on the disk yet."""

    def work(self, batch: str) -> dict[str, Any]:
        """Work the items that have no outcome yet; give the balance sheet of all. The log has the batch's story."""
        from newsdex.index import connect, ensure_indices

        done_before = len(self._done)
        for name in self._done:
            self._portion.let_go(name)
        if len(self._done) < self._portion.inputs:
            with (
                timed_workers(self._settings, self._settings.task_workers) as workers,
                closing(connect(self._settings)) as client,
                open_archive(self._settings).writer(batch, now().date()) as archive,
            ):
                ensure_indices(client, self._settings)
                workers.wait_ready()
                try:
                    self._write(self._together(workers, archive), client)
                    if not self._deaths.keys() <= self._done.keys():
                        self._write(self._one_by_one(workers, archive), client)
                finally:
                    self._record.put_down()  # an Elasticsearch that is away, say, is no document's fault
        sheet = self._sheet(batch)
        for line in self._story.tell(batch, sheet, done_before):
            log.info("%s", line)
        return sheet

    def _together(self, workers: TimedWorkers, archive: ArchiveWriter) -> Iterator[Article | Rejection]:
        """Give the results of all documents that were not in hand when a process died."""
        documents = self._read(lambda name: name not in self._done and name not in self._deaths, archive)
        chunks = portions(documents, lambda found: len(found[1].raw.content), HANDED_TOGETHER, CHUNK_BYTES)
        for worked in workers.map(map(self._hand_over, chunks)):
            self._worked.append(self._in_hand.popleft())
            if not self._in_hand:
                self._record.put_down()
            yield from self._noting(worked)

    def _one_by_one(self, workers: TimedWorkers, archive: ArchiveWriter) -> Iterator[Article | Rejection]:
        """Give the results of those that were, each worked alone: should it end the process again, it is known.

        A document that crashes a worker is lost with it and never comes here. This is for what ends the whole task: a
        machine out of memory, or a container that dies as one.
        """
        for name, opened in self._read(lambda name: name not in self._done and name in self._deaths, archive):
            self._worked.append(name)
            if self._deaths[name] >= _DEATHS_ALLOWED:
                yield from self._noting(Worked(lost(opened, _LETHAL), {}))
                continue
            self._record.take_in_hand([name])
            for worked in workers.map([[opened]]):
                self._record.put_down()
                yield from self._noting(worked)

    def _read(self, wanted: Wanted, archive: ArchiveWriter) -> Iterator[tuple[str, OpenedDocument]]:
        """Give the documents that are wanted, archived, with their names."""
        names: deque[str] = deque()

        def documents(items: Iterable[Item]) -> Iterator[OpenedDocument]:
            for item in items:
                names.append(item.name)
                yield item.document

        for opened in self._story.timed(Stage.READ, archived(documents(self._portion.items(wanted)), archive)):
            yield names.popleft(), opened

    def _hand_over(self, chunk: list[tuple[str, OpenedDocument]]) -> list[OpenedDocument]:
        self._in_hand.extend(name for name, _ in chunk)
        self._record.take_in_hand(list(self._in_hand))
        return [opened for _, opened in chunk]

    def _noting(self, worked: Worked) -> Iterator[Article | Rejection]:
        """Give a result to the index; when it asks for the next, note what it has answered meanwhile."""
        self._story.worked(worked)
        self._told("ingesting", len(self._done) + len(self._worked), self._portion.inputs)
        yield worked.result
        self._note()

    def _write(self, results: Iterator[Article | Rejection], client: Elasticsearch) -> None:
        from newsdex.index import write

        prefix, results = self._settings.index_prefix, self._story.waited(results)
        answers = write(client, results, prefix=prefix, indexed_at=now(), chunk_documents=WRITTEN_TOGETHER)
        for written in self._story.timed(Stage.INDEX, answers):
            self._outcomes.append(_outcome(self._worked.popleft(), written))
        self._note()

    def _note(self) -> None:
        """Have the outcomes on the disk, then let the items go."""
        if not self._outcomes:
            return
        self._record.append(self._outcomes)
        for outcome in self._outcomes:
            self._done[outcome.name] = outcome
            self._portion.let_go(outcome.name)
        self._outcomes.clear()
        os.utime(self._folder)  # the batch is alive: it does not look left behind

    def _sheet(self, batch: str) -> dict[str, Any]:
        from newsdex.index import BalanceSheet, Outcome

        ends = self._done.values()
        sheet = BalanceSheet(
            inputs=self._portion.inputs,
            answered=sum(end.confirmed for end in ends),
            outcomes=Counter(Outcome(end.outcome) for end in ends),
            reasons=Counter(end.reason for end in ends if end.reason is not None),
        )
        return {"batch": batch, **sheet.as_dict(), "passed_over": dict(self._portion.passed_over)}


def _outcome(name: str, written: Written) -> ItemOutcome:
    from newsdex.index import BalanceSheet

    confirmed = BalanceSheet()
    confirmed.add(written)
    reason = None if written.reason is None else written.reason.value
    return ItemOutcome(name, written.outcome.value, reason, written.id, confirmed.answered == 1)
