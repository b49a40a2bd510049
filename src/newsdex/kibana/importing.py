"""Saved objects brought into a Kibana: sent by its import API, and believed only as far as it says so itself."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import aiohttp

from newsdex.errors import UserError
from newsdex.kibana.reading import Fault

_NOT_READY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
"""What a Kibana that starts, or the proxy before it, answers."""

_PAUSE = 2.0
_SECONDS = 120.0
_SHOWN = 80


class KibanaSilentError(UserError):
    """No Kibana answers, or one that is not ready."""


@dataclass(frozen=True, slots=True)
class Kibana:
    """Where a Kibana is and how to get into it: by an API key, by a user, or by neither.

    `space` is the id of a space, empty for the default one; `ca` the file of the authority that signed its certificate.
    """

    url: str
    space: str = ""
    api_key: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = None

    @property
    def import_address(self) -> str:
        """The address of its import API."""
        space = f"/s/{quote(self.space, safe='')}" if self.space else ""
        return f"{self.url}{space}/api/saved_objects/_import"

    @property
    def headers(self) -> dict[str, str]:
        """What each request carries; Kibana refuses a request without `kbn-xsrf`."""
        headers = {"kbn-xsrf": "newsdex"}
        if self.api_key:
            headers["Authorization"] = f"ApiKey {self.api_key}"
        elif self.user:
            headers["Authorization"] = aiohttp.encode_basic_auth(self.user, self.password or "")
        return headers


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What Kibana says it did: the objects it took (`type id`), and why not the others."""

    taken: tuple[str, ...]
    failed: tuple[Fault, ...]
    hint: str = ""

    @property
    def success(self) -> bool:
        """Whether it took all."""
        return not self.failed

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        failed = [fault.as_dict() for fault in self.failed]
        return {"success": self.success, "taken": list(self.taken), "failed": failed}


def import_objects(kibana: Kibana, content: bytes, *, overwrite: bool = False, wait: float = 0.0) -> ImportReport:
    """Send a file of saved objects; give what Kibana says of each.

    Without `overwrite` an object that is there stays as it is, and counts as failed. `wait` is for how many seconds to
    try again while no Kibana answers or it is not ready. Raises `KibanaSilentError` when that is over, `UserError` for
    any answer but the import's own: credentials refused, a space that is not there, the page of a proxy.
    """
    return asyncio.run(_import(kibana, content, overwrite, time.monotonic() + wait))


async def _import(kibana: Kibana, content: bytes, overwrite: bool, until: float) -> ImportReport:
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    connector = aiohttp.TCPConnector(ssl=_trust(kibana))
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=kibana.headers) as session:
        while True:
            try:
                return await _send(session, kibana, content, overwrite)
            except KibanaSilentError:
                if time.monotonic() + _PAUSE > until:
                    raise
            await asyncio.sleep(_PAUSE)


async def _send(session: aiohttp.ClientSession, kibana: Kibana, content: bytes, overwrite: bool) -> ImportReport:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="newsdex.ndjson", content_type="application/ndjson")
    # Not followed anywhere: a redirect leads to a login page, and would take the credentials along.
    request = session.post(
        kibana.import_address, data=form, params={"overwrite": str(overwrite).lower()}, allow_redirects=False
    )
    try:
        async with request as response:
            body = await response.read()
            status, place = response.status, response.headers.get("Location", "")
    except aiohttp.ClientConnectorCertificateError as untrusted:
        hint = "NEWSDEX_KIBANA_CA_CERTS names the file of the authority that signed it"
        raise UserError(f"the certificate of {kibana.url} is not trusted: {untrusted}", hint) from untrusted
    except (aiohttp.ClientError, TimeoutError) as silent:
        hint = "check NEWSDEX_KIBANA_URL; --wait 300 waits for a Kibana that is starting"
        raise KibanaSilentError(f"no Kibana answers at {kibana.url}: {_why(silent)}", hint) from silent
    if status != HTTPStatus.OK:
        raise _refusal(kibana, status, body, place)
    sent = sum(bool(line.strip()) for line in content.splitlines())
    return read_answer(body, sent)


