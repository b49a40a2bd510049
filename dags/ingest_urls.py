"""Addresses from a form or a file into the index: each page becomes a searchable article."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Param, TriggerRule, dag, get_current_context, task
from newsdex_assets import ARTICLES
from newsdex_notices import FailureNotice
from newsdex_retries import AsCounted

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
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow takes it in the DAG's own time zone, UTC
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=4),
    on_failure_callback=FailureNotice(),
    tags=["newsdex", "ingest", "web"],
    default_args={
        "owner": "newsdex",
        "on_failure_callback": FailureNotice(),
        "retries": 4,
        "retry_delay": timedelta(seconds=3),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=1),
    },
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

    @task(map_index_template="{{ batch_label }}", on_failure_callback=None)  # the balance tells of it
    def ingest(batch: str, run_id: str) -> dict[str, Any]:
        """Take one batch through the line into the index."""
        context = get_current_context()
        context["batch_label"] = batch
        sheet = run.ingest_batch(SETTINGS, batch, f"ingest_urls__{run_id}")
        context["batch_label"] = f"{batch}: {sheet['inputs']} addresses"
        return sheet

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[ARTICLES], retry_policy=AsCounted())
    def balance(sheets: Any, run_id: str, outlet_events: Any) -> dict[str, Any]:
        """Add up the batches, store the sum, and fail if it does not balance."""
        done = [sheet for sheet in sheets or () if sheet is not None]
        total = run.close_run(SETTINGS, f"ingest_urls__{run_id}", done)
        outlet_events[ARTICLES].extra = {"inputs": total["inputs"], **total["outcomes"]}
        return total

    fetched = fetch()
    # The balance is drawn whatever happened before it, so it alone would have a run without a first task succeed.
    [fetched, balance(ingest.expand(batch=fetched))] >> EmptyOperator(task_id="end")


ingest_urls()
