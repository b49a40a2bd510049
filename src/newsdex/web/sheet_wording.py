"""How the pipeline page says things: a balance sheet as a sentence, a span of time as a person would say it."""

from __future__ import annotations

from newsdex.index.outcome import Outcome
from newsdex.index.throughput import Run

_SAID = {
    Outcome.CREATED: ("is new", "are new"),
    Outcome.UPDATED: ("replaced its former text", "replaced their former texts"),
    Outcome.UNCHANGED: ("was known as it is", "were known as they are"),
    Outcome.DUPLICATE: ("has the text of another article", "have the text of another article"),
    Outcome.QUARANTINED: ("was refused", "were refused"),
}


def in_words(run: Run) -> str:
    """Say what became of a run's inputs.

    >>> from datetime import UTC, datetime
    >>> outcomes = dict.fromkeys(Outcome, 0) | {Outcome.CREATED: 2, Outcome.QUARANTINED: 1}
    >>> in_words(Run("x", datetime(2026, 1, 1, tzinfo=UTC), 3, 3, True, outcomes))
    '3 documents came in: 2 are new, 1 was refused.'
    """
    came = "1 document came in" if run.inputs == 1 else f"{run.inputs:,} documents came in"
    parts = [f"{count:,} {_SAID[outcome][count != 1]}" for outcome, count in run.outcomes.items() if count]
    return f"{came}: {', '.join(parts)}." if parts else f"{came}."


def seconds_in_words(seconds: float | None) -> str:
    """Say a span of time with the unit that suits it.

    >>> seconds_in_words(0.42), seconds_in_words(75), seconds_in_words(7_300), seconds_in_words(200_000)
    ('0.4 s', '75 s', '2.0 h', '2.3 days')
    """
    if seconds is None:
        return "unknown"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"
