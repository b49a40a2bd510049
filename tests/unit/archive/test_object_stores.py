"""The archive in an object store: no file grows there, and each flush finishes an object."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from raw_documents import DAY, fill, page, raw, story

from newsdex.archive import Archive, Damage
from newsdex.archive.object_storage import ObjectStorage
from newsdex.errors import UserError

STORIES = [story(number) for number in range(9)]


@pytest.fixture(params=["memory", "folder as objects"])
def archive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """Give an archive in a store of fsspec's own, and one in a folder that is treated as a store."""
    place = f"memory://bucket-{secrets.token_hex(4)}/archive"
    archive = Archive(place, digests=tmp_path / "digests.sqlite")
    if request.param == "folder as objects":
        archive._storage = ObjectStorage(LocalFileSystem(), str(tmp_path / "store"))
    yield archive
    fsspec.filesystem("memory").rm("/", recursive=True)


def test_documents_come_back(archive: Archive) -> None:
    """By their reference, and one after the other."""
    with archive.writer("one", DAY) as writer:
        references = [writer.add(page(content)) for content in STORIES]
    assert [archive.read(reference) for reference in references] == STORIES
    assert [document.origin.raw_ref for document in archive.documents()] == references
    assert all(reference.startswith("2026/11/22/one-") for reference in references)


def test_each_flush_finishes_an_object(archive: Archive) -> None:
    """What was added is readable when it returns, and the references were right before it."""
    with archive.writer("one", DAY) as writer:
        for content in STORIES[:3]:
            reference = writer.add(raw(content))
            with pytest.raises(UserError):
                archive.read(reference)
            writer.flush()
            assert archive.read(reference) == content
        writer.flush()
    assert len({str(document.origin.raw_ref).partition("#")[0] for document in archive.documents()}) == 3


def test_documents_come_in_the_order_in_which_they_were_written(archive: Archive) -> None:
    """Across the objects of a writer."""
    with archive.writer("one", DAY) as writer:
        for content in STORIES:
            writer.add(raw(content))
            writer.flush()
    assert [document.content for document in archive.documents()] == STORIES


def test_two_writers_of_one_name_do_not_meet(archive: Archive) -> None:
    """A retry beside a try that is not quite dead: both keep what they wrote."""
    with archive.writer("one", DAY) as first, archive.writer("one", DAY) as second:
        references = first.add(raw(STORIES[0])), second.add(raw(STORIES[1]))
    assert [archive.read(reference) for reference in references] == STORIES[:2]


def test_a_writer_that_fails_leaves_no_object(archive: Archive) -> None:
    """Only what a flush has finished is there."""

    def fail() -> None:
        with archive.writer("one", DAY) as writer:
            writer.add(raw(STORIES[0]))
            writer.flush()
            writer.add(raw(STORIES[1]))
            raise OSError("the connection is gone")

    with pytest.raises(OSError, match="connection"):
        fail()
    assert [document.content for document in archive.documents()] == STORIES[:1]


def test_repeats_are_revisits_there_too(archive: Archive) -> None:
    """They lead into another object."""
    fill(archive, STORIES[:1])
    (reference,) = fill(archive, STORIES[:1], "two")
    assert archive._entry(reference).header.kind == "revisit"
    assert archive.read(reference) == STORIES[0]


def test_reading_goes_on_behind_a_checkpoint(archive: Archive) -> None:
    """With the objects that came since."""
    fill(archive, STORIES[:4])
    documents = archive.documents()
    next(documents)
    checkpoint = documents.checkpoint
    fill(archive, STORIES[4:6], "a")
    assert sorted(document.content for document in archive.documents(checkpoint)) == sorted(STORIES[1:6])


def test_it_is_verified_like_any_other(archive: Archive) -> None:
    """All of it, or a sample."""
    fill(archive, STORIES)
    fill(archive, STORIES, "two")
    told: list[Damage] = []
    tally = archive.verify(told=told.append)
    assert (tally.documents, tally.revisits, told) == (18, 9, [])
    assert archive.verify(told=told.append, sample=5).sound


def test_an_empty_store_has_no_documents(archive: Archive) -> None:
    """Nor is anything wrong with it."""
    assert list(archive.documents()) == []


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    """Files grow there, and are synced."""
    archive = Archive(f"file://{tmp_path}/a%20b")
    (reference,) = fill(archive, [b"Rain."])
    assert Archive(tmp_path / "a b").read(reference) == b"Rain."


@pytest.mark.parametrize("place", ["nosuch://bucket/prefix", "hdfs2://x"])
def test_a_store_that_nobody_knows_is_refused(place: str) -> None:
    """Rather than taken for a folder of that name."""
    with pytest.raises(UserError, match=place):
        Archive(place)
