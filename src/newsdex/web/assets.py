"""Style sheets and scripts, each at an address that changes with its content."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse

from newsdex.web.frame import STATIC

_FOR_EVER = "public, max-age=31536000, immutable"


def make_router() -> APIRouter:
    """Make the routes of the static files."""
    router = APIRouter()
    files = {path.name: path for path in STATIC.iterdir() if path.is_file()}

    @router.get("/static/{digest}/{name}")
    def static(digest: str, name: str) -> FileResponse:
        if name not in files:
            raise HTTPException(404)
        return FileResponse(files[name], headers={"Cache-Control": _FOR_EVER})

    @router.get("/favicon.ico")
    def icon() -> FileResponse:
        return FileResponse(files["favicon.svg"], headers={"Cache-Control": "public, max-age=86400"})

    return router
