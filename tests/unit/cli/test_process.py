"""`newsdex process` is a Unix filter: documents in, one JSON object a line out."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from newsdex.cli import app
from newsdex.run import warm_up
from newsdex.settings import read_settings

_STORY = """Harbour bridge shuts for repairs

The old harbour bridge in Port Ellery will shut for eleven weeks from Monday, the city council said.

Engineers found cracks in two of the bearings during an inspection, and drivers have been told to use the ferry.
"""


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Load the line once: the commands below fork their workers from this process."""
    warm_up(read_settings({}))


def newsdex(*arguments: str | Path, stdin: bytes = b"", **env: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, env=env)


def shapes(done: Result) -> list[dict[str, Any]]:
    """Read what was printed."""
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """Write a file with a story."""
    path = tmp_path / "story.txt"
    path.write_text(_STORY, encoding="utf-8")
    return path


def test_an_article_has_the_fields_of_the_glossary(story: Path) -> None:
    """One object with the article's fields and where it came from."""
    (article,) = shapes(newsdex("process", "--json", story))
    assert article["origin"]["uri"] == str(story)
    assert article["language"] == "en"
    assert any("harbour bridge in Port Ellery" in paragraph for paragraph in article["body"])


def test_results_come_in_the_order_of_the_inputs(story: Path, tmp_path: Path) -> None:
    """Also when some are rejected, and with standard input between them."""
    (tmp_path / "a.gz").write_bytes(gzip.compress(_STORY.encode()))
    (tmp_path / "empty.txt").write_bytes(b"")
    paths = [story, tmp_path / "empty.txt", Path("-"), tmp_path / "a.gz"]
    done = newsdex("process", "--json", *paths, stdin=_STORY.encode())
    assert [shape["origin"]["uri"] for shape in shapes(done)] == [str(path) for path in paths]


def test_a_rejection_is_an_answer_and_no_failure(tmp_path: Path) -> None:
    """The exit code is 0 and the reason stands in the output."""
    (tmp_path / "empty.txt").write_bytes(b" \n")
    done = newsdex("process", "--json", tmp_path / "empty.txt")
    assert (done.exit_code, shapes(done)[0]["rejection"]["reason"]) == (0, "empty_input")


def test_a_path_that_is_not_there_is_wrong_use() -> None:
    """Exit code 2, and the path is named."""
    done = newsdex("process", "/nowhere/story.txt")
    assert (done.exit_code, "/nowhere/story.txt" in done.stderr) == (2, True)


def test_no_path_is_wrong_use() -> None:
    """Exit code 2."""
    assert newsdex("process").exit_code == 2


def test_a_reader_that_goes_away_is_no_error(story: Path) -> None:
    """`newsdex process ... | head -1` ends quietly."""
    command = [sys.executable, "-c", "from newsdex.cli import main; main()", "process", "--json", *[str(story)] * 20]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (0, b"")


def test_a_wrong_setting_is_one_clear_line(story: Path) -> None:
    """Exit code 1, the variable is named, and no traceback."""
    done = newsdex("process", story, NEWSDEX_DOCUMENT_BYTES="many")
    assert done.exit_code == 1
    assert "NEWSDEX_DOCUMENT_BYTES='many'" in done.stderr
    assert "Traceback" not in done.stderr


def test_explain_shows_what_was_kept_and_the_evidence(story: Path) -> None:
    """For a person: the text and why the language is believed."""
    done = newsdex("explain", story)
    text = done.stdout
    assert done.exit_code == 0
    assert "Engineers found cracks" in text
    assert "language" in text
