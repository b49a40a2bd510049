"""The user's own files, straight to the index without Airflow; and searching it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsdex.read import FileKind, Reading
from newsdex.run.archiving import archived, open_archive
from newsdex.run.clock import now
from newsdex.run.line import process_all
from newsdex.run.survey import Survey, found_below, survey_files
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.index import BalanceSheet, Query, SearchResult, Written


def ingest_paths(
    settings: Settings,
    paths: Iterable[Path],
    *,
    publisher: str | None = None,
    kind: FileKind | None = None,
    reading: Reading | None = None,
    surveyed: Callable[[Survey], None] | None = None,
    progress: Callable[[Written], None] | None = None,
    processes: int | None = None,
) -> BalanceSheet:
    """Archive files, take them through the line into the index, and give the balance sheet, which is stored too.

    The user's files stay where they are. What each one is, a document or many in one file, its content tells; `kind`
    and `reading` overrule it. `surveyed` is told what there is to do, `progress` of each document as Elasticsearch
    answers for it. Raises `UserError` for a path that is not there, and `Unbalanced`.
    """
    from newsdex.index import BalanceSheet, connect, ensure_indices, write

    moment = now()
    run_id = f"ingest-{moment:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    reading = replace(reading or Reading(), publisher=publisher)
    survey = survey_files(settings, found_below(paths), moment, kind=kind, reading=reading)
    if surveyed is not None:
        surveyed(survey)
    opened = (item.document for portion in survey.portions for item in portion.items(lambda _: True))
    sheet = BalanceSheet(inputs=survey.inputs)
    with closing(connect(settings)) as client, open_archive(settings).writer(run_id, moment.date()) as archive:
        ensure_indices(client, settings)
        results = process_all(settings, archived(opened, archive), processes)
        for written in write(client, results, prefix=settings.index_prefix, indexed_at=now()):
            sheet.add(written)
            if progress is not None:
                progress(written)
        extra = {"passed_over": dict(survey.passed_over)} if survey.passed_over else None
        sheet.store(client, run_id, prefix=settings.index_prefix, stored_at=now(), extra=extra)
    sheet.check()
    return sheet


def search_articles(settings: Settings, query: Query) -> SearchResult:
    """Search the index."""
    from newsdex.index import connect, search

    with closing(connect(settings)) as client:
        return search(client, query, prefix=settings.index_prefix)
