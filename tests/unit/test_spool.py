"""What stands on the disk between tasks survives a crash at any byte."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.spool import FileOutcome, Spool

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CREATED = FileOutcome("p/a.txt", "created", None, "1")
REFUSED = FileOutcome("caf\udce9.txt", "quarantined", "empty_body", "2")


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """Make an empty spool."""
    return Spool(tmp_path)


def test_outcomes_are_kept_by_name(spool: Spool) -> None:
    """Names that are no UTF-8 too."""
    spool.batch("1").append([CREATED])
    spool.batch("1").append([REFUSED])
    assert spool.batch("1").outcomes() == {"p/a.txt": CREATED, "caf\udce9.txt": REFUSED}


def test_a_torn_line_says_nothing_and_spoils_nothing(spool: Spool, tmp_path: Path) -> None:
    """The file whose outcome was cut off is worked again; what is appended later is read."""
    spool.batch("1").append([CREATED, REFUSED])
    (path,) = tmp_path.rglob("outcomes.jsonl")
    whole = path.read_bytes()
    for end in range(whole.index(b"\n") + 1, len(whole) - 1):
        path.write_bytes(whole[:end])
        record = spool.batch("1")
        assert CREATED.name in record.outcomes()
        record.append([REFUSED])
        assert record.outcomes() == {CREATED.name: CREATED, REFUSED.name: REFUSED}


def test_a_claim_is_known_by_batch_whichever_run_has_it(spool: Spool) -> None:
    """The time of the claim stays the same when another run takes over: it is when we got the file."""
    assert spool.batch("1").claim() is None
    spool.batch("1").open(["a", "b"], NOW)
    assert spool.batch("1").claim() == (["a", "b"], NOW)


def test_a_file_in_hand_when_the_process_died_is_counted(spool: Spool) -> None:
    """Once a death, and not when the file was put down."""
    record = spool.batch("1")
    record.open(["a", "b"], NOW)
    record.take_in_hand("a")
    assert spool.batch("1").deaths() == {"a": 1}
    assert spool.batch("1").deaths() == {"a": 1}
    record.take_in_hand("b")
    record.put_down()
    record.take_in_hand("a")
    assert spool.batch("1").deaths() == {"a": 2}


def test_a_closed_run_keeps_its_sheets_and_lets_its_batches_go(spool: Spool, tmp_path: Path) -> None:
    """A task cleared by hand long after finds the same sheet; a batch that did not finish stays."""
    spool.open_run("run", ["1", "2"])
    for batch in ("1", "2"):
        spool.batch(batch).open(["a"], NOW)
    spool.close_run("run", {"1": {"inputs": 1}})
    assert spool.closed_sheet("run", "1") == {"inputs": 1}
    assert spool.closed_sheet("run", "2") is None
    assert spool.run_batches("run") == ["1", "2"]
    assert spool.batch("1").claim() is None
    assert spool.batch("2").claim() is not None
