"""Airflow's processes as one crew: started in order, waited for, ended in order."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Event

import psutil

from newsdex.errors import UserError
from newsdex.local import airflow, airflow_api, ports, processes
from newsdex.local.processes import Process
from newsdex.local.state import Phase, Record
from newsdex.settings import PROJECT, Settings

_PATIENCE = 180.0
_LOOK_EVERY = 0.2


class StoppedError(Exception):
    """Someone asked to stop while something was waited for."""


class Crew:
    """Airflow's processes. `stop` is set when all of it has to end: what waits then raises `StoppedError`."""

    def __init__(self, settings: Settings, record: Record, stop: Event) -> None:
        self._settings = settings
        self._record = record
        self._stop = stop
        self._task_port = ports.any_free()
        self._members: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, index_ready: Event) -> None:
        """Start all of Airflow and wait until each component gave a sign of life.

        The triggerer wakes the DAG up, so it starts only after `index_ready` is set: tasks then find an index.
        """
        settings = self._settings
        env = airflow.environment(settings, os.environ, self._task_port)
        self._record.change("api-server", phase=Phase.STARTING, note="preparing the database")
        airflow.write_local_settings(settings)
        airflow.migrate(settings, env, settings.logs / "migrate.log")
        self._record.change("api-server", note="")
        for component in airflow.COMPONENTS:
            if component != "triggerer":
                self._spawn(component, env)
        login = airflow.login(settings)
        address = login.url
        waiting = set(airflow.COMPONENTS)
        deadline = time.monotonic() + _PATIENCE
        while waiting:
            if "triggerer" not in self._members:
                deadline = time.monotonic() + _PATIENCE
                if index_ready.is_set():
                    self._spawn("triggerer", env)
            ready = airflow_api.ready_components(address, self._record.state.started_at)
            if airflow_api.serves_tasks(self._task_port):
                ready.add("task-api")
            for component in ready & waiting:
                self._record.ready(component)
                waiting.discard(component)
            if waiting and time.monotonic() > deadline:
                what = f"Airflow's {', '.join(sorted(waiting))} gave no sign of life in {_PATIENCE:.0f} seconds"
                raise UserError(what, f"the logs: {settings.logs}")
            if self._stop.wait(_LOOK_EVERY):
                raise StoppedError
        self._ensure_pools(login)

    def _ensure_pools(self, login: airflow.Login) -> None:
        """Make the pools; an API server that has only just come up may let the first questions wait too long."""
        deadline = time.monotonic() + _PATIENCE
        for pool in airflow.POOLS:
            while True:
                try:
                    airflow_api.ensure_pool(login.url, login.user, login.password, pool)
                    break
                except OSError as failure:
                    if time.monotonic() > deadline:
                        what = f"Airflow did not take the pool {pool['name']}: {failure}"
                        raise UserError(what, f"the logs: {self._settings.logs}") from failure
                if self._stop.wait(_LOOK_EVERY):
                    raise StoppedError

    def prune(self) -> None:
        """Begin to forget what Airflow did long ago; it ends by itself, in seconds."""
        command = airflow.prune_command(datetime.now(UTC))
        self._members["prune"] = self._run(
            command, "prune", airflow.environment(self._settings, os.environ, self._task_port)
        )

    def exit_code(self, component: str) -> int | None:
        """Give the code a component ended with; None while it runs, or when it is none of ours."""
        member = self._members.get(component)
        return member.poll() if member is not None else None

    def end(self, *, grace: float) -> None:
        """End all components, with up to `grace` seconds for a task to finish its batch."""
        family = [member for leader in self._members.values() for member in _family(leader.pid)]
        if (triggerer := self._members.get("triggerer")) is not None:
            # Its own child holds triggers only and would take ten seconds to go; nothing is lost when it is killed.
            triggerer.terminate()
            processes.kill(_family(triggerer.pid)[1:])
        processes.end(family, grace=grace)

    def _spawn(self, component: str, env: Mapping[str, str]) -> None:
        if self._stop.is_set():
            raise StoppedError
        member = self._run(airflow.command(component, self._settings, self._task_port), component, env)
        self._members[component] = member
        self._record.change(component, phase=Phase.STARTING, process=Process.of(member.pid))

    def _run(self, command: list[str], name: str, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with (self._settings.logs / f"{name}.log").open("ab") as out:
            return subprocess.Popen(
                command,
                env=dict(env),
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []
