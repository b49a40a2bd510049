"""Documents through the line, without archive or index: one here, many in worker processes."""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsdex.read import OpenedDocument, find_files, open_bytes, open_file
from newsdex.records import Article, Reason, Rejection, Stage
from newsdex.run.chunks import CHUNK_BYTES, portions
from newsdex.run.clock import now
from newsdex.run.knowledge import current_rules
from newsdex.settings import Settings
from newsdex.workers import Workers

if TYPE_CHECKING:
    from newsdex.rules import Rules

_CHUNK = 25
"""Documents a worker gets at once: enough that handing them over costs nothing beside the work."""
_WORTH_WORKERS = 24
"""Documents from which on starting worker processes pays."""
_WARMING = b"The ferry came back on Tuesday, its captain said, and all of its passengers left for their hotels.\n"
_STAGES = {stage.value for stage in Stage}


def process_document(opened: OpenedDocument, rules: Rules) -> Article | Rejection:
    """Take one document through the line. A defect of ours costs that one document, with the traceback, and no more."""
    from newsdex.pipeline import process

    if opened.rejection is not None:
        return opened.rejection
    try:
        return process(opened.raw, rules)
    except Exception as defect:  # noqa: BLE001 - the boundary: whatever one document does, the others go on
        return Rejection(opened.raw.origin, _stage_of(defect), Reason.INTERNAL_ERROR, traceback.format_exc())


def lethal(opened: OpenedDocument) -> Rejection:
    """Give the rejection of a document that ended the process working it: a crash in native code, or lack of memory."""
    detail = "the process that worked this document died: a crash in native code, or not enough memory"
    return Rejection(opened.raw.origin, Stage.EXTRACT, Reason.INTERNAL_ERROR, detail)


def process_bytes(
    settings: Settings, content: bytes, *, uri: str, fetched_at: datetime | None = None
) -> Article | Rejection:
    """Take one document already in hand (standard input) through the line."""
    opened = open_bytes(content, uri=uri, fetched_at=fetched_at or now(), limit=settings.document_bytes)
    return process_document(opened, current_rules(settings.config))


def warm_up(settings: Settings) -> None:
    """Load and compile all that the first document would: parsers, clients, rules, language profiles.

    A process that forks its workers does this once, and they begin work at once instead of some CPU seconds later.
    """
    import newsdex.index  # noqa: F401 - the loading is what is wanted

    process_bytes(settings, _WARMING, uri="warm-up", fetched_at=now())


def process_paths(
    settings: Settings, paths: Iterable[Path], *, fetched_at: datetime | None = None, processes: int | None = None
) -> Iterator[Article | Rejection]:
    """Take files, and all files of folders, through the line on all cores; results come in the order of the files.

    Raises `UserError` for a path that is not there.
    """
    moment = fetched_at or now()
    files = find_files(paths)
    documents = (open_file(path, fetched_at=moment, limit=settings.document_bytes) for path in files)
    return process_all(settings, documents, processes)


def process_all(
    settings: Settings, documents: Iterable[OpenedDocument], processes: int | None = None
) -> Iterator[Article | Rejection]:
    """Take documents through the line in worker processes; a few are worked here instead, which is sooner.

    Results come in order, and no more documents are read ahead than the workers have in hand.
    """
    processes = processes or os.cpu_count() or 1
    documents = iter(documents)
    first = list(itertools.islice(documents, _WORTH_WORKERS))
    if processes == 1 or len(first) < _WORTH_WORKERS:
        rules = current_rules(settings.config)
        for opened in itertools.chain(first, documents):
            yield process_document(opened, rules)
        return
    workers: Workers[OpenedDocument, Article | Rejection] = Workers(
        work=_work,
        died=lethal,
        prepare=_prepare,
        arguments=(settings.config,),
        processes=processes,
        preload=("newsdex.pipeline",),
    )
    chunks = portions(itertools.chain(first, documents), lambda opened: len(opened.raw.content), _CHUNK, CHUNK_BYTES)
    yield from workers.map(chunks)


_rules_of_worker: list[Rules] = []


def _prepare(config: Path) -> None:
    _rules_of_worker[:] = [current_rules(config)]


def _work(chunk: Sequence[OpenedDocument]) -> list[Article | Rejection]:
    (rules,) = _rules_of_worker
    return [process_document(opened, rules) for opened in chunk]


def _stage_of(defect: BaseException) -> Stage:
    """Tell in which stage a defect happened, by the package of the innermost function that belongs to one."""
    stage = Stage.EXTRACT
    step = defect.__traceback__
    while step is not None:
        package, _, module = step.tb_frame.f_globals.get("__name__", "").partition(".")
        name = module.partition(".")[0]
        if package == "newsdex" and name in _STAGES:
            stage = Stage(name)
        step = step.tb_next
    return stage
