"""Every document is read once, in a stable order, from any checkpoint on, past whatever is damaged."""

from __future__ import annotations

import gzip
import json
import logging
import random
from datetime import date
from pathlib import Path

import pytest
from raw_documents import DAY, fill, page, raw, story

from newsdex.archive import Archive, Checkpoint, Damage, Wrong
from newsdex.errors import UserError

STORIES = [story(number) for number in range(9)]


def uris(archive: Archive, after: Checkpoint | None = None) -> list[str]:
    """Read the addresses of all documents behind a checkpoint."""
    return [document.origin.uri for document in archive.documents(after)]


def test_documents_come_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    """By day, then by the time in a file's name whatever is before it, then by place."""
    archive = Archive(tmp_path)
    for name, day in (
        ("ingest-20261122T100000-b", DAY),
        ("20261122T090000-000-a", DAY),
        ("feeds-20261122T080000", DAY),
        ("z", date(2025, 1, 31)),
    ):
        with archive.writer(name, day) as writer:
            for number in range(2):
                writer.add(raw(b"Rain.", f"{name}/{number}"))
    expected = ["z", "feeds-20261122T080000", "20261122T090000-000-a", "ingest-20261122T100000-b"]
    assert uris(archive) == [f"{name}/{number}" for name in expected for number in range(2)]


def test_each_document_knows_its_place(tmp_path: Path) -> None:
    """The raw_ref under which it was given out."""
    archive = Archive(tmp_path)
    references = fill(archive, STORIES)
    found = list(archive.documents())
    assert [document.origin.raw_ref for document in found] == references
    assert [document.content for document in found] == STORIES


def test_reading_goes_on_from_any_checkpoint(tmp_path: Path) -> None:
    """After each document the checkpoint divides the archive in two, also when it went through JSON."""
    archive = Archive(tmp_path, file_bytes=4_000)
    fill(archive, STORIES)
    everything = uris(archive)
    documents = archive.documents()
    for read in range(1, len(everything) + 1):
        next(documents)
        checkpoint = Checkpoint.from_dict(json.loads(json.dumps(documents.checkpoint.as_dict())))
        assert uris(archive, checkpoint) == everything[read:]


def test_a_checkpoint_stays_what_it_was(tmp_path: Path) -> None:
    """Reading on does not move it."""
    archive = Archive(tmp_path, file_bytes=4_000)
    fill(archive, STORIES)
    documents = archive.documents()
    next(documents)
    first = documents.checkpoint
    list(documents)
    assert len(uris(archive, first)) == len(STORIES) - 1


def test_what_was_written_meanwhile_comes_with_the_next_pass(tmp_path: Path) -> None:
    """New files that sort before those that were read, and old ones that have grown."""
    archive = Archive(tmp_path)
    with archive.writer("m", DAY) as writer:
        writer.add(raw(b"Rain.", "first"))
        writer.flush()
        documents = archive.documents()
        assert [document.origin.uri for document in documents] == ["first"]
        writer.add(raw(b"Rain.", "grown"))
        writer.flush()
        with archive.writer("a", DAY) as other:
            other.add(raw(b"Rain.", "new, and before"))
        with archive.writer("a", date(2024, 1, 1)) as other:
            other.add(raw(b"Rain.", "new, and on an earlier day"))
        later = archive.documents(documents.checkpoint)
        found = [document.origin.uri for document in later]
        assert found == ["new, and on an earlier day", "new, and before", "grown"]
        assert uris(archive, later.checkpoint) == []


def test_a_repeat_is_a_document_with_the_bytes_that_it_leads_to(tmp_path: Path) -> None:
    """A rebuild needs the second fetch too."""
    archive = Archive(tmp_path / "archive", digests=tmp_path / "digests.sqlite")
    fill(archive, STORIES[:1])
    with archive.writer("two", DAY) as writer:
        writer.add(page(STORIES[0]))
    first, second = archive.documents()
    assert (first.content, second.content) == (STORIES[0], STORIES[0])
    assert second.response is not None


def test_a_torn_end_costs_the_torn_document_only(tmp_path: Path) -> None:
    """Wherever a crash cut the file, the documents before the cut are read, and the torn one is told."""
    archive = Archive(tmp_path)
    references = fill(archive, STORIES[:3])
    (path,) = tmp_path.rglob("*.warc.gz")
    whole = path.read_bytes()
    start = int(references[-1].rpartition("#")[2])
    for end in range(start + 1, len(whole), 13):
        path.write_bytes(whole[:end])
        told: list[Damage] = []
        documents = archive.documents(told=told.append)
        assert [document.content for document in documents] == STORIES[:2]
        assert [(damage.place, damage.wrong) for damage in told] == [(references[-1], Wrong.TORN)]
        path.write_bytes(whole)
        assert [document.content for document in archive.documents(documents.checkpoint)] == STORIES[2:3]


