"""The search page inside Airflow: mounted below /newsdex for those who are logged in, with entries in the menu.

Every process of Airflow reads its plugins, so this loads nothing: the first visitor has the pages loaded.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.plugins_manager import AirflowPlugin
from newsdex_links import MOUNT, KibanaLink, PageLink, base_path

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from newsdex.web.access import Visitor

_RELEASE = "release_quarantine"
"""Whoever may run this DAG may also release documents on the page."""


class Pages:
    """The search page as an ASGI app that is put together when the first request comes."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; Airflow's other pages go on while the first one waits."""
        app = self._app
        if app is None:
            async with self._turn:
                app = self._app = self._app or await asyncio.to_thread(_put_together)
        await app(scope, receive, send)


def _put_together() -> ASGIApp:
    from newsdex.run import read_settings
    from newsdex.web.app import create_app

    return create_app(read_settings(), access=admit)


async def admit(request: Request) -> Visitor | Response:
    """Let in whom Airflow lets in, by its own cookie or token; send everybody else to Airflow's login."""
    from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
    from fastapi import HTTPException
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import PlainTextResponse

    try:
        user = await get_user(request, None, await bearer_scheme(request))
    except HTTPException as refused:
        return _send_away(request, refused)
    visitor = await run_in_threadpool(_visitor, user)
    return visitor or PlainTextResponse("Your role in Airflow may not see its pages.\n", status_code=403)


def _visitor(user: Any) -> Visitor | None:
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity, DagDetails

    from newsdex.web.access import Visitor

    manager = get_auth_manager()
    if not manager.is_authorized_view(access_view=AccessView.WEBSITE, user=user):
        return None
    may_release = manager.is_authorized_dag(
        method="POST", access_entity=DagAccessEntity.RUN, details=DagDetails(id=_RELEASE), user=user
    )
    return Visitor(user.get_name(), may_change=may_release)


def _send_away(request: Request, refused: Any) -> Response:
    from starlette.responses import PlainTextResponse, RedirectResponse

    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{base_path()}/api/v2/auth/login?next={quote(wanted, safe='')}", status_code=303)
    return PlainTextResponse(f"{refused.detail}\n", status_code=refused.status_code)


def _in_menu(name: str, path: str, picture: str) -> dict[str, Any]:
    drawn = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='{}' stroke-width='2' "
        f"stroke-linecap='round' stroke-linejoin='round'>{picture}</svg>"
    )
    return {
        "name": name,
        "href": f"{base_path()}{MOUNT}{path}",
        "url_route": f"newsdex-{name.lower()}",
        "destination": "nav",
        "category": "Newsdex",
        "icon": "data:image/svg+xml," + quote(drawn.format("#333")),
        "icon_dark_mode": "data:image/svg+xml," + quote(drawn.format("#ddd")),
    }


class NewsdexPlugin(AirflowPlugin):
    """What Airflow is given."""

    name = "newsdex"
    fastapi_apps = [{"app": Pages(), "url_prefix": MOUNT, "name": "Newsdex"}]  # noqa: RUF012 - as Airflow declares it
    external_views = [  # noqa: RUF012
        _in_menu("Search", "/", "<circle cx='11' cy='11' r='7'/><path d='M16 16l5 5'/>"),
        _in_menu("Pipeline", "/pipeline", "<path d='M3 20V10M9 20V4M15 20v-8M21 20V7'/>"),
    ]
    global_operator_extra_links = [PageLink(), KibanaLink()]  # noqa: RUF012
