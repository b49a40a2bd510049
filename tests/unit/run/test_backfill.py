"""How a bulk load is planned: only what lies in allowed folders, in batches of bounded size, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from warc_records import page, record

from newsdex import run
from newsdex.errors import UserError
from newsdex.run.backfill import find_allowed, grouped
from newsdex.settings import Settings, read_settings
from newsdex.spool import Spool


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give the settings of a home of the test's own, with a folder to load from."""
    (tmp_path / "home" / "backfill").mkdir(parents=True)
    return read_settings({"NEWSDEX_HOME": str(tmp_path / "home"), "NEWSDEX_BATCH_FILES": "4"})


def put(settings: Settings, name: str, content: bytes = b"Rain.") -> Path:
    """Put a file into the folder."""
    path = settings.home / "backfill" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def inputs(settings: Settings, groups: list[list[str]]) -> list[int]:
    """Count the documents of each batch."""
    described = [Spool(settings.spool).batch(batch).description() for group in groups for batch in group]
    return [description.inputs for description in described if description is not None]


def test_files_of_all_kinds_become_batches_of_bounded_size(settings: Settings) -> None:
    """Each by its content: nine pages, six lines, five files."""
    put(settings, "in/crawl.warc.gz", b"".join(record(page(number)) for number in range(9)))
    put(settings, "in/rows.jsonl", b"".join(json.dumps({"text": str(n)}).encode() + b"\n" for n in range(6)))
    for number in range(5):
        put(settings, f"in/files/{number}.txt")
    assert sorted(inputs(settings, run.plan_backfill(settings, "run", "in"))) == [1, 1, 2, 4, 4, 4, 4]


def test_the_operator_bounds_the_batches(settings: Settings) -> None:
    """In the form."""
    put(settings, "crawl.warc.gz", b"".join(record(page(number)) for number in range(9)))
    assert inputs(settings, run.plan_backfill(settings, "run", "crawl.warc.gz", batch_files=9)) == [9]


def test_a_plan_made_again_opens_nothing_twice(settings: Settings) -> None:
    """A task that was killed after planning plans again."""
    put(settings, "crawl.warc.gz", b"".join(record(page(number)) for number in range(9)))
    first = run.plan_backfill(settings, "run", "*.warc.gz")
    assert run.plan_backfill(settings, "run", "*.warc.gz") == first


def test_what_a_failed_run_left_comes_first(settings: Settings) -> None:
    """Its batches were counted, and promised."""
    for number in range(6):
        put(settings, f"a/{number}.txt")
    left = run.plan_backfill(settings, "failed", "a")
    put(settings, "b.txt")
    (groups,) = [run.plan_backfill(settings, "next", "b.txt")]
    assert groups[: len(left)] == left
    assert len(groups) == len(left) + 1


@pytest.mark.parametrize("path", ["", "  ", "../outside.txt", "in/../../outside.txt", "/etc/hostname", "missing.txt"])
def test_what_lies_elsewhere_is_refused(settings: Settings, path: str) -> None:
    """Whatever the form let through."""
    put(settings, "in/a.txt")
    (settings.home / "outside.txt").write_text("a secret", encoding="utf-8")
    with pytest.raises(UserError):
        run.plan_backfill(settings, "run", path)


@pytest.mark.parametrize("path", ["link.txt", "*", "folder", "folder/outside.txt"])
def test_a_link_that_leads_out_is_refused(settings: Settings, path: str) -> None:
    """A file counts by where it really lies."""
    (settings.home / "secrets").mkdir()
    (settings.home / "secrets" / "outside.txt").write_text("a secret", encoding="utf-8")
    root = settings.home / "backfill"
    (root / "link.txt").symlink_to(settings.home / "secrets" / "outside.txt")
    (root / "folder").symlink_to(settings.home / "secrets")
    with pytest.raises(UserError, match="outside the allowed folders"):
        find_allowed(settings.backfill_roots, path)


def test_a_path_may_be_absolute_below_an_allowed_folder(settings: Settings) -> None:
    """And a pattern may go through folders; what is hidden is left out."""
    path = put(settings, "in/deep/a.txt")
    put(settings, "in/.hidden/b.txt")
    assert [found.path for found in find_allowed(settings.backfill_roots, str(path))] == [path.resolve()]
    assert [found.name for found in find_allowed(settings.backfill_roots, "**/*.txt")] == ["in/deep/a.txt"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "zip"),
        ("mapping", {"titel": "title"}),
        ("mapping", {"headline": 7}),
        ("media_type", "pdf"),
        ("delimiter", ";;"),
        ("batch_files", 0),
    ],
)
def test_every_word_of_the_form_is_checked_again(settings: Settings, field: str, value: object) -> None:
    """The interface lets other callers in."""
    put(settings, "a.txt")
    with pytest.raises(UserError):
        run.plan_backfill(settings, "run", "a.txt", **{field: value})  # type: ignore[arg-type]


def test_more_batches_than_tasks_are_shared_out() -> None:
    """Airflow maps a run to a thousand tasks at most."""
    groups = grouped([str(number) for number in range(2_500)], 1_000)
    assert len(groups) == 1_000
    assert {len(group) for group in groups} == {2, 3}
    assert [batch for group in groups for batch in group] == [str(number) for number in range(2_500)]
    assert grouped([], 1_000) == []
