"""Ending a run from outside: one that still runs, or what a killed supervisor left behind."""

from __future__ import annotations

import os
import signal

from newsdex.errors import UserError
from newsdex.local import processes, state
from newsdex.node.server import stop_leftover
from newsdex.settings import Settings


def clear(settings: Settings) -> bool:
    """End what a supervisor that was killed left behind; tell whether there was anything."""
    before = state.read(settings)
    if before is None or before.supervisor.alive:
        return False
    remains = bool(processes.of_run(before.run_id))
    processes.end_run(before.run_id, grace=10.0)
    remains = stop_leftover(settings) or remains
    state.forget(settings)
    return remains


def stop(settings: Settings, *, patience: float = 60.0) -> bool:
    """Stop what runs, from another process; tell whether anything ran. No process of the run is left then.

    Raises `UserError` when it belongs to another user.
    """
    current = state.running(settings)
    if current is None:
        return clear(settings)
    try:
        os.kill(current.supervisor.pid, signal.SIGTERM)
    except PermissionError:
        what = f"the supervisor (process {current.supervisor.pid}) belongs to another user"
        raise UserError(what, "run newsdex down as that user") from None
    if not processes.wait_until_gone(current.supervisor, patience):
        os.kill(current.supervisor.pid, signal.SIGKILL)
        processes.wait_until_gone(current.supervisor, 10)
    processes.end_run(current.run_id, grace=10.0)
    stop_leftover(settings)
    state.forget(settings)
    return True
