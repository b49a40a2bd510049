"""Everything that a search finds as a file: CSV for tables, JSON Lines for programs, sent while it is read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from threading import BoundedSemaphore, Lock
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response, StreamingResponse

from newsdex.index.listing import Listing, list_all
from newsdex.run.clock import now
from newsdex.web.asked import read_asked
from newsdex.web.frame import client_of, settings_of

AT_ONCE = 2
"""Exports that run at the same time at most: each keeps a moment of the index alive."""

_REMEMBERED = 200
_ROWS = 200
"""Rows that are sent together."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that some spreadsheet takes for a formula: the last four are the wide forms of the first."""

COLUMNS = (
    "id",
    "headline",
    "standfirst",
    "published_at",
    "published_precision",
    "modified_at",
    "publisher",
    "agencies",
    "authors",
    "section",
    "keywords",
    "language",
    "url",
    "word_count",
    "flags",
    "cluster_id",
    "body",
)
"""The columns of the CSV. Several values of one field stand in one cell, with `; ` between."""


@dataclass(slots=True)
class Progress:
    """How far an export is. `state` is `running`, `done` or `failed`."""

    total: int
    sent: int = 0
    state: str = "running"


class Desk:
    """Hands out the few places for exports, and knows how far each one is that was given a name."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(AT_ONCE)
        self._lock = Lock()
        self._known: OrderedDict[str, Progress] = OrderedDict()

    def take_place(self) -> None:
        """Take a place, or answer 503 when there is none."""
        if not self._places.acquire(blocking=False):
            detail = f"{AT_ONCE} exports are running already. Try again when one of them has ended."
            raise HTTPException(503, detail, headers={"Retry-After": "30"})

    def give_back(self) -> None:
        """Give a place back."""
        self._places.release()

    def note(self, name: str, progress: Progress) -> None:
        """Remember an export under a name that its visitor made up; the oldest ones are forgotten."""
        with self._lock:
            self._known[name] = progress
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def progress(self, name: str) -> Progress | None:
        """Tell how far an export is, None when it is not known here."""
        with self._lock:
            return self._known.get(name)


def make_router() -> APIRouter:
    """Make the routes of the export."""
    router = APIRouter()
    desk = Desk()

    @router.get("/export/progress")
    def progress(name: str = "") -> Response:
        known = desk.progress(name)
        if known is None:
            raise HTTPException(404, "No export of this name is known.")
        return JSONResponse(asdict(known), headers={"Cache-Control": "no-store"})

    @router.get("/export.csv")
    def as_csv(request: Request, name: str = "") -> Response:
        return _export(request, desk, name, "csv")

    @router.get("/export.jsonl")
    def as_json_lines(request: Request, name: str = "") -> Response:
        return _export(request, desk, name, "jsonl")

    return router


def _export(request: Request, desk: Desk, name: str, kind: str) -> Response:
    query = read_asked(request.query_params).query
    client, prefix = client_of(request), settings_of(request).index_prefix
    desk.take_place()
    try:
        listing = list_all(client, query, prefix=prefix)
    except BaseException:
        desk.give_back()
        raise
    progress = Progress(listing.total)
    if name:
        desk.note(name[:100], progress)
    rows = csv_rows(listing.articles) if kind == "csv" else json_lines(listing.articles)
    sending = _Sending(rows, listing, progress, desk)
    words = re.sub(r"[^a-z0-9]+", "-", query.text.lower()).strip("-")[:40]
    file = "-".join(filter(None, ("newsdex", words, f"{now():%Y-%m-%d}")))
    return StreamingResponse(
        sending,
        media_type="text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson",
        headers={
            "Content-Disposition": f'attachment; filename="{file}.{kind}"',
            "Content-Encoding": "identity",
            "X-Newsdex-Total": str(listing.total),
            "Cache-Control": "no-store",
        },
        background=BackgroundTask(sending.close),
    )


class _Sending:
    """The rows on their way, in blocks; whatever ends it frees its place."""

    def __init__(self, rows: Iterator[str], listing: Listing, progress: Progress, desk: Desk) -> None:
        self._rows = rows
        self._listing = listing
        self._progress = progress
        self._desk = desk
        self._lock = Lock()
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        try:
            block: list[str] = []
            for row in self._rows:
                block.append(row)
                if len(block) == _ROWS:
                    yield "".join(block).encode("utf-8", "backslashreplace")
                    self._progress.sent = min(self._progress.sent + _ROWS, self._progress.total)
                    block = []
            yield "".join(block).encode("utf-8", "backslashreplace")
            self._progress.sent, self._progress.state = self._progress.total, "done"
        finally:
            self.close()

    def close(self) -> None:
        """End it, once."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        if self._progress.state == "running":
            self._progress.state = "failed"
        closing = getattr(self._listing.articles, "close", None)
        if closing is not None:
            closing()
        self._desk.give_back()


def csv_rows(articles: Iterable[dict[str, Any]]) -> Iterator[str]:
    r"""Write articles as CSV (RFC 4180), with the header first and the mark by which spreadsheets know UTF-8.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it: articles are written by strangers.

    >>> rows = csv_rows([{"id": "1", "headline": "=1+1", "body": ["One.", "Two."]}])
    >>> next(rows)[:12], next(rows)[:9]
    ('\ufeffid,headline', "1,'=1+1,,")
    """
    target = io.StringIO()
    writer = csv.writer(target)
    target.write("\ufeff")
    writer.writerow(COLUMNS)
    yield _taken(target)
    for article in articles:
        writer.writerow([_cell(article, column) for column in COLUMNS])
        yield _taken(target)


def json_lines(articles: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Write articles as JSON Lines, each in the one shape of an article."""
    for article in articles:
        yield json.dumps(article, ensure_ascii=False) + "\n"


def _taken(target: io.StringIO) -> str:
    text = target.getvalue()
    target.seek(0)
    target.truncate()
    return text


def _cell(article: dict[str, Any], column: str) -> str:
    value = article.get(column)
    if column == "published_precision":
        value = ((article.get("evidence") or {}).get("published_at") or {}).get("precision")
    if isinstance(value, list):
        value = ("\n\n" if column == "body" else "; ").join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
