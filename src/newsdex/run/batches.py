"""A run over the inbox: claim, ingest each batch, close.

A batch goes through in chunks, each step done for the whole chunk before the next: read, archive (on the disk),
process, write to Elasticsearch, note the outcomes (on the disk), let the files go. Whenever a process dies, a file is
therefore in the inbox, claimed, or done; and what is worked a second time is written to the same id.
"""

from __future__ import annotations

import itertools
import logging
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.read import OpenedDocument, open_file
from newsdex.read.inbox import BatchGoneError, Inbox, publisher_of, run_folder
from newsdex.records import Article, Rejection
from newsdex.run.archiving import archived
from newsdex.run.chunks import CHUNK_BYTES, CHUNK_DOCUMENTS, portions
from newsdex.run.clock import now
from newsdex.run.line import DocumentWorkers, document_workers, lost
from newsdex.settings import Settings
from newsdex.spool import BatchRecord, FileOutcome, Spool
from newsdex.workers import Ending, Loss

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from newsdex.archive import ArchiveWriter
    from newsdex.index import BalanceSheet, Written

log = logging.getLogger(__name__)

MOST_BATCHES = 64
MOST_FILES = 5_000
_DEATHS_ALLOWED = 2


@dataclass(frozen=True, slots=True)
class InboxState:
    """Whether work waits: files ready to be claimed, files still being written, batches that a run left behind."""

    files: int
    unfinished: int
    stale_batches: int


def inspect_inbox(
    inbox: Path, *, settle: float = 0.5, stale_after: float = 120.0, first_only: bool = False
) -> InboxState:
    """Look at the inbox without touching it. `first_only` counts no further than one file, which is cheaper."""
    moment = now().timestamp()
    box = Inbox(inbox)
    seen = box.look(moment, settle, first_only=first_only)
    return InboxState(len(seen.waiting), seen.unfinished, box.stale(moment, stale_after))


def claim(settings: Settings, run_id: str, *, batches: int | None = None, batch_files: int | None = None) -> list[str]:
    """Claim what waits in the inbox for one run; give the names of its batches.

    Batches that other runs left behind come first, and this run's own from an earlier try. `batches` and `batch_files`
    bound the run in place of the settings; what is left over waits for the next run.
    """
    batches = _bounded("batches", batches, settings.batches_per_run, MOST_BATCHES)
    batch_files = _bounded("batch_files", batch_files, settings.batch_files, MOST_FILES)
    moment = now()
    inbox, spool = Inbox(settings.inbox), Spool(settings.spool)
    inbox.folder.mkdir(parents=True, exist_ok=True)
    for batch in inbox.adopt(run_id):
        log.warning("batch %s was left behind by another run: this run takes it over", batch)
    held = inbox.batches(run_id)
    for batch in held:
        if spool.batch(batch).claim() is None:
            spool.batch(batch).open(inbox.names(inbox.batch_folder(run_id, batch)), moment)
    seen = inbox.look(moment.timestamp(), settings.settle_seconds)
    for name, why in seen.ignored:
        log.warning("%s stays in the inbox: %s", name, why)
    parts = portions(seen.waiting, lambda file: file.size, batch_files, settings.batch_bytes)
    for part in itertools.islice(parts, max(0, batches - len(held))):
        batch = f"{moment:%Y%m%dT%H%M%S}-{len(held):03}-{secrets.token_hex(3)}"
        taken = inbox.claim(run_id, batch, [file.name for file in part])
        if taken:
            spool.batch(batch).open(taken, moment)
            held.append(batch)
    spool.open_run(run_folder(run_id), held)
    log.info("files ready: %d, still being written: %d; batches: %d", len(seen.waiting), seen.unfinished, len(held))
    return held


def ingest_batch(settings: Settings, batch: str, run_id: str) -> dict[str, Any]:
    """Take one claimed batch through the line into the index; give its balance sheet, with its name under `batch`.

    May be called again after any failure, and after success: a finished batch gives the same sheet again.
    Raises `BatchTakenError` while another live process works the batch; nothing of it is lost when anything raises.
    """
    inbox, spool = Inbox(settings.inbox), Spool(settings.spool)
    record = spool.batch(batch)
    try:
        with inbox.hold(run_id, batch) as folder:
            sheet = record.sheet()
            if sheet is None:
                sheet = {"batch": batch, **_Batch(settings, inbox, folder, batch, record).work().as_dict()}
                record.close(sheet)
            inbox.drop(run_id, batch)
    except BatchGoneError as gone:
        sheet = record.sheet() or spool.closed_sheet(run_folder(run_id), batch)
        if sheet is None:
            raise UserError(f"batch {batch} is no longer this run's", "another run adopted it and counts it") from gone
    return sheet


