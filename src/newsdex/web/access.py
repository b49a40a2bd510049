"""Who may open the pages: everybody at this machine, whoever knows the password, or whoever another program knows."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import PlainTextResponse, Response

from newsdex.errors import UserError
from newsdex.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Addresses of this machine that no other one reaches."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody let in. `name` is None where nobody was asked; `may_change` lets them release from quarantine."""

    name: str | None = None
    may_change: bool = False


Access = Callable[[Request], Awaitable[Visitor | Response]]
"""Decides over one request: a `Visitor` is let in, a `Response` (a login form, a refusal) is sent instead."""


def access_for(settings: Settings) -> Access:
    """Give the access that the settings ask for: by password where one is set, else to everybody.

    Raises `UserError` when pages that other machines reach would stand open.
    """
    if settings.web_user is not None and settings.web_password is not None:
        return _by_password(settings.web_user, settings.web_password, settings.web_changes)
    if settings.web_host not in LOOPBACK:
        raise UserError(
            f"the search page would be open to everybody who reaches {settings.web_host}",
            "set NEWSDEX_WEB_USER and NEWSDEX_WEB_PASSWORD, or leave NEWSDEX_WEB_HOST at 127.0.0.1",
        )
    everybody = Visitor(may_change=settings.web_changes)

    async def admit(_request: Request) -> Visitor:
        return everybody

    return admit


def _by_password(user: str, password: str, may_change: bool) -> Access:
    expected = f"{user}:{password}".encode()

    async def admit(request: Request) -> Visitor | Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(token, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            given = b""
        # Takes as long for a wrong first letter as for a wrong last one.
        if hmac.compare_digest(given, expected):
            return Visitor(user, may_change)
        return PlainTextResponse(
            "This page asks for a user and a password.\n",
            status_code=401,
            headers={"WWW-Authenticate": 'Basic realm="Newsdex", charset="UTF-8"'},
        )

    return admit
