"""Bulk loads: WARC, JSON Lines, CSV and folders of documents that lie on the disk become searchable articles."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Param, TriggerRule, dag, get_current_context, task

from newsdex import run

SETTINGS = run.read_settings()
ROOTS = ", ".join(f"`{root}`" for root in SETTINGS.backfill_roots)

DOC = f"""
### Files that lie on the disk become searchable articles

Put files below {ROOTS}, trigger this DAG, and name them in the form: a file, a folder or a pattern. They stay where
they are. `NEWSDEX_BACKFILL_ROOTS` sets the folders that may be read.

| kind | what is a document | it is called |
| --- | --- | --- |
| **warc** | an HTML page in a `response` record, as in CC-NEWS | `crawl.warc.gz#81213`: its offset |
| **jsonl** | a line: one JSON object with a field for the body | `rows.jsonl#17`: its line |
| **csv** | a row, below a first row with the names of the columns | `table.csv#17`: its first line |
| **document** | a whole file, plain text or HTML | its path |

Gzip is undone. With **auto** each file's content tells what it is. Of records the fields are found by their usual names
(`title`, `text`, `date`, `url` and more); **mapping** names others. A record that cannot be read is in quarantine with
the name above, and the others go on. Images, redirects and other records of a WARC that hold no page are no inputs: the
log of **plan**, and the balance, count them by kind as passed over.

| task | what it does |
| --- | --- |
| **plan** | looks through the files once, counts the documents, and cuts them into batches of bounded size |
| **ingest** | for each batch: keeps the bytes in the raw archive, cleans, dates, tags the language, indexes |
| **balance** | adds up: documents = created + updated + unchanged + duplicate + quarantined; fails when it is not so |

Any task may be killed, cleared and run again: a batch goes on behind its last outcome, and a document is written to the
same id again. What a failed run left is taken over by the next one, before its own files.
"""

ARGUMENTS = {
    "owner": "newsdex",
    "retries": 4,
    "retry_delay": timedelta(seconds=3),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=1),
}


@dag(
    dag_id="backfill",
    dag_display_name="Backfill from files",
    description="WARC, JSON Lines, CSV and folders of documents become searchable articles",
    doc_md=DOC,
    schedule=None,
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow takes it in the DAG's own time zone, UTC
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(days=7),
    tags=["newsdex", "ingest"],
    default_args=ARGUMENTS,
    params={
        "path": Param(
            "",
            type="string",
            minLength=1,
            maxLength=1000,
            pattern=r"^(?!(.*/)?\.\.(/|$)).+$",
            title="Files",
            description_md=f"A file, a folder or a pattern (`crawls/2024-*/*.warc.gz`), below {ROOTS}.",
        ),
        "kind": Param(
            "auto",
            type="string",
            enum=list(run.KINDS),
            title="Kind",
            description_md="What the files are. `auto`: each one's content tells.",
        ),
        "publisher": Param(
            None,
            type=["null", "string"],
            maxLength=200,
            title="Publisher",
            description_md="Who published all of them. Empty: the documents tell.",
        ),
        "mapping": Param(
            {},
            type=["null", "object"],
            additionalProperties={"type": "string", "minLength": 1, "maxLength": 200},
            title="Mapping",
            description_md="Which column or key holds which field, for JSON Lines and CSV: "
            '`{"headline": "title", "body": "article.text"}`. The others are looked for by their usual names.',
            section="Records",
        ),
        "bodies": Param(
            "auto",
            type="string",
            enum=list(run.MEDIA_TYPES),
            title="Bodies",
            description_md="What the bodies of records are. `auto`: each one's content tells.",
            section="Records",
        ),
        "delimiter": Param(
            None,
            type=["null", "string"],
            maxLength=1,
            title="Delimiter",
            description_md="The character between the columns of CSV. Empty: the first row tells.",
            section="Records",
        ),
        "batch_files": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=5000,
            title="Documents a batch",
            description_md=f"How many documents one batch has at most. Empty: {SETTINGS.batch_files}.",
            section="Batches",
        ),
    },
)
def backfill() -> None:
    """Wire the tasks."""

    @task(execution_timeout=timedelta(hours=12))
    def plan(params: dict[str, Any], run_id: str) -> list[list[str]]:
        """Look through the files and cut them into batches."""
        return run.plan_backfill(
            SETTINGS,
            f"backfill__{run_id}",
            params["path"],
            kind=params["kind"],
            mapping=params["mapping"],
            media_type=params["bodies"],
            delimiter=params["delimiter"] or None,
            publisher=params["publisher"],
            batch_files=params["batch_files"],
        )

    @task(map_index_template="{{ batch_label }}")
    def ingest(batches: list[str], run_id: str) -> list[dict[str, Any]]:
        """Take batches through the line into the index."""
        context = get_current_context()
        context["batch_label"] = batches[0]
        sheets = run.ingest_batches(SETTINGS, batches, f"backfill__{run_id}")
        context["batch_label"] = f"{batches[0]}: {sum(sheet['inputs'] for sheet in sheets)} documents"
        return sheets

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def balance(sheets: Any, run_id: str) -> dict[str, Any]:
        """Add up the batches, store the sum, and fail if it does not balance."""
        done = [each for each in sheets or () if each is not None]
        return run.close_run(SETTINGS, f"backfill__{run_id}", chain.from_iterable(done))

    planned = plan()
    # The balance is drawn whatever happened before it, so it alone would have a run without a first task succeed.
    [planned, balance(ingest.expand(batches=planned))] >> EmptyOperator(task_id="end")


backfill()
