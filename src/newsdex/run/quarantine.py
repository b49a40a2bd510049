"""The quarantine, for the people who look after it: list, show, release through today's rules, drop, let expire."""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.read import OpenedDocument, reopen
from newsdex.records import FETCH_REASONS, Reason, Rejection, Stage
from newsdex.run.archiving import open_archive
from newsdex.run.batches import close_run, ingest_batch, open_refs_batch
from newsdex.run.chunks import portions
from newsdex.run.clock import now
from newsdex.run.line import process_all
from newsdex.run.progress import Told, unheard
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.index.quarantine import Quarantine, QuarantineEntry, Selection

log = logging.getLogger(__name__)

MOST_RELEASED = 100_000
"""Documents that one run of the DAG releases at most."""

STAGES = tuple(stage.value for stage in Stage)
RELEASABLE_REASONS = tuple(reason.value for reason in Reason if reason not in FETCH_REASONS)
"""Reasons for which today's rules may decide otherwise: there is a document."""


@dataclass(slots=True)
class Chosen:
    """Entries that are meant to be released: those that can be, and why the others cannot, counted."""

    entries: list[QuarantineEntry] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"chosen": len(self.entries), "left": dict(self.left)}


def select(
    *,
    ids: Iterable[str] = (),
    stage: str | None = None,
    reason: str | None = None,
    source: str | None = None,
    publisher: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Selection:
    """Say which entries are meant: all that fit every field that is given. Raises `UserError` for what cannot be."""
    from newsdex.index.quarantine import Selection

    for name, given, known in (("stage", stage, Stage), ("reason", reason, Reason)):
        if given is not None and given not in set(known):
            raise UserError(f"{name} {given!r} is none", f"one of {', '.join(known)}")
    return Selection(tuple(ids), stage, reason, source, publisher, since, until)


def list_quarantine(settings: Settings, selection: Selection, limit: int | None = None) -> list[QuarantineEntry]:
    """Give the entries that are meant, the last refused first."""
    with _quarantine(settings) as quarantine:
        return list(quarantine.find(selection, limit))


def count_quarantine(settings: Settings, selection: Selection) -> int:
    """Count the entries that are meant."""
    with _quarantine(settings) as quarantine:
        return quarantine.count(selection)


def show_quarantine(settings: Settings, entry_id: str) -> QuarantineEntry:
    """Give one entry. Raises `UserError` when there is none."""
    with _quarantine(settings) as quarantine:
        return quarantine.get(entry_id)


def drop_quarantine(settings: Settings, selection: Selection) -> int:
    """Let go of all entries that are meant; their bytes stay in the raw archive. Give how many there were."""
    with _quarantine(settings) as quarantine:
        return quarantine.drop(selection)


def expire_quarantine(settings: Settings, days: int) -> int:
    """Let go of the entries that were last refused more than so many days ago: the retention. Give how many."""
    if days < 1:
        raise UserError(f"a retention of {days} days would empty the quarantine", "give one day at least")
    with _quarantine(settings) as quarantine:
        return quarantine.expire(now() - timedelta(days=days))


def choose(settings: Settings, selection: Selection, limit: int | None = None) -> Chosen:
    """Find the entries that are meant and can be released, `limit` of them at most."""
    chosen = Chosen()
    with _quarantine(settings) as quarantine:
        for entry in quarantine.find(selection):
            if limit is not None and len(chosen.entries) >= limit:
                break
            if entry.unreleasable is None:
                chosen.entries.append(entry)
            else:
                chosen.left[entry.unreleasable] += 1
    return chosen


def try_release(
    settings: Settings, chosen: Chosen, processes: int | None = None
) -> Iterator[tuple[QuarantineEntry, Rejection | None]]:
    """Tell of each chosen entry whether today's rules still refuse it, and how; nothing is written."""
    archive = open_archive(settings)

    def opened() -> Iterator[OpenedDocument]:
        for entry in chosen.entries:
            raw = archive.document(entry.raw_ref or "", largest=settings.document_bytes)
            yield reopen(raw, limit=settings.document_bytes)

    for entry, result in zip(chosen.entries, process_all(settings, opened(), processes), strict=True):
        yield entry, result if isinstance(result, Rejection) else None


def describe_trial(settings: Settings, selection: Selection, limit: int | None = None) -> str:
    """Try what is meant, and say what would pass and what would not."""
    chosen = choose(settings, selection, limit)
    lines = [f"{count:,} not released: {why}" for why, count in chosen.left.items()]
    passing, reasons = 0, Counter[str]()
    for entry, rejection in try_release(settings, chosen):
        passing += rejection is None
        if rejection is None:
            lines.append(f"would pass: {entry.uri}")
        else:
            reasons[rejection.reason] += 1
    lines.append(f"{passing:,} would pass, {reasons.total():,} would be refused again")
    return "\n".join([*lines, *(f"  {reason:<20}{count:>6,}" for reason, count in sorted(reasons.items()))])


def open_release(settings: Settings, run_id: str, selection: Selection, limit: int | None = None) -> list[str]:
    """Open batches of the documents that are meant, for `ingest_batch`; give their names.

    What passes leaves the quarantine as it is indexed; what is refused again stays, with the new reason.
    """
    chosen = choose(settings, selection, limit)
    for why, count in chosen.left.items():
        log.warning("%d not released: %s", count, why)
    parts = portions(chosen.entries, lambda entry: 0, settings.batch_files, settings.batch_bytes)
    refs = ([entry.raw_ref for entry in part if entry.raw_ref is not None] for part in parts)
    return [open_refs_batch(settings, run_id, part, queue="release") for part in refs]


def release(
    settings: Settings,
    selection: Selection,
    *,
    limit: int | None = None,
    processes: int | None = None,
    told: Told = unheard,
) -> dict[str, Any]:
    """Release what is meant, at once; give the balance sheet, which is stored like that of any run."""
    run_id = f"release-{now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    own = settings if processes is None else replace(settings, task_workers=processes)
    batches = open_release(own, run_id, selection, limit)
    return close_run(own, run_id, [ingest_batch(own, batch, run_id, told) for batch in batches])


@contextmanager
def _quarantine(settings: Settings) -> Iterator[Quarantine]:
    from newsdex.index import connect
    from newsdex.index.quarantine import Quarantine
    from newsdex.index.templates import ensure_others

    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        yield Quarantine(client, settings.index_prefix)
