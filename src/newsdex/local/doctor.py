"""The doctor: what would go wrong on this machine, said before it does, with what to do about it."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import psutil

from newsdex.errors import UserError
from newsdex.local import ports, state
from newsdex.settings import PROJECT, Settings

_GB = 1_000_000_000
_MADE = datetime(2026, 1, 1, tzinfo=UTC)


class Verdict(StrEnum):
    """How a check came out. A warning does not stop anything; an error will."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do where it is not well."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give the JSON shape."""
        return {key: str(value) for key, value in asdict(self).items()}


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything that Newsdex needs, one check after the other; a check that cannot be made is left out."""
    yield check_python()
    embedded = not settings.elasticsearch_external
    if embedded:
        yield check_jdk()
        yield check_maven(settings)
    yield check_memory(settings, psutil.virtual_memory().available)
    yield from check_disk(settings)
    yield check_home(settings)
    yield check_open_files()
    if embedded and sys.platform == "linux":
        yield check_map_count()
    yield from check_ports(settings)
    yield check_airflow()
    yield check_elasticsearch(settings)
    yield check_config(settings)
    yield check_clock(time.time())


def check_python() -> Check:
    """Ask for Python 3.11 to 3.14."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if (3, 11) <= sys.version_info[:2] < (3, 15):
        return Check("python", Verdict.OK, found)
    return Check("python", Verdict.ERROR, found, "use Python 3.11 to 3.14: remove .venv, then make setup")


def check_jdk() -> Check:
    """Look for a JDK of version 21 or later, wherever it lies."""
    from newsdex.node.jdk import find_jdk

    def describe() -> str:
        jdk = find_jdk()
        return f"{jdk.version} at {jdk.home}"

    return _found("jdk", describe)


def check_maven(settings: Settings) -> Check:
    """Look for Maven, which fetches Elasticsearch; it is not needed once that is there."""
    from newsdex.node.distribution import find_maven, is_installed

    if is_installed(settings):
        return Check("maven", Verdict.OK, "not needed: Elasticsearch is unpacked")
    return _found("maven", lambda: str(find_maven()))


def check_memory(settings: Settings, available: int) -> Check:
    """Ask for Elasticsearch's heap and as much again, and 1.5 GB for Airflow."""
    heap = _bytes(settings.elasticsearch_heap) if not settings.elasticsearch_external else 0
    needed = 2 * heap + 1_500_000_000
    found = f"{available / _GB:.1f} GB free, about {needed / _GB:.1f} GB needed"
    if state.running(settings) is not None:
        return Check("memory", Verdict.OK, f"{available / _GB:.1f} GB free beside what runs")
    if available < needed:
        verdict = Verdict.ERROR if available < needed / 2 else Verdict.WARNING
        return Check("memory", verdict, found, "close other programs, or NEWSDEX_ES_HEAP=512m newsdex up")
    return Check("memory", Verdict.OK, found)


def check_disk(settings: Settings) -> Iterator[Check]:
    """Ask for space under the state folder: Elasticsearch stops taking documents on a disk that is 95 % full."""
    folder = _existing(settings.home)
    usage = shutil.disk_usage(folder)
    used = 100 * (usage.total - usage.free) / usage.total
    found = f"{usage.free / _GB:.1f} GB free on {folder} ({used:.0f} % used)"
    advice = "free some space, or move the state: NEWSDEX_HOME=/elsewhere"
    if usage.free < _GB or used >= 95:
        yield Check("disk", Verdict.ERROR, found, advice)
    elif usage.free < 5 * _GB or used >= 85:
        yield Check("disk", Verdict.WARNING, found, advice)
    else:
        yield Check("disk", Verdict.OK, found)


def check_home(settings: Settings) -> Check:
    """See that the state folder can be written."""
    folder = _existing(settings.home)
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Check("state folder", Verdict.OK, str(settings.home))
    except OSError as wrong:
        advice = f"chown -R $USER {folder}, or set NEWSDEX_HOME to a folder of your own"
        return Check("state folder", Verdict.ERROR, f"{folder} cannot be written: {wrong.strerror}", advice)


