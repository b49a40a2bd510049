"""Report a problem: a reader marks a paragraph and gets the rule that would mend it. Nothing is written here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import Response

from newsdex.errors import UserError
from newsdex.records import Rejection
from newsdex.run.explaining import Explained
from newsdex.run.rule_draft import PLACES, Draft, Scope, Want, Wish
from newsdex.web.explainers import Explainers, explain
from newsdex.web.frame import page, settings_of
from newsdex.web.lookup import article_of, raw_ref_of, reader_of

_LONGEST = 500
"""Characters that a reader may write into one field."""

_MOST_LISTED = 1_000


def wish_of(
    paragraph: int | None = None,
    want: Want = Want.GONE,
    scope: Scope | None = None,
    where: str = "",
    why: str = "",
    keep: str = "",
    words: str = "",
) -> Wish | None:
    """Read the form; a field that was left empty is left to us. None before a paragraph is marked."""
    if paragraph is None:
        return None
    whole = {"all": True, "first": False}.get(words)
    place = where if where in PLACES else None
    return Wish(paragraph, want, scope, place, why[:_LONGEST], keep[:_LONGEST], whole)


Wished = Annotated[Wish | None, Depends(wish_of)]


def make_router(explainers: Explainers) -> APIRouter:
    """Make the routes of the form and of its file."""
    router = APIRouter()

    def drafted(request: Request, article_id: str, wish: Wish) -> Draft:
        raw_ref = raw_ref_of(article_of(request, article_id).source)
        try:
            draft = explainers.of(settings_of(request)).draft(raw_ref, wish)
        except UserError as wrong:
            raise HTTPException(400, f"{wrong.message}: {wrong.hint}") from None
        if isinstance(draft, Rejection):
            raise HTTPException(409, f"Today’s rules refuse this document: {draft.reason}.")
        return draft

    @router.get("/{article_id}/report")
    def report_page(request: Request, article_id: str, wish: Wished) -> Response:
        article = article_of(request, article_id)
        if wish is None:
            today, trouble = explain(explainers, request, article)
            return page(
                request,
                "article-report.html",
                article=article,
                source=article.source,
                today=today if isinstance(today, Explained) else None,
                refusal=today if isinstance(today, Rejection) else None,
                trouble=trouble,
                most=_MOST_LISTED,
            )
        draft = drafted(request, article_id, wish)
        return page(
            request,
            "article-draft.html",
            article=article,
            source=article.source,
            draft=draft,
            places=PLACES,
            query=request.url.query,
            elsewhere=reader_of(request).count_phrase(draft.marked) if wish.want is Want.GONE else 0,
        )

    @router.get("/{article_id}/report.yaml")
    def report_file(request: Request, article_id: str, wish: Wished) -> Response:
        if wish is None:
            raise HTTPException(400, "No paragraph is marked.")
        draft = drafted(request, article_id, wish)
        headers = {"Content-Disposition": f'attachment; filename="{draft.rule}.yaml"'}
        return Response(draft.text, media_type="application/yaml", headers=headers)

    return router
