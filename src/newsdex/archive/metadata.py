"""What WARC has no field for, as the JSON of a metadata record: all that is needed to run a document again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from newsdex.archive import http_header
from newsdex.archive.members import BrokenError
from newsdex.archive.warc import Header
from newsdex.records import Door, FoundIn, Given, Origin, RawDocument, Response, rfc3339

MEDIA_TYPE = "application/json"

_ORIGIN = tuple(field.name for field in fields(Origin) if field.name not in ("raw_ref", "fetched_at"))
_GIVEN = {field.name: field.default for field in fields(Given) if field.default is not MISSING}


def write(raw: RawDocument, head: bytes, sha256: str) -> bytes:
    """Write what stands around a document's bytes; `head` is the HTTP header that the archive keeps beside it.

    A response's headers stand in `head`, and the digest of the payload in the record's header; both stand here too when
    they could not be read from there as they were.
    """
    shape: dict[str, Any] = {
        "origin": {
            **{name: value for name in _ORIGIN if (value := getattr(raw.origin, name)) is not None},
            "fetched_at": rfc3339(raw.origin.fetched_at),
        }
    }
    if raw.origin.sha256 == sha256:
        del shape["origin"]["sha256"]
    if raw.given is not None:
        told = {name: getattr(raw.given, name) for name in _GIVEN}
        shape["given"] = {
            "found_in": raw.given.found_in,
            **{name: value for name, value in told.items() if value != _GIVEN[name]},
        }
    if raw.response is not None:
        shape["response"] = {"url": raw.response.url}
        if http_header.read(head, raw.response.url) != raw.response:
            shape["response"].update(status=raw.response.status, headers=raw.response.headers)
    return json.dumps(shape, separators=(",", ":")).encode("ascii")


def read(printed: bytes, header: Header, head: bytes, content: bytes, raw_ref: str) -> RawDocument:
    """Give the document of which `write` wrote this, with its place in the archive.

    Fields that this version does not know are left out, and those that the writer did not know have their defaults.
    """
    try:
        shape = json.loads(printed)
        origin = {name: value for name, value in shape["origin"].items() if name in _ORIGIN}
        origin["door"] = Door(origin["door"])
        origin.setdefault("sha256", _sha256(header))
        fetched_at = datetime.fromisoformat(shape["origin"]["fetched_at"])
        return RawDocument(
            Origin(**origin, fetched_at=fetched_at, raw_ref=raw_ref),
            content,
            _given(shape.get("given")),
            _response(shape.get("response"), head),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BrokenError(f"what was told of the document is not readable: {wrong!r}") from wrong


def read_header(header: Header, head: bytes, content: bytes, raw_ref: str) -> RawDocument:
    """Give a document as its WARC header alone describes it: archives once had no metadata records."""
    uri = header.fields.get("warc-target-uri", "")
    plain = unquote(uri.removeprefix("file:").removeprefix("//")) if uri.startswith("file:") else uri
    printed = header.fields.get("warc-identified-payload-type") or header.fields.get("content-type", "")
    try:
        fetched_at = datetime.fromisoformat(header.fields["warc-date"])
    except (KeyError, ValueError) as wrong:
        raise BrokenError("a record without a date") from wrong
    door = Door.URL if header.http else Door.FILES
    origin = Origin(plain, fetched_at.astimezone(UTC), printed, _sha256(header), raw_ref=raw_ref, door=door)
    return RawDocument(origin, content, response=http_header.read(head, uri) if header.http else None)


def _sha256(header: Header) -> str:
    return header.digest.removeprefix("sha256:")


def _given(shape: Mapping[str, Any] | None) -> Given | None:
    if shape is None:
        return None
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in shape.items() if name in _GIVEN
    }
    return Given(FoundIn(shape["found_in"]), **told)


def _response(shape: Mapping[str, Any] | None, head: bytes) -> Response | None:
    if shape is None:
        return None
    if "headers" in shape:
        return Response(shape["url"], shape["status"], tuple((name, value) for name, value in shape["headers"]))
    return http_header.read(head, shape["url"])