def check_open_files() -> Check:
    """Ask how many files a process may hold open: Elasticsearch keeps many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = hard if soft == resource.RLIM_INFINITY else soft
    if soft == resource.RLIM_INFINITY or limit >= 4096:
        return Check("open files", Verdict.OK, "unlimited" if soft == resource.RLIM_INFINITY else str(limit))
    verdict = Verdict.ERROR if limit < 1024 else Verdict.WARNING
    return Check("open files", verdict, str(limit), "ulimit -n 65535, then start again")


def check_map_count(source: Path = Path("/proc/sys/vm/max_map_count")) -> Check:
    """Ask how many memory maps Linux allows a process; only a node that other machines reach insists on it."""
    count = int(source.read_text(encoding="ascii"))
    if count >= 262_144:
        return Check("vm.max_map_count", Verdict.OK, str(count))
    advice = "fine on this machine alone; for large indices: sysctl -w vm.max_map_count=1048576"
    return Check("vm.max_map_count", Verdict.WARNING, str(count), advice)


def check_ports(settings: Settings) -> Iterator[Check]:
    """See that the ports are free, or ours."""
    wanted = [
        ("Airflow", settings.airflow_port, "NEWSDEX_AIRFLOW_PORT"),
        ("search page", settings.web_port, "NEWSDEX_WEB_PORT"),
    ]
    if not settings.elasticsearch_external:
        wanted.insert(0, ("Elasticsearch", settings.elasticsearch_port, "NEWSDEX_ES_PORT"))
    ours = state.running(settings)
    for purpose, port, variable in wanted:
        if ours is not None and any(service.port == port for service in ours.services.values()):
            yield Check(f"port {port}", Verdict.OK, f"{purpose}: ours, running")
        elif ports.is_free(port):
            yield Check(f"port {port}", Verdict.OK, f"{purpose}: free")
        else:
            found = f"{purpose}: taken by {ports.holder(port)}"
            yield Check(f"port {port}", Verdict.ERROR, found, f"stop it, or {variable}={port + 1} newsdex up")


def check_airflow() -> Check:
    """See that Airflow's program stands beside the Python that runs this."""
    program = Path(sys.executable).parent / "airflow"
    if os.access(program, os.X_OK):
        return Check("airflow", Verdict.OK, version("apache-airflow"))
    return Check("airflow", Verdict.ERROR, f"{program} is not there", "make setup")


def check_elasticsearch(settings: Settings) -> Check:
    """See that the server answers where it should, and that its major version is the client's."""
    client = version("elasticsearch")
    if not settings.elasticsearch_external and state.running(settings) is None:
        return Check("elasticsearch", Verdict.OK, f"not running; client {client}")
    from newsdex.index.client import connect

    def ask() -> str:
        server = connect(settings).info()["version"]["number"]
        return f"server {server}, client {client}, at {settings.elasticsearch_url}"

    return _found("elasticsearch", ask)


def check_config(settings: Settings) -> Check:
    """See that the rules load, and that each does on its own examples what it says."""
    from newsdex.local.configuration import check

    return _found("config", lambda: str(check(settings)))


def check_clock(now: float) -> Check:
    """See that the clock is not in the past: dates later than the day of fetching are refused."""
    found = datetime.fromtimestamp(now, UTC)
    if found < _MADE:
        return Check(
            "clock", Verdict.ERROR, f"{found:%Y-%m-%d %H:%M} UTC", "set the clock: dates are checked against it"
        )
    newest = max((path.stat().st_mtime for path in (PROJECT / "config").rglob("*.yaml")), default=0.0)
    if newest > now + 86_400:
        advice = "set the clock: files in config/ are from the future"
        return Check("clock", Verdict.WARNING, f"{found:%Y-%m-%d %H:%M} UTC", advice)
    return Check("clock", Verdict.OK, f"{found:%Y-%m-%d %H:%M} UTC")


def _found(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, Verdict.OK, look())
    except UserError as wrong:
        return Check(name, Verdict.ERROR, wrong.message, wrong.hint)


def _existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _bytes(size: str) -> int:
    """Read a size as the JVM takes it.

    >>> _bytes("512m")
    536870912
    """
    return int(size[:-1]) * {"m": 1 << 20, "g": 1 << 30}[size[-1].lower()]
