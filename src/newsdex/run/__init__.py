"""The composition root: what the DAGs and the command line call. Only here is the clock read.

Modules that load parsers or clients are imported where they are used, not at the top: a task that only claims files
then starts in a fraction of a second.
"""

from newsdex.read import find_files
from newsdex.run.batches import InboxState, claim, close_run, describe_sheet, ingest_batch, inspect_inbox
from newsdex.run.line import STDIN, process_document, process_paths, warm_up
from newsdex.run.paths import ingest_paths, search_articles
from newsdex.settings import read_settings

__all__ = [
    "STDIN",
    "InboxState",
    "claim",
    "close_run",
    "describe_sheet",
    "find_files",
    "ingest_batch",
    "ingest_paths",
    "inspect_inbox",
    "process_document",
    "process_paths",
    "read_settings",
    "search_articles",
    "warm_up",
]
