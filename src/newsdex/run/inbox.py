"""The inbox as a run sees it: whether work waits there, and claiming it in batches of bounded size."""

from __future__ import annotations

import itertools
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from newsdex.errors import UserError
from newsdex.read.inbox import Inbox, run_folder
from newsdex.run.chunks import portions
from newsdex.run.clock import now
from newsdex.run.portions import InboxFiles, describe
from newsdex.settings import Settings
from newsdex.spool import Spool

log = logging.getLogger(__name__)

MOST_BATCHES = 64
MOST_FILES = 5_000


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
    batches = bounded("batches", batches, settings.batches_per_run, MOST_BATCHES)
    batch_files = bounded("batch_files", batch_files, settings.batch_files, MOST_FILES)
    moment = now()
    inbox, spool, run = Inbox(settings.inbox), Spool(settings.spool), run_folder(run_id)
    inbox.folder.mkdir(parents=True, exist_ok=True)

    def hold(batch: str, names: list[str]) -> None:
        if spool.batch(batch).description() is None:
            files = InboxFiles(inbox.batch_folder(run_id, batch), tuple(names), moment, settings.document_bytes)
            spool.batch(batch).open(describe(files, InboxFiles.kind, moment))
        spool.assign(run, batch)

    for batch in inbox.adopt(run_id):
        log.warning("batch %s was left behind by another run: this run takes it over", batch)
    held = inbox.batches(run_id)
    for batch in held:
        hold(batch, sorted(inbox.names(inbox.batch_folder(run_id, batch))))
    seen = inbox.look(moment.timestamp(), settings.settle_seconds)
    for name, why in seen.ignored:
        log.warning("%s stays in the inbox: %s", name, why)
    parts = portions(seen.waiting, lambda file: file.size, batch_files, settings.batch_bytes)
    for part in itertools.islice(parts, max(0, batches - len(held))):
        batch = f"{moment:%Y%m%dT%H%M%S}-{len(held):04}-{secrets.token_hex(6)}"
        taken = inbox.claim(run_id, batch, [file.name for file in part])
        if taken:
            hold(batch, taken)
            held.append(batch)
    log.info("files ready: %d, still being written: %d; batches: %d", len(seen.waiting), seen.unfinished, len(held))
    return held


def bounded(name: str, wanted: int | None, default: int, most: int) -> int:
    """Give a bound that a form left empty, or check the one it has. Raises `UserError`."""
    value = default if wanted is None else wanted
    if not isinstance(value, int) or not 1 <= value <= most:
        raise UserError(f"{name}={value!r}: has to be a whole number from 1 to {most}")
    return value
