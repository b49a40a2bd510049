"""What is let go of after a time: refused documents, replaced indices, records of runs. Never the raw archive."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsdex.errors import UserError
from newsdex.run.findings import Report
from newsdex.run.rebuild_record import OPEN, Phase, Rebuilds, Record
from newsdex.settings import Settings

_OPEN_TOO_LONG = timedelta(days=7)


def expire_quarantine(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Let go of documents that were last refused `quarantine_days` ago, and say how many, and of what reasons."""
    from newsdex.index import connect
    from newsdex.index.quarantine import Quarantine
    from newsdex.index.templates import ensure_others
    from newsdex.index.upkeep import count_reasons

    days = settings.quarantine_days
    if not days:
        report.did("refused documents stay in quarantine for ever", left_quarantine=0)
        return
    before = at - timedelta(days=days)
    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        reasons = count_reasons(client, settings.index_prefix, before)
        count = sum(reasons.values())
        if count and not dry_run:
            count = Quarantine(client, settings.index_prefix).expire(before)
    told = ", ".join(f"{reason} {number:,}" for reason, number in sorted(reasons.items()))
    verb = "would leave" if dry_run else "left"
    text = f"{count:,} documents {verb} quarantine, refused more than {days} days ago; their bytes stay archived"
    report.did(f"{text}: {told}" if told else text, left_quarantine=count)


def forget_versions(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Delete indices of articles that a rebuild replaced `version_days` ago; tell of rebuilds that were never ended."""
    from newsdex.index import connect
    from newsdex.index.upkeep import made_at
    from newsdex.index.versions import Versions

    rebuilds = Rebuilds(settings)
    with rebuilds.alone(), closing(connect(settings)) as client:
        versions = Versions(client, settings.index_prefix)
        made, serving, building = made_at(client, settings.index_prefix), versions.serving(), versions.building()
        unended = rebuilds.open() or rebuilds.rolling_back()
        _tell_unended(report, unended, building, at)
        replaced = _replaced_at(made, rebuilds.all())
        limit = at - timedelta(days=settings.version_days)
        kept = {serving, building, *((unended.state.old, unended.state.new) if unended else ())}
        leaving = [name for name in made if name not in kept and settings.version_days and replaced[name] < limit]
        if not dry_run:
            for name in leaving:
                versions.remove(name)
    others = len(made) - len(leaving) - 1
    verb = "would be deleted" if dry_run else "deleted"
    told = f": {', '.join(leaving)}" if leaving else ""
    text = f"{serving} serves; {len(leaving)} former indices {verb}{told}; {others} kept beside it"
    report.did(text, versions_deleted=len(leaving), versions_kept=others)


def forget_records(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Delete balance sheets, scorecards, sheets of closed runs and reports of rebuilds after `history_days`."""
    from newsdex.index import Names, connect
    from newsdex.index.templates import ensure_others
    from newsdex.index.upkeep import count_older, delete_older

    if not settings.history_days:
        report.did("balance sheets, scorecards and reports are kept for ever")
        return
    before = at - timedelta(days=settings.history_days)
    names = Names(settings.index_prefix)
    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        drop = count_older if dry_run else delete_older
        sheets = drop(client, names.runs, "stored_at", before)
        cards = drop(client, names.scorecards, "at", before)
        folders = _forget_rebuilds(settings, before, dry_run=dry_run)
    runs = _forget_runs(settings.spool / "runs", before, dry_run=dry_run)
    verb = "would be deleted" if dry_run else "deleted"
    text = (
        f"{sheets:,} balance sheets, {cards:,} scorecards, {runs:,} records of runs and {folders:,} reports of "
        f"rebuilds {verb}, older than {settings.history_days} days"
    )
    report.did(text, sheets=sheets, scorecards=cards, runs=runs, rebuilds=folders)


def _tell_unended(report: Report, unended: Record | None, building: str | None, at: datetime) -> None:
    if unended is not None and at - _changed_at(unended.folder / "state.json") > _OPEN_TOO_LONG:
        advice = "newsdex rebuild goes on with it, newsdex rebuild --discard gives it up"
        if unended.state.phase is Phase.ROLLING_BACK:
            advice = "newsdex rebuild --rollback ends it"
        report.warn(f"the rebuild of {unended.state.started_at[:10]} was never ended ({unended.state.phase})", advice)
    elif unended is None and building is not None:
        report.warn(f"{building} is being filled by no rebuild of this home", "newsdex rebuild --discard deletes it")


def _replaced_at(made: dict[str, datetime], records: list[Record]) -> dict[str, datetime]:
    """Say since when each version may be unused: since the last rebuild that had to do with it, or the next version."""
    names = list(made)
    replaced = {name: made[after] for name, after in zip(names, [*names[1:], *names[-1:]], strict=True)}
    for record in records:
        for name in (record.state.old, record.state.new):
            if name in replaced:
                replaced[name] = max(replaced[name], _changed_at(record.folder / "state.json"))
    return replaced


def _forget_rebuilds(settings: Settings, before: datetime, *, dry_run: bool) -> int:
    """Delete the folders of rebuilds that ended long ago; one that can be rolled back is kept."""
    from newsdex.index import connect
    from newsdex.index.versions import Versions

    rebuilds = Rebuilds(settings)
    old = [
        record
        for record in rebuilds.all()
        if record.state.phase not in OPEN | {Phase.ROLLING_BACK} and _changed_at(record.folder / "state.json") < before
    ]
    with closing(connect(settings)) as client:
        versions = Versions(client, settings.index_prefix)
        old = [each for each in old if each.state.phase is not Phase.DONE or not versions.exists(each.state.old)]
    for record in [] if dry_run else old:
        shutil.rmtree(record.folder)
    return len(old)


def _forget_runs(folder: Path, before: datetime, *, dry_run: bool) -> int:
    old = [path for path in folder.glob("*.json") if _changed_at(path) < before]
    for path in [] if dry_run else old:
        path.unlink(missing_ok=True)
    return len(old)


def _changed_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError as gone:
        raise UserError(f"{path} went away meanwhile", "run newsdex maintain again") from gone
