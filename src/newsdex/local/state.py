"""What one `newsdex up` is doing, as a file (`run/state.json` in the state folder) that other commands read."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from newsdex.local.processes import Process
from newsdex.settings import Settings


class Phase(StrEnum):
    """Where a service, or the whole, stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Service:
    """One server: its process, its port (None when it has none) and after how many seconds it was ready."""

    name: str
    phase: Phase = Phase.WAITING
    process: Process | None = None
    port: int | None = None
    log: str | None = None
    ready_after: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """All that is known of a run. `started_at` is epoch seconds; `error` is a sentence and `hint` what to do."""

    run_id: str
    supervisor: Process
    started_at: float
    phase: Phase = Phase.STARTING
    services: dict[str, Service] = field(default_factory=dict)
    samples: int = 0
    error: str = ""
    hint: str = ""

    def with_service(self, service: Service) -> State:
        """Give this state with one service changed."""
        return replace(self, services={**self.services, service.name: service})


class Record:
    """The state of the run that this process supervises: changed by several threads, and kept in the file each time."""

    def __init__(self, settings: Settings, state: State) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._born = time.monotonic()
        self.state = state

    def update(self, **changes: Any) -> None:
        """Change fields of the state, or nothing but write it down."""
        with self._lock:
            self.state = replace(self.state, **changes)
            write(self._settings, self.state)

    def change(self, name: str, **changes: Any) -> None:
        """Change fields of one service."""
        with self._lock:
            self.state = self.state.with_service(replace(self.state.services[name], **changes))
            write(self._settings, self.state)

    def ready(self, name: str) -> None:
        """Note that a service is ready, and after how many seconds."""
        self.change(name, phase=Phase.READY, ready_after=round(time.monotonic() - self._born, 1))


def path(settings: Settings) -> Path:
    """Where the state of the run is kept."""
    return settings.home / "run" / "state.json"


def write(settings: Settings, state: State) -> None:
    """Keep the state, whole or not at all."""
    target = path(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
    draft.replace(target)


def read(settings: Settings) -> State | None:
    """Read the state of the last run, alive or not; None when there is none that can be read."""
    try:
        shape = json.loads(path(settings).read_text(encoding="utf-8"))
        return _state(shape)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def forget(settings: Settings) -> None:
    """Remove the state: nothing runs any more."""
    path(settings).unlink(missing_ok=True)


def running(settings: Settings) -> State | None:
    """Give the state of the run whose supervisor is alive, None when nothing runs."""
    state = read(settings)
    return state if state is not None and state.supervisor.alive else None


def age(state: State) -> float:
    """Tell for how many seconds a run has been up."""
    return time.time() - state.started_at


def _state(shape: dict[str, Any]) -> State:
    services = {
        name: Service(
            **{**service, "phase": Phase(service["phase"]), "process": _process(service["process"])},
        )
        for name, service in shape["services"].items()
    }
    supervisor = Process(**shape["supervisor"])
    return State(**{**shape, "supervisor": supervisor, "phase": Phase(shape["phase"]), "services": services})


def _process(shape: dict[str, Any] | None) -> Process | None:
    return None if shape is None else Process(**shape)
