"""Addresses from a form or a file into the index: each page becomes a searchable article."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, task
from newsdex_dags import IN_COMMON, tasks_retried, work_batches

from newsdex import run

SETTINGS = run.read_settings()
ROOTS = ", ".join(f"`{root}`" for root in SETTINGS.backfill_roots)
PLAIN_ROOTS = ROOTS.replace("`", "")  # code that breaks across lines is hard to read in a form

DOC = f"""
### Pages that you name become searchable articles

Trigger this DAG and give addresses in the form, one a line, or the name of a file of them below {ROOTS}.

| task | what it does |
| --- | --- |
| **fetch** | claims the addresses, fetches them, and keeps what comes in the raw archive before anything else |
| **ingest** | for each batch: cleans, dates, tags the language, indexes |
| **balance** | adds up: inputs = created + updated + unchanged + duplicate + quarantined; fails when it is not so |

Sites are asked with manners: one request at a time for each registered domain, by its robots.txt, slower when it says
so. An address that was fetched before is passed over unless **refetch** is set; a page that has not changed is then
`unchanged`. A page that cannot be had is in quarantine with its reason.

A run fetches for 20 minutes. What is left then, and what failed in a way that may pass, is no input of it: the log of
**fetch** counts those, and the runs of `ingest_feeds` fetch them.

Any task may be killed, cleared and run again: a page that was fetched is not fetched again, and what a dead run has
left is taken over by the next one.
"""


@dag(
    dag_id="ingest_urls",
    dag_display_name="Ingest addresses",
    description="Pages that you name become searchable articles",
    doc_md=DOC,
    schedule=None,
    dagrun_timeout=timedelta(hours=4),
    tags=["newsdex", "ingest", "web"],
    default_args=tasks_retried(),
    **IN_COMMON,
    params={
        "urls": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "pattern": r"^https?://[^\s]+$", "maxLength": 8000},
            maxItems=run.MOST_FETCHED,
            title="Addresses",
            description_md=f"Addresses of articles, one a line, {run.MOST_FETCHED:,} at most. "
            "Example: `https://news.example/story`.",
        ),
        "file": Param(
            None,
            type=["null", "string"],
            maxLength=1000,
            pattern=r"^(?!(.*/)?\.\.(/|$)).+$",
            title="File",
            examples=["lists/monday.txt"],
            description_md="Example: `lists/monday.txt`. A list of addresses on this server, one a line, below "
            f"{PLAIN_ROOTS}; instead of the above, or beside it.",
        ),
        "publisher": Param(
            None,
            type=["null", "string"],
            maxLength=200,
            title="Publisher",
            examples=["Northmoor Gazette"],
            description_md="Who published all of them. Example: `Northmoor Gazette`. Empty: the pages tell.",
            section="What is known of them",
        ),
        "refetch": Param(
            False,
            type="boolean",
            title="Refetch",
            description_md="Also fetch what was fetched before; what has changed since becomes a new version.",
            section="What is known of them",
        ),
    },
)
def ingest_urls() -> None:
    """Wire the tasks."""

    @task(pool="newsdex_fetch")
    def fetch(params: dict[str, Any], run_id: str) -> list[str]:
        """Fetch the addresses; give the batches of what came."""
        return run.fetch_urls(
            SETTINGS,
            f"ingest_urls__{run_id}",
            params["urls"] or [],
            file=params["file"],
            publisher=params["publisher"],
            refetch=params["refetch"],
        )

    fetched = fetch()
    work_batches(SETTINGS, fetched, close=run.close_run, kind="addresses", run_name="ingest_urls__")


ingest_urls()
