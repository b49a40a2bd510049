"""What a trigger's log says while the inbox or the cluster is away."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


class Log:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, form: str, *words: str) -> None:
        """Hear a warning."""
        self.said.append("! " + form % words)

    def info(self, form: str, *words: str) -> None:
        """Hear what is no warning."""
        self.said.append(form % words)


def test_a_trouble_is_told_when_it_begins_changes_and_ends(airflow: None) -> None:
    """A trigger looks twice a second: an inbox that is away for a night would fill the log."""
    from newsdex_troubles import Trouble

    log = Log()
    trouble = Trouble(log)
    for what in ("inbox away", "inbox away", "inbox away", "inbox is a file", "inbox is a file"):
        trouble.lasts(what)
    trouble.is_over()
    trouble.is_over()
    trouble.lasts("inbox is a file")
    assert log.said == ["! inbox away", "! inbox is a file", "over: inbox is a file", "! inbox is a file"]


def test_a_trouble_that_lasts_is_told_again(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens the log of today finds what began yesterday."""
    import newsdex_troubles

    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(newsdex_troubles.time, "monotonic", lambda: clock.now)
    log = Log()
    trouble = newsdex_troubles.Trouble(log)
    for second in range(1500):
        clock.now = 1000.0 + second
        trouble.lasts("broker away")
    assert len(log.said) == 3
