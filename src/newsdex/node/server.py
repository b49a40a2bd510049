"""The embedded Elasticsearch as a process: start, wait until it answers, stop."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import psutil

from newsdex.errors import UserError
from newsdex.node.configuration import LOG, write_configuration
from newsdex.node.distribution import PLUGIN, install
from newsdex.node.jdk import find_jdk
from newsdex.node.privileges import Launch, give, plan_launch
from newsdex.settings import Settings

_HINTS = (
    ("node lock", "another Elasticsearch uses this folder: newsdex down"),
    ("Could not reserve enough space", "give it less memory: NEWSDEX_ES_HEAP=512m"),
    ("Invalid maximum heap size", "NEWSDEX_ES_HEAP is a size such as 512m or 2g"),
    ("Invalid initial heap size", "NEWSDEX_ES_HEAP is a size such as 512m or 2g"),
    ("There is insufficient memory", "give it less memory: NEWSDEX_ES_HEAP=512m"),
    ("No space left on device", "free some disk space, or move NEWSDEX_HOME"),
    ("AccessDeniedException", "another user's files lie in the folder: chown it, or move NEWSDEX_HOME"),
    ("cannot downgrade a node", "the data was written by a newer Elasticsearch: move the folder's data away"),
)


class Node:
    """One Elasticsearch on this machine, bound to 127.0.0.1, with its data under `settings.node_home`.

    It dies when the process that started it dies, however that happens (Linux). `program` is an installed
    distribution to use instead of the home's own; several nodes may share one.
    """

    def __init__(self, settings: Settings, program: Path | None = None) -> None:
        self.settings = settings
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._log_began = 0

    @property
    def pid(self) -> int | None:
        """The process's id, and its group's; None when it was not started or has ended."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def console(self) -> Path:
        """What the server prints: warnings, and why it did not start."""
        return self.settings.node_home / "logs" / "console.log"

    def start(self) -> None:
        """Start the server, installing it first where needed; return before it answers.

        Raises `UserError` for a taken port, and for all that `install` and the account to run as may lack.
        """
        home, port = self.settings.node_home, self.settings.elasticsearch_port
        if (running := _leftover(self.settings)) is not None:
            raise UserError(f"the Elasticsearch of {home} already runs (process {running.pid})", "newsdex down")
        _require_free(port)
        jdk = find_jdk()
        program = self._program or install(self.settings)
        for name in ("data", "logs", "tmp"):
            (home / name).mkdir(parents=True, exist_ok=True)
        config = write_configuration(self.settings, program)
        launch = plan_launch(self.settings.elasticsearch_run_as, (home / "data", program / "bin", jdk.home / "bin"))
        if launch.account is not None:
            for name in ("data", "logs", "tmp", "config"):
                give(launch.account, home / name)
        environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ},
            "HOME": str(home / "tmp"),
            "ES_JAVA_HOME": str(jdk.home),
            "ES_PATH_CONF": str(config),
            "ES_TMPDIR": str(home / "tmp"),
        }
        log = home / "logs" / f"{LOG}.log"
        self._log_began = log.stat().st_size if log.exists() else 0
        self._started = time.monotonic()
        self._process = _spawn(program, launch, environment, self.console)
        _record(self.settings, self._process.pid)

    def wait_ready(self, timeout: float = 180.0) -> float:
        """Wait until the cluster is usable and the analyzers are loaded; give the seconds since the start.

        Raises `UserError` with the last lines of the log when the server dies or is not ready in `timeout` seconds.
        """
        if self._process is None:
            raise UserError("Elasticsearch was not started")
        while time.monotonic() - self._started < timeout:
            if self._process.poll() is not None:
                _forget(self.settings)
                raise self._explain(f"Elasticsearch ended with code {self._process.returncode} while starting")
            health = self._get("/_cluster/health?wait_for_status=yellow&timeout=1s")
            if health is not None and health.get("status") in ("yellow", "green") and not health.get("timed_out"):
                self._require_plugin()
                return time.monotonic() - self._started
            time.sleep(0.2)
        raise self._explain(f"Elasticsearch was not ready in {timeout:.0f} s")

    def stop(self, timeout: float = 30.0) -> None:
        """Stop the server: ask, wait up to `timeout` seconds, then kill the whole process group."""
        if self._process is None:
            return
        _end_group(self._process.pid, timeout)
        self._process.wait()
        self._process = None
        _forget(self.settings)

    def _get(self, path: str) -> dict[str, object] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.elasticsearch_port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            found = json.loads(body) if answer.status < 300 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()
        return found if isinstance(found, dict) else None

    def _require_plugin(self) -> None:
        loaded = self._get("/_nodes/_local/plugins?filter_path=nodes.*.plugins.name")
        if PLUGIN not in json.dumps(loaded):
            raise self._explain(f"Elasticsearch runs without its plugin {PLUGIN}")

    def _explain(self, what: str) -> UserError:
        log = self.settings.node_home / "logs" / f"{LOG}.log"
        # The log holds earlier starts too, and their troubles are not this one's.
        told = [*_tail(log, self._log_began), *_tail(self.console)]
        lines = [line for line in told if not line.startswith("\tat ")]
        text = "\n".join(lines)
        hint = next((hint for sign, hint in _HINTS if sign in text), f"the whole log: {log}")
        shown = "\n".join(f"    {line[:300]}" for line in lines[-8:] if line)
        return UserError(f"{what}:\n{shown}", hint)


