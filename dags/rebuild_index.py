"""The index built anew from the raw archive, with today's rules and mapping, while the old one serves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from newsdex_dags import IN_COMMON, tasks_retried

from newsdex import run

SETTINGS = run.read_settings()

DOC = f"""
### The index anew, from the raw archive, with today's rules and mapping

After the rules or the mapping have changed, this reads every document of the raw archive again and fills a new index
beside the one that serves. Searches and ingestion go on meanwhile; what they write ends in both.

| task | what it does |
| --- | --- |
| **build** | fills the new index, compares it with the old one, reports what changes, with examples |
| **switch** | catches up, counts, and moves searches and writers to the new index in one step; writers wait so long |
| **discard** | without *switch*: removes the new index again; the report stays |

The report is in the log of *build*, and in `{SETTINGS.home}/rebuilds/`. Run it first without *switch*, read the report,
then with it. A task that dies goes on where it was when it is tried again. `newsdex rebuild --rollback` goes back to
the index that served before, with everything that came since.
"""


@dag(
    dag_id="rebuild_index",
    dag_display_name="Rebuild the index",
    description="Every document of the raw archive through today's rules into a new index, then one switch",
    doc_md=DOC,
    schedule=None,
    dagrun_timeout=timedelta(days=7),
    tags=["newsdex", "maintenance"],
    default_args=tasks_retried(3, first=timedelta(seconds=10), longest=timedelta(minutes=5)),
    **IN_COMMON,
    params={
        "switch": Param(
            False,
            type="boolean",
            title="Switch",
            description_md="Move searches to the new index when it is built. Off: only the report, nothing is changed.",
        ),
        "publisher": Param(
            None,
            type=["null", "string"],
            minLength=1,
            maxLength=200,
            examples=["Northmoor Gazette"],
            title="Only this publisher",
            description_md="Its id or name. The articles of all others are taken over as they are. "
            "Example: `Northmoor Gazette`. Empty: everything.",
        ),
        "examples": Param(
            5,
            type="integer",
            minimum=0,
            maximum=100,
            title="Examples",
            description_md="How many changes of each field the report shows, 0 to 100.",
            section="Report, and what is kept",
        ),
        "keep": Param(
            1,
            type="integer",
            minimum=0,
            maximum=9,
            title="Former indices to keep",
            description_md="After the switch, 0 to 9. With 0 there is nothing to roll back to.",
            section="Report, and what is kept",
        ),
        "restart": Param(
            False,
            type="boolean",
            title="Begin anew",
            description_md="Give up a rebuild that was interrupted, instead of going on with it.",
        ),
    },
)
def rebuild_index() -> None:
    """Wire the tasks."""

    @task
    def build(params: dict[str, Any], ti: Any) -> dict[str, Any]:
        """Fill the new index, and report."""
        report = run.rebuild.build(
            SETTINGS,
            only=params["publisher"],
            examples=params["examples"],
            # A second try goes on with what the first one began.
            restart=params["restart"] and ti.try_number == 1,
        )
        print("::group::Report")  # noqa: T201 - Airflow folds what stands between these lines
        print(run.rebuild.describe_report(report))  # noqa: T201
        print("::endgroup::")  # noqa: T201
        return {name: report[name] for name in ("id", "same", "changed", "missing", "added")}

    @task
    def switch(built: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        """Move searches and writers to the new index."""
        if not params["switch"]:
            raise AirflowSkipException(f"the form says report only: {built['changed']} articles would change")
        return run.rebuild.switch(SETTINGS, keep=params["keep"])

    @task
    def discard(built: dict[str, Any], params: dict[str, Any]) -> str | None:
        """Remove the new index."""
        if params["switch"]:
            raise AirflowSkipException("searches are on the new index")
        return run.rebuild.discard(SETTINGS)

    built = build()
    switch(built)
    discard(built)


rebuild_index()
