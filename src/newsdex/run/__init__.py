"""The composition root: what the DAGs and the command line call. Only here is the clock read.

Modules that load parsers or clients are imported where they are used, not at the top: a task that only claims files
then starts in a fraction of a second.
"""

from newsdex.read import find_files
from newsdex.run import maintenance, quarantine, rebuild
from newsdex.run.backfill import KINDS, MEDIA_TYPES, ingest_batches, plan_backfill
from newsdex.run.batches import adopt_batches, close_run, describe_sheet, ingest_batch, open_refs_batch
from newsdex.run.feeds import MOST_FETCHED, fetch_now, fetch_urls, fetch_waiting, poll_now, poll_sources
from newsdex.run.inbox import InboxState, claim, inspect_inbox
from newsdex.run.line import STDIN, process_document, process_paths, warm_up
from newsdex.run.notices import Notice, post_notice
from newsdex.run.paths import ingest_paths, search_articles
from newsdex.run.streams import (
    MOST_MESSAGES,
    StreamWatch,
    close_stream,
    commit_stream,
    take_messages,
    what_stream_lacks,
)
from newsdex.settings import read_settings

__all__ = [
    "KINDS",
    "MEDIA_TYPES",
    "MOST_FETCHED",
    "MOST_MESSAGES",
    "STDIN",
    "InboxState",
    "Notice",
    "StreamWatch",
    "adopt_batches",
    "claim",
    "close_run",
    "close_stream",
    "commit_stream",
    "describe_sheet",
    "fetch_now",
    "fetch_urls",
    "fetch_waiting",
    "find_files",
    "ingest_batch",
    "ingest_batches",
    "ingest_paths",
    "inspect_inbox",
    "maintenance",
    "open_refs_batch",
    "plan_backfill",
    "poll_now",
    "poll_sources",
    "post_notice",
    "process_document",
    "process_paths",
    "quarantine",
    "read_settings",
    "rebuild",
    "search_articles",
    "take_messages",
    "warm_up",
    "what_stream_lacks",
]
