"""The bulk load's form and wiring."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import ParamValidationError


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("path", ""),
        ("path", "../secrets"),
        ("path", "crawls/../../secrets"),
        ("path", "crawls/.."),
        ("kind", "zip"),
        ("mapping", {"headline": 7}),
        ("bodies", "pdf"),
        ("delimiter", ";;"),
        ("batch_files", 0),
        ("batch_files", 5001),
    ],
)
def test_a_wrong_form_is_refused(dag_bag: Any, field: str, value: object) -> None:
    """Before anything runs."""
    param = dag_bag.dags["backfill"].params.get_param(field)
    with pytest.raises(ParamValidationError):
        param.resolve(value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("path", "crawls/2024-*/*.warc.gz"),
        ("path", "/srv/crawls/notes..txt"),
        ("kind", "warc"),
        ("mapping", {"headline": "title"}),
        ("mapping", None),
        ("publisher", None),
        ("delimiter", "\t"),
        ("batch_files", 5000),
    ],
)
def test_a_right_form_is_taken(dag_bag: Any, field: str, value: object) -> None:
    """As an operator fills it in."""
    assert dag_bag.dags["backfill"].params.get_param(field).resolve(value) == value


def test_it_runs_only_when_it_is_asked_to(dag_bag: Any) -> None:
    """And never twice at once: two runs would take each other's batches for left behind."""
    dag = dag_bag.dags["backfill"]
    assert dag.timetable.can_be_scheduled is False
    assert dag.max_active_runs == 1
    assert dag.is_paused_upon_creation is False
    assert all(task.retries >= 3 for task in dag.tasks)


def test_the_balance_is_drawn_whatever_became_of_the_batches(dag_bag: Any) -> None:
    """A run with a failed batch has to be told as such, not skipped over."""
    balance = dag_bag.dags["backfill"].get_task("balance")
    assert balance.trigger_rule == "all_done"
    assert balance.upstream_task_ids == {"ingest"}
