"""The doctor says what would go wrong, and what to do."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from newsdex.local import doctor
from newsdex.local.doctor import Verdict
from newsdex.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with a state folder of their own."""
    return read_settings({"NEWSDEX_HOME": str(tmp_path / "home")})


def test_little_memory_is_an_error_with_a_way_out(settings: Settings) -> None:
    """One free gigabyte is not enough for Elasticsearch and Airflow."""
    check = doctor.check_memory(settings, 1_000_000_000)
    assert (check.verdict, "NEWSDEX_ES_HEAP" in check.advice) == (Verdict.ERROR, True)


def test_much_memory_is_fine(settings: Settings) -> None:
    """Sixteen are."""
    assert doctor.check_memory(settings, 16_000_000_000).verdict == Verdict.OK


def test_a_taken_port_is_an_error_that_names_the_variable(tmp_path: Path) -> None:
    """Who holds it and how to choose another."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        found = read_settings({"NEWSDEX_HOME": str(tmp_path), "NEWSDEX_AIRFLOW_PORT": str(port)})
        checks = {check.name: check for check in doctor.check_ports(found)}
    check = checks[f"port {port}"]
    assert (check.verdict, "NEWSDEX_AIRFLOW_PORT" in check.advice) == (Verdict.ERROR, True)


def test_a_state_folder_that_is_not_there_yet_is_fine(settings: Settings) -> None:
    """It will be made: only the folder above has to allow it."""
    assert doctor.check_home(settings).verdict == Verdict.OK


def test_a_state_folder_below_a_file_is_an_error(tmp_path: Path) -> None:
    """Nothing can be written there."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = read_settings({"NEWSDEX_HOME": str(tmp_path / "file" / "home")})
    assert doctor.check_home(found).verdict == Verdict.ERROR


def test_few_memory_maps_are_a_warning_only(tmp_path: Path) -> None:
    """A node bound to this machine does not insist on it."""
    (tmp_path / "count").write_text("65530\n", encoding="ascii")
    assert doctor.check_map_count(tmp_path / "count").verdict == Verdict.WARNING


def test_a_clock_in_the_past_is_an_error() -> None:
    """Every article would be from the future."""
    assert doctor.check_clock(0.0).verdict == Verdict.ERROR


def test_wrong_rules_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    """The check of the configuration is part of the doctor's."""
    found = read_settings({"NEWSDEX_HOME": str(tmp_path), "NEWSDEX_CONFIG": str(tmp_path / "none")})
    check = doctor.check_config(found)
    assert (check.verdict, str(tmp_path / "none") in check.found) == (Verdict.ERROR, True)
