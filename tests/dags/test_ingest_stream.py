"""The DAG of Kafka topics as Airflow reads it, and the trigger that wakes it, before a real broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from dag_files import read_dag
from free_ports import free_port
from kafka_broker import Broker, kafka_broker

PROJECT = Path(__file__).resolve().parents[2]
SOON = {"poll": 0.05, "remind": 0.2}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Run the broker."""
    with kafka_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running


def test_runs_neither_overlap_nor_catch_up_and_end(dag_bag: Any) -> None:
    """Two runs at once would take each other's batches."""
    dag = dag_bag.dags["ingest_stream"]
    assert (dag.max_active_runs, dag.catchup, dag.is_paused_upon_creation) == (1, False, False)
    assert dag.dagrun_timeout is not None
    assert all(task.retries >= 3 for task in dag.tasks)


def test_offsets_are_committed_last(dag_bag: Any) -> None:
    """After a balance that was drawn whatever became of the batches, and not where taking has failed."""
    dag = dag_bag.dags["ingest_stream"]
    order = {task.task_id: task.upstream_task_ids for task in dag.tasks}
    assert order == {"take": set(), "ingest": {"take"}, "balance": {"ingest"}, "commit": {"take", "balance"}}
    assert dag.get_task("balance").trigger_rule == "all_done"
    assert dag.get_task("commit").trigger_rule == "all_success"


def test_without_a_cluster_nothing_is_watched(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The DAG is there, says what to set, and so does a run by hand, which is not tried again."""
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.delenv("NEWSDEX_KAFKA_SERVERS", raising=False)
    dag = read_dag("ingest_stream")
    assert dag.schedule is None
    assert "NEWSDEX_KAFKA_TOPICS" in dag.doc_md
    with pytest.raises(AirflowFailException, match="set NEWSDEX_KAFKA_TOPICS, and NEWSDEX_KAFKA_SERVERS"):
        dag.get_task("take").python_callable(params={"messages": None}, run_id="manual")


def test_the_topics_of_the_settings_are_watched(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no password lies in Airflow's database."""
    monkeypatch.setenv("NEWSDEX_KAFKA_SERVERS", "127.0.0.1:9")
    monkeypatch.setenv("NEWSDEX_KAFKA_TOPICS", "news,wires")
    monkeypatch.setenv("NEWSDEX_KAFKA_OPTIONS", '{"sasl.password": "hush"}')
    (asset,) = read_dag("ingest_stream").timetable.asset_condition.objects
    (watcher,) = asset.watchers
    class_path, arguments = watcher.trigger.serialize()
    assert class_path == "newsdex_streams.StreamTrigger"
    assert arguments["topics"] == ["news", "wires"]
    assert "hush" not in repr(arguments)


def rebuilt(**arguments: Any) -> AsyncIterator[Any]:
    """Give the events of a trigger that went through the database."""
    from airflow.sdk.module_loading import import_string
    from newsdex_streams import StreamTrigger

    class_path, written = StreamTrigger(**{"topics": ["news"], **SOON, **arguments}).serialize()
    events: AsyncIterator[Any] = import_string(class_path)(**written).run()
    return events


async def next_of(events: AsyncIterator[Any]) -> Any:
    """Wait for the next event."""
    async with asyncio.timeout(60):
        return (await anext(events)).payload


async def test_a_message_fires_the_trigger_until_it_is_committed(
    airflow: None, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty topic does not; a lost event is followed by another; and nothing is consumed by looking."""
    from newsdex.read.kafka import Topics

    monkeypatch.setenv("NEWSDEX_KAFKA_SERVERS", broker.servers)
    monkeypatch.setenv("NEWSDEX_KAFKA_TOPICS", "news")
    broker.create("news")
    events = rebuilt()
    waiting = asyncio.ensure_future(anext(events))
    done, _ = await asyncio.wait([waiting], timeout=2)
    assert not done
    broker.send("news", [b"one", b"two"])
    async with asyncio.timeout(60):
        assert (await waiting).payload == {"news": 2}
    assert [await next_of(events), await next_of(events)] == [{"news": 2}, {"news": 2}]
    assert broker.committed("news") is None
    with Topics(broker.servers, "newsdex", ["news"], {}) as topics:
        topics.commit({"news/0": 2})
    waiting = asyncio.ensure_future(anext(events))
    done, _ = await asyncio.wait([waiting], timeout=2)
    assert not done
    waiting.cancel()


async def test_servers_may_come_from_a_connection(
    airflow: None, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tasks and the trigger read the same one."""
    from newsdex_streams import connection_options

    connection = {"conn_type": "kafka", "extra": {"bootstrap.servers": broker.servers}}
    monkeypatch.setenv("AIRFLOW_CONN_CLUSTER", json.dumps(connection))
    monkeypatch.setenv("NEWSDEX_KAFKA_CONNECTION", "cluster")
    monkeypatch.setenv("NEWSDEX_KAFKA_TOPICS", "connected")
    broker.create("connected")
    broker.send("connected", [b"one"])
    assert connection_options("cluster") == {"bootstrap.servers": broker.servers}
    assert connection_options("") is None
    assert await next_of(rebuilt(topics=["connected"], connection="cluster")) == {"connected": 1}


async def test_the_trigger_survives_a_cluster_that_is_away(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A raising trigger is started again every few seconds; this one waits."""
    monkeypatch.setenv("NEWSDEX_KAFKA_SERVERS", f"127.0.0.1:{free_port()}")
    monkeypatch.setenv("NEWSDEX_KAFKA_TOPICS", "news")
    waiting = asyncio.ensure_future(anext(rebuilt()))
    done, _ = await asyncio.wait([waiting], timeout=12)
    assert not done
    waiting.cancel()
