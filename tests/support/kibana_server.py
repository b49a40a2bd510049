"""A server that answers as Kibana's import of saved objects does, on a port of 127.0.0.1, and keeps what it is given.

    with KibanaServer(user="elastic", password="secret") as kibana:
        ...                       # POST kibana.url + "/api/saved_objects/_import"
        kibana.objects            # by space, type and id

It demands `kbn-xsrf`, a multipart form with an `.ndjson` file, credentials where it has any, a space that it has; it
keeps objects that are there unless told to overwrite, and refuses those that name a data view or session it lacks.
`before` are answers that it gives first, one a request: (status, headers, body).
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Sequence
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

_PATH = "/api/saved_objects/_import"
_TYPES = ("index-pattern", "search", "dashboard", "query", "tag", "visualization", "lens")

Answer = tuple[int, dict[str, str], bytes]


class KibanaServer:
    """The server. `refused` are objects (`type id`) that its Elasticsearch does not take, with the message it gives."""

    def __init__(
        self,
        *,
        user: str = "",
        password: str = "",
        api_key: str = "",
        spaces: Sequence[str] = (),
        before: Sequence[Answer] = (),
        refused: dict[str, str] | None = None,
        certificate: Path | None = None,
    ) -> None:
        self.spaces = ("", *spaces)
        self.before = list(before)
        self.refused = refused or {}
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.asked: list[dict[str, str]] = []
        self._allowed = set()
        if user:
            self._allowed.add("Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
        if api_key:
            self._allowed.add(f"ApiKey {api_key}")
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, answer = server.answer(self.path, dict(self.headers.items()), body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._scheme = "http"
        if certificate is not None:
            trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            trust.load_cert_chain(certificate)
            self._http.socket = trust.wrap_socket(self._http.socket, server_side=True)
            self._scheme = "https"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self._scheme}://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer one request."""
        self.asked.append(headers)
        if self.before:
            return self.before.pop(0)
        given = {name.lower(): value for name, value in headers.items()}
        if self._allowed and given.get("authorization") not in self._allowed:
            return _failure(401, "Unauthorized", "unable to authenticate user")
        if "kbn-xsrf" not in given:
            return _failure(400, "Bad Request", "Request must contain a kbn-xsrf header.")
        parts = urlsplit(path)
        space, found = _space(parts.path)
        if not found or space not in self.spaces:
            return _failure(404, "Not Found", "Not Found")
        file = _file(given.get("content-type", ""), body)
        if file is None:
            return _failure(400, "Bad Request", "Invalid file extension")
        overwrite = parse_qs(parts.query).get("overwrite") == ["true"]
        return 200, {"Content-Type": "application/json"}, json.dumps(self._import(space, file, overwrite)).encode()

    def _import(self, space: str, file: bytes, overwrite: bool) -> dict[str, Any]:
        objects = [json.loads(line) for line in file.splitlines() if line.strip()]
        in_file = {(each["type"], each["id"]) for each in objects}
        taken, errors = [], []
        for each in objects:
            named = {"id": each["id"], "type": each["type"], "meta": {"title": each["attributes"].get("title")}}
            if error := self._error(space, each, in_file, overwrite):
                errors.append({**named, "error": error})
                continue
            self.objects[(space, each["type"], each["id"])] = each
            taken.append({**named, "managed": False})
        answer: dict[str, Any] = {"successCount": len(taken), "success": not errors, "warnings": []}
        return answer | ({"successResults": taken} if taken else {}) | ({"errors": errors} if errors else {})

    def _error(
        self, space: str, each: dict[str, Any], in_file: set[tuple[str, str]], overwrite: bool
    ) -> dict[str, Any] | None:
        if each["type"] not in _TYPES:
            return {"type": "unsupported_type"}
        if message := self.refused.get(f"{each['type']} {each['id']}"):
            return {"type": "unknown", "message": message, "statusCode": 400}
        missing = [
            {"type": reference["type"], "id": reference["id"]}
            for reference in each["references"]
            if reference["type"] in ("index-pattern", "search")
            and (reference["type"], reference["id"]) not in in_file
            and (space, reference["type"], reference["id"]) not in self.objects
        ]
        if missing:
            return {"type": "missing_references", "references": missing}
        if (space, each["type"], each["id"]) in self.objects and not overwrite:
            return {"type": "conflict"}
        return None


def _failure(status: int, error: str, message: str) -> Answer:
    shape = {"statusCode": status, "error": error, "message": message}
    return status, {"Content-Type": "application/json"}, json.dumps(shape).encode()


def _space(path: str) -> tuple[str, bool]:
    if path == _PATH:
        return "", True
    if path.startswith("/s/") and path.endswith(_PATH):
        return path.removeprefix("/s/").removesuffix(_PATH), True
    return "", False


def _file(content_type: str, body: bytes) -> bytes | None:
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=HTTP)
    if not form.is_multipart():
        return None
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if name == "file" and (part.get_filename() or "").endswith(".ndjson"):
            return bytes(part.get_payload(decode=True))
    return None
