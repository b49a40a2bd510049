"""How far a long command is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import pytest

from newsdex.cli import progress
from newsdex.cli.progress import Progress


def test_where_there_is_no_terminal_it_is_said_in_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step, how far it is, how fast, and how long it still takes; on standard error."""
    moments = iter((0.0, 0.0, 10.0, 31.0))  # begun, a step begun, and what is due looked at twice
    monkeypatch.setattr(progress, "_clock", lambda: next(moments))
    with Progress("starting") as bar:
        bar("filling", 10, 620)
        bar("filling", 310, 620)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "filling: 310 of 620, 10 a second, 31 s left\n"


def test_a_short_command_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Half a minute has to go by."""
    with Progress("reading") as bar:
        for done in range(100):
            bar.reach(done, 100)
    assert capsys.readouterr().err == ""


def test_what_is_advanced_adds_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a total there is a rate and no time left."""
    monkeypatch.setattr(progress, "_SAID_EVERY", 0.0)
    monkeypatch.setattr(progress, "pace", lambda done, total, seconds, unit: f"{done:.0f} {total}")
    with Progress("reading") as bar:
        bar.advance(3)
        bar.advance(4)
    assert capsys.readouterr().err.splitlines()[-1] == "reading: 7, 7 None"


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """For `--json`, whose reader waits for the end."""
    monkeypatch.setattr(progress, "_SAID_EVERY", 0.0)
    with Progress("reading", quiet=True) as bar:
        bar("reading", 5, 10)
    assert capsys.readouterr().err == ""
