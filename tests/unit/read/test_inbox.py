"""Which files are taken from the inbox, and how a claim passes from a dead run to the next."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsdex.read.inbox import BatchGoneError, BatchTakenError, Inbox
from newsdex.read.leases import open_for_writing

LATER = time.time() + 3600

HOLD = """
import sys, time
from pathlib import Path
from newsdex.read.inbox import Inbox
with Inbox(Path(sys.argv[1])).hold("one", "1"):
    print("held", flush=True)
    time.sleep(600)
"""


def drop(inbox: Inbox, *names: str) -> None:
    """Put files into the inbox."""
    for name in names:
        path = inbox.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The story of {name}.", encoding="utf-8")


def waiting(inbox: Inbox, now: float = LATER) -> set[str]:
    """Name the files that may be taken, as seen at a time."""
    return {file.name for file in inbox.look(now, 0.5).waiting}


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """Make an empty inbox."""
    (tmp_path / "inbox").mkdir()
    return Inbox(tmp_path / "inbox")


def test_files_in_folders_wait_too(inbox: Inbox) -> None:
    """A folder is a publisher, and may have folders of its own."""
    drop(inbox, "a.txt", "reuters/b.txt", "reuters/2024/c.html")
    assert waiting(inbox) == {"a.txt", "reuters/b.txt", "reuters/2024/c.html"}


def test_hidden_and_half_written_names_are_passed_over(inbox: Inbox) -> None:
    """What a browser, an editor or rsync is still working on has a name of its own."""
    drop(inbox, ".hidden", ".cache/a.txt", "b.txt.part", "c.tmp", "d.crdownload", "e.txt~", "f.txt")
    assert waiting(inbox) == {"f.txt"}


def test_a_file_just_written_is_left_to_settle(inbox: Inbox) -> None:
    """Whoever wrote it may not be through."""
    drop(inbox, "a.txt")
    came = (inbox.folder / "a.txt").stat().st_ctime
    assert waiting(inbox, came + 0.4) == set()
    assert waiting(inbox, came + 2.1) == {"a.txt"}


def test_a_copy_that_keeps_its_old_date_is_left_to_settle_too(inbox: Inbox) -> None:
    """The date that a copy brings along says nothing about when the copying began."""
    drop(inbox, "a.txt")
    os.utime(inbox.folder / "a.txt", (1, 1))
    assert waiting(inbox, time.time()) == set()


def test_a_file_still_open_for_writing_is_not_taken(inbox: Inbox) -> None:
    """A download that stalls for an hour is still a download."""
    drop(inbox, "a.txt")
    path = inbox.folder / "a.txt"
    if open_for_writing(str(path)) is None:
        pytest.skip("this system cannot tell who writes a file")
    with path.open("a"):
        assert waiting(inbox) == set()
        assert inbox.look(LATER, 0.5).unfinished == 1
    assert waiting(inbox) == {"a.txt"}


def test_links_and_special_files_are_told_and_never_followed(inbox: Inbox, tmp_path: Path) -> None:
    """A link could lead to anything that this user may read."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("a", encoding="utf-8")
    (inbox.folder / "link").symlink_to(tmp_path / "secret")
    (inbox.folder / "folder").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(inbox.folder / "pipe")
    listing = inbox.look(LATER, 0.5)
    assert listing.waiting == []
    assert {name for name, _ in listing.ignored} == {"link", "folder", "pipe"}


def test_a_claim_takes_the_file_out_of_the_inbox_and_keeps_its_folder(inbox: Inbox) -> None:
    """The publisher's folder stays in both places: it names the publisher, and the operator made it."""
    drop(inbox, "reuters/b.txt")
    assert inbox.claim("run", "batch", ["reuters/b.txt"]) == ["reuters/b.txt"]
    assert waiting(inbox) == set()
    assert (inbox.folder / "reuters").is_dir()
    assert list(inbox.names(inbox.batch_folder("run", "batch"))) == ["reuters/b.txt"]


def test_a_file_is_claimed_by_one_run_only(inbox: Inbox) -> None:
    """The second to come finds nothing, and leaves no empty batch behind."""
    drop(inbox, "a.txt")
    assert inbox.claim("one", "1", ["a.txt"]) == ["a.txt"]
    assert inbox.claim("two", "2", ["a.txt"]) == []
    assert inbox.batches("two") == []


def test_a_batch_in_work_is_not_adopted(inbox: Inbox) -> None:
    """Whoever holds the lock has it alone."""
    drop(inbox, "a.txt")
    inbox.claim("one", "1", ["a.txt"])
    with inbox.hold("one", "1"):
        assert inbox.adopt("two") == []
        with pytest.raises(BatchTakenError), inbox.hold("one", "1"):
            pass


def test_a_batch_that_nobody_works_is_adopted(inbox: Inbox) -> None:
    """It is then no longer the first run's, nor is its folder left."""
    drop(inbox, "p/a.txt")
    inbox.claim("one", "1", ["p/a.txt"])
    assert inbox.adopt("two") == ["1"]
    assert list(inbox.names(inbox.batch_folder("two", "1"))) == ["p/a.txt"]
    assert not (inbox.claimed / "one").exists()
    with pytest.raises(BatchGoneError), inbox.hold("one", "1"):
        pass


def test_the_lock_of_a_killed_process_is_free(inbox: Inbox) -> None:
    """It dies with the process, whatever killed it."""
    drop(inbox, "a.txt")
    inbox.claim("one", "1", ["a.txt"])
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLD,
            str(inbox.folder),
        ],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    with holder, holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        assert inbox.adopt("two") == []
        holder.kill()
        holder.wait()
    assert inbox.adopt("two") == ["1"]


def test_a_claim_left_alone_is_stale_after_a_while(inbox: Inbox) -> None:
    """So that the trigger can wake a run for it when no new file comes."""
    drop(inbox, "a.txt")
    inbox.claim("one", "1", ["a.txt"])
    assert inbox.stale(time.time(), after=120) == 0
    assert inbox.stale(time.time() + 121, after=120) == 1


def test_a_finished_batch_leaves_no_folder(inbox: Inbox) -> None:
    """Neither of its own nor of its run."""
    drop(inbox, "p/q/a.txt")
    inbox.claim("one", "1", ["p/q/a.txt"])
    (inbox.batch_folder("one", "1") / "p/q/a.txt").unlink()
    inbox.drop("one", "1")
    assert list(inbox.claimed.iterdir()) == []
