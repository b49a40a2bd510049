"""What has to be done every day so that the archive lives long, and what a person has to hear of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowFailException
from newsdex_dags import IN_COMMON, tasks_retried

from newsdex import run

SETTINGS = run.read_settings()
UPKEEP = run.maintenance
ROWS = "\n".join(f"| **{each.name}** | {each.meaning} | {each.alarm} |" for each in UPKEEP.TASKS)

DOC = f"""
### Retention, archive check, disks, work left behind, sources: once a day

Each task stands alone: one that fails stops no other. **summary** fails when something needs a person; its message,
which a notifier sends, says all of it with what to do. What is a warning only is in the logs.

| task | what it does | when it raises an alarm |
| --- | --- | --- |
{ROWS}

Retention is by `NEWSDEX_QUARANTINE_DAYS` ({SETTINGS.quarantine_days}), `NEWSDEX_VERSION_DAYS` ({SETTINGS.version_days})
and `NEWSDEX_HISTORY_DAYS` ({SETTINGS.history_days}); 0 is for ever. The raw archive is never pruned: what leaves
quarantine or an index can be made again from it.

What to do about each alarm is in `docs/operate.md`, under *What each alarm means*. After mending something, run this
again: what is well raises no alarm. `newsdex maintain` does the same on the command line.
"""


@dag(
    dag_id="maintain",
    dag_display_name="Maintain",
    description="Retention, archive check, disks, work left behind, scorecards; fails when a person is needed",
    doc_md=DOC,
    schedule="17 3 * * *",
    dagrun_timeout=timedelta(hours=12),
    tags=["newsdex", "maintenance"],
    default_args=tasks_retried(2, first=timedelta(minutes=1), longest=timedelta(minutes=10)),
    **IN_COMMON,
    params={
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description_md="Look and tell; nothing is deleted or written.",
        ),
        "sample": Param(
            UPKEEP.SAMPLE,
            type="integer",
            minimum=1,
            maximum=UPKEEP.MOST_SAMPLED,
            title="Archive sample",
            description_md=f"Documents of the raw archive to read, drawn anew each day, 1 to {UPKEEP.MOST_SAMPLED:,}. "
            "Example: `5000` after a disk has been replaced.",
        ),
    },
)
def maintain() -> None:
    """Wire the tasks."""

    @task(multiple_outputs=False, on_failure_callback=None)  # the summary tells of it
    def keep_up(upkeep: str, params: dict[str, Any]) -> dict[str, Any]:
        """Do one task of upkeep."""
        report = UPKEEP.maintain(SETTINGS, upkeep, dry_run=params["dry_run"], sample=params["sample"])
        UPKEEP.log_report(report)
        return report.as_dict()

    @task(trigger_rule=TriggerRule.ALL_DONE, retries=0)
    def summary(reports: dict[str, Any]) -> None:
        """Say what needs a person, and fail if anything does."""
        print(UPKEEP.describe(reports))  # noqa: T201 - into the task's log
        needed = UPKEEP.conclude(reports)
        if needed is not None:
            raise AirflowFailException(needed)

    summary({each.name: keep_up.override(task_id=each.name)(each.name) for each in UPKEEP.TASKS})


maintain()
