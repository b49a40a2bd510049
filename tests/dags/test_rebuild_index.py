"""The rebuild's form and wiring."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, ParamValidationError

from newsdex import run

PARAMS = {"publisher": None, "examples": 5, "keep": 1, "restart": True, "switch": True}


@pytest.fixture
def dag(dag_bag: Any) -> Any:
    """Give the DAG."""
    return dag_bag.dags["rebuild_index"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("switch", "yes"), ("publisher", ""), ("examples", 101), ("keep", 10), ("keep", -1), ("restart", 1)],
)
def test_a_wrong_form_is_refused(dag: Any, field: str, value: object) -> None:
    """Before anything runs."""
    with pytest.raises(ParamValidationError):
        dag.params.get_param(field).resolve(value)


def test_a_form_sent_as_it_is_changes_nothing_that_is_searched(dag: Any) -> None:
    """Somebody who only wants to see what the button does gets a report."""
    assert dag.params["switch"] is False


def test_it_runs_by_hand_only_and_alone(dag: Any) -> None:
    """Two rebuilds at once would fill one index."""
    assert dag.max_active_runs == 1
    assert dag.schedule is None
    assert dag.is_paused_upon_creation is False


def test_the_new_index_is_switched_to_or_removed(dag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never both, never neither."""
    done: list[str] = []
    monkeypatch.setattr(run.rebuild, "switch", lambda settings, keep: done.append(f"switch, keep {keep}"))
    monkeypatch.setattr(run.rebuild, "discard", lambda settings: done.append("discard"))
    switch, discard = (dag.get_task(name).python_callable for name in ("switch", "discard"))
    for wished, acting, idle in ((True, switch, discard), (False, discard, switch)):
        acting({"changed": 3}, {**PARAMS, "switch": wished})
        with pytest.raises(AirflowSkipException):
            idle({"changed": 3}, {**PARAMS, "switch": wished})
    assert done == ["switch, keep 1", "discard"]


def test_a_second_try_goes_on_with_what_the_first_began(dag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the form said to begin anew: that was for the first."""
    wished: list[bool] = []
    report = dict.fromkeys(("id", "same", "changed", "missing", "added"), 0)

    def build(settings: Any, *, restart: bool, **_: Any) -> dict[str, Any]:
        wished.append(restart)
        return report

    monkeypatch.setattr(run.rebuild, "build", build)
    monkeypatch.setattr(run.rebuild, "describe_report", lambda report: "nothing changes")
    task = dag.get_task("build").python_callable
    for try_number in (1, 2):
        assert task(PARAMS, SimpleNamespace(try_number=try_number)) == report
    assert wished == [True, False]
