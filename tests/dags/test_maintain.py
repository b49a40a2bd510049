"""The upkeep's form, wiring and last word."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from newsdex import run
from newsdex.run.findings import Report


@pytest.fixture
def dag(dag_bag: Any) -> Any:
    """Give the DAG."""
    return dag_bag.dags["maintain"]


@pytest.mark.parametrize(("field", "value"), [("dry_run", "yes"), ("sample", 0), ("sample", 1_000_001)])
def test_a_wrong_form_is_refused(dag: Any, field: str, value: object) -> None:
    """Before anything runs."""
    with pytest.raises(ParamValidationError):
        dag.params.get_param(field).resolve(value)


def test_it_runs_every_day_and_never_twice_at_once(dag: Any) -> None:
    """Days that were missed are not made up for: today's run does their work."""
    assert dag.schedule == "17 3 * * *"
    assert dag.catchup is False
    assert dag.max_active_runs == 1
    assert dag.is_paused_upon_creation is False


def test_every_task_of_upkeep_stands_alone(dag: Any) -> None:
    """None waits for another; the summary waits for all, whatever became of them."""
    names = {task.name for task in run.maintenance.TASKS}
    assert {task.task_id for task in dag.tasks} == {*names, "summary"}
    assert all(not dag.get_task(name).upstream_task_ids for name in names)
    assert dag.get_task("summary").upstream_task_ids == names
    assert dag.get_task("summary").trigger_rule == "all_done"


def test_a_task_does_what_the_form_says(dag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And hands its report on as JSON."""
    asked: list[Any] = []

    def maintain(settings: Any, task: str, **options: Any) -> Report:
        asked.append((task, options))
        return Report(task, ["looked"])

    monkeypatch.setattr(run.maintenance, "maintain", maintain)
    shape = dag.get_task("archive").python_callable("archive", {"dry_run": True, "sample": 70})
    assert asked == [("archive", {"dry_run": True, "sample": 70})]
    assert Report.from_dict(shape) == Report("archive", ["looked"])


def test_the_summary_fails_with_all_that_a_person_needs(dag: Any) -> None:
    """Short and complete, for a notifier; and it is not tried again."""
    disk = Report("disk")
    disk.alarm("/srv: 2 % free", "make room")
    summary = dag.get_task("summary")
    with pytest.raises(AirflowFailException) as failure:
        summary.python_callable({"disk": disk.as_dict(), "sources": None, "records": Report("records").as_dict()})
    assert str(failure.value).splitlines() == [
        "2 things need a person",
        "sources: did not finish; its log says why",
        "disk: /srv: 2 % free -> make room",
    ]
    assert summary.retries == 0


def test_warnings_alone_fail_nothing(dag: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """They are in the log."""
    report = Report("sources")
    report.warn("gazette-feed: 40 of 60 without a date")
    assert dag.get_task("summary").python_callable({"sources": report.as_dict()}) is None
    assert capsys.readouterr().out == "sources\n  warning: gazette-feed: 40 of 60 without a date\n"


def test_its_page_explains_every_task(dag: Any) -> None:
    """And when each raises an alarm."""
    for task in run.maintenance.TASKS:
        assert f"| **{task.name}** | {task.meaning} | {task.alarm} |" in dag.doc_md
