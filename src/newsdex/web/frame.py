"""What all pages stand in: the templates, the words they share, and where a page finds settings and server."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch
from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from newsdex.settings import Settings
from newsdex.web import wording
from newsdex.web.access import Visitor

STATIC = Path(__file__).parent / "static"
"""Style sheets, scripts and pictures: sent as they are, found by an address that changes with their content."""


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill the template `name`. It has `root` (put before every address), `here`, `kibana`, `visitor`, and `asset`."""
    root = root_of(request)
    shown = {
        "root": root,
        "here": str(request.scope["path"]).removeprefix(root),
        "kibana": kibana_of(settings_of(request)),
        "visitor": visitor_of(request),
        "asset": lambda file: f"{root}/static/{digest(file)}/{file}",
    }
    return HTMLResponse(templates.get_template(name).render({**shown, **values}), status_code=status)


def root_of(request: Request) -> str:
    """Give what stands before every address of ours: empty, or the path below which the pages are mounted."""
    base: str = request.app.state.base_path
    return (base or str(request.scope.get("root_path", ""))).rstrip("/")


def settings_of(request: Request) -> Settings:
    """Give the settings that the pages were started with."""
    settings: Settings = request.app.state.settings
    return settings


def client_of(request: Request) -> Elasticsearch:
    """Give the connection to Elasticsearch. Raises `UserError`, which becomes a page of its own, when it is down."""
    client: Elasticsearch = request.app.state.connection.client()
    return client


def language_fields_of(request: Request) -> Mapping[str, str]:
    """Give the mapping's objects by language, which every search needs. Raises `UserError` as `client_of` does."""
    fields: Mapping[str, str] = request.app.state.connection.language_fields()
    return fields


def address_of(request: Request) -> str:
    """Give the address of the pages as seen from outside, for what is read elsewhere: feeds, exports.

    Only where another program has the pages mounted, and looks after the host name, it is what the visitor used.
    """
    if request.app.state.mounted:
        return f"{request.url.scheme}://{request.url.netloc}{root_of(request)}"
    return settings_of(request).web_url


def visitor_of(request: Request) -> Visitor:
    """Say who asks; one who may read only where something failed before anybody was asked."""
    visitor: Visitor = getattr(request.state, "visitor", Visitor())
    return visitor


def kibana_of(settings: Settings) -> str:
    """Give where Kibana is, in the space that has our dashboards; nothing without one."""
    return f"{settings.kibana_url}/s/{settings.kibana_space}" if settings.kibana_space else settings.kibana_url


@cache
def digest(file: str) -> str:
    """Give what in a file's address changes with its content, so that a browser may keep it for ever."""
    return hashlib.sha256((STATIC / file).read_bytes()).hexdigest()[:12]


templates = Environment(
    loader=PackageLoader("newsdex.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""The templates: everything they are given is escaped, and a name that is missing is an error."""
templates.filters.update(
    count=wording.count,
    counted=wording.counted,
    printed_date=wording.printed_date,
    printed_time=wording.printed_time,
    language_name=wording.language_name,
    direction=wording.direction,
    flag_name=wording.flag_name,
)
