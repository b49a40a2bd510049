"""The quarantine's pages: what was refused and why, each document's original, and the release of those chosen."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from newsdex.errors import UserError
from newsdex.index.quarantine import QuarantineEntry, Selection
from newsdex.index.quarantine_counts import count_by_field, find_entry, list_page
from newsdex.run.quarantine import select
from newsdex.run.releasing import MOST_AT_ONCE, Releases
from newsdex.web.frame import client_of, page, root_of, settings_of, visitor_of
from newsdex.web.lookup import download, is_id, show_original

_PAGE = 50
_FIELDS = ("reason", "stage", "source", "publisher")


def make_router(releases: Releases) -> APIRouter:
    """Make the routes below /pipeline/quarantine."""
    router = APIRouter(prefix="/quarantine")

    @router.get("")
    def quarantine_page(
        request: Request, reason: str = "", stage: str = "", source: str = "", publisher: str = "", start: int = 0
    ) -> Response:
        chosen = {"reason": reason, "stage": stage, "source": source, "publisher": publisher}
        selection = selection_of(**chosen)
        client, prefix = client_of(request), settings_of(request).index_prefix
        counts = count_by_field(client, prefix, selection)
        start = max(0, start)
        return page(
            request,
            "pipeline-quarantine.html",
            chosen={name: value for name, value in chosen.items() if value},
            fields=_FIELDS,
            counts=counts,
            entries=list_page(client, prefix, selection, size=_PAGE, offset=start),
            start=start,
            size=_PAGE,
            most=MOST_AT_ONCE,
            address=lambda **changed: _address(chosen | changed),
        )

    @router.post("/release")
    def release(
        request: Request,
        ids: Annotated[list[str] | None, Form()] = None,
        every: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        stage: Annotated[str, Form()] = "",
        source: Annotated[str, Form()] = "",
        publisher: Annotated[str, Form()] = "",
    ) -> Response:
        if not visitor_of(request).may_change:
            raise HTTPException(403, "This page may only read: release from the command line or by the DAG.")
        named = tuple(each for each in ids or () if is_id(each))[:_PAGE]
        if not named and every != "yes":
            raise HTTPException(400, "Nothing is chosen: mark the documents that are to be released.")
        selection = (
            Selection(ids=named)
            if named and every != "yes"
            else selection_of(reason=reason, stage=stage, source=source, publisher=publisher)
        )
        try:
            started = releases.start(settings_of(request), selection)
        except UserError as wrong:
            raise HTTPException(409, f"{wrong.message}: {wrong.hint}") from None
        return RedirectResponse(f"{root_of(request)}/pipeline?run={quote(started.run_id, safe='')}", status_code=303)

    @router.get("/{entry_id}")
    def entry_page(request: Request, entry_id: str) -> Response:
        return page(request, "pipeline-entry.html", entry=entry_of(request, entry_id))

    @router.get("/{entry_id}/raw")
    def entry_original(request: Request, entry_id: str) -> Response:
        entry = entry_of(request, entry_id)
        return show_original(request, _raw_ref(entry), heading=entry.uri, back=f"/pipeline/quarantine/{entry.id}")

    @router.get("/{entry_id}/raw/download")
    def entry_download(request: Request, entry_id: str) -> Response:
        entry = entry_of(request, entry_id)
        return download(request, _raw_ref(entry), entry.id)

    return router


def selection_of(*, reason: str, stage: str, source: str, publisher: str) -> Selection:
    """Read which entries are meant, or answer 400."""
    try:
        return select(
            reason=reason or None, stage=stage or None, source=source[:512] or None, publisher=publisher[:512] or None
        )
    except UserError as wrong:
        raise HTTPException(400, f"{wrong.message}: {wrong.hint}") from None


def entry_of(request: Request, entry_id: str) -> QuarantineEntry:
    """Give the entry that an address names, or answer 404."""
    client, prefix = client_of(request), settings_of(request).index_prefix
    entry = find_entry(client, prefix, entry_id) if is_id(entry_id) else None
    if entry is None:
        raise HTTPException(404, "There is no such entry: perhaps it was released meanwhile.")
    return entry


def _raw_ref(entry: QuarantineEntry) -> str:
    if entry.raw_ref is None:
        raise HTTPException(404, "There are no bytes of it: it was never fetched.")
    return entry.raw_ref


def _address(chosen: dict[str, str]) -> str:
    asked = urlencode({name: value for name, value in chosen.items() if value not in ("", None, 0)})
    return f"?{asked}" if asked else "?"
