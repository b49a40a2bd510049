"""The state of a run is a file that other commands read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from newsdex.local import state
from newsdex.local.processes import Process
from newsdex.local.state import Phase, Service, State
from newsdex.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with a state folder of their own."""
    return read_settings({"NEWSDEX_HOME": str(tmp_path)})


@pytest.fixture
def current() -> State:
    """Describe a run whose supervisor is this process."""
    mine = Process.of(os.getpid())
    assert mine is not None
    service = Service("elasticsearch", Phase.READY, mine, 9200, "x.log", 12.5)
    return State("abc", mine, 1.0, services={"elasticsearch": service})


def test_what_was_written_is_read(settings: Settings, current: State) -> None:
    """Reading gives the very state that was written."""
    state.write(settings, current)
    assert state.read(settings) == current


def test_a_live_supervisor_means_running(settings: Settings, current: State) -> None:
    """The run is on while its supervisor lives."""
    state.write(settings, current)
    assert state.running(settings) == current


def test_a_dead_supervisor_means_not_running(settings: Settings, current: State) -> None:
    """A file left behind by a killed supervisor does not count as running."""
    dead = replace(current, supervisor=Process(current.supervisor.pid, 1.0))
    state.write(settings, dead)
    assert state.running(settings) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"services": 1}', "\x00"])
def test_an_unreadable_file_is_no_state(settings: Settings, content: str) -> None:
    """A broken state file is as good as none."""
    state.path(settings).parent.mkdir(parents=True)
    state.path(settings).write_text(content, encoding="utf-8")
    assert state.read(settings) is None
