"""The search page as a process of `newsdex up`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Event

import psutil
import pytest
from free_ports import free_port

from newsdex.errors import UserError
from newsdex.local.page import NAME, Page
from newsdex.local.processes import Process
from newsdex.local.state import Phase, Record, Service, State
from newsdex.settings import read_settings


def make_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> tuple[Page, Record]:
    """Make a page with a home and a port of its own."""
    own = {"NEWSDEX_HOME": str(tmp_path), "NEWSDEX_WEB_PORT": str(free_port()), "NEWSDEX_ES_PORT": str(free_port())}
    for name, value in {**own, **variables}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    settings.logs.mkdir()
    mine = Process.of(os.getpid())
    assert mine is not None
    record = Record(settings, State("run", mine, time.time(), services={NAME: Service(NAME)}))
    return Page(settings, record, Event()), record


def test_it_is_ready_without_elasticsearch_and_ends_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says on its pages what is missing, so it need not wait for it."""
    page, record = make_page(tmp_path, monkeypatch)
    page.start()
    service = record.state.services[NAME]
    assert service.phase is Phase.READY
    assert service.process is not None
    page.end(grace=10)
    assert not psutil.pid_exists(service.process.pid)


def test_one_that_would_stand_open_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says why at once."""
    page, _record = make_page(tmp_path, monkeypatch, NEWSDEX_WEB_HOST="0.0.0.0")
    with pytest.raises(UserError, match="would be open to everybody"):
        page.start()
    assert page.exit_code() == 1
