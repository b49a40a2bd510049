"""What stands before every page: no foreign host name, no stranger, no request from another site, no inline script."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsdex.settings import Settings
from newsdex.web.access import LOOPBACK, Access

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Sent with every answer. A page has no script or style of its own: what an article smuggles in stays dead text."""

_READING = frozenset({"GET", "HEAD"})


class Safety:
    """Wraps the pages: checks the host name and the visitor, and sends `HEADERS`.

    `hosts` are the names by which the pages may be asked for, None for any. A page of another site that makes its own
    name lead to 127.0.0.1 (DNS rebinding) would otherwise read the archive through its visitor's browser.
    """

    def __init__(self, app: ASGIApp, *, access: Access, hosts: frozenset[str] | None) -> None:
        self._app = app
        self._access = access
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is None:
            visitor = await self._access(Request(scope, receive))
            if isinstance(visitor, Response):
                refusal = visitor
            else:
                scope.setdefault("state", {})["visitor"] = visitor

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await (refusal or self._app)(scope, receive, send_safely)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts is not None and host_name(host) not in self._hosts:
            return PlainTextResponse(
                f"These pages are not called {host[:200]!r}. NEWSDEX_WEB_URL says what they are called.\n",
                status_code=421,
            )
        if scope["method"] not in _READING and not is_same_origin(headers):
            return PlainTextResponse("This request comes from another site.\n", status_code=403)
        return None


def hosts_for(settings: Settings) -> frozenset[str]:
    """Give the names by which the pages may be asked for: this machine's own, and the one in NEWSDEX_WEB_URL."""
    own = urlsplit(settings.web_url).hostname or ""
    named: Iterable[str] = (settings.web_host,) if settings.web_host not in ("0.0.0.0", "::") else ()  # noqa: S104
    return frozenset({*LOOPBACK, own.lower(), *named})


def host_name(host: str) -> str:
    """Read the name out of a Host header.

    >>> host_name("News.Example.org:8090"), host_name("[::1]:8090")
    ('news.example.org', '::1')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_same_origin(headers: Headers) -> bool:
    """Tell whether a form was sent by one of our own pages; a browser says where it stood, and cannot be made to lie.

    >>> is_same_origin(Headers({"host": "127.0.0.1:8090", "origin": "http://evil.example"}))
    False
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # An older browser. A proxy before us that does not hand the host's name on has it refused.
    origin = headers.get("origin")
    return origin is not None and _netloc(origin) == headers.get("host", "")


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
