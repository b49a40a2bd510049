"""The journal of a run that fetches: what it says survives a crash, whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.index.addresses import AddressState, Settled
from newsdex.read.locks import BatchTakenError
from newsdex.records import Origin, Reason, Rejection, Stage
from newsdex.run.fetch_journal import Line, hold_journal, hold_queue, left_behind

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DONE = Settled(AddressState.DONE, {"gazette": "one"}, fetched_at=NOW, raw_ref="x.warc.gz#0", etag='"one"')
REFUSAL = Rejection(
    Origin("https://a.example/2", NOW, "application/octet-stream", "0" * 64), Stage.READ, Reason.HTTP_ERROR, "410 Gone"
)
FETCHED = Line("a" * 32, DONE, "x.warc.gz#0", size=1000)
REFUSED = Line("b" * 32, Settled(AddressState.FAILED, {}, attempts=1, reason="http_error"), refusal=REFUSAL)


def test_what_is_noted_is_read_back(tmp_path: Path) -> None:
    """Documents and refusals, with all that the frontier is to be told."""
    with hold_journal(tmp_path, "feeds", "run") as journal:
        journal.append([FETCHED])
        journal.append([REFUSED])
        assert journal.lines() == [FETCHED, REFUSED]


def test_a_torn_line_says_nothing_and_spoils_no_other(tmp_path: Path) -> None:
    """The machine lost its power while it was written."""
    with hold_journal(tmp_path, "feeds", "run") as journal:
        journal.append([FETCHED, REFUSED])
        path = journal.folder / "journal.jsonl"
        path.write_bytes(path.read_bytes()[:-30])
        assert journal.lines() == [FETCHED]
        journal.append([REFUSED])
        assert journal.lines() == [FETCHED, REFUSED]


def test_a_line_counts_once_however_often_it_stands_there(tmp_path: Path) -> None:
    """An input is one input."""
    with hold_journal(tmp_path, "feeds", "run") as journal:
        journal.append([FETCHED, FETCHED])
        journal.append([FETCHED])
        assert journal.lines() == [FETCHED]


def test_a_journal_in_use_is_not_taken_over(tmp_path: Path) -> None:
    """Its run is alive; that of a dead one is found, with whether it had ended."""
    with hold_journal(tmp_path, "feeds", "dead") as journal:
        journal.append([FETCHED])
    with hold_journal(tmp_path, "feeds", "alive"), hold_journal(tmp_path, "urls", "other"):
        found = [(each.run, each.ended) for each in left_behind(tmp_path, "feeds", "mine")]
        assert found == [("dead", False)]
        with pytest.raises(BatchTakenError), hold_journal(tmp_path, "feeds", "alive"):
            pass


def test_a_command_that_is_at_work_is_not_run_beside(tmp_path: Path) -> None:
    """It is told in a sentence."""
    with (
        hold_queue(tmp_path, "poll"),
        pytest.raises(UserError, match="another poll is at work"),
        hold_queue(tmp_path, "poll"),
    ):
        pass
