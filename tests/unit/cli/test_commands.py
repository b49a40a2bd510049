"""What holds for all commands: help with examples, exit codes, and a quick start."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_page import PAGE, current
from free_ports import free_port
from typer.main import get_command
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.cli.console import ExitCode
from newsdex.cli.manual import walk

PROJECT = Path(__file__).parents[3]
COMMANDS = dict(walk(get_command(app).commands))


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
def test_help_has_examples_and_exit_codes(runner: CliRunner, command: str) -> None:
    """Each command's help shows how it is called, and what it says to scripts."""
    shown = runner.invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    assert f"newsdex {command}" in shown.output.partition("Examples")[2]
    assert "\n   0  done" in shown.output


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_the_terminal(runner: CliRunner, command: str, width: int) -> None:
    """No line is wider, and none says nothing."""
    shown = runner.invoke(app, [*command.split(), "--help"], env={"COLUMNS": str(width), "TERMINAL_WIDTH": str(width)})
    assert max(map(len, shown.output.splitlines())) <= width
    assert "…" not in shown.output


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("newsdex quar", ["quarantine"]),
        ("newsdex quarantine re", ["release"]),
        ("newsdex search --la", ["--language"]),
        ("newsdex quarantine list --stage e", ["extract", "enrich"]),
    ],
)
def test_the_shell_completes_commands_options_and_values(runner: CliRunner, words: str, offered: list[str]) -> None:
    """As bash asks for it, once `newsdex --install-completion` has told bash."""
    asked = {"_NEWSDEX_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert runner.invoke(app, [], env=asked, prog_name="newsdex").output.split() == offered


def test_the_help_leads_to_the_environment_and_the_exit_codes(runner: CliRunner) -> None:
    """What scripts need is a command away."""
    shown = runner.invoke(app, ["--help"]).output
    assert "newsdex help environment" in shown
    assert "NEWSDEX_HOME" in runner.invoke(app, ["help", "environment"]).output
    codes = json.loads(runner.invoke(app, ["help", "exit-codes", "--json"]).output)
    assert codes == {str(code.value): code.meaning for code in ExitCode}


def test_the_environment_shows_what_is_set_and_no_secret(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is said to be set, and not which."""
    monkeypatch.setenv("NEWSDEX_INDEX_PREFIX", "trial-")
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", "sesame")
    shown = runner.invoke(app, ["help", "environment"]).output
    assert "NEWSDEX_INDEX_PREFIX=trial-" in shown
    assert "ELASTICSEARCH_PASSWORD=***" in shown
    assert "sesame" not in shown


def test_help_of_what_is_not_there_is_wrong_use(runner: CliRunner) -> None:
    """Exit code 2, and the topics are named."""
    done = runner.invoke(app, ["help", "weather"])
    assert (done.exit_code, "exit-codes" in done.stderr) == (2, True)


def test_the_page_says_what_the_program_says() -> None:
    """docs/command-line.md has every command and exit code; `python tests/support/command_page.py` writes them."""
    assert PAGE.read_text(encoding="utf-8") == current()


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


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the shipped configuration with the rules of one language, which are checked sooner."""
    folder = tmp_path / "config"
    shutil.copytree(PROJECT / "config", folder)
    for path in (folder / "languages").glob("*.yaml"):
        if path.name != "lt.yaml":
            path.unlink()
    monkeypatch.setenv("NEWSDEX_CONFIG", str(folder))
    return folder


def test_a_configuration_that_is_right_is_counted(runner: CliRunner, config: Path) -> None:
    """Every rule does what its examples say, and the mappings are whole."""
    done = runner.invoke(app, ["check-config", "--json"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["languages"] == 1
    assert found["mappings"] == len(list((config / "elasticsearch").glob("*.json")))


def test_a_rule_that_does_not_what_its_example_says_is_named(runner: CliRunner, config: Path) -> None:
    """Exit code 1, with the rule and the example."""
    rule = """language: en
rules:
  - id: test-bells
    match: 'ring the bell'
    why: a bell
    examples:
      - {text: 'Ring the bell now', removed: true}
      - {text: 'They ring the bell at noon.', removed: false}
"""
    (config / "languages" / "en.yaml").write_text(rule, encoding="utf-8")
    done = runner.invoke(app, ["check-config"])
    assert (done.exit_code, "test-bells should take out: 'Ring the bell now'" in done.stderr) == (1, True)
