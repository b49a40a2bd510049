"""The whole machine, for end-to-end tests: the command line with its own home and ports, and Airflow's REST API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psutil
from free_ports import free_port

from newsdex.local import airflow, state
from newsdex.local.state import State
from newsdex.node import install
from newsdex.settings import Settings, read_settings

_PATIENCE = 300.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class DagRun:
    """A run of a DAG: its id, and how it ended."""

    dag: str
    id: str
    state: str


class Refused(Exception):
    """Airflow's interface refused a request: its status, and what it says."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail


class Machine:
    """The command line with a state folder and ports of its own; `variables` are more settings."""

    def __init__(self, home: Path, variables: Mapping[str, str] | None = None) -> None:
        names = ("NEWSDEX_ES_PORT", "NEWSDEX_AIRFLOW_PORT", "NEWSDEX_WEB_PORT")
        ports = {name: str(free_port()) for name in names}
        self.variables = {"NEWSDEX_HOME": str(home), "NEWSDEX_ES_HEAP": "512m", **ports, **(variables or {})}
        self.settings: Settings = read_settings(self.variables)
        self._token = ""

    def borrow_program(self) -> None:
        """Take the distribution that is fetched and unpacked once for the checkout."""
        shared = install(read_settings({}))
        target = self.settings.node_home / "program"
        target.mkdir(parents=True)
        (target / shared.name).symlink_to(shared)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        command = [sys.executable, "-c", "from newsdex.cli import main; main()", *arguments]
        env = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDEX", "ELASTICSEARCH"))}
        return subprocess.run(command, env={**env, **self.variables}, capture_output=True, text=True, check=False)

    def start(self) -> None:
        """Start everything, and wait until it is up."""
        self._token = ""
        done = self.run("up", "--detach")
        assert done.returncode == 0, done.stdout + done.stderr

    def running(self) -> tuple[State, list[psutil.Process]]:
        """Give the run and all its processes; start one when none is up."""
        if state.running(self.settings) is None:
            self.start()
        current = state.running(self.settings)
        assert current is not None
        family = psutil.Process(current.supervisor.pid).children(recursive=True)
        assert len(family) > len(current.services)
        return current, family

    def search(self, words: str) -> list[dict[str, Any]]:
        """Search, and give the hits."""
        hits: list[dict[str, Any]] = json.loads(self.run("search", words, "--json").stdout)["hits"]
        return hits

    def trigger(self, dag: str, conf: Mapping[str, Any] | None = None, run_id: str = "") -> str:
        """Begin a run with a form filled in; give its id. Raises `Refused`.

        An answer that is lost is no matter: the run has a name, and there is only one of each.
        """
        run_id = run_id or f"test-{uuid.uuid4()}"
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self.ask(f"dags/{dag}/dagRuns", {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf or {})})
            except Refused as refused:
                if refused.status == HTTPStatus.CONFLICT:
                    return run_id
                if refused.status < HTTPStatus.INTERNAL_SERVER_ERROR or time.monotonic() > deadline:
                    raise
            except TimeoutError:
                assert time.monotonic() < deadline, f"Airflow does not answer: {dag}"
            else:
                return run_id
            time.sleep(1.0)

    def wait(self, dag: str, run_id: str) -> DagRun:
        """Wait until a run has ended."""
        deadline = time.monotonic() + _PATIENCE
        while (found := self.ask(f"dags/{dag}/dagRuns/{run_id}")["state"]) not in ("success", "failed"):
            assert time.monotonic() < deadline, f"{dag} {run_id} is still {found}"
            time.sleep(0.3)
        return DagRun(dag, run_id, found)

    def log_of(self, run: DagRun, task: str, mapped: int = -1) -> str:
        """Give what a task of a run, or one of those that it is mapped to, has logged in its last try."""
        place = f"dags/{run.dag}/dagRuns/{run.id}/taskInstances/{task}"
        tries = self.ask(place if mapped < 0 else f"{place}/{mapped}")["try_number"]
        return json.dumps(self.ask(f"{place}/logs/{tries}?full_content=true&map_index={mapped}")["content"])

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask Airflow's REST API; with a body it is a POST. Raises `Refused`."""
        url = airflow.login(self.settings).url
        return _ask(f"{url}/api/v2/{path}", body, {"Authorization": f"Bearer {self.token()}"})

    def token(self) -> str:
        """Log in, once; give what Airflow knows us by."""
        if not self._token:
            login = airflow.login(self.settings)
            who = {"username": login.user, "password": login.password}
            self._token = str(_ask(f"{login.url}/auth/token", who, {})["access_token"])
        return self._token


def _ask(url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> dict[str, Any]:
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, content, {"Content-Type": "application/json", "Accept": "application/json", **headers}
    )
    try:
        with _OPENER.open(request, timeout=60) as answer:
            shape: dict[str, Any] = json.load(answer)
            return shape
    except urllib.error.HTTPError as refused:
        raise Refused(refused.code, refused.read().decode("utf-8", "replace")) from refused
