"""Bulk loads: WARC, JSON Lines, CSV and folders of documents that lie on the disk become searchable articles."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task
from newsdex_dags import IN_COMMON, end_balanced, tasks_retried

from newsdex import run

SETTINGS = run.read_settings()
ROOTS = ", ".join(f"`{root}`" for root in SETTINGS.backfill_roots)
PLAIN_ROOTS = ROOTS.replace("`", "")  # code that breaks across lines is hard to read in a form

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


@dag(
    dag_id="backfill",
    dag_display_name="Backfill from files",
    description="WARC, JSON Lines, CSV and folders of documents become searchable articles",
    doc_md=DOC,
    schedule=None,
    dagrun_timeout=timedelta(days=7),
    tags=["newsdex", "ingest"],
    default_args=tasks_retried(),
    **IN_COMMON,
    params={
        "path": Param(
            "",
            type="string",
            minLength=1,
            maxLength=1000,
            pattern=r"^(?!(.*/)?\.\.(/|$)).+$",
            title="Files",
            examples=["crawls/2024-11/CC-NEWS-20241120.warc.gz", "crawls/2024-*/*.warc.gz", "papers/1998"],
            description_md=f"Example: `crawls/2024-*/*.warc.gz`. A file, a folder or a pattern, below {PLAIN_ROOTS}.",
        ),
        "kind": Param(
            "auto",
            type="string",
            enum=list(run.KINDS),
            title="Kind",
            values_display={
                "auto": "Each file's content tells",
                "warc": "WARC",
                "jsonl": "JSON Lines",
                "csv": "CSV",
                "document": "A document each",
            },
            description_md="What the files are.",
        ),
        "publisher": Param(
            None,
            type=["null", "string"],
            maxLength=200,
            title="Publisher",
            examples=["Northmoor Gazette"],
            description_md="Who published all of them. Example: `Northmoor Gazette`. Empty: the documents tell.",
        ),
        "mapping": Param(
            {},
            type=["null", "object"],
            additionalProperties={"type": "string", "minLength": 1, "maxLength": 200},
            title="Mapping",
            description_md="Which column or key holds which field, for JSON Lines and CSV. The others are looked for "
            'by their usual names. Example: `{"headline": "title", "body": "article.text"}`.',
            section="Records of JSON Lines and CSV",
        ),
        "bodies": Param(
            "auto",
            type="string",
            enum=list(run.MEDIA_TYPES),
            title="Bodies",
            values_display={"auto": "Each one's content tells", "text": "Plain text", "html": "HTML"},
            description_md="What the bodies of records are.",
            section="Records of JSON Lines and CSV",
        ),
        "delimiter": Param(
            None,
            type=["null", "string"],
            maxLength=1,
            title="Delimiter",
            examples=[";", ",", "|"],
            description_md="The one character between the columns of CSV. Example: `;`. Empty: the first row tells.",
            section="Records of JSON Lines and CSV",
        ),
        "batch_files": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=5000,
            title="Documents a batch",
            description_md="How many documents one batch has at most, 1 to 5,000. Example: `100`. "
            f"Empty: {SETTINGS.batch_files}.",
            section="How much at once",
        ),
    },
)
def backfill() -> None:
    """Wire the tasks."""

    def close(settings: Any, run_id: str, sheets: list[list[dict[str, Any]]]) -> dict[str, Any]:
        return run.close_run(settings, run_id, chain.from_iterable(sheets))

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

    @task(map_index_template="{{ batch_label }}", on_failure_callback=None)  # the balance tells of it
    def ingest(batches: list[str], run_id: str) -> list[dict[str, Any]]:
        """Take batches through the line into the index."""
        context = get_current_context()
        context["batch_label"] = batches[0]
        sheets = run.ingest_batches(SETTINGS, batches, f"backfill__{run_id}")
        context["batch_label"] = f"{batches[0]}: {sum(sheet['inputs'] for sheet in sheets)} documents"
        return sheets

    planned = plan()
    end_balanced(planned, ingest.expand(batches=planned), SETTINGS, close=close, run_name="backfill__")


backfill()
