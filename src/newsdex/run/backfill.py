"""Bulk loads: files that lie below folders the operator has allowed, cut into batches that are worked side by side."""

from __future__ import annotations

import glob
import logging
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from newsdex.errors import UserError
from newsdex.read import FileKind, Reading, find_files
from newsdex.read.fields import check_mapping
from newsdex.read.inbox import run_folder
from newsdex.run.batches import adopt_batches
from newsdex.run.clock import now
from newsdex.run.inbox import MOST_FILES, bounded
from newsdex.run.portions import describe
from newsdex.run.survey import Found, survey_files
from newsdex.settings import Settings
from newsdex.spool import Spool

log = logging.getLogger(__name__)

QUEUE = "backfill"
MOST_TASKS = 1_000
"""Tasks that a run is mapped to at most: Airflow's own bound, `core.max_map_length`, is 1,024."""

AUTO = "auto"
KINDS = (AUTO, *(kind.value for kind in FileKind))
MEDIA_TYPES = {AUTO: None, "text": "text/plain", "html": "text/html"}


def plan_backfill(
    settings: Settings,
    run_id: str,
    path: str,
    *,
    kind: str = AUTO,
    mapping: Mapping[str, str] | None = None,
    media_type: str = AUTO,
    delimiter: str | None = None,
    publisher: str | None = None,
    batch_files: int | None = None,
) -> list[list[str]]:
    """Open the batches of a bulk load; give their names in as many groups as there are to be tasks.

    `path` is a file, a folder or a pattern below one of the folders of NEWSDEX_BACKFILL_ROOTS, `kind` and `media_type`
    are of `KINDS` and `MEDIA_TYPES`; the rest is `Reading`'s. Batches that a former bulk load left behind come first.
    Every word is checked here, whatever a form has checked. Raises `UserError`.
    """
    most = bounded("batch_files", batch_files, settings.batch_files, MOST_FILES)
    if kind not in KINDS:
        raise UserError(f"kind={kind!r} is not known", f"it is one of {', '.join(KINDS)}")
    if media_type not in MEDIA_TYPES:
        raise UserError(f"media_type={media_type!r} is not known", f"it is one of {', '.join(MEDIA_TYPES)}")
    if delimiter is not None and len(delimiter) != 1:
        raise UserError(f"delimiter={delimiter!r} is not one character")
    reading = Reading(publisher or None, check_mapping(mapping or {}), MEDIA_TYPES[media_type], delimiter)
    files = find_allowed(settings.backfill_roots, path)
    moment, run = now(), run_folder(run_id)
    adopted = adopt_batches(settings, run_id, QUEUE)
    survey = survey_files(
        settings, files, moment, kind=None if kind == AUTO else FileKind(kind), reading=reading, most=most
    )
    opened = Spool(settings.spool).open(run, (describe(portion, QUEUE, moment) for portion in survey.portions))
    held = ", ".join(f"{count} {told}" for told, count in sorted(survey.files.items()))
    log.info("files: %s; documents in them: %d, batches: %d", held, survey.inputs, len(opened))
    for told, count in sorted(survey.passed_over.items()):
        log.info("no documents, passed over: %s, %d times", told, count)
    return grouped(list(dict.fromkeys([*adopted, *opened])), MOST_TASKS)


def ingest_batches(settings: Settings, batches: Sequence[str], run_id: str) -> list[dict[str, Any]]:
    """Work the batches of one task, one after the other; give their sheets."""
    from newsdex.run.batches import ingest_batch

    return [ingest_batch(settings, batch, run_id) for batch in batches]


def find_allowed(roots: Sequence[Path], path: str) -> list[Found]:
    """Find the files that an operator means, a path or a pattern, and refuse whatever lies outside the allowed folders.

    A relative path is looked for below each root. A folder stands for all files below it; what is hidden is left out.
    Links are followed first: what counts is where a file really lies.
    """
    allowed = [root.resolve() for root in roots]
    below = ", ".join(str(root) for root in roots)
    if not path.strip() or ".." in Path(path).parts or "\0" in path:
        raise UserError(f"path={path!r} names no files", f"give a path without `..` below {below}")
    places = [path] if Path(path).is_absolute() else [str(root / path) for root in roots]
    matches = sorted({match for place in places for match in glob.glob(place, recursive=True)})  # noqa: PTH207
    found: dict[Path, Found] = {}
    for file in find_files(Path(match) for match in matches):
        real = file.resolve()
        root = next((root for root in allowed if real.is_relative_to(root)), None)
        if root is None:
            raise UserError(f"{file} lies outside the allowed folders", f"NEWSDEX_BACKFILL_ROOTS allows {below}")
        if real.is_file():
            found.setdefault(real, Found(real, real.relative_to(root).as_posix()))
    if not found:
        raise UserError(f"{path}: no such file", f"put it below {below}")
    return list(found.values())


def grouped(batches: Sequence[str], most: int) -> list[list[str]]:
    """Share batches out to `most` groups at most, in order, none larger than another by more than one.

    >>> grouped(["a", "b", "c", "d", "e"], 2)
    [['a', 'b', 'c'], ['d', 'e']]
    """
    groups = min(len(batches), most)
    size, more = divmod(len(batches), groups) if groups else (0, 0)
    starts = [number * size + min(number, more) for number in range(groups + 1)]
    return [list(batches[start:end]) for start, end in pairwise(starts)]
