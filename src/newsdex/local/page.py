"""The search page of this machine, as a process beside Elasticsearch and Airflow."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from threading import Event

from newsdex.errors import UserError
from newsdex.local import logs
from newsdex.local.crew import StoppedError
from newsdex.local.processes import Process
from newsdex.local.state import Phase, Record
from newsdex.settings import PROJECT, Settings

NAME = "web"
"""The service, as `newsdex status` calls it."""

_PATIENCE = 120.0
_LOOK_EVERY = 0.2


class Page:
    """The process that serves the page. `stop` is set when all of it has to end."""

    def __init__(self, settings: Settings, record: Record, stop: Event) -> None:
        self._settings = settings
        self._record = record
        self._stop = stop
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. It needs nothing else to run: until there is an index it says so."""
        log = self._settings.logs / f"{NAME}.log"
        with log.open("ab") as out:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "newsdex.web.server"],
                env=dict(os.environ),
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._record.change(NAME, phase=Phase.STARTING, process=Process.of(self._server.pid))
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._server.poll() is not None:
                last = "; ".join(logs.last_lines(log)[-2:])
                raise UserError(f"the search page did not start: {last}", f"its log: {log}")
            if time.monotonic() > deadline:
                raise UserError(f"the search page gave no sign of life in {_PATIENCE:.0f} seconds", f"its log: {log}")
            if self._stop.wait(_LOOK_EVERY):
                raise StoppedError
        self._record.ready(NAME)

    def exit_code(self) -> int | None:
        """Give the code it ended with; None while it runs."""
        return None if self._server is None else self._server.poll()

    def end(self, *, grace: float) -> None:
        """End it."""
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            try:
                self._server.wait(grace)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()

    def _answers(self) -> bool:
        # Whatever it answers: that somebody has to log in says too that it is there.
        host = self._settings.web_host
        connection = http.client.HTTPConnection(
            "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host,  # noqa: S104
            self._settings.web_port,
            timeout=5,
        )
        try:
            connection.request("GET", "/favicon.ico")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
