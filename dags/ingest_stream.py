"""Kafka topics into the index: messages become searchable articles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import Asset, AssetWatcher, Param, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException
from newsdex_assets import ARTICLES
from newsdex_notices import FailureNotice
from newsdex_retries import AsCounted
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
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow takes it in the DAG's own time zone, UTC
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=2),
    on_failure_callback=FailureNotice(),
    tags=["newsdex", "ingest", "stream"],
    default_args={
        "owner": "newsdex",
        "on_failure_callback": FailureNotice(),
        "retries": 4,
        "retry_delay": timedelta(seconds=3),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=1),
    },
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

    @task(map_index_template="{{ batch_label }}", on_failure_callback=None)  # the balance tells of it
    def ingest(batch: str, run_id: str) -> dict[str, Any]:
        """Take one batch through the line into the index."""
        context = get_current_context()
        context["batch_label"] = batch
        sheet = run.ingest_batch(SETTINGS, batch, f"ingest_stream__{run_id}")
        context["batch_label"] = f"{batch}: {sheet['inputs']} messages"
        return sheet

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[ARTICLES], retry_policy=AsCounted())
    def balance(sheets: Any, run_id: str, outlet_events: Any) -> dict[str, Any]:
        """Add up the batches, store the sum, and fail if it does not balance."""
        done = [sheet for sheet in sheets or () if sheet is not None]
        total = run.close_stream(SETTINGS, f"ingest_stream__{run_id}", done)
        outlet_events[ARTICLES].extra = {"inputs": total["inputs"], **total["outcomes"]}
        return total

    @task
    def commit(run_id: str) -> dict[str, int]:
        """Have Kafka remember what is done with."""
        options = connection_options(SETTINGS.kafka_connection)
        return run.commit_stream(SETTINGS, f"ingest_stream__{run_id}", options=options)

    taken = take()
    [taken, balance(ingest.expand(batch=taken))] >> commit()


ingest_stream()
