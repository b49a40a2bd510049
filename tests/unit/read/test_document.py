"""Reading one file gives its bytes, what they are, and where they came from."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.errors import Rejected
from newsdex.read import open_file, read_file
from newsdex.records import Reason, Stage

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
STORY = b"The river rose again on Tuesday."


def test_a_gzipped_file_is_the_document_in_it(tmp_path: Path) -> None:
    """The same story has the same bytes and the same sha256, packed or not."""
    plain, packed = tmp_path / "a.txt", tmp_path / "b.txt"
    plain.write_bytes(STORY)
    packed.write_bytes(gzip.compress(STORY))
    first, second = (read_file(path, fetched_at=NOW, limit=1000) for path in (plain, packed))
    assert first.content == second.content == STORY
    assert first.origin.sha256 == second.origin.sha256 == hashlib.sha256(STORY).hexdigest()


def test_the_name_does_not_decide_the_type(tmp_path: Path) -> None:
    """A page that was saved as .txt is a page."""
    page = tmp_path / "page.txt"
    page.write_bytes(b"<!doctype html><p>Rain.</p>")
    assert read_file(page, fetched_at=NOW, limit=1000).origin.media_type == "text/html"


def test_a_refused_document_has_an_origin_with_the_hash_of_its_bytes(tmp_path: Path) -> None:
    """What is quarantined can be found again."""
    file = tmp_path / "half.gz"
    file.write_bytes(gzip.compress(STORY)[:-5])
    opened = open_file(file, uri="inbox/p/half.gz", publisher="p", fetched_at=NOW, limit=1000)
    assert opened.rejection is not None
    assert (opened.rejection.stage, opened.rejection.reason) == (Stage.READ, Reason.BROKEN_COMPRESSION)
    assert opened.rejection.origin.publisher == "p"
    assert opened.rejection.origin.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_file_over_the_limit_is_hashed_but_not_held(tmp_path: Path) -> None:
    """A video dropped by mistake does not fill the memory; its hash is of all of it."""
    file = tmp_path / "video"
    file.write_bytes(STORY * 200)
    opened = open_file(file, fetched_at=NOW, limit=1000)
    assert opened.reason is Reason.TOO_LARGE
    assert (opened.raw.content, opened.oversized) == (b"", file)
    assert opened.raw.origin.sha256 == hashlib.sha256(STORY * 200).hexdigest()


def test_gzip_inside_gzip_is_refused(tmp_path: Path) -> None:
    """Only one level is undone."""
    file = tmp_path / "twice.gz"
    file.write_bytes(gzip.compress(gzip.compress(STORY)))
    with pytest.raises(Rejected) as refused:
        read_file(file, fetched_at=NOW, limit=1000)
    assert refused.value.reason is Reason.BINARY


def test_a_file_that_is_gone_says_nothing_about_the_document(tmp_path: Path) -> None:
    """Trouble of the disk is trouble of the run, not a rejection."""
    with pytest.raises(OSError, match="gone"):
        read_file(tmp_path / "gone", fetched_at=NOW, limit=1000)
