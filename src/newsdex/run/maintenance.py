"""Upkeep: what has to be done every day so that an archive lives long, and what a person has to hear of.

Each task stands alone: what fails in one stops no other. The raw archive is read here and never pruned.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from newsdex.errors import UserError
from newsdex.run.clock import now
from newsdex.run.disk_space import check_disks, check_elasticsearch
from newsdex.run.findings import Report, describe_alarms
from newsdex.run.leftovers import check_frontier, check_leftovers
from newsdex.run.retention import expire_quarantine, forget_records, forget_versions
from newsdex.run.scorecards import keep_scorecards
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.archive import Damage

__all__ = ["MOST_SAMPLED", "SAMPLE", "TASKS", "Task", "conclude", "describe", "log_report", "maintain", "maintain_all"]

log = logging.getLogger(__name__)

SAMPLE = 200
"""Documents of the raw archive that one look reads."""

MOST_SAMPLED = 1_000_000

_DAMAGES_TOLD = 5


class _Work(Protocol):
    def __call__(self, settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """One task of upkeep: what it does, in a sentence, and what its alarms mean."""

    name: str
    meaning: str
    alarm: str
    work: _Work | None = None


def check_sources(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Make today's scorecards, keep them, and tell of every source that is not as usual."""
    cards = keep_scorecards(settings, at=at, dry_run=dry_run)
    for card in cards:
        for warning in card.warnings:
            text = f"{card.group.name}: {warning.text}"
            if warning.alarm:
                report.alarm(text, f"newsdex sources --source '{card.group.name}'")
            else:
                report.warn(text)
    silent = sum(any(warning.about == "silence" for warning in card.warnings) for card in cards)
    warned = sum(bool(card.warnings) for card in cards)
    report.did(
        f"{len(cards):,} scorecards; {warned:,} sources with warnings, {silent:,} silent",
        sources=len(cards),
        warned=warned,
        silent=silent,
    )


def check_archive(settings: Settings, report: Report, *, sample: int) -> None:
    """Read a sample of the raw archive: damage needs a person, a torn end is what a killed writer leaves."""
    from newsdex.archive import Wrong
    from newsdex.run.provenance import verify_archive

    found: list[Damage] = []
    tally = verify_archive(settings, sample=sample, told=found.append)
    damages = [damage for damage in found if damage.wrong is not Wrong.TORN]
    for damage in damages[:_DAMAGES_TOLD]:
        report.alarm(str(damage), damage.advice)
    if len(damages) > _DAMAGES_TOLD:
        report.alarm(f"{len(damages) - _DAMAGES_TOLD:,} more damages", "newsdex archive verify --all names them")
    for damage in found:
        if damage.wrong is Wrong.TORN:
            report.warn(str(damage), damage.advice)
    report.did(
        f"{tally.documents:,} documents in {tally.files:,} archive files read: {len(damages)} damaged, "
        f"{len(found) - len(damages)} torn ends",
        files=tally.files,
        documents=tally.documents,
        damages=len(damages),
    )


TASKS: tuple[Task, ...] = (
    Task(
        "quarantine",
        "lets go of documents refused more than NEWSDEX_QUARANTINE_DAYS ago",
        "none",
        expire_quarantine,
    ),
    Task(
        "versions",
        "deletes indices that a rebuild replaced more than NEWSDEX_VERSION_DAYS ago",
        "none; a rebuild that was begun and never ended is a warning",
        forget_versions,
    ),
    Task(
        "records",
        "deletes balance sheets, scorecards and reports older than NEWSDEX_HISTORY_DAYS",
        "none",
        forget_records,
    ),
    Task("archive", "reads a sample of the raw archive", "bytes that were kept cannot be read any more"),
    Task(
        "disk",
        "measures the disks of the home and the raw archive",
        "a disk is 90 % full, has less than 2 GB, or is full in a week",
        check_disks,
    ),
    Task(
        "elasticsearch",
        "asks Elasticsearch how it is",
        "it is red, has closed indices because a disk is full, or is near that",
        check_elasticsearch,
    ),
    Task(
        "leftovers",
        "looks for files and batches that no run takes",
        "work has waited for more than a day: a DAG is paused, or Airflow is down",
        check_leftovers,
    ),
    Task(
        "frontier",
        "looks for sources and addresses that are overdue",
        "sources were due, or addresses were to be fetched, more than a day ago and nothing is fetched",
        check_frontier,
    ),
    Task(
        "sources",
        "makes the sources' scorecards",
        "a source is silent against its own rhythm, fails for a day, or has most of its documents refused",
        check_sources,
    ),
)
"""All tasks, in their order."""


def maintain(
    settings: Settings, task: str, *, dry_run: bool = False, sample: int = SAMPLE, at: datetime | None = None
) -> Report:
    """Do one task and give what was done and found. With `dry_run` nothing is changed.

    Raises `UserError` for a task that is none.
    """
    known = {each.name: each for each in TASKS}
    if task not in known:
        raise UserError(f"{task!r} is no task of upkeep", f"one of {', '.join(known)}")
    if not isinstance(sample, int) or not 1 <= sample <= MOST_SAMPLED:
        raise UserError(f"sample={sample!r}: has to be a whole number from 1 to {MOST_SAMPLED:,}")
    report = Report(task)
    if (work := known[task].work) is None:
        check_archive(settings, report, sample=sample)
    else:
        work(settings, report, at or now(), dry_run=dry_run)
    return report


def conclude(reports: Mapping[str, Mapping[str, Any] | None]) -> str | None:
    """Say what needs a person, from the tasks' reports as JSON shapes; None when nothing does.

    A task without a report did not finish: that needs a person, too.
    """
    finished = [Report.from_dict(shape) for shape in reports.values() if shape is not None]
    return describe_alarms(finished, [task for task, shape in reports.items() if shape is None])


def describe(reports: Mapping[str, Mapping[str, Any] | None]) -> str:
    """Write all reports for a person, a task after the other."""
    lines: list[str] = []
    for task, shape in reports.items():
        text = "did not finish" if shape is None else str(Report.from_dict(shape))
        lines += [task, *(f"  {line}" for line in text.splitlines())]
    return "\n".join(lines)


def maintain_all(
    settings: Settings,
    tasks: Iterable[str],
    *,
    dry_run: bool = False,
    sample: int = SAMPLE,
    told: Callable[[str, Report | Exception], None] = lambda task, report: None,
) -> str | None:
    """Do tasks one after the other, whatever becomes of each; say what needs a person, None when nothing does."""
    from elasticsearch import ApiError, TransportError

    reports: dict[str, dict[str, Any] | None] = {}
    for task in tasks:
        try:
            report = maintain(settings, task, dry_run=dry_run, sample=sample)
        except (UserError, ApiError, TransportError, OSError) as wrong:
            reports[task] = None
            told(task, wrong)
        else:
            reports[task] = report.as_dict()
            told(task, report)
    return conclude(reports)


def log_report(report: Report) -> None:
    """Write a report to the log, alarms as errors: Airflow's pages show them in colour."""
    for text in report.done:
        log.info("%s", text)
    for finding in report.findings:
        advice = f" -> {finding.advice}" if finding.advice else ""
        log.log(logging.ERROR if finding.alarm else logging.WARNING, "%s%s", finding.text, advice)
