"""What the DAGs have in common: one run at a time, failures told, and the tasks that end every ingestion.

Every process of Airflow reads its plugins, so this loads no newsdex before a task runs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import TriggerRule, get_current_context, task
from newsdex_assets import ARTICLES
from newsdex_notices import FailureNotice
from newsdex_retries import AsCounted

Close: TypeAlias = Callable[..., dict[str, Any]]
"""Adds up a run's balance sheets: takes the settings, the run's name and the sheets, gives the sum."""

IN_COMMON: dict[str, Any] = {
    "start_date": datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow takes it in the DAG's own time zone, UTC
    "catchup": False,
    "max_active_runs": 1,
    "is_paused_upon_creation": False,
    "on_failure_callback": FailureNotice(),
}
"""What each of the DAGs says of itself."""


def tasks_retried(
    times: int = 4, *, first: timedelta = timedelta(seconds=3), longest: timedelta = timedelta(minutes=1)
) -> dict[str, Any]:
    """Give a DAG's `default_args`: tried again so many times, with pauses that double from `first` to `longest`."""
    return {
        "owner": "newsdex",
        "on_failure_callback": FailureNotice(),
        "retries": times,
        "retry_delay": first,
        "retry_exponential_backoff": True,
        "max_retry_delay": longest,
    }


def work_batches(
    settings: Any,
    batches: Any,
    *,
    close: Close,
    kind: str,
    run_name: str = "",
    last: Any = None,
) -> None:
    """Add the tasks that take batches through the line, each one task, and draw the balance.

    `batches` is the first task, which gives their names; `close` adds up their sheets, `kind` says what is counted in
    them, and `run_name` is put before the run's id. `last` comes when both the first task and the balance are right.
    """

    @task(map_index_template="{{ batch_label }}", on_failure_callback=None)  # the balance tells of it
    def ingest(batch: str, run_id: str) -> dict[str, Any]:
        """Take one batch through the line into the index."""
        from newsdex import run

        context = get_current_context()
        context["batch_label"] = batch
        sheet = run.ingest_batch(settings, batch, run_name + run_id)
        context["batch_label"] = f"{batch}: {sheet['inputs']} {kind}"
        return sheet

    end_balanced(batches, ingest.expand(batch=batches), settings, close=close, run_name=run_name, last=last)


def end_balanced(
    first: Any,
    sheets: Any,
    settings: Any,
    *,
    close: Close,
    run_name: str = "",
    last: Any = None,
) -> None:
    """Add the task that draws the balance of what the batches' tasks gave, and end the run."""

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[ARTICLES], retry_policy=AsCounted())
    def balance(sheets: Any, run_id: str, outlet_events: Any) -> dict[str, Any]:
        """Add up the batches, store the sum, and fail if it does not balance."""
        total = close(settings, run_name + run_id, [sheet for sheet in sheets or () if sheet is not None])
        outlet_events[ARTICLES].extra = {"inputs": total["inputs"], **total["outcomes"]}
        return total

    # The balance is drawn whatever happened before it, so it alone would have a run without a first task succeed.
    [first, balance(sheets)] >> (last if last is not None else EmptyOperator(task_id="end"))
