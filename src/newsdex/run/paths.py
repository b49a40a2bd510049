"""The user's own files, straight to the index without Airflow; and searching it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from newsdex.read import find_files, open_file
from newsdex.run.archiving import archived
from newsdex.run.clock import now
from newsdex.run.line import process_all
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.index import BalanceSheet, Query, SearchResult, Written


def ingest_paths(
    settings: Settings,
    paths: Iterable[Path],
    *,
    publisher: str | None = None,
    progress: Callable[[Written], None] | None = None,
    processes: int | None = None,
) -> BalanceSheet:
    """Archive files, take them through the line into the index, and give the balance sheet, which is stored too.

    The user's files stay where they are. `progress` is told of each document as Elasticsearch answers for it.
    Raises `UserError` for a path that is not there, and `Unbalanced`.
    """
    from newsdex.archive import Archive
    from newsdex.index import BalanceSheet, connect, ensure_indices, write

    moment = now()
    run_id = f"ingest-{moment:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    files = find_files(paths)
    opened = (open_file(path, publisher=publisher, fetched_at=moment, limit=settings.document_bytes) for path in files)
    sheet = BalanceSheet(inputs=len(files))
    with closing(connect(settings)) as client, Archive(settings.archive).writer(run_id, moment.date()) as archive:
        ensure_indices(client, settings)
        results = process_all(settings, archived(opened, archive), processes)
        for written in write(client, results, prefix=settings.index_prefix, indexed_at=now()):
            sheet.add(written)
            if progress is not None:
                progress(written)
        sheet.store(client, run_id, prefix=settings.index_prefix, stored_at=now())
    sheet.check()
    return sheet


def search_articles(settings: Settings, query: Query) -> SearchResult:
    """Search the index."""
    from newsdex.index import connect, search

    with closing(connect(settings)) as client:
        return search(client, query, prefix=settings.index_prefix)