def read_answer(body: bytes, sent: int) -> ImportReport:
    """Read what an import says of each object. Raises `UserError` for what no import says.

    Only `"success": true` is a success, and only when as many objects were taken as were sent.
    """
    answer = _json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("success"), bool):
        raise UserError(
            f"what answers is no Kibana's import: {_beginning(body)}",
            "does NEWSDEX_KIBANA_URL lead to Kibana itself, not to a login page before it?",
        )
    taken = tuple(f"{each.get('type')} {each.get('id')}" for each in answer.get("successResults") or ())
    errors = answer.get("errors") or ()
    failed = tuple(Fault(f"{each.get('type')} {each.get('id')}", _reason(each.get("error") or {})) for each in errors)
    if answer["success"] and (failed or answer.get("successCount") != sent):
        count = f"says it took {answer.get('successCount')} of {sent} objects"
        failed = (*failed, Fault("Kibana", f"{count} and calls that a success"))
    elif not answer["success"] and not failed:
        failed = (Fault("Kibana", f"says that the import failed, and not why: {_beginning(body)}"),)
    there = any((each.get("error") or {}).get("type") in ("conflict", "ambiguous_conflict") for each in errors)
    return ImportReport(taken, failed, "--overwrite replaces what is there" if there else "")


def _reason(error: Mapping[str, Any]) -> str:
    kind = error.get("type")
    if kind == "conflict":
        return "is there already"
    if kind == "ambiguous_conflict":
        others = ", ".join(str(each.get("id")) for each in error.get("destinations") or ())
        return f"is there already, more than once: {others}"
    if kind == "missing_references":
        named = ", ".join(f"{each.get('type')} {each.get('id')}" for each in error.get("references") or ())
        return f"names what Kibana does not have: {named}"
    if kind == "unsupported_type":
        return "is of a type that this Kibana does not import"
    status = f" ({error['statusCode']})" if "statusCode" in error else ""
    return f"{error.get('message') or error.get('error') or kind or 'no reason given'}{status}"


def _refusal(kibana: Kibana, status: int, body: bytes, place: str) -> UserError:
    answer = _json(body)
    said = str(answer.get("message") or "") if isinstance(answer, dict) else ""
    said = said or _beginning(body)
    if status in _NOT_READY:
        hint = "--wait 300 waits until it is"
        return KibanaSilentError(f"the Kibana at {kibana.url} is not ready ({status}): {said}", hint)
    if status == HTTPStatus.UNAUTHORIZED:
        hint = "check NEWSDEX_KIBANA_API_KEY, or NEWSDEX_KIBANA_USER and NEWSDEX_KIBANA_PASSWORD"
        return UserError("Kibana refuses the credentials (401)", hint)
    if status == HTTPStatus.FORBIDDEN:
        hint = "its role needs Saved Objects Management, Discover, Dashboard and Data Views, all of them to change"
        return UserError(f"Kibana knows this user, who may not import (403): {said}", hint)
    if status == HTTPStatus.NOT_FOUND:
        where = f"has no space {kibana.space}, or " if kibana.space else ""
        hint = "check NEWSDEX_KIBANA_URL (with the path that Kibana is served below) and NEWSDEX_KIBANA_SPACE"
        return UserError(f"{kibana.url} {where}is no Kibana (404)", hint)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        hint = "NEWSDEX_KIBANA_URL has to be the address at which Kibana itself answers"
        return UserError(f"{kibana.url} leads on to {place or 'nowhere'} ({status}), a login page perhaps", hint)
    return UserError(f"Kibana refuses the import ({status}): {said}", "newsdex kibana check looks for what is wrong")


def _why(silent: Exception) -> str:
    if isinstance(silent, aiohttp.ClientConnectorError):
        return silent.strerror or str(silent.os_error)
    return str(silent) or "timed out"


def _trust(kibana: Kibana) -> ssl.SSLContext | bool:
    try:
        return ssl.create_default_context(cafile=kibana.ca) if kibana.ca else True
    except (ssl.SSLError, OSError) as wrong:
        raise UserError(f"{kibana.ca} holds no certificate: {wrong}", "give a file in PEM format") from wrong


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _beginning(body: bytes) -> str:
    text = " ".join(body[:1_000].decode("utf-8", "replace").split())
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…") if text else "an empty answer"
