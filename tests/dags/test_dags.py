"""What holds for every DAG."""

from __future__ import annotations

from typing import Any

import pytest


def test_every_dag_imports(dag_bag: Any) -> None:
    """A DAG that does not import is not there, and nobody tells."""
    assert dag_bag.import_errors == {}
    assert {"ingest_inbox", "backfill"} <= set(dag_bag.dags)


def test_every_dag_serialises(dag_bag: Any) -> None:
    """The scheduler works from the serialised DAG alone."""
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in dag_bag.dags.values():
        assert DagSerialization.from_dict(DagSerialization.to_dict(dag)).dag_id == dag.dag_id


def test_every_dag_explains_itself(dag_bag: Any) -> None:
    """An operator who opens it reads what it does, whose it is, and finds it by tag."""
    for dag in dag_bag.dags.values():
        assert len(dag.doc_md) > 200
        assert "newsdex" in dag.tags
        assert {task.owner for task in dag.tasks} == {"newsdex"}


def test_every_form_field_is_explained_and_bounded(dag_bag: Any) -> None:
    """A number without a limit would be taken by the form and by the interface alike."""
    for dag in dag_bag.dags.values():
        for name in dag.params:
            schema = dag.params.get_param(name).schema
            assert schema["title"], f"{dag.dag_id}: {name}"
            assert schema["description_md"], f"{dag.dag_id}: {name}"
            if "integer" in schema["type"]:
                assert schema["maximum"] >= schema["minimum"], f"{dag.dag_id}: {name}"


@pytest.mark.parametrize("dag_id", ["ingest_inbox", "ingest_urls", "ingest_feeds", "backfill", "release_quarantine"])
def test_a_run_whose_first_task_fails_has_failed(dag_bag: Any, dag_id: str) -> None:
    """The balance is drawn in any case; the end asks for the tasks before it to have succeeded."""
    dag = dag_bag.dags[dag_id]
    end = dag.get_task("end")
    batches = dag.get_task("ingest").upstream_task_ids
    assert [leaf.task_id for leaf in dag.leaves] == ["end"]
    assert (end.trigger_rule, end.upstream_task_ids) == ("all_success", {"balance", *batches})
