"""Feeds, sitemaps and sites into the index: what is new in them becomes searchable articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import (
    AssetOrTimeSchedule,
    DeltaTriggerTimetable,
    Param,
    dag,
    task,
)
from newsdex_assets import FEEDS
from newsdex_dags import IN_COMMON, tasks_retried, work_batches

from newsdex import run

SETTINGS = run.read_settings()

DOC = f"""
### What is new in feeds, sitemaps and sites becomes searchable articles

The sources are in `{SETTINGS.config}/sources.yaml`; `newsdex source add https://news.example/` finds a site's feeds and
writes them there. Every {SETTINGS.poll_minutes} minutes (`NEWSDEX_POLL_MINUTES`) those that are due are asked; sooner
when something gives the asset `newsdex_feeds` an event.

| task | what it does |
| --- | --- |
| **poll** | asks each source that is due, and notes new and changed addresses in the index `news-frontier` |
| **fetch** | claims addresses that are due, fetches them, and first of all keeps what comes in the raw archive |
| **ingest** | for each batch: cleans, dates, tags the language, indexes |
| **balance** | adds up: inputs = created + updated + unchanged + duplicate + quarantined; fails when it is not so |

Sites are asked with manners: one request at a time for each registered domain, by its robots.txt, slower when it says
so. One run fetches for {SETTINGS.fetch_seconds:.0f} seconds or {SETTINGS.fetch_addresses:,} addresses; the rest waits
for the next, and each domain has its turn. A page that fails in a way that may pass is put back for later and is no
input of the run: the log of **fetch** counts those. One that fails for good is in quarantine with its reason.

A source that fails is named in the log of **poll**, and asked ever more rarely, once a day at least; it is never
disabled. Any task may be killed, cleared and run again: a page that was fetched is not fetched again, and what a dead
run has left is taken over by the next one.
"""


@dag(
    dag_id="ingest_feeds",
    dag_display_name="Ingest feeds and sitemaps",
    description="What is new in feeds, sitemaps and sites becomes searchable articles",
    doc_md=DOC,
    schedule=AssetOrTimeSchedule(
        timetable=DeltaTriggerTimetable(timedelta(minutes=SETTINGS.poll_minutes)), assets=[FEEDS]
    ),
    dagrun_timeout=timedelta(hours=2),
    tags=["newsdex", "ingest", "web"],
    default_args=tasks_retried(),
    **IN_COMMON,
    params={
        "sources": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 100},
            maxItems=1000,
            uniqueItems=True,
            title="Sources",
            description_md="Ids of `config/sources.yaml` to ask now, one a line, due or not; only what they lead to is "
            "fetched. Example: `gazette-feed`. Empty: those that are due.",
        ),
        "force": Param(
            False,
            type="boolean",
            title="As if for the first time",
            description_md="Ask also what is not due, and do not let a server answer that nothing has changed.",
        ),
        "limit": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=run.MOST_FETCHED,
            title="Addresses",
            description_md=f"How many addresses this run fetches at most, 1 to {run.MOST_FETCHED:,}; the rest waits "
            f"for the next run. Example: `50`. Empty: {SETTINGS.fetch_addresses:,}.",
            section="How much at once",
        ),
    },
)
def ingest_feeds() -> None:
    """Wire the tasks."""

    @task(pool="newsdex_fetch")
    def poll(params: dict[str, Any], run_id: str) -> dict[str, Any]:
        """Ask the sources what is new."""
        return run.poll_sources(SETTINGS, f"ingest_feeds__{run_id}", params["sources"] or [], force=params["force"])

    @task(pool="newsdex_fetch")
    def fetch(params: dict[str, Any], run_id: str) -> list[str]:
        """Fetch the addresses that are due; give the batches of what came."""
        return run.fetch_waiting(
            SETTINGS, f"ingest_feeds__{run_id}", sources=params["sources"] or [], limit=params["limit"]
        )

    fetched = fetch()
    poll() >> fetched
    work_batches(SETTINGS, fetched, close=run.close_run, kind="addresses", run_name="ingest_feeds__")


ingest_feeds()
