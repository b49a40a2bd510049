"""A run's balance sheet says by itself whether anything was lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from newsdex.index.outcome import Outcome
from newsdex.index.throughput import Run


def run(inputs: int, answered: int, outcomes: Mapping[Outcome, int], *, balanced: bool = True) -> Run:
    """Make a run's sheet."""
    return Run("run", datetime(2026, 1, 1, tzinfo=UTC), inputs, answered, balanced, outcomes)


@pytest.mark.parametrize(
    ("inputs", "answered", "said"),
    [
        (3, 3, "3 inputs, 2 outcomes: 1 lost"),
        (1, 2, "1 inputs, 2 outcomes: 1 counted twice"),
        (2, 1, "Elasticsearch confirmed 1 of 2 outcomes"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said_with_its_numbers(inputs: int, answered: int, said: str) -> None:
    """An input without an outcome, one with two, one that Elasticsearch has not confirmed."""
    assert run(inputs, answered, {Outcome.CREATED: 2}, balanced=False).fault == said


def test_a_sheet_that_balances_has_no_fault() -> None:
    """Its inputs, outcomes and confirmations are as many."""
    assert run(2, 2, {Outcome.CREATED: 1, Outcome.QUARANTINED: 1}).fault is None
