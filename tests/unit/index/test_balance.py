"""The books of a run."""

from __future__ import annotations

import json

import pytest
from example_articles import make_article

from newsdex.index.balance import BalanceSheet, Unbalanced
from newsdex.index.outcome import Outcome, Written
from newsdex.records import Reason


def written(outcome: Outcome, status: int, reason: Reason | None = None) -> Written:
    """Make an outcome."""
    return Written(make_article().origin, "id", outcome, reason=reason, status=status)


ALL_FIVE = (
    written(Outcome.CREATED, 201),
    written(Outcome.UPDATED, 200),
    written(Outcome.UNCHANGED, 200),
    written(Outcome.DUPLICATE, 201),
    written(Outcome.QUARANTINED, 201, Reason.BINARY),
)


def sheet_of(inputs: int, *entries: Written) -> BalanceSheet:
    """Enter outcomes into a sheet."""
    sheet = BalanceSheet(inputs=inputs)
    for entry in entries:
        sheet.add(entry)
    return sheet


def test_a_sheet_with_an_outcome_for_each_input_balances() -> None:
    """Each of the five counts once."""
    sheet = sheet_of(5, *ALL_FIVE)
    sheet.check()
    assert sheet.balanced
    assert sheet.reasons == {"binary": 1}


@pytest.mark.parametrize("inputs", [4, 6])
def test_an_input_too_many_or_too_few_is_told(inputs: int) -> None:
    """Lost or counted twice, the run fails."""
    with pytest.raises(Unbalanced, match=f"{inputs} inputs, but 5 outcomes"):
        sheet_of(inputs, *ALL_FIVE).check()


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.CREATED, 0), (Outcome.CREATED, 200), (Outcome.UPDATED, 201), (Outcome.UPDATED, 429)],
)
def test_an_outcome_that_elasticsearch_did_not_confirm_is_told(outcome: Outcome, status: int) -> None:
    """What we say has happened has to be what the server answered for that very item."""
    with pytest.raises(Unbalanced, match="Elasticsearch confirmed 5"):
        sheet_of(6, *ALL_FIVE, written(outcome, status)).check()


def test_the_sheets_of_batches_add_up_to_the_runs() -> None:
    """Inputs, outcomes and confirmations alike."""
    whole = sheet_of(5, *ALL_FIVE) + sheet_of(1, written(Outcome.CREATED, 201))
    whole.check()
    assert (whole.inputs, whole[Outcome.CREATED]) == (6, 2)


def test_a_sheet_travels_as_json() -> None:
    """From a task to the next one, and back."""
    sheet = sheet_of(5, *ALL_FIVE)
    assert BalanceSheet.from_dict(json.loads(json.dumps(sheet.as_dict()))) == sheet
