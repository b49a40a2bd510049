"""The release's form and wiring."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import ParamValidationError

from newsdex import run
from newsdex.records import FETCH_REASONS, Reason

PARAMS = {
    "stage": "any",
    "reason": "empty_body",
    "source": None,
    "publisher": "reuters",
    "since": "2026-01-02",
    "until": None,
    "limit": 70,
    "dry_run": False,
}


@pytest.fixture
def dag(dag_bag: Any) -> Any:
    """Give the DAG."""
    return dag_bag.dags["release_quarantine"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stage", "archive"),
        ("reason", "unreachable"),
        ("reason", "because"),
        ("source", ""),
        ("since", "yesterday"),
        ("until", "2026-13-01"),
        ("limit", 0),
        ("limit", run.quarantine.MOST_RELEASED + 1),
    ],
)
def test_a_wrong_form_is_refused(dag: Any, field: str, value: object) -> None:
    """Before anything runs; what has to be fetched again cannot be chosen."""
    with pytest.raises(ParamValidationError):
        dag.params.get_param(field).resolve(value)


def test_every_reason_that_a_release_can_mend_can_be_chosen(dag: Any) -> None:
    """A new reason is offered without anybody thinking of it."""
    offered = dag.params.get_param("reason").schema["enum"]
    assert set(offered) == {"any", *(reason.value for reason in Reason if reason not in FETCH_REASONS)}


def test_the_form_is_what_is_asked(dag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Field by field; `any` and empty ask for nothing."""
    asked: list[Any] = []

    def open_release(settings: Any, run_id: str, selection: Any, limit: int) -> list[str]:
        asked.append((run_id, selection, limit))
        return ["batch"]

    monkeypatch.setattr(run.quarantine, "open_release", open_release)
    assert dag.get_task("choose").python_callable(PARAMS, "run-1") == ["batch"]
    wanted = run.quarantine.select(reason="empty_body", publisher="reuters", since="2026-01-02")
    assert asked == [("run-1", wanted, 70)]


def test_a_dry_run_opens_no_batch(
    dag: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what would pass."""
    monkeypatch.setattr(run.quarantine, "describe_trial", lambda settings, selection, limit: "7 would pass")
    assert dag.get_task("choose").python_callable({**PARAMS, "dry_run": True}, "run-1") == []
    assert "7 would pass" in capsys.readouterr().out


def test_the_balance_is_drawn_whatever_became_of_the_batches(dag: Any) -> None:
    """A run with a failed batch has to be told as such, not skipped over."""
    balance = dag.get_task("balance")
    assert balance.trigger_rule == "all_done"
    assert balance.upstream_task_ids == {"ingest"}