def close_run(settings: Settings, run_id: str, sheets: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Add up the sheets of a run's batches, store the sum in `news-runs`, and give it.

    Raises `Unbalanced`, after storing, when a batch is missing or the sum does not balance. A run that claimed nothing
    is not stored.
    """
    from newsdex.index import BalanceSheet, Unbalanced, connect

    spool = Spool(settings.spool)
    by_batch = {sheet["batch"]: sheet for sheet in sheets}
    missing = [batch for batch in spool.run_batches(run_folder(run_id)) if batch not in by_batch]
    total = sum((BalanceSheet.from_dict(sheet) for sheet in by_batch.values()), BalanceSheet())
    if by_batch or missing:
        with closing(connect(settings)) as client:
            total.store(client, run_id, prefix=settings.index_prefix, stored_at=now())
    spool.close_run(run_folder(run_id), by_batch)
    log.info("%s", describe_sheet(total.as_dict()))
    if missing:
        raise Unbalanced(f"{len(missing)} batches did not finish and wait for the next run: {', '.join(missing)}")
    total.check()
    return total.as_dict()


def describe_sheet(sheet: dict[str, Any]) -> str:
    """Write a balance sheet for a person, one line an outcome, and below it why documents were quarantined.

    >>> print(describe_sheet({"inputs": 3, "outcomes": {"created": 2, "quarantined": 1}, "reasons": {"binary": 1}}))
    inputs              3
      created           2
      quarantined       1
        binary          1
    """
    lines = [f"{'inputs':<16}{sheet['inputs']:>5,}"]
    lines += [f"  {outcome:<14}{count:>5,}" for outcome, count in sheet["outcomes"].items()]
    lines += [f"    {reason:<12}{count:>5,}" for reason, count in sorted(sheet["reasons"].items())]
    return "\n".join(lines)


class _Batch:
    """One try at one batch, its folder held."""

    def __init__(self, settings: Settings, inbox: Inbox, folder: Path, batch: str, record: BatchRecord) -> None:
        self.settings = settings
        self.folder = folder
        self.batch = batch
        self.record = record
        self.deaths = record.deaths()
        found = list(inbox.names(folder))
        claimed, self.claimed_at = record.claim() or (found, now())
        self.names = sorted({*claimed, *found})
        self.done = record.outcomes()

    def work(self) -> BalanceSheet:
        """Work the files that have no outcome yet, then count all of the batch."""
        from newsdex.archive import Archive
        from newsdex.index import connect, ensure_indices

        for name in self.done:
            (self.folder / name).unlink(missing_ok=True)
        todo = [name for name in self.names if name not in self.done and (self.folder / name).exists()]
        if todo:
            parts = portions(todo, self._size, CHUNK_DOCUMENTS, CHUNK_BYTES)
            with (
                document_workers(self.settings, self.settings.task_workers) as workers,
                closing(connect(self.settings)) as client,
                Archive(self.settings.archive).writer(self.batch, now().date()) as archive,
            ):
                ensure_indices(client, self.settings)
                workers.wait_ready()
                for chunk in parts:
                    os.utime(self.folder)  # the batch is alive: it does not look left behind
                    self._work_chunk(chunk, workers, client, archive)
        return self._sheet()

    def _work_chunk(
        self, names: list[str], workers: DocumentWorkers, client: Elasticsearch, archive: ArchiveWriter
    ) -> None:
        from newsdex.index import write

        kept = list(archived((self._open(name) for name in names), archive))
        results = list(self._process(names, kept, workers))
        self.record.put_down()
        outcomes = [
            _outcome(name, written)
            for name, written in zip(
                names, write(client, results, prefix=self.settings.index_prefix, indexed_at=now()), strict=True
            )
        ]
        self.record.append(outcomes)
        for outcome in outcomes:
            self.done[outcome.name] = outcome
            (self.folder / outcome.name).unlink(missing_ok=True)

    def _size(self, name: str) -> int:
        return min((self.folder / name).stat().st_size, self.settings.document_bytes)

    def _open(self, name: str) -> OpenedDocument:
        return open_file(
            self.folder / name,
            uri=f"inbox/{name}",
            publisher=publisher_of(name),
            fetched_at=self.claimed_at,
            limit=self.settings.document_bytes,
        )

    def _process(
        self, names: list[str], kept: list[OpenedDocument], workers: DocumentWorkers
    ) -> Iterator[Article | Rejection]:
        """Give the results in order. Documents go to the workers one by one, so that it is known which one is worked.

        A document that crashes a worker is lost with it. The name noted here is for what ends this process too: a
        machine out of memory, or a container that dies as a whole.
        """
        lethal = {name for name in names if self.deaths.get(name, 0) >= _DEATHS_ALLOWED}
        results = workers.map([opened] for name, opened in zip(names, kept, strict=True) if name not in lethal)
        for name, opened in zip(names, kept, strict=True):
            if name in lethal:
                yield lost(opened, Loss(Ending.CRASH, "the task working this document died, more than once"))
            else:
                self.record.take_in_hand(name)
                yield next(results)

    def _sheet(self) -> BalanceSheet:
        from newsdex.index import BalanceSheet, Outcome

        ends = self.done.values()
        return BalanceSheet(
            inputs=len(self.names),
            answered=sum(end.confirmed for end in ends),
            outcomes=Counter(Outcome(end.outcome) for end in ends),
            reasons=Counter(end.reason for end in ends if end.reason is not None),
        )


def _outcome(name: str, written: Written) -> FileOutcome:
    from newsdex.index import BalanceSheet

    confirmed = BalanceSheet()
    confirmed.add(written)
    reason = None if written.reason is None else written.reason.value
    return FileOutcome(name, written.outcome.value, reason, written.id, confirmed.answered == 1)


def _bounded(name: str, wanted: int | None, default: int, most: int) -> int:
    value = default if wanted is None else wanted
    if not isinstance(value, int) or not 1 <= value <= most:
        raise UserError(f"{name}={value!r}: has to be a whole number from 1 to {most}")
    return value
