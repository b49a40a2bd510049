"""A supervisor that outlives the command that started it."""

from __future__ import annotations

import os
import subprocess
import sys

from newsdex.errors import UserError
from newsdex.local import logs, ports, remains, state
from newsdex.local.state import Phase, State
from newsdex.settings import PROJECT, Settings


class Start:
    """A supervisor in a session of its own, and what it tells while it starts.

    Raises `UserError` at once when a port is taken.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        remains.clear(settings)
        ports.demand_all(settings)
        settings.logs.mkdir(parents=True, exist_ok=True)
        self._log = settings.logs / "supervisor.log"
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "newsdex.local.supervisor"],
                cwd=PROJECT,
                env={**os.environ, **settings.paths_for_children()},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def state(self) -> State | None:
        """Give the state it wrote last, None before the first. Raises `UserError` when it failed."""
        found = state.read(self._settings)
        if found is not None and found.supervisor.pid != self._process.pid:
            found = None
        if self._process.poll() is not None:
            if found is not None and found.phase == Phase.FAILED:
                raise UserError(found.error, found.hint)
            lines = "".join(f"\n    {line}" for line in logs.last_lines(self._log))
            raise UserError(f"the supervisor ended (exit code {self._process.returncode}):{lines}", f"see {self._log}")
        return found
