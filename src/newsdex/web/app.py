"""The pages put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from newsdex.errors import UserError
from newsdex.settings import Settings
from newsdex.web import articles, assets, export, pipeline, searching
from newsdex.web.access import Access, access_for
from newsdex.web.connection import Connection
from newsdex.web.faults import explain_fault, explain_parameters, explain_status
from newsdex.web.safety import HEADERS, Safety, hosts_for


def create_app(settings: Settings, *, base_path: str = "", access: Access | None = None) -> FastAPI:
    """Make the pages over the archive that the settings describe.

    `base_path` is what a proxy takes off the addresses before it hands requests on; a path below which another
    program mounts the app is seen without it. `access` decides who is let in, by another program's login say; the
    host name is then that program's to check. Without it the settings decide, and `UserError` is raised when the pages
    would stand open to other machines.
    """
    connection = Connection(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        connection.close()

    app = FastAPI(title="Newsdex", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.connection = connection
    app.state.base_path = base_path.rstrip("/")
    app.state.mounted = access is not None
    for part in (assets, searching, export, articles, pipeline):
        app.include_router(part.make_router())
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    hosts = hosts_for(settings) if access is None else None
    app.add_middleware(Safety, access=access or access_for(settings), hosts=hosts)

    @app.exception_handler(UserError)
    async def tell_fault(request: Request, fault: UserError) -> Response:
        return explain_fault(request, fault)

    @app.exception_handler(RequestValidationError)
    async def tell_parameters(request: Request, fault: RequestValidationError) -> Response:
        return explain_parameters(request, fault)

    @app.exception_handler(HTTPException)
    async def tell_status(request: Request, fault: HTTPException) -> Response:
        return explain_status(request, fault)

    @app.exception_handler(Exception)
    async def tell_defect(request: Request, _defect: Exception) -> Response:
        # It is logged by the server. This answer does not pass what puts the headers on every other one.
        answer = explain_status(request, HTTPException(500, "This is a defect of the page; its log has the details."))
        answer.headers.update(HEADERS)
        return answer

    return app
