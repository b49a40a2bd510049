"""The guard ends a run's processes when its supervisor dies, and only then."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from newsdex.local import guard, processes


def start(home: Path) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
    """Start a process of a new run and the guard over it."""
    run_id = secrets.token_hex(8)
    env = {**os.environ, "NEWSDEX_HOME": str(home), processes.MARK: run_id}
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env=env)
    watching = subprocess.Popen(
        [sys.executable, "-m", "newsdex.local.guard", run_id], env=env, stdin=subprocess.PIPE, start_new_session=True
    )
    return child, watching


def test_a_closed_pipe_means_that_the_supervisor_is_dead(tmp_path: Path) -> None:
    """When the pipe closes without a word the run's processes end."""
    child, watching = start(tmp_path)
    watching.communicate(b"", timeout=30)
    assert child.wait(10) != 0


def test_all_is_well_means_hands_off(tmp_path: Path) -> None:
    """After the supervisor's word the guard goes away and touches nothing."""
    child, watching = start(tmp_path)
    watching.communicate(guard.ALL_IS_WELL, timeout=30)
    alive = child.poll() is None
    child.kill()
    child.wait()
    assert alive
