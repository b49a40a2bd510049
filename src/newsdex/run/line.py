"""Documents through the line, without archive or index, in worker processes: a bad one costs itself only."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from newsdex.read import OpenedDocument, find_files, open_bytes, open_file
from newsdex.records import Article, Reason, Rejection, Stage
from newsdex.run.chunks import CHUNK_BYTES, portions
from newsdex.run.clock import now
from newsdex.run.knowledge import current_rules
from newsdex.settings import Settings
from newsdex.workers import Ending, Loss, Workers

if TYPE_CHECKING:
    from newsdex.rules import Rules

DocumentWorkers: TypeAlias = "Workers[OpenedDocument, Article | Rejection, Rules]"
TimedWorkers: TypeAlias = "Workers[OpenedDocument, Worked, Rules]"

STDIN = Path("-")
"""The path that stands for standard input."""

HANDED_TOGETHER = 8
"""Documents a worker gets at once: enough that handing them over costs nothing beside the work."""
_WARMING = b"The ferry came back on Tuesday, its captain said, and all of its passengers left for their hotels.\n"
_WARMING_PAGE = (
    b"<html><title>The ferry came back</title><body><article><p>" + _WARMING + b"</p></article></body></html>"
)
_STAGES = {stage.value for stage in Stage}


@dataclass(frozen=True, slots=True)
class Worked:
    """What the line made of a document, and the seconds by the clock that each stage took."""

    result: Article | Rejection
    seconds: Mapping[Stage, float]


def process_document(
    opened: OpenedDocument, rules: Rules, ended: Callable[[Stage], None] = lambda stage: None
) -> Article | Rejection:
    """Take one document through the line; `ended` hears of each stage that is done.

    A defect of ours costs that one document, with the traceback, and no more.
    """
    from newsdex.pipeline import process

    if opened.rejection is not None:
        return opened.rejection
    try:
        return process(opened.raw, rules, ended)
    except MemoryError as lack:
        return Rejection(opened.raw.origin, _stage_of(lack), Reason.EXTRACTION_CRASH, traceback.format_exc())
    except Exception as defect:  # noqa: BLE001 - the boundary: whatever one document does, the others go on
        return Rejection(opened.raw.origin, _stage_of(defect), Reason.INTERNAL_ERROR, traceback.format_exc())


def document_workers(settings: Settings, processes: int) -> DocumentWorkers:
    """Give worker processes that take documents through the line, each within its bounds of time and memory."""
    return Workers(
        work=process_document,
        lost=lost,
        prepare=_load_line,
        arguments=(settings.config,),
        processes=processes,
        seconds=settings.document_seconds,
        memory=settings.document_memory,
    )


def timed_workers(settings: Settings, processes: int) -> TimedWorkers:
    """Give such workers that say of each document how long the stages took."""
    return Workers(
        work=partial(_time_document, process_document),
        lost=_lost_in_time,
        prepare=_load_line,
        arguments=(settings.config,),
        processes=processes,
        seconds=settings.document_seconds,
        memory=settings.document_memory,
    )


def lost(opened: OpenedDocument, loss: Loss) -> Article | Rejection:
    """Give the rejection of a document that was lost with the process working it, unless reading had refused it."""
    if opened.rejection is not None:
        return opened.rejection
    reason = Reason.EXTRACTION_TIMEOUT if loss.ending is Ending.TIME else Reason.EXTRACTION_CRASH
    return Rejection(opened.raw.origin, Stage.EXTRACT, reason, loss.detail)


def warm_up(settings: Settings) -> None:
    """Load and compile all that the first document would: parsers, clients, rules, language profiles.

    A process that forks its workers does this once, and they begin work at once instead of some CPU seconds later.
    """
    rules = _load_line(settings.config)
    _process_example(_WARMING_PAGE, rules)
    import newsdex.index  # noqa: F401 - the loading is what is wanted


def process_paths(
    settings: Settings,
    paths: Iterable[Path],
    *,
    stdin: IO[bytes] | None = None,
    fetched_at: datetime | None = None,
    processes: int | None = None,
) -> Iterator[Article | Rejection]:
    """Take files, and all files of folders, through the line on all cores; results come in the order of the files.

    The path `STDIN` stands for the document in `stdin`. Raises `UserError` for a path that is not there.
    """
    moment, limit = fetched_at or now(), settings.document_bytes
    piped = stdin

    def open_path(path: Path) -> OpenedDocument:
        if piped is not None and path == STDIN:
            return open_bytes(piped.read(limit + 1), uri=str(path), fetched_at=moment, limit=limit)
        return open_file(path, fetched_at=moment, limit=limit)

    files = [file for path in paths for file in ([path] if piped and path == STDIN else find_files([path]))]
    return process_all(settings, map(open_path, files), processes)


def process_all(
    settings: Settings, documents: Iterable[OpenedDocument], processes: int | None = None
) -> Iterator[Article | Rejection]:
    """Take documents through the line in worker processes, one a core without `processes`; a few need only one.

    Results come in order, and no more documents are read ahead than the workers have in hand.
    """
    with document_workers(settings, processes or os.cpu_count() or 1) as workers:
        chunks = portions(documents, lambda opened: len(opened.raw.content), HANDED_TOGETHER, CHUNK_BYTES)
        yield from workers.map(chunks)


def _time_document(
    process: Callable[[OpenedDocument, Rules, Callable[[Stage], None]], Article | Rejection],
    opened: OpenedDocument,
    rules: Rules,
) -> Worked:
    before = time.perf_counter()
    seconds: dict[Stage, float] = {}

    def ended(stage: Stage) -> None:
        nonlocal before
        moment = time.perf_counter()
        seconds[stage] = moment - before
        before = moment

    result = process(opened, rules, ended)
    if isinstance(result, Rejection) and opened.rejection is None:
        ended(result.stage)
    return Worked(result, seconds)


def _lost_in_time(opened: OpenedDocument, loss: Loss) -> Worked:
    return Worked(lost(opened, loss), {})


def _load_line(config: Path) -> Rules:
    """Give the rules, with everything loaded and compiled that a plain text needs; a page needs a tenth second more."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads: whoever loads all this is to be forked
    rules = current_rules(config)
    _process_example(_WARMING, rules)
    return rules


def _process_example(content: bytes, rules: Rules) -> None:
    process_document(open_bytes(content, uri="example", fetched_at=now(), limit=len(content)), rules)


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
