"""A web of many host names on one port of 127.0.0.1, which answers as its script says and writes down who asked when.

    with LocalSite() as site:
        site.serve("www.gazette.example", "/story", page("The bridge opens"))
        site.serve("www.gazette.example", "/busy", Reply(429, headers={"Retry-After": "1"}), page("Now it works"))
        site.url("www.gazette.example", "/story")
        site.log  # each request, with its time

Several replies for one path are given one after the other, the last one from then on. A reply may also be a function of
the request, for large sites; `site.serve(host, None, reply)` answers for all paths of a host that nothing else does.
What is not scripted is 404, robots.txt too.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

_PHRASES = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found"}


@dataclass(frozen=True)
class Asked:
    """One request: when it came (epoch seconds), and what it said. `ended` is when its connection was closed."""

    at: float
    host: str
    path: str
    headers: Mapping[str, str]
    ended: list[float] = field(default_factory=list, compare=False)


Body = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Reply:
    """What is sent. `body` may be a function that writes to the connection itself, as slowly or wrongly as it likes."""

    status: int = 200
    body: bytes | Body = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    reset: bool = False
    """Drop the connection instead of an answer."""
    raw: bytes | None = None
    """Send this and nothing else."""


Script = Reply | Callable[[Asked], Reply]


def page(headline: str, *paragraphs: str, **headers: str) -> Reply:
    """Give a page with an article."""
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or (f"{headline} on Monday, the mayor said.",))
    html = f"<!doctype html><html lang=en><head><title>{headline}</title></head>"
    html += f"<body><article><h1>{headline}</h1>{told}</article></body></html>"
    return Reply(body=html.encode(), headers={"Content-Type": "text/html; charset=utf-8", **headers})


def moved(place: str, status: int = 302) -> Reply:
    """Lead to another address."""
    return Reply(status, headers={"Location": place})


def unless_known(reply: Reply, etag: str) -> Callable[[Asked], Reply]:
    """Give the reply with an ETag, and 304 to whoever has it already."""

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag})
        return Reply(reply.status, reply.body, {**reply.headers, "ETag": etag})

    return answer


def dripping(piece: bytes, pause: float) -> Reply:
    """Give a body that comes in drops and has no end."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return Reply(body=drip, headers={"Content-Type": "text/html"})


def bomb(size: int = 100_000_000) -> Reply:
    """Give a gzip answer of some kilobytes that unpacks to `size` bytes."""
    return Reply(body=gzip.compress(bytes(size), 9), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})


class LocalSite:
    """The server; a context manager. `hosts` is what resolves its names, for `FetchSettings.hosts`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.log: list[Asked] = []
        self._scripts: dict[tuple[str, str | None], list[Script]] = {}
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._socket.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._socket.close()

    def serve(self, host: str, path: str | None, *script: Script) -> None:
        """Answer requests for a path and query (None: any other of the host), one reply after the other."""
        self._scripts[host, path] = list(script)

    def url(self, host: str, path: str = "/") -> str:
        """Give the address of a path."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    @property
    def hosts(self) -> dict[str, tuple[str, ...]]:
        """All names that something is served for, on 127.0.0.1."""
        return {host: ("127.0.0.1",) for host, _ in self._scripts}

    def write_hosts(self, path: Path) -> Path:
        """Write the names as a file like /etc/hosts, for `NEWSDEX_FETCH_HOSTS`."""
        path.write_text("".join(f"{address} {host}\n" for host, (address, *_) in self.hosts.items()), encoding="utf-8")
        return path

    def asked(self, host: str | None = None, *, robots: bool = False) -> list[Asked]:
        """Give the requests so far, of one host or of all; those for robots.txt only if asked for."""
        return [
            asked for asked in list(self.log) if host in (None, asked.host) and (robots or asked.path != "/robots.txt")
        ]

    def gaps(self, *hosts: str) -> list[float]:
        """Give the seconds between one request to any of these hosts and the next, in order, robots.txt included."""
        times = sorted(asked.at for asked in list(self.log) if asked.host in hosts)
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def most_at_once(self, *hosts: str) -> int:
        """Give the most requests of these hosts that were under way at one time."""
        events = [(asked.at, 1) for asked in list(self.log) if asked.host in hosts]
        events += [(ended, -1) for asked in list(self.log) if asked.host in hosts for ended in asked.ended]
        now = most = 0
        for _, change in sorted(events):
            now += change
            most = max(most, now)
        return most

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._answer, sock=self._socket, ssl=self._tls))
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = None
        try:
            asked = await self._listen(reader)
            self.log.append(asked)
            reply = self._find(asked)
            await asyncio.sleep(reply.wait)
            await self._send(writer, reply)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            pass  # the client has left: that is its right
        finally:
            if asked is not None:
                asked.ended.append(time.time())
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> Asked:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        _, address, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        if address.startswith("http"):  # what a proxy is asked
            parts = urlsplit(address)
            return Asked(
                time.time(), parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""), headers
            )
        return Asked(time.time(), headers.get("host", "").rpartition(":")[0], address, headers)

    def _find(self, asked: Asked) -> Reply:
        replies = self._scripts.get((asked.host, asked.path))
        if replies is None and asked.path != "/robots.txt":
            replies = self._scripts.get((asked.host, None))
        if replies is None:
            return Reply(404, b"There is nothing here.", {"Content-Type": "text/plain"})
        script = replies.pop(0) if len(replies) > 1 else replies[0]
        return script if isinstance(script, Reply) else script(asked)

    async def _send(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        if reply.reset:
            raw: Any = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return
        if reply.raw is not None:
            writer.write(reply.raw)
            await writer.drain()
            return
        headers = {"Connection": "close", **reply.headers}
        if isinstance(reply.body, bytes) and reply.status != 304 and "Transfer-Encoding" not in headers:
            headers.setdefault("Content-Length", str(len(reply.body)))
        head = f"HTTP/1.1 {reply.status} {_PHRASES.get(reply.status, 'Other')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(head.encode("utf-8") + b"\r\n")
        if isinstance(reply.body, bytes):
            writer.write(reply.body)
            await writer.drain()
        else:
            await writer.drain()
            await reply.body(writer)
