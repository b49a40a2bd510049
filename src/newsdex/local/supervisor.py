"""The one process that starts the servers, watches them, and takes all of them along when it ends."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from newsdex.errors import UserError
from newsdex.local import airflow, guard, logs, page, ports, processes, remains, samples, state
from newsdex.local.crew import Crew, StoppedError
from newsdex.local.processes import Process
from newsdex.local.state import Phase, Record, Service, State
from newsdex.node.distribution import install
from newsdex.node.server import Node
from newsdex.settings import PROJECT, Settings, read_settings

ELASTICSEARCH = "elasticsearch"
_TICK = 0.2
_MINUTE = 60.0
_HOUR = 3600.0
_GRACE = 8.0


class Supervisor:
    """Starts Elasticsearch, Airflow and the search page, and stays until it is told to stop or one of them dies."""

    def __init__(self, settings: Settings) -> None:
        supervisor = Process.of(os.getpid())
        assert supervisor is not None, "this process is alive"  # noqa: S101
        services = _services(settings)
        self._settings = settings
        self._record = Record(settings, State(secrets.token_hex(8), supervisor, time.time(), services=services))
        self._stop = threading.Event()
        self._index_ready = threading.Event()
        self._crew = Crew(settings, self._record, self._stop)
        self._page = page.Page(settings, self._record, self._stop)
        self._guard: subprocess.Popen[bytes] | None = None
        self._node: Node | None = None
        self._hurry = False

    def run(self, watcher: Callable[[State], None]) -> None:
        """Start everything and stay; `watcher` is told the state about five times a second.

        Returns when a signal (interrupt, terminate, hang-up) asked to stop; a second one makes it hurry. Raises
        `UserError` when a port is taken, something cannot start, or a server dies. Either way every process it started
        is gone then.
        """
        with _only_one(self._settings):
            remains.clear(self._settings)
            ports.demand_all(self._settings)
            with self._signals():
                try:
                    self._prepare()
                    self._watch(watcher)
                except UserError as failure:
                    self._record.update(phase=Phase.FAILED, error=failure.message, hint=failure.hint)
                    raise
                finally:
                    self._end(watcher)

    def _prepare(self) -> None:
        settings, run_id = self._settings, self._record.state.run_id
        for folder in (settings.home, settings.logs, settings.inbox):
            folder.mkdir(parents=True, exist_ok=True)
        os.environ.update(settings.paths_for_children())
        os.environ[processes.MARK] = run_id
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "newsdex.local.guard", run_id],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=PROJECT,
        )
        self._record.update()

    def _watch(self, watcher: Callable[[State], None]) -> None:
        with ThreadPoolExecutor(max_workers=3) as pool:
            starting = [
                pool.submit(self._start_elasticsearch),
                pool.submit(self._crew.start, self._index_ready),
                pool.submit(self._page.start),
            ]
            try:
                next_tidying, next_pruning = 0.0, time.monotonic() + _HOUR
                while not self._stop.is_set():
                    self._look_for_failures(starting)
                    if self._record.state.phase == Phase.STARTING and all(start.done() for start in starting):
                        self._record.update(phase=Phase.READY, samples=samples.put_into_inbox(self._settings))
                    if time.monotonic() >= next_tidying:
                        self._tidy_logs()
                        next_tidying = time.monotonic() + _MINUTE
                    if time.monotonic() >= next_pruning:
                        self._crew.prune()
                        next_pruning = time.monotonic() + 24 * _HOUR
                    watcher(self._record.state)
                    self._stop.wait(_TICK)
            finally:
                # A download or a migration under way would hold the threads up: its process is ended with the rest.
                self._stop.set()
                if not all(start.done() for start in starting):
                    self._end_node()
                    self._end_run(grace=2.0)

    def _start_elasticsearch(self) -> None:
        from newsdex.index import connect, ensure_indices

        settings = self._settings
        self._record.change(ELASTICSEARCH, phase=Phase.STARTING)
        if not settings.elasticsearch_external:
            self._start_node()
        with closing(connect(settings)) as client:
            ensure_indices(client, settings)
        self._record.ready(ELASTICSEARCH)
        self._index_ready.set()

    def _start_node(self) -> None:
        install(self._settings, tell=lambda line: self._record.change(ELASTICSEARCH, note=line))
        self._record.change(ELASTICSEARCH, note="")
        if self._stop.is_set():
            raise StoppedError
        self._node = Node(self._settings)
        self._node.start()
        process = Process.of(self._node.pid) if self._node.pid else None
        self._record.change(ELASTICSEARCH, process=process, log=str(self._node.console))
        self._node.wait_ready()

    def _look_for_failures(self, starting: list[Future[None]]) -> None:
        for start in starting:
            if start.done() and (failure := start.exception()) is not None and not isinstance(failure, StoppedError):
                if isinstance(failure, UserError):
                    raise failure
                what = f"starting failed: {type(failure).__name__}: {failure}"
                raise UserError(what, "newsdex doctor may tell why") from failure
        for service in self._record.state.services.values():
            if service.process is not None and not service.process.alive:
                self._record.change(service.name, phase=Phase.FAILED)
                raise self._death(service)

    def _death(self, service: Service) -> UserError:
        code = self._page.exit_code() if service.name == page.NAME else self._crew.exit_code(service.name)
        log = Path(service.log) if service.log else self._settings.logs
        lines = "".join(f"\n    {line}" for line in logs.last_lines(log))
        what = f"{service.name} died" + (f" (exit code {code})" if code is not None else "")
        return UserError(f"{what}; everything is stopped. Its last words:{lines}", f"the whole log: {log}")

    def _tidy_logs(self) -> None:
        for log in self._settings.logs.glob("*.log"):
            logs.rotate(log)
        logs.prune(self._settings.airflow_home / "logs")

    def _end(self, watcher: Callable[[State], None]) -> None:
        """End Airflow before Elasticsearch: a task in the middle of a batch may still finish it."""
        try:
            if self._record.state.phase != Phase.FAILED:
                self._record.update(phase=Phase.STOPPING)
            watcher(self._record.state)
        finally:
            self._page.end(grace=0.0 if self._hurry else 4.0)
            self._crew.end(grace=0.0 if self._hurry else _GRACE)
            self._end_node()
            self._end_run(grace=0.0 if self._hurry else _GRACE)
            self._dismiss_guard()
        if self._record.state.phase == Phase.STOPPING:
            state.forget(self._settings)

    def _end_node(self) -> None:
        if self._node is not None:
            self._node.stop(0.0 if self._hurry else 30.0)

    def _end_run(self, grace: float) -> None:
        spared = (os.getpid(),) if self._guard is None else (os.getpid(), self._guard.pid)
        processes.end_run(self._record.state.run_id, grace=grace, but=spared)

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            try:
                self._guard.communicate(guard.ALL_IS_WELL, timeout=10)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self._guard.kill()
                self._guard.wait()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
            self._hurry = self._stop.is_set()
            self._stop.set()

        names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {name: signal.signal(name, ask_to_stop) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)


def _services(settings: Settings) -> dict[str, Service]:
    node = Service(ELASTICSEARCH, port=None if settings.elasticsearch_external else settings.elasticsearch_port)
    if settings.elasticsearch_external:
        node = replace(node, note=settings.elasticsearch_url)
    parts = [
        Service(
            name,
            port=settings.airflow_port if name == "api-server" else None,
            log=str(settings.logs / f"{name}.log"),
        )
        for name in airflow.COMPONENTS
    ]
    searching = Service(page.NAME, port=settings.web_port, log=str(settings.logs / f"{page.NAME}.log"))
    return {service.name: service for service in (node, *parts, searching)}


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the lock that lets one supervisor at a time use a state folder."""
    lock = settings.home / "run" / "lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"newsdex is already running with {settings.home}", "newsdex status tells more") from None
        yield


def main() -> int:
    """Run a supervisor without a terminal, as `newsdex up --detach` does; what it says is for its log."""
    try:
        Supervisor(read_settings()).run(lambda _: None)
    except UserError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
