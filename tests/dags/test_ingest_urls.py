"""The DAG of named addresses as Airflow reads it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Read the DAG without a database."""
    home = tmp_path_factory.mktemp("airflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(home))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        patch.setenv("AIRFLOW__CORE__UNIT_TEST_MODE", "True")
        patch.setenv("NEWSDEX_HOME", str(home / "newsdex"))
        patch.syspath_prepend(PROJECT / "plugins")
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(PROJECT / "dags" / "ingest_urls.py")
        assert bag.import_errors == {}
        yield bag.dags["ingest_urls"]
    sys.modules.pop("ingest_urls", None)


def take(dag: Any, form: dict[str, Any]) -> dict[str, Any]:
    """Take a form as Airflow does."""
    return {name: dag.params.get_param(name).resolve(value) for name, value in form.items()}


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
