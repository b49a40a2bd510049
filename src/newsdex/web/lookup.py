"""From an article's address to the article, and to its bytes."""

from __future__ import annotations

import re
from typing import Any

from fastapi import HTTPException, Request
from starlette.responses import Response, StreamingResponse

from newsdex.index.reading import ArticleReader, Stored
from newsdex.run.originals import original_blocks, read_original
from newsdex.web.frame import client_of, page, settings_of

DOWNLOAD = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store"}
"""Sent with bytes that somebody else wrote: no browser runs them, whatever it takes them for."""

_ID = re.compile(r"[\w-]{1,128}", re.ASCII)
_SHOWN_BYTES = 200_000
"""So much of an original is shown as text; the whole can be downloaded."""


def is_id(text: str) -> bool:
    """Tell whether this can be the id of an article or an entry; nothing else is asked for.

    >>> is_id("10b1abae1dc24c67"), is_id("../news")
    (True, False)
    """
    return _ID.fullmatch(text) is not None


def reader_of(request: Request) -> ArticleReader:
    """Give what reads articles."""
    return ArticleReader(client_of(request), settings_of(request).index_prefix)


def article_of(request: Request, article_id: str) -> Stored:
    """Give the article that an address names, or answer 404."""
    article = reader_of(request).get(article_id) if is_id(article_id) else None
    if article is None:
        raise HTTPException(404, f"There is no article {article_id[:128]}.")
    return article


def raw_ref_of(source: dict[str, Any]) -> str:
    """Give the place of an article's bytes, or answer 404."""
    raw_ref = (source.get("origin") or {}).get("raw_ref")
    if not raw_ref:
        raise HTTPException(404, "Its bytes are not in the raw archive.")
    return str(raw_ref)


def show_original(request: Request, raw_ref: str, *, heading: str, back: str, encoding: str | None = None) -> Response:
    """Show the beginning of a document's bytes as text, below its heading, with the way back to its page."""
    original = read_original(settings_of(request), raw_ref, most=_SHOWN_BYTES, encoding=encoding)
    return page(request, "article-original.html", heading=heading, back=back, original=original, shown=_SHOWN_BYTES)


def download(request: Request, raw_ref: str, name: str) -> Response:
    """Send a document's bytes exactly as they came, as a file to be kept, never as a page."""
    return StreamingResponse(
        original_blocks(settings_of(request), raw_ref),
        media_type="application/octet-stream",
        headers={**DOWNLOAD, "Content-Disposition": f'attachment; filename="{name}.original.txt"'},
    )
