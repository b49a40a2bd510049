"""What stands on the disk between tasks survives a crash at any byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsdex.spool import Description, ItemOutcome, Spool

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
FILES = Description("files", "files", NOW, 2, {"paths": ["a", "b"]})
OTHERS = Description("files", "files", NOW, 1, {"paths": ["c"]})
CREATED = ItemOutcome("p/a.txt", "created", None, "1")
REFUSED = ItemOutcome("caf\udce9.txt", "quarantined", "empty_body", "2")


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


def test_a_batch_is_known_by_its_name_whichever_run_has_it(spool: Spool) -> None:
    """The time it was opened stays the same when another run takes over: it is when we got the documents."""
    assert spool.batch("1").description() is None
    spool.batch("1").open(FILES)
    assert spool.batch("1").description() == FILES


def test_what_is_opened_again_is_the_same_batch(spool: Spool) -> None:
    """A task that died after opening some of its batches opens them again, and none twice."""
    first = spool.open("run", [FILES, OTHERS])
    later = replace(FILES, opened_at=NOW + timedelta(hours=1))
    assert spool.open("run", [OTHERS, later]) == [first[1], first[0]]
    assert spool.run_batches("run") == sorted(first)
    assert spool.batch(first[0]).description() == FILES


def test_a_batch_belongs_to_one_run_at_a_time(spool: Spool) -> None:
    """Whoever takes it over counts it, and the other does not."""
    (batch,) = spool.open("first", [FILES])
    assert spool.others("second", "files") == [batch]
    assert spool.others("second", "feeds") == spool.others("first", "files") == []
    spool.assign("second", batch)
    assert (spool.owns("first", batch), spool.owns("second", batch)) == (False, True)
    assert (spool.run_batches("first"), spool.run_batches("second")) == ([], [batch])


def test_an_item_alone_in_hand_when_the_process_died_is_counted(spool: Spool) -> None:
    """Once a death, and not when it was put down; one of several is only under suspicion."""
    record = spool.batch("1")
    record.open(FILES)
    record.take_in_hand(["a", "b"])
    assert spool.batch("1").deaths() == {"a": 0, "b": 0}
    record.take_in_hand(["a"])
    assert spool.batch("1").deaths() == {"a": 1, "b": 0}
    assert spool.batch("1").deaths() == {"a": 1, "b": 0}
    record.take_in_hand(["b"])
    record.put_down()
    record.take_in_hand(["a"])
    assert spool.batch("1").deaths() == {"a": 2, "b": 0}


def test_a_closed_run_keeps_its_sheets_and_lets_its_batches_go(spool: Spool) -> None:
    """A task cleared by hand long after finds the same sheet; a batch that did not finish stays."""
    done, left = spool.open("run", [FILES, OTHERS])
    spool.close_run("run", {done: {"inputs": 1}})
    assert spool.closed_sheet("run", done) == {"inputs": 1}
    assert spool.closed_sheet("run", left) is None
    assert spool.run_batches("run") == sorted([done, left])
    assert spool.batch(done).description() is None
    assert spool.batch(left).description() is not None