def test_a_crash_of_the_machine_may_leave_zeros(tmp_path: Path) -> None:
    """File systems that note the size before they write the bytes: a torn end like any other."""
    archive = Archive(tmp_path)
    references = fill(archive, STORIES[:3])
    (path,) = tmp_path.rglob("*.warc.gz")
    start = int(references[-1].rpartition("#")[2])
    for written in (0, 300):
        path.write_bytes(path.read_bytes()[: start + written] + bytes(5_000))
        told: list[Damage] = []
        assert [document.content for document in archive.documents(told=told.append)] == STORIES[:2]
        assert [damage.wrong for damage in told] == [Wrong.TORN]


def test_a_torn_end_is_told_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is passed over silently, whoever reads."""
    archive = Archive(tmp_path)
    fill(archive, STORIES)
    (path,) = tmp_path.rglob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:-5])
    with caplog.at_level(logging.WARNING):
        assert len(list(archive.documents())) == len(STORIES) - 1
    assert "truncate -s" in caplog.text


def test_what_a_live_writer_has_not_finished_is_not_torn(tmp_path: Path) -> None:
    """Its rest is on its way: it comes with the next pass, and nobody is alarmed."""
    archive = Archive(tmp_path)
    with archive.writer("one", DAY) as writer:
        writer.add(raw(STORIES[0]))
        writer.flush()
        (path,) = tmp_path.rglob("*.warc.gz")
        with path.open("ab") as half:
            half.write(gzip.compress(b"WARC/1.1\r\n")[:-4])
        told: list[Damage] = []
        documents = archive.documents(told=told.append)
        assert (len(list(documents)), told) == (1, [])
    assert (len(list(archive.documents(told=told.append))), [damage.wrong for damage in told]) == (1, [Wrong.TORN])


def test_damage_in_the_middle_costs_what_it_hit(tmp_path: Path) -> None:
    """Reading goes on at the next whole record, and the place is told."""
    archive = Archive(tmp_path)
    references = fill(archive, STORIES)
    (path,) = tmp_path.rglob("*.warc.gz")
    whole = path.read_bytes()
    for hit in (2, 5):
        start = int(references[hit].rpartition("#")[2])
        for byte in range(start, start + 1_000, 97):
            path.write_bytes(whole[:byte] + bytes([whole[byte] ^ 0xFF]) + whole[byte + 1 :])
            told: list[Damage] = []
            found = [document.content for document in archive.documents(told=told.append)]
            assert found == [*STORIES[:hit], *STORIES[hit + 1 :]]
            assert [(damage.place, damage.wrong) for damage in told] == [(references[hit], Wrong.UNREADABLE)]


def test_damaged_metadata_leaves_the_bytes_with_what_their_record_says(tmp_path: Path) -> None:
    """The address, the time and the digest stand there too."""
    archive = Archive(tmp_path)
    with archive.writer("one", DAY) as writer:
        references = [writer.add(page(content)) for content in STORIES[:3]]
    (path,) = tmp_path.rglob("*.warc.gz")
    whole = path.read_bytes()
    middle = archive._entry(references[1])
    path.write_bytes(whole[: middle.end - 40] + bytes(40) + whole[middle.end :])
    told: list[Damage] = []
    found = list(archive.documents(told=told.append))
    assert [document.content for document in found] == STORIES[:3]
    assert (found[1].origin.uri, found[1].given) == ("https://news.example/story", None)
    assert {damage.wrong for damage in told} == {Wrong.UNTOLD, Wrong.UNREADABLE}


def test_a_damaged_document_that_is_a_warc_file_is_not_taken_apart(tmp_path: Path) -> None:
    """What somebody put into the inbox, compressed files with records of their own, is no part of the archive."""
    noise = random.Random(1).randbytes
    alien = gzip.compress(
        b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
        b"Content-Length: 9000\r\n\r\n" + noise(9_000) + b"\r\n\r\n"
    )
    foreign = noise(50_000) + alien + noise(50_000)
    archive = Archive(tmp_path / "archive")
    references = fill(archive, [STORIES[0], foreign, STORIES[1]])
    (path,) = (tmp_path / "archive").rglob("*.warc.gz")
    whole = path.read_bytes()
    assert alien in whole, "bytes that do not compress lie there as they are"
    byte = int(references[1].rpartition("#")[2]) + 3_000
    path.write_bytes(whole[:byte] + bytes([whole[byte] ^ 0xFF]) + whole[byte + 1 :])
    told: list[Damage] = []
    assert [document.content for document in archive.documents(told=told.append)] == [STORIES[0], STORIES[1]]
    assert references[1] in [damage.place for damage in told]


def test_an_empty_archive_has_no_documents(tmp_path: Path) -> None:
    """Nor has one that was never made."""
    assert uris(Archive(tmp_path / "none")) == []


@pytest.mark.parametrize("shape", [[], {"2026/11/22": 7}, {"2026/11/22": {"a": "x"}}, None])
def test_what_is_no_checkpoint_is_refused(shape: object) -> None:
    """Rather than read as one that says nothing."""
    with pytest.raises(UserError, match="no checkpoint"):
        Checkpoint.from_dict(shape)
