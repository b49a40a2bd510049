"""`newsdex rules` and `newsdex new-publisher`: for the people who write rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.settings import PROJECT


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the shipped rules, with one language's only, so that they compile sooner."""
    folder = tmp_path / "config"
    shutil.copytree(PROJECT / "config", folder)
    for path in (folder / "languages").glob("*.yaml"):
        if path.stem not in ("en", "und"):
            path.unlink()
    monkeypatch.setenv("NEWSDEX_CONFIG", str(folder))
    monkeypatch.setenv("NEWSDEX_HOME", str(tmp_path / "var"))
    return folder


def add_rule(config: Path, removed: str) -> None:
    """Add a rule of the test's own, and the text that it says it takes out."""
    (config / "languages" / "nl.yaml").write_text(
        "language: nl\nrules:\n  - {id: nl-own, match: 'kijk vooral: (?P<section>.{3,160})', why: a link, examples: ["
        f"{{text: '{removed}', removed: true}}, {{text: 'Kijk vooral uit, zei ze.', removed: false}}]}}\n",
        encoding="utf-8",
    )


@pytest.fixture
def wrong(config: Path) -> Path:
    """Add a rule that does not do what its example says."""
    add_rule(config, "Slot")
    return config


def run(*arguments: str, stdin: str | None = None) -> tuple[int, str]:
    """Run the command line; give the exit code and standard output."""
    done = CliRunner().invoke(app, list(arguments), input=stdin)
    return done.exit_code, done.stdout


def test_the_examples_of_chosen_rules_are_counted(config: Path) -> None:
    """Those whose ids begin so."""
    code, told = run("rules", "test", "bbc-place")
    assert (code, told) == (0, "✓ 1 rules, 2 examples\n")


def test_a_failing_example_is_told_with_its_rules_place_and_exit_code_1(wrong: Path) -> None:
    """What should happen, and where to change it."""
    code, told = run("rules", "test", "nl-")
    assert code == 1
    assert "nl-own should take out:  config/languages/nl.yaml:3" in told
    assert "Slot" in told


def test_a_machine_gets_the_failing_examples_as_json(wrong: Path) -> None:
    """One object."""
    code, told = run("rules", "test", "nl-", "--json")
    shape = json.loads(told)
    assert (code, shape["rules"], shape["examples"]) == (1, 1, 2)
    assert [failing["text"] for failing in shape["failing"]] == ["Slot"]


def test_an_id_that_no_rule_begins_with_is_wrong_use(config: Path) -> None:
    """Rather than a success over nothing."""
    assert run("rules", "test", "xx-")[0] == 2


def test_why_tells_rule_file_reason_and_fate(config: Path) -> None:
    """With what its groups catch."""
    add_rule(config, "Kijk vooral: de brug is dicht")
    code, told = run("rules", "why", "Kijk vooral: de brug is dicht")
    assert code == 0
    assert "nl-own  config/languages/nl.yaml:3" in told
    assert "section =  de brug is dicht" in told
    assert "goes wherever it stands: nl-own" in told


def test_why_says_when_nothing_matches(config: Path) -> None:
    """A sentence of a story."""
    told = run("rules", "why", "The minister said on Monday that the bridge would stay shut for three more weeks.")[1]
    assert "no pattern matches" in told
    assert "stays wherever it stands" in told


def test_why_reads_standard_input_and_gives_json_a_line_of_text_each(config: Path) -> None:
    """Empty lines are none."""
    shape = json.loads(run("rules", "why", "-", "--json", stdin="The ferry is back.\n\nThe captain slept.\n")[1])
    assert [line["text"] for line in shape] == ["The ferry is back.", "The captain slept."]
    assert shape[0]["taken"] == {"above": None, "within": None, "below": None}


def test_a_new_publisher_is_written_and_the_next_steps_are_told(config: Path) -> None:
    """With the paths to go on with."""
    code, told = run("new-publisher", "Northmoor Gazette", "--domain", "northmoor-gazette.example")
    assert code == 0
    assert (config / "publishers" / "northmoor-gazette.yaml").exists()
    assert "northmoor-gazette/first-story/input.txt" in told
    assert run("rules", "test", "bbc-")[0] == 0


def test_a_new_publisher_a_second_time_is_refused(config: Path) -> None:
    """It is known by then."""
    run("new-publisher", "Northmoor Gazette")
    assert run("new-publisher", "Northmoor Gazette")[0] == 1
