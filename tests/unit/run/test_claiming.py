"""How a run divides what waits in the inbox into batches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsdex import run
from newsdex.errors import UserError
from newsdex.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give the settings of a home of the test's own, whose files need not settle."""
    return replace(read_settings({"NEWSDEX_HOME": str(tmp_path)}), settle_seconds=0.0, batch_files=4, batches_per_run=3)


def drop(settings: Settings, count: int, size: int = 10, prefix: str = "") -> None:
    """Put files into the inbox."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (settings.inbox / f"{prefix}{number:03}.txt").write_text("x" * size, encoding="utf-8")


def sizes(settings: Settings) -> list[int]:
    """Count the files of each claimed batch."""
    return sorted(
        sum(1 for path in batch.rglob("*") if path.is_file()) for batch in (settings.inbox / ".claimed").glob("*/*")
    )


def test_batches_are_bounded_in_files_and_the_rest_waits(settings: Settings) -> None:
    """Ten thousand files never become one task, nor ten thousand tasks."""
    drop(settings, 20)
    assert len(run.claim(settings, "first")) == 3
    assert sizes(settings) == [4, 4, 4]
    assert run.inspect_inbox(settings.inbox, settle=0.0).files == 8


def test_batches_are_bounded_in_bytes(settings: Settings) -> None:
    """A batch of large files has fewer."""
    drop(settings, 6, size=100)
    run.claim(replace(settings, batch_bytes=250), "first")
    assert sizes(settings) == [2, 2, 2]


def test_an_empty_inbox_gives_no_batch(settings: Settings) -> None:
    """Also when it is not even there yet."""
    assert run.claim(settings, "first") == []
    assert settings.inbox.is_dir()


def test_a_second_try_keeps_what_the_first_claimed(settings: Settings) -> None:
    """And takes more only up to the same bound."""
    drop(settings, 6)
    first = run.claim(settings, "first")
    drop(settings, 20, prefix="later-")
    again = run.claim(settings, "first")
    assert again[:2] == first
    assert len(again) == 3


def test_what_another_run_left_behind_comes_first(settings: Settings) -> None:
    """Files that have waited longest, and were promised."""
    drop(settings, 8)
    left = run.claim(settings, "dead")
    drop(settings, 20, prefix="later-")
    assert run.claim(settings, "next")[:2] == left


@pytest.mark.parametrize(
    "bounds", [{"batches": 0}, {"batches": 65}, {"batch_files": 0}, {"batch_files": 10**6}, {"batches": "9"}]
)
def test_bounds_from_outside_are_checked_again(settings: Settings, bounds: dict[str, int]) -> None:
    """The form checks them too, but the interface lets other keys and other callers in."""
    with pytest.raises(UserError, match="whole number"):
        run.claim(settings, "first", **bounds)


def test_a_batch_that_is_nobodys_is_refused(settings: Settings) -> None:
    """Rather than counted as empty."""
    with pytest.raises(UserError, match="no longer"):
        run.ingest_batch(settings, "20260101T000000-000-abcdef", "first")
