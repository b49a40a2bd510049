"""The inbox into the index: files dropped in the inbox become searchable articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, AssetWatcher, Param, dag, task
from newsdex_dags import IN_COMMON, tasks_retried, work_batches
from newsdex_triggers import InboxTrigger

from newsdex import run

SETTINGS = run.read_settings()

DOC = f"""
### Files dropped in the inbox become searchable articles

Drop raw news, plain text or HTML, also gzipped, into `{SETTINGS.inbox}`. A first-level folder names the publisher
(`inbox/reuters/x.txt`). A few seconds later it is found by `newsdex search`.

| task | what it does |
| --- | --- |
| **claim** | moves the files that wait, out of everybody else's reach, into batches of bounded size |
| **ingest** | for each batch: keeps the bytes in the raw archive, cleans, dates, tags the language, indexes |
| **balance** | adds up: files in = created + updated + unchanged + duplicate + quarantined; fails when it is not so |

A dropped file wakes the DAG; the run takes whatever waits, so no event matters by itself. If Elasticsearch is away,
tasks fail and are tried again; files stay claimed, and the next run takes over what a failed run left. Clearing and
rerunning any task is safe: a document is written to the same id again. A document that cannot become an article is in
the index `news-quarantine` with its reason, and its bytes are in the raw archive.

To take more or less at once, trigger a run by hand: the form explains itself.
"""

inbox = Asset(
    name="newsdex_inbox",
    uri="x-newsdex://inbox",
    group="newsdex",
    watchers=[
        AssetWatcher(
            name="newsdex_inbox_watcher",
            trigger=InboxTrigger(inbox=str(SETTINGS.inbox), settle=SETTINGS.settle_seconds),
        )
    ],
)


@dag(
    dag_id="ingest_inbox",
    dag_display_name="Ingest the inbox",
    description="Files dropped in the inbox become searchable articles",
    doc_md=DOC,
    schedule=[inbox],
    dagrun_timeout=timedelta(hours=2),
    tags=["newsdex", "ingest"],
    default_args=tasks_retried(),
    **IN_COMMON,
    params={
        "batches": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=64,
            title="Batches",
            description_md="How many batches this run takes at most, 1 to 64; each is one task. What is left waits for "
            f"the next run. Example: `4`. Empty: {SETTINGS.batches_per_run}.",
        ),
        "batch_files": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=5000,
            title="Files a batch",
            description_md="How many files one task works at most, 1 to 5,000. Example: `100`. "
            f"Empty: {SETTINGS.batch_files}.",
        ),
    },
)
def ingest_inbox() -> None:
    """Wire the tasks."""

    @task
    def claim(params: dict[str, Any], run_id: str) -> list[str]:
        """Claim the files that wait."""
        return run.claim(SETTINGS, run_id, batches=params["batches"], batch_files=params["batch_files"])

    claimed = claim()
    work_batches(SETTINGS, claimed, close=run.close_run, kind="files")


ingest_inbox()
