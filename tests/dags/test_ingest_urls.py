"""The DAG of named addresses as Airflow reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dag_files import take

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dag(dag_bag: Any) -> Any:
    """Give the DAG."""
    return dag_bag.dags["ingest_urls"]


def test_runs_wait_for_each_other_and_begin_by_hand(dag: Any) -> None:
    """Two at once would take each other's batches."""
    assert dag.schedule is None
    assert (dag.max_active_runs, dag.is_paused_upon_creation) == (1, False)
    assert dag.dagrun_timeout is not None


def test_addresses_are_fetched_and_then_ingested_in_batches(dag: Any) -> None:
    """The fetching task stands in the pool of one slot; the balance is drawn whatever became of the batches."""
    order = {task.task_id: task.upstream_task_ids for task in dag.tasks}
    assert order == {"fetch": set(), "ingest": {"fetch"}, "balance": {"ingest"}, "end": {"fetch", "balance"}}
    assert dag.get_task("fetch").pool == "newsdex_fetch"
    assert dag.get_task("balance").trigger_rule == "all_done"


def test_the_form_is_explained(dag: Any) -> None:
    """Each field has a title and says what it does."""
    for name in dag.params:
        schema = dag.params.get_param(name).schema
        assert schema["title"]
        assert schema["description_md"]


@pytest.mark.parametrize(
    "form",
    [
        {"urls": ["file:///etc/passwd"]},
        {"urls": ["https://news.example/a b"]},
        {"urls": "https://news.example/"},
        {"file": "../secrets.txt"},
        {"refetch": "yes"},
        {"publisher": "x" * 201},
    ],
)
def test_a_wrong_form_is_refused(dag: Any, form: dict[str, Any]) -> None:
    """Before any task runs."""
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        take(dag, form)


def test_a_right_form_is_taken(dag: Any) -> None:
    """Addresses, a file, a publisher, and again."""
    form = {"urls": ["https://news.example/1"], "file": "lists/monday.txt", "publisher": "Gazette", "refetch": True}
    assert take(dag, form) == form
