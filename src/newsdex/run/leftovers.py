"""Work that waits for nobody: files, batches and addresses that no run has touched for a day."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

from newsdex.read.inbox import Inbox
from newsdex.run.findings import Report
from newsdex.settings import Settings
from newsdex.sources import load_sources
from newsdex.spool import Spool

_DAY = timedelta(days=1)
_PAUSED = "is the DAG {dag} paused, or Airflow down? Airflow's pages show its last runs"


def check_leftovers(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Look for files in the inbox, claims and batches that were left a day ago: the next run takes them over.

    That no run did is what a person has to know. Nothing is moved here: only a run of the same DAG may.
    """
    inbox = Inbox(settings.inbox)
    seen = inbox.look(at.timestamp(), settings.settle_seconds)
    old = [file for file in seen.waiting if at.timestamp() - file.came > _DAY.total_seconds()]
    stale = inbox.stale(at.timestamp(), _DAY.total_seconds())
    if old:
        report.alarm(
            f"{len(old):,} files have waited in the inbox for more than a day", _PAUSED.format(dag="ingest_inbox")
        )
    if stale:
        advice = f"the next run takes them over: {_PAUSED.format(dag='ingest_inbox')}"
        report.alarm(f"{stale} claimed batches were left more than a day ago", advice)
    if seen.ignored:
        name, why = seen.ignored[0]
        report.warn(f"{len(seen.ignored):,} things in the inbox are never taken: {name}: {why}", "take them away")
    queues = _left_batches(settings, at)
    for queue, count in sorted(queues.items()):
        advice = "run its DAG again, or clear the failed run: it takes them over, and counts what is done already"
        report.alarm(f"{count} batches of the queue {queue} were left more than a day ago", advice)
    text = f"{len(seen.waiting):,} files wait in the inbox, {stale + queues.total():,} batches are left behind"
    report.did(text, waiting=len(seen.waiting), left_batches=stale + queues.total())


def check_frontier(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Look for sources that should have been asked a day ago, and for addresses that should have been fetched then."""
    from newsdex.index import connect
    from newsdex.index.source_states import SourceStates
    from newsdex.index.templates import ensure_others
    from newsdex.index.upkeep import waiting_addresses

    before = at - _DAY
    sources = [source.id for source in load_sources(settings.config).sources if not source.paused]
    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        states = SourceStates(client, settings.index_prefix).get(sources)
        waiting = waiting_addresses(client, settings.index_prefix, before)
    late = sorted(each for each, state in states.items() if state.next_poll is not None and state.next_poll < before)
    if late:
        more = f" and {len(late) - 3} more" if len(late) > 3 else ""
        text = f"{len(late)} sources were due more than a day ago: {', '.join(late[:3])}{more}"
        report.alarm(text, _PAUSED.format(dag="ingest_feeds"))
    if waiting.overdue:
        text = f"{waiting.overdue:,} addresses should have been fetched more than a day ago"
        if waiting.last_fetched is None or waiting.last_fetched < before:
            report.alarm(f"{text}, and none was fetched since", _PAUSED.format(dag="ingest_feeds"))
        else:
            report.warn(text, "fetching does not keep up: raise NEWSDEX_FETCH_SECONDS, or ask fewer sources")
    told = ", ".join(f"{count:,} {state}" for state, count in sorted(waiting.states.items())) or "no addresses"
    report.did(f"{len(sources)} sources are asked; in the frontier: {told}", **waiting.states)


def _left_batches(settings: Settings, at: datetime) -> Counter[str]:
    """Count, by queue, the batches of runs that are not closed and that nobody has touched for a day.

    Those of the inbox are counted by their claims.
    """
    from newsdex.run.portions import InboxFiles

    spool, queues = Spool(settings.spool), Counter[str]()
    for batch in spool.left():
        record = spool.batch(batch)
        description = record.description()
        if description is None or description.kind == InboxFiles.kind:
            continue
        touched = datetime.fromtimestamp(record.folder.stat().st_mtime, UTC)
        queues[description.queue] += at - touched > _DAY
    return +queues