def stop_leftover(settings: Settings, timeout: float = 30.0) -> bool:
    """Stop this home's server, whoever started it; tell whether there was one."""
    process = _leftover(settings)
    if process is not None:
        _end_group(process.pid, timeout)
    _forget(settings)
    return process is not None


def _spawn(program: Path, launch: Launch, environment: dict[str, str], console: Path) -> subprocess.Popen[bytes]:
    account = launch.account if launch.switch else None
    outcome: queue.Queue[subprocess.Popen[bytes] | OSError] = queue.Queue(1)

    def keep() -> None:
        try:
            with console.open("wb") as output:
                process = subprocess.Popen(
                    [*launch.prefix, str(program / "bin" / "elasticsearch")],
                    cwd=program,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    user=account.uid if account else None,
                    group=account.gid if account else None,
                    extra_groups=[] if account else None,
                )
        except OSError as wrong:
            outcome.put(wrong)
            return
        outcome.put(process)
        process.wait()

    # Linux sends the parent-death signal when the *thread* that forked ends, so that thread has to live as long.
    threading.Thread(target=keep, name="elasticsearch-keeper", daemon=True).start()
    process = outcome.get()
    if isinstance(process, OSError):
        raise UserError(f"Elasticsearch could not be started: {process}") from process
    return process


def _require_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise UserError(
                f"port {port} is taken{_holder(port)}, and Elasticsearch needs it",
                "stop that, or choose another port: NEWSDEX_ES_PORT=9201",
            ) from taken


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                return (
                    f" by {psutil.Process(connection.pid).name()} (process {connection.pid})" if connection.pid else ""
                )
    except psutil.Error:
        return ""
    return ""


def _pid_file(settings: Settings) -> Path:
    return settings.node_home / "node.json"


def _record(settings: Settings, pid: int) -> None:
    try:
        started = psutil.Process(pid).create_time()
    except psutil.Error:
        return
    _pid_file(settings).write_text(json.dumps({"pid": pid, "started": started}), encoding="utf-8")


def _forget(settings: Settings) -> None:
    _pid_file(settings).unlink(missing_ok=True)


def _leftover(settings: Settings) -> psutil.Process | None:
    try:
        noted = json.loads(_pid_file(settings).read_text(encoding="utf-8"))
        process = psutil.Process(noted["pid"])
        # A pid is used again after a reboot; the time of birth is not.
        same = abs(process.create_time() - noted["started"]) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None


def _end_group(group: int, timeout: float) -> None:
    for number, patience in ((signal.SIGTERM, timeout), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not _group_lives(group):
                return
            time.sleep(0.05)


def _group_lives(group: int) -> bool:
    for process in psutil.process_iter(["pid"]):
        try:
            if os.getpgid(process.pid) == group and not _has_ended(process):
                return True
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    return False


def _has_ended(process: psutil.Process) -> bool:
    # A killed process is a zombie at once, but holds its memory and its port until the last of its threads is gone.
    return bool(process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1)


def _tail(path: Path, began: int = 0, lines: int = 200) -> list[str]:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(began if began <= size else 0)
            return stream.read().decode("utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return []
