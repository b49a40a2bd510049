"""What holds for all commands: help with examples, exit codes, and a quick start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from free_ports import free_port
from typer.testing import CliRunner

from newsdex.cli import app

COMMANDS = (
    "up",
    "down",
    "status",
    "process",
    "explain",
    "ingest",
    "search",
    "rules",
    "rules test",
    "rules why",
    "new-publisher",
    "doctor",
    "check-config",
    "quarantine list",
    "quarantine show",
    "quarantine release",
    "quarantine drop",
    "revisions",
    "rebuild",
    "archive show",
    "archive verify",
    "source add",
    "source list",
    "source test",
    "source remove",
    "source pause",
    "source resume",
    "source import-opml",
    "fetch",
    "poll",
)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Give a command line with a state folder and ports where nothing runs."""
    for name in ("ELASTICSEARCH_URL", "ELASTICSEARCH_API_KEY", "ELASTICSEARCH_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NEWSDEX_HOME", str(tmp_path))
    monkeypatch.setenv("NEWSDEX_ES_PORT", str(free_port()))
    monkeypatch.setenv("NEWSDEX_AIRFLOW_PORT", str(free_port()))
    return CliRunner()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(runner: CliRunner, command: str) -> None:
    """Each command's help shows how it is called."""
    shown = runner.invoke(app, [*command.split(), "--help"])
    assert (shown.exit_code, f"$ newsdex {command}" in shown.output) == (0, True)


def test_help_tells_exit_codes_and_environment(runner: CliRunner) -> None:
    """What scripts need stands in the program's help."""
    shown = runner.invoke(app, ["--help"]).output
    assert "3 not running" in shown
    assert "NEWSDEX_HOME" in shown


def test_help_loads_neither_airflow_nor_elasticsearch() -> None:
    """The command line starts at once because commands load what they need when they run."""
    code = (
        "import sys; from newsdex.cli import app\n"
        "print([name for name in ('airflow', 'elasticsearch', 'lxml', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_status_says_3_when_nothing_runs(runner: CliRunner) -> None:
    """Exit code 3: not running."""
    assert runner.invoke(app, ["status"]).exit_code == 3


def test_down_says_3_when_nothing_ran(runner: CliRunner) -> None:
    """There was nothing to stop."""
    assert runner.invoke(app, ["down"]).exit_code == 3


def test_search_says_3_when_nothing_runs(runner: CliRunner) -> None:
    """And says how to start it."""
    done = runner.invoke(app, ["search", "bridge"])
    assert (done.exit_code, "newsdex up" in done.stderr) == (3, True)


def test_an_unknown_command_is_wrong_use(runner: CliRunner) -> None:
    """Exit code 2."""
    assert runner.invoke(app, ["serach", "bridge"]).exit_code == 2


def test_a_taken_port_stops_up_before_anything_starts(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was started, and the error names the variable that helps."""
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setenv("NEWSDEX_AIRFLOW_PORT", str(server.getsockname()[1]))
        done = runner.invoke(app, ["up", "--detach"])
    assert (done.exit_code, "NEWSDEX_AIRFLOW_PORT=" in done.stderr) == (1, True)
    assert not (tmp_path / "airflow").exists()


def test_the_shipped_configuration_is_right(runner: CliRunner) -> None:
    """Every rule does what its examples say, and the mappings are whole."""
    done = runner.invoke(app, ["check-config"])
    assert done.exit_code == 0, done.stderr
