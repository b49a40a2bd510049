"""Where the command line prints, how wide, and in colours or not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PRINT = "from newsdex.cli.console import out; out.print('[red]bridge[/] ' + 'shut ' * 60)"


def printed(**environment: str) -> str:
    """Print a coloured long line in a process of its own, into a pipe."""
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, "-c", _PRINT], capture_output=True, text=True, check=True, env=env | environment
    )
    return done.stdout


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours_are_for_terminals(environment: dict[str, str], coloured: bool) -> None:
    """FORCE_COLOR and NO_COLOR are honoured, as no-color.org has them."""
    shown = printed(TERM="xterm-256color", **environment)
    assert ("\x1b[31m" in shown) is coloured
    assert "bridge" in shown


def test_a_pipe_has_no_edge_unless_columns_gives_it_one() -> None:
    """A line stays a line for `grep`; `COLUMNS` folds it."""
    assert len(printed().splitlines()) == 1
    folded = printed(COLUMNS="60").splitlines()
    assert len(folded) > 5
    assert max(map(len, folded)) <= 60
