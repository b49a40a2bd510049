"""The processes of a run are known by their mark and ended whatever they do."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from newsdex.local import processes
from newsdex.local.processes import Process

_STUBBORN = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
_PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
    "print(child.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def run_id() -> Iterator[str]:
    """Name a run of this test alone; what it started is gone afterwards."""
    name = secrets.token_hex(8)
    yield name
    processes.end_run(name, grace=0)


def start(code: str, run_id: str) -> tuple[subprocess.Popen[str], str]:
    """Start a marked Python process and wait for its first line."""
    env = {**os.environ, processes.MARK: run_id}
    child = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def test_grandchildren_in_their_own_session_are_of_the_run(run_id: str) -> None:
    """The mark is inherited, so a grandchild that left the process group is found too."""
    child, grandchild = start(_PARENT, run_id)
    assert {found.pid for found in processes.of_run(run_id)} == {child.pid, int(grandchild)}


def test_orphans_are_of_the_run(run_id: str) -> None:
    """A process whose parent was killed is still found."""
    child, grandchild = start(_PARENT, run_id)
    child.kill()
    child.wait()
    assert [found.pid for found in processes.of_run(run_id)] == [int(grandchild)]


def test_ending_a_run_kills_what_ignores_the_request(run_id: str) -> None:
    """A process that ignores SIGTERM is killed after the grace."""
    child, _ = start(_STUBBORN, run_id)
    processes.end_run(run_id, grace=0.2)
    assert not psutil.pid_exists(child.pid)


def test_ending_a_run_leaves_other_processes_alone(run_id: str) -> None:
    """Only marked processes end: this one lives on."""
    start(_PARENT, run_id)
    processes.end_run(run_id, grace=1)
    assert processes.of_run(run_id) == []


def test_the_spared_live_on(run_id: str) -> None:
    """Processes named in `but` are not ended."""
    child, _ = start(_STUBBORN, run_id)
    processes.end_run(run_id, grace=0, but=(child.pid,))
    assert psutil.pid_exists(child.pid)


def test_an_ended_process_is_not_alive_even_before_it_is_waited_for(run_id: str) -> None:
    """A zombie counts as dead: its death is noticed at once."""
    child, _ = start(_STUBBORN, run_id)
    known = Process.of(child.pid)
    assert known is not None
    os.kill(child.pid, signal.SIGKILL)
    assert processes.wait_until_gone(known, 5)


def test_a_reused_id_is_another_process() -> None:
    """The same id with another birth is not the process that was meant."""
    mine = Process.of(os.getpid())
    assert mine is not None
    assert not Process(mine.pid, mine.born - 3600).alive
