"""The DAG as Airflow reads it, and the trigger that wakes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest


def test_runs_neither_overlap_nor_catch_up_and_end(dag_bag: Any) -> None:
    """Two runs at once would take each other's batches; a run without an end would block the inbox."""
    dag = dag_bag.dags["ingest_inbox"]
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.dagrun_timeout is not None
    assert dag.is_paused_upon_creation is False
    assert all(task.retries >= 3 for task in dag.tasks)


def test_the_balance_is_drawn_whatever_became_of_the_batches(dag_bag: Any) -> None:
    """A run with a failed batch has to be told as such, not skipped over."""
    balance = dag_bag.dags["ingest_inbox"].get_task("balance")
    assert balance.trigger_rule == "all_done"
    assert balance.upstream_task_ids == {"ingest"}


def test_the_inbox_is_watched_where_the_settings_say(dag_bag: Any, airflow: None) -> None:
    """The trigger and the tasks look at the same folder."""
    from newsdex.run import read_settings

    (asset,) = dag_bag.dags["ingest_inbox"].timetable.asset_condition.objects
    (watcher,) = asset.watchers
    class_path, arguments = watcher.trigger.serialize()
    assert class_path == "newsdex_triggers.InboxTrigger"
    assert arguments["inbox"] == str(read_settings().inbox)


async def _next(events: AsyncIterator[Any], seconds: float) -> Any:
    async with asyncio.timeout(seconds):
        return (await anext(events)).payload


@pytest.fixture
def rebuilt(airflow: None, tmp_path: Path) -> AsyncIterator[Any]:
    """Give the events of a trigger that went through the database, over an empty inbox."""
    from airflow.sdk.module_loading import import_string
    from newsdex_triggers import InboxTrigger

    (tmp_path / "inbox").mkdir()
    written = InboxTrigger(inbox=str(tmp_path / "inbox"), poll=0.02, settle=0.05, remind=0.2, stale_after=0.1)
    class_path, arguments = written.serialize()
    events: AsyncIterator[Any] = import_string(class_path)(**arguments).run()
    return events


async def test_a_dropped_file_fires_the_trigger(rebuilt: AsyncIterator[Any], tmp_path: Path) -> None:
    """And an empty inbox does not."""
    waiting = asyncio.ensure_future(anext(rebuilt))
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    (tmp_path / "inbox" / "a.txt").write_text("Rain.", encoding="utf-8")
    async with asyncio.timeout(10):
        assert (await waiting).payload == {"files": 1, "stale_batches": 0}


async def test_the_trigger_reminds_while_files_wait(rebuilt: AsyncIterator[Any], tmp_path: Path) -> None:
    """An event that Airflow lost on its way to a run is followed by another."""
    (tmp_path / "inbox" / "a.txt").write_text("Rain.", encoding="utf-8")
    for _ in range(3):
        assert (await _next(rebuilt, 20))["files"] == 1


async def test_a_batch_left_behind_fires_the_trigger(rebuilt: AsyncIterator[Any], tmp_path: Path) -> None:
    """Also when no new file ever comes."""
    (tmp_path / "inbox" / ".claimed" / "run" / "batch").mkdir(parents=True)
    assert await _next(rebuilt, 10) == {"files": 0, "stale_batches": 1}


async def test_the_trigger_survives_an_inbox_that_cannot_be_read(airflow: None, tmp_path: Path) -> None:
    """A raising trigger takes its neighbours' time; this one waits until the folder can be read."""
    from newsdex_triggers import InboxTrigger

    inbox = tmp_path / "inbox"
    inbox.write_text("a file where a folder should be", encoding="utf-8")
    events = InboxTrigger(inbox=str(inbox), poll=0.02, settle=0.05).run()
    waiting = asyncio.ensure_future(anext(events))
    done, _ = await asyncio.wait([waiting], timeout=0.2)
    assert not done
    inbox.unlink()
    inbox.mkdir()
    (inbox / "a.txt").write_text("Rain.", encoding="utf-8")
    async with asyncio.timeout(10):
        assert (await waiting).payload["files"] == 1
