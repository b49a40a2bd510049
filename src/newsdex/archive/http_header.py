"""The header of an HTTP response as it stands in a WARC record, before a payload that is stored decoded."""

from __future__ import annotations

import re
from http import HTTPStatus

from newsdex.records import Response

_DECODED = frozenset(("content-encoding", "transfer-encoding", "content-length"))
"""Headers about the bytes on the wire, which the stored payload no longer has."""

_RENAMED = "X-Crawler-"
"""Put before their names, as Common Crawl and StormCrawler do: a reader would decode a second time, or cut."""

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


def write(response: Response, length: int) -> bytes:
    """Write status and headers, and last the length of the payload that follows.

    >>> write(Response("https://n.example/", 200, (("Content-Encoding", "gzip"),)), 12).decode().splitlines()
    ['HTTP/1.1 200 OK', 'X-Crawler-Content-Encoding: gzip', 'Content-Length: 12', '']
    """
    lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}".rstrip()]
    for name, value in response.headers:
        known = f"{_RENAMED}{name}" if name.lower() in _DECODED else name
        lines.append(_CONTROL.sub(" ", f"{known}: {value}"))
    lines.append(f"Content-Length: {length}")
    return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape")


def read(printed: bytes, url: str) -> Response:
    """Read what `write` wrote: headers have their own names again, and the length of the payload is not among them."""
    first, *lines = printed.decode("utf-8", "surrogateescape").split("\r\n")
    status = first.split(" ")[1:2]
    headers = []
    for line in lines:
        name, colon, value = line.partition(": ")
        if not colon or name == "Content-Length":
            continue
        own = name.removeprefix(_RENAMED)
        headers.append((own if own.lower() in _DECODED else name, value))
    return Response(url, int(status[0]) if status and status[0].isdecimal() else 0, tuple(headers))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
