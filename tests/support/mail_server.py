"""A mail server on a free port of 127.0.0.1 that takes every mail and keeps it."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self


class MailServer:
    """Takes mails while the block lasts; `mails` are those that came."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._talk)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, request: Any, _client: object, _server: object) -> None:
        with request.makefile("rb") as said:
            request.sendall(b"220 ready\r\n")
            for line in said:
                verb = line[:4].upper().strip()
                if verb == b"DATA":
                    request.sendall(b"354 go on\r\n")
                    content = b"".join(iter(said.readline, b".\r\n"))
                    mail = message_from_bytes(content, policy=policy.default)
                    assert isinstance(mail, EmailMessage)
                    self.mails.append(mail)
                request.sendall(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
                if verb == b"QUIT":
                    return
