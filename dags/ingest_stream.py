"""Kafka topics into the index: messages become searchable articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, AssetWatcher, Param, dag, task
from airflow.sdk.exceptions import AirflowFailException
from newsdex_dags import IN_COMMON, tasks_retried, work_batches
from newsdex_streams import StreamTrigger, connection_options

from newsdex import run

SETTINGS = run.read_settings()
LACK = run.what_stream_lacks(SETTINGS)
TOPICS = ", ".join(f"`{topic}`" for topic in SETTINGS.kafka_topics)

DOC = f"""
### Messages of Kafka topics become searchable articles

{f"**{LACK}**" if LACK else f"Topics: {TOPICS}; consumer group: `{SETTINGS.kafka_group}`."}

A message is a document, plain text or HTML, or a JSON object with a field for the body. Headers may name its fields:
`url`, `headline`, `publisher`, `published` and so on; `content-type` with a charset counts beside `url`. The origin of
an article is called `kafka://TOPIC/PARTITION/OFFSET`. `NEWSDEX_KAFKA_MAPPING` says which key of a JSON object is which
field where the usual names do not.

| task | what it does |
| --- | --- |
| **take** | reads what waits into the raw archive and into batches of bounded size |
| **ingest** | for each batch: cleans, dates, tags the language, indexes |
| **balance** | adds up: messages = created + updated + unchanged + duplicate + quarantined; fails when it is not so |
| **commit** | only then has Kafka remember that the messages are done with |

A message wakes the DAG; the run takes whatever waits, so no event matters by itself. A message that cannot be read is
in quarantine as `broken_record`, and the others go on. One without a value, a tombstone, is passed over and counted.

Any task may be killed, cleared and run again. What a dead run had taken is taken over by the next one; were its
notes lost, the messages are read again and are `unchanged`. Nothing is committed before the index has answered.
"""

messages = Asset(
    name="newsdex_messages",
    uri="x-newsdex://messages",
    group="newsdex",
    watchers=[
        AssetWatcher(
            name="newsdex_messages_watcher",
            trigger=StreamTrigger(topics=list(SETTINGS.kafka_topics), connection=SETTINGS.kafka_connection),
        )
    ],
)


@dag(
    dag_id="ingest_stream",
    dag_display_name="Ingest Kafka topics",
    description="Messages of Kafka topics become searchable articles",
    doc_md=DOC,
    schedule=None if LACK else [messages],
    dagrun_timeout=timedelta(hours=2),
    tags=["newsdex", "ingest", "stream"],
    default_args=tasks_retried(),
    **IN_COMMON,
    params={
        "messages": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=run.MOST_MESSAGES,
            title="Messages",
            description_md=f"How many messages this run takes at most, 1 to {run.MOST_MESSAGES:,}; the rest waits for "
            f"the next run. Example: `1000`. Empty: {SETTINGS.batches_per_run * SETTINGS.batch_files:,}.",
        ),
    },
)
def ingest_stream() -> None:
    """Wire the tasks."""

    @task
    def take(params: dict[str, Any], run_id: str) -> list[str]:
        """Take the messages that wait."""
        if LACK:
            raise AirflowFailException(LACK)
        options = connection_options(SETTINGS.kafka_connection)
        return run.take_messages(SETTINGS, f"ingest_stream__{run_id}", options=options, most=params["messages"])

    @task
    def commit(run_id: str) -> dict[str, int]:
        """Have Kafka remember what is done with."""
        options = connection_options(SETTINGS.kafka_connection)
        return run.commit_stream(SETTINGS, f"ingest_stream__{run_id}", options=options)

    taken = take()
    work_batches(SETTINGS, taken, close=run.close_stream, kind="messages", run_name="ingest_stream__", last=commit())


ingest_stream()
