"""The DAG of feeds and sitemaps as Airflow reads it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dag_files import read_dag, take

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dag(airflow: None) -> Any:
    """Read the DAG with a schedule of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSDEX_POLL_MINUTES", "7")
        return read_dag("ingest_feeds")


def test_it_polls_on_the_schedule_of_the_settings(dag: Any) -> None:
    """Every so many minutes, or when somebody says that the feeds have news; one run at a time, from the first day."""
    assert dag.timetable.timetable.delta == timedelta(minutes=7)
    assert [asset.name for asset in dag.timetable.asset_condition.objects] == ["newsdex_feeds"]
    assert (dag.max_active_runs, dag.catchup, dag.is_paused_upon_creation) == (1, False, False)
    assert dag.dagrun_timeout is not None


def test_what_is_new_is_known_before_anything_is_fetched(dag: Any) -> None:
    """Poll, fetch, ingest in batches, balance."""
    order = {task.task_id: task.upstream_task_ids for task in dag.tasks}
    assert order == {
        "poll": set(),
        "fetch": {"poll"},
        "ingest": {"fetch"},
        "balance": {"ingest"},
        "end": {"fetch", "balance"},
    }
    assert dag.get_task("balance").trigger_rule == "all_done"


def test_only_one_task_at_a_time_asks_the_web(dag: Any) -> None:
    """The pool has one slot, shared with the other doors of the web."""
    assert {task.task_id: task.pool for task in dag.tasks if task.pool != "default_pool"} == {
        "poll": "newsdex_fetch",
        "fetch": "newsdex_fetch",
    }


def test_the_form_is_explained(dag: Any) -> None:
    """Each field has a title and says what it does."""
    for name in dag.params:
        schema = dag.params.get_param(name).schema
        assert schema["title"]
        assert schema["description_md"]


@pytest.mark.parametrize(
    "form", [{"sources": ["../etc"]}, {"sources": "gazette"}, {"limit": 0}, {"limit": 1_000_000}, {"force": "yes"}]
)
def test_a_wrong_form_is_refused(dag: Any, form: dict[str, Any]) -> None:
    """Before any task runs."""
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        take(dag, form)


def test_a_right_form_is_taken(dag: Any) -> None:
    """Sources by id, a limit, and as if for the first time."""
    form = {"sources": ["gazette", "tide-mill"], "limit": 10, "force": True}
    assert take(dag, form) == form
