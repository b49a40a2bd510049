"""What holds for every DAG."""

from __future__ import annotations

from collections.abc import Iterator
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


def fields(dag_bag: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of all forms."""
    for dag in dag_bag.dags.values():
        for name in dag.params:
            yield f"{dag.dag_id}: {name}", dag.params.get_param(name).schema


def test_every_form_field_is_explained_and_bounded(dag_bag: Any) -> None:
    """A number or a text without a limit would be taken by the form and by the interface alike."""
    for name, schema in fields(dag_bag):
        assert schema["title"], name
        assert schema["description_md"].endswith("."), name
        if "integer" in schema["type"]:
            assert schema["maximum"] >= schema["minimum"], name
        if "string" in schema["type"]:
            assert {"maxLength", "enum", "format"} & schema.keys(), name
        if "array" in schema["type"]:
            assert schema["maxItems"], name
            assert schema["items"]["maxLength"], name


def test_every_field_that_takes_words_has_an_example(dag_bag: Any) -> None:
    """An operator sees what is meant; switches, choices and days say it by themselves."""
    for name, schema in fields(dag_bag):
        if schema["type"] != "boolean" and not {"enum", "format"} & schema.keys():
            says = schema["description_md"]
            assert "Example: `" in says or f"{schema.get('minimum')} to " in says, name


def test_what_every_form_asks_first_is_not_folded_away(dag_bag: Any) -> None:
    """Sections are closed until somebody opens them: what a run cannot do without stands above them."""
    for dag in dag_bag.dags.values():
        first, *_ = (dag.params.get_param(name).schema for name in dag.params)
        assert "section" not in first, dag.dag_id
    assert "section" not in dag_bag.dags["backfill"].params.get_param("path").schema


def test_every_door_ends_in_the_articles(dag_bag: Any) -> None:
    """As the asset graph shows it: whatever counts documents is drawn as a producer of the archive."""
    for dag in dag_bag.dags.values():
        if dag.has_task("balance"):
            assert [asset.name for asset in dag.get_task("balance").outlets] == ["newsdex_articles"], dag.dag_id


def test_what_wakes_a_dag_is_in_the_asset_graph(dag_bag: Any) -> None:
    """The inbox and the feeds; topics too, where there are any."""
    woken = {dag.dag_id: dag.timetable.asset_condition for dag in dag_bag.dags.values()}
    assert [asset.name for asset in woken["ingest_inbox"].objects] == ["newsdex_inbox"]
    assert [asset.name for asset in woken["ingest_feeds"].objects] == ["newsdex_feeds"]


@pytest.mark.parametrize("dag_id", ["ingest_inbox", "ingest_urls", "ingest_feeds", "backfill", "release_quarantine"])
def test_a_run_whose_first_task_fails_has_failed(dag_bag: Any, dag_id: str) -> None:
    """The balance is drawn in any case; the end asks for the tasks before it to have succeeded."""
    dag = dag_bag.dags[dag_id]
    end = dag.get_task("end")
    batches = dag.get_task("ingest").upstream_task_ids
    assert [leaf.task_id for leaf in dag.leaves] == ["end"]
    assert (end.trigger_rule, end.upstream_task_ids) == ("all_success", {"balance", *batches})
