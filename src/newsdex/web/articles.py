"""The article page: the text, why we believe what we say of it, what was taken out, and where else it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from starlette.responses import JSONResponse, Response

from newsdex.index.document import document
from newsdex.index.reading import ArticleReader, Stored
from newsdex.index.revisions import Change, Revision, change
from newsdex.records import Rejection
from newsdex.run.clock import now
from newsdex.run.comparison import compare_texts
from newsdex.run.explaining import Explained
from newsdex.web import report
from newsdex.web.evidence import metadata_rows
from newsdex.web.explainers import Explainers, explain
from newsdex.web.frame import page, settings_of
from newsdex.web.links import safe_link
from newsdex.web.lookup import article_of, download, raw_ref_of, reader_of, show_original

_SHOWN_CHARACTERS = 400_000
"""So much of a text stands on its page, some seventy thousand words."""


def make_router() -> APIRouter:
    """Make the routes below /article."""
    explainers = Explainers()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        explainers.close()

    router = APIRouter(prefix="/article", lifespan=lifespan)

    @router.get("/{article_id}.json")
    def article_json(request: Request, article_id: str) -> Response:
        article = article_of(request, article_id)
        return JSONResponse({"id": article.id, **article.source})

    @router.get("/{article_id}")
    def article_page(request: Request, article_id: str, show: str = "") -> Response:
        article = article_of(request, article_id)
        explainer = explainers.of(settings_of(request))
        explainer.start()  # by the time that somebody asks what was taken out it is ready
        today, trouble = None, ""
        if show == "removed":
            today, trouble = explain(explainers, request, article)
        reader, source = reader_of(request), article.source
        body = str(source.get("body") or "")
        return page(
            request,
            "article.html",
            article=article,
            source=source,
            paragraphs=body[:_SHOWN_CHARACTERS].split("\n\n"),
            cut=max(0, len(body) - _SHOWN_CHARACTERS),
            rows=metadata_rows(_as_of_today(article, today) if isinstance(today, Explained) else source),
            link=safe_link(source.get("url")) or safe_link(source.get("canonical_url")),
            copies=reader.copies(article),
            others=reader.on_same_event(article),
            show=show,
            today=today if isinstance(today, Explained) else None,
            refusal=today if isinstance(today, Rejection) else None,
            changed=_changed_by_today(reader, article, today) if isinstance(today, Explained) else None,
            trouble=trouble,
        )

    @router.get("/{article_id}/raw")
    def original_page(request: Request, article_id: str) -> Response:
        article = article_of(request, article_id)
        return show_original(
            request,
            raw_ref_of(article.source),
            heading=article.source.get("headline") or "Without a headline",
            back=f"/article/{article.id}",
            encoding=(article.source.get("origin") or {}).get("encoding"),
        )

    @router.get("/{article_id}/raw/download")
    def original_download(request: Request, article_id: str) -> Response:
        article = article_of(request, article_id)
        return download(request, raw_ref_of(article.source), article.id)

    @router.get("/{article_id}/changes")
    def changes_page(request: Request, article_id: str, since: int = 0, to: int = 0) -> Response:
        article = article_of(request, article_id)
        present = Revision(article.id, int(article.source.get("version", 1)), article.source)
        versions = {each.version: each for each in (*reader_of(request).versions(article.id), present)}
        numbers = sorted(number for number in versions if number is not None)
        later = to or numbers[-1]
        earlier = since or max((number for number in numbers if number < later), default=later)
        if earlier not in versions or later not in versions:
            raise HTTPException(404, "This article has no such version.")
        return page(
            request,
            "article-changes.html",
            article=article,
            source=article.source,
            versions=[versions[number] for number in numbers],
            earlier=earlier,
            later=later,
            paragraphs=compare_texts(versions[earlier].source, versions[later].source),
        )

    router.include_router(report.make_router(explainers))
    return router


def _as_of_today(article: Stored, today: Explained) -> dict[str, Any]:
    """Give the fields and all their evidence, of which the index has the beginning, as today's rules see them."""
    return {**today.article.as_dict(), "indexed_at": article.source["indexed_at"]}


def _changed_by_today(reader: ArticleReader, article: Stored, today: Explained) -> Change:
    """Tell in what the article by today's rules differs from the one that the index has."""
    return change(article.source, document(today.article, now(), reader.language_fields()))
