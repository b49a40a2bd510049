"""A proxy before the test's Elasticsearch that is busy, too small, or gone, as the test says."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Bulk = tuple[list[bytes], int]
"""The lines of a bulk request, and the number of bulk requests before it."""

Verdict = int | dict[int, int] | str | None
"""Refuse the whole with a status; refuse the items at some positions with a status each, and let the others through;
`drop` the connection; do it and `lose` the answer; or None: let it through."""


@contextmanager
def impatient_proxy(behind: str, judge: Callable[[Bulk], Verdict]) -> Iterator[str]:
    """Run the proxy before the server at `behind`; every bulk request is put before `judge`. Gives its address."""
    target = urlsplit(behind)
    bulks = [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            connection = http.client.HTTPConnection(target.hostname or "", target.port)
            kept = ("content-type", "accept", "authorization")
            headers = {name: value for name, value in self.headers.items() if name.lower() in kept}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            named = ("content-type", "x-elastic-product")
            found = [(name, value) for name, value in answer.getheaders() if name.lower() in named]
            connection.close()
            return answer.status, found, content

        def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if "_bulk" not in self.path:
                self._reply(*self._pass(body))
                return
            lines = body.splitlines()
            verdict = judge((lines, bulks[0]))
            bulks[0] += 1
            if verdict in ("drop", "lose"):
                if verdict == "lose":
                    self._pass(body)
                self.close_connection = True
                return
            json_type = [
                ("Content-Type", "application/vnd.elasticsearch+json;compatible-with=9"),
                ("X-Elastic-Product", "Elasticsearch"),
            ]
            if isinstance(verdict, int):
                error = {"error": {"type": "busy", "reason": "as the test wishes"}, "status": verdict}
                self._reply(verdict, json_type, json.dumps(error).encode())
                return
            refused = verdict if isinstance(verdict, dict) else {}
            passed = [line for number, line in enumerate(lines) if number // 2 not in refused]
            items = json.loads(self._pass(b"\n".join(passed) + b"\n")[2])["items"] if passed else []
            answers = iter(items)
            merged = []
            for position in range(len(lines) // 2):
                action, head = next(iter(json.loads(lines[2 * position]).items()))
                error = {"type": "es_rejected_execution_exception", "reason": "as the test wishes"}
                own = {action: {"_id": head["_id"], "status": refused.get(position), "error": error}}
                merged.append(own if position in refused else next(answers))
            self._reply(200, json_type, json.dumps({"errors": bool(refused), "items": merged}).encode())

        do_GET = do_POST = do_PUT = do_HEAD = _any  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
