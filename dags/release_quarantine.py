"""Documents in quarantine through today's rules again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, task
from newsdex_dags import IN_COMMON, tasks_retried, work_batches

from newsdex import run

SETTINGS = run.read_settings()
EITHER = "Empty: any."

DOC = """
### Documents in quarantine through today's rules again

Choose by stage, reason, source, publisher or date; what is left empty is not asked for. The documents are read from the
raw archive, so nothing is fetched: what was never fetched (`unreachable`, `http_error`) is left, and the log says so.

| task | what it does |
| --- | --- |
| **choose** | finds what is meant, and puts it into batches; with *Dry run* it tries today's rules and writes nothing |
| **ingest** | takes one batch through the line: what passes is indexed and leaves the quarantine |
| **balance** | adds up; fails when a document has no outcome |

What is refused again stays in quarantine, with its new reason and one try more. Nothing is lost by running this twice.
"""


@dag(
    dag_id="release_quarantine",
    dag_display_name="Release the quarantine",
    description="Refused documents through today's rules again",
    doc_md=DOC,
    schedule=None,
    dagrun_timeout=timedelta(hours=12),
    tags=["newsdex", "maintenance"],
    default_args=tasks_retried(),
    **IN_COMMON,
    params={
        "stage": Param(
            "any",
            type="string",
            enum=["any", *run.quarantine.STAGES],
            title="Stage",
            description_md="Where in the line the documents stopped.",
        ),
        "reason": Param(
            "any",
            type="string",
            enum=["any", *run.quarantine.RELEASABLE_REASONS],
            title="Reason",
            description_md="Why they were refused the last time. What was never fetched is not in the list.",
        ),
        "source": Param(
            None,
            type=["null", "string"],
            minLength=1,
            maxLength=200,
            examples=["gazette-feed"],
            title="Source",
            description_md=f"An id of `config/sources.yaml`. Example: `gazette-feed`. {EITHER}",
        ),
        "publisher": Param(
            None,
            type=["null", "string"],
            minLength=1,
            maxLength=200,
            examples=["reuters"],
            title="Publisher",
            description_md=f"As the inbox folder said. Example: `reuters`. {EITHER}",
        ),
        "since": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Refused since",
            description_md=f"The first day, in UTC. {EITHER}",
            section="When they were refused",
        ),
        "until": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Refused until",
            description_md=f"The last day, included. {EITHER}",
            section="When they were refused",
        ),
        "limit": Param(
            10_000,
            type="integer",
            minimum=1,
            maximum=run.quarantine.MOST_RELEASED,
            title="Documents at most",
            description_md=f"The last refused come first; 1 to {run.quarantine.MOST_RELEASED:,}.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description_md="Try today's rules and say in the log what would pass; nothing is written.",
        ),
    },
)
def release_quarantine() -> None:
    """Wire the tasks."""

    @task
    def choose(params: dict[str, Any], run_id: str) -> list[str]:
        """Find what is meant."""
        chosen = run.quarantine.select(
            stage=None if params["stage"] == "any" else params["stage"],
            reason=None if params["reason"] == "any" else params["reason"],
            source=params["source"],
            publisher=params["publisher"],
            since=params["since"],
            until=params["until"],
        )
        if params["dry_run"]:
            print(run.quarantine.describe_trial(SETTINGS, chosen, params["limit"]))  # noqa: T201 - into the task's log
            return []
        return run.quarantine.open_release(SETTINGS, run_id, chosen, params["limit"])

    found = choose()
    work_batches(SETTINGS, found, close=run.close_run, kind="documents")


release_quarantine()
