"""The batches of a run: opened, worked one by one, added up.

`ingest_batch` works batches of any kind. Those of the inbox are opened by claiming files; all others are descriptions
in the spool, opened by whoever knows what there is to read.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from typing import Any

from newsdex.errors import UserError
from newsdex.read.inbox import Inbox, run_folder
from newsdex.read.locks import BatchGoneError, BatchTakenError, hold_folder
from newsdex.records import Rejection
from newsdex.run.clock import now
from newsdex.run.engine import Attempt
from newsdex.run.portions import ArchivedDocuments, InboxFiles, describe, portion_of
from newsdex.run.progress import Told, unheard
from newsdex.run.scorecards import warn_of_run
from newsdex.settings import Settings
from newsdex.spool import Spool

log = logging.getLogger(__name__)


def open_refs_batch(
    settings: Settings,
    run_id: str,
    refs: Sequence[str],
    *,
    refusals: Sequence[Rejection] = (),
    queue: str = ArchivedDocuments.kind,
) -> str:
    """Open a batch of documents that the raw archive has already; give its name.

    `refs` are their raw_refs; `refusals` are inputs too, those that were refused before there were any bytes. The same
    call of the same run gives the same batch. `queue` is shared by the runs that may finish each other's batches.
    """
    moment = now()
    portion = ArchivedDocuments(settings, tuple(dict.fromkeys(refs)), tuple(refusals), moment)
    (batch,) = Spool(settings.spool).open(run_folder(run_id), [describe(portion, queue, moment)])
    return batch


def adopt_batches(settings: Settings, run_id: str, queue: str) -> list[str]:
    """Make the unfinished batches of a queue that nobody works on this run's own; give their names.

    Only for a DAG that never has two runs at once: a batch that a run has opened and not begun looks left behind.
    """
    spool = Spool(settings.spool)
    adopted = []
    for batch in spool.others(run_folder(run_id), queue):
        with suppress(BatchGoneError, BatchTakenError), hold_folder(spool.batch(batch).folder):
            spool.assign(run_folder(run_id), batch)
            log.warning("batch %s was left behind by another run: this run takes it over", batch)
            adopted.append(batch)
    return adopted


def ingest_batch(settings: Settings, batch: str, run_id: str, told: Told = unheard) -> dict[str, Any]:
    """Take one batch through the line into the index; give its balance sheet, with its name under `batch`.

    May be called again after any failure, and after success: a finished batch gives the same sheet again.
    Raises `BatchTakenError` while another live process works the batch; nothing of it is lost when anything raises.
    """
    spool = Spool(settings.spool)
    try:
        description = spool.batch(batch).description()
        if description is None or description.kind == InboxFiles.kind:
            sheet = _ingest_claimed(settings, spool, batch, run_id, told)
        else:
            sheet = _ingest_described(settings, spool, batch, run_id, told)
    except BatchGoneError as gone:
        known = spool.batch(batch).sheet() or spool.closed_sheet(run_folder(run_id), batch)
        if known is None:
            raise UserError(f"batch {batch} is no longer this run's", "another run adopted it and counts it") from gone
        sheet = known
    return sheet


def close_run(settings: Settings, run_id: str, sheets: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Add up the sheets of a run's batches, store the sum in `news-runs`, and give it.

    Warns in the log of sources whose documents are far from what is usual of them. Raises `Unbalanced`, after storing,
    when a batch is missing or the sum does not balance. A run without batches is not stored.
    """
    from newsdex.index import BalanceSheet, Unbalanced, connect

    spool = Spool(settings.spool)
    by_batch = {sheet["batch"]: sheet for sheet in sheets}
    missing = [batch for batch in spool.run_batches(run_folder(run_id)) if batch not in by_batch]
    total = sum((BalanceSheet.from_dict(sheet) for sheet in by_batch.values()), BalanceSheet())
    passed_over: Counter[str] = sum((Counter(sheet.get("passed_over", {})) for sheet in by_batch.values()), Counter())
    extra = {"passed_over": dict(passed_over)} if passed_over else None
    if by_batch or missing:
        with closing(connect(settings)) as client:
            total.store(client, run_id, prefix=settings.index_prefix, stored_at=now(), extra=extra)
    warn_of_run(settings, spool, by_batch)
    spool.close_run(run_folder(run_id), by_batch)
    shape = {**total.as_dict(), "passed_over": dict(passed_over)}
    log.info("%s", describe_sheet(shape))
    if missing:
        raise Unbalanced(f"{len(missing)} batches did not finish and wait for the next run: {', '.join(missing)}")
    total.check()
    return shape


def describe_sheet(sheet: dict[str, Any]) -> str:
    """Write a balance sheet for a person, one line an outcome, and below it why documents were quarantined.

    What was passed over is no input; it stands at the end.

    >>> print(describe_sheet({"inputs": 3, "outcomes": {"created": 2, "quarantined": 1}, "reasons": {"binary": 1}}))
    inputs              3
      created           2
      quarantined       1
        binary          1
    >>> print(describe_sheet({"inputs": 0, "outcomes": {}, "reasons": {}, "passed_over": {"image/png": 7}}))
    inputs              0
    passed over         7
      image/png         7
    """
    passed_over = sheet.get("passed_over") or {}
    lines = [f"{'inputs':<16}{sheet['inputs']:>5,}"]
    lines += [f"  {outcome:<14}{count:>5,}" for outcome, count in sheet["outcomes"].items()]
    lines += [f"    {reason:<12}{count:>5,}" for reason, count in sorted(sheet["reasons"].items())]
    lines += [f"{'passed over':<16}{sum(passed_over.values()):>5,}"] if passed_over else []
    lines += [f"  {kind:<14}{count:>5,}" for kind, count in sorted(passed_over.items())]
    return "\n".join(lines)


def _ingest_claimed(settings: Settings, spool: Spool, batch: str, run_id: str, told: Told) -> dict[str, Any]:
    """Work a batch of the inbox, which is held by the folder of its files and goes away with it."""
    inbox, record = Inbox(settings.inbox), spool.batch(batch)
    with inbox.hold(run_id, batch) as folder:
        sheet = record.sheet()
        if sheet is None:
            found = list(inbox.names(folder))
            description = record.description()
            opened_at = now() if description is None else description.opened_at
            claimed = [] if description is None else description.portion["names"]
            names = tuple(sorted({*claimed, *found}))
            portion = InboxFiles(folder, names, opened_at, settings.document_bytes)
            sheet = Attempt(settings, portion, record, folder, told).work(batch)
            record.close(sheet)
        inbox.drop(run_id, batch)
    return sheet


def _ingest_described(settings: Settings, spool: Spool, batch: str, run_id: str, told: Told) -> dict[str, Any]:
    """Work a batch that is nothing but its description, held by its folder in the spool."""
    record = spool.batch(batch)
    with hold_folder(record.folder):
        description = record.description()
        if description is None or not spool.owns(run_folder(run_id), batch):
            raise BatchGoneError(batch)
        sheet = record.sheet()
        if sheet is None:
            portion = portion_of(settings, description)
            sheet = Attempt(settings, portion, record, record.folder, told).work(batch)
            record.close(sheet)
    return sheet
