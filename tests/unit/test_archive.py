"""The raw archive gives back exactly the bytes that it was given, and says so when it cannot."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from newsdex.archive import Archive
from newsdex.errors import UserError
from newsdex.read import open_bytes, open_file
from newsdex.records import RawDocument

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = date(2026, 11, 22)
STORIES = [b"", b"Rain.", b"Snow fell on Tuesday.\r\n\r\nWARC/1.1\r\n" * 30, bytes(range(256))]


def raw(content: bytes, uri: str = "inbox/p/caf\xe9 1.txt") -> RawDocument:
    """Make a document of some bytes."""
    return open_bytes(content, uri=uri, fetched_at=NOW, limit=1_000_000).raw


def fill(archive: Archive, name: str = "one") -> list[str]:
    """Archive the stories."""
    with archive.writer(name, DAY) as writer:
        return [writer.add(raw(story)) for story in STORIES]


def test_every_document_comes_back_by_its_reference_alone(tmp_path: Path) -> None:
    """Empty ones, binary ones and ones that look like a WARC header too."""
    archive = Archive(tmp_path)
    references = fill(archive)
    assert [archive.read(reference) for reference in reversed(references)] == STORIES[::-1]


def test_any_warc_reader_reads_the_files(tmp_path: Path) -> None:
    """The format is the standard's, not ours: one resource record a document, with its address, date and digest."""
    fill(Archive(tmp_path))
    (path,) = tmp_path.rglob("*.warc.gz")
    assert path.relative_to(tmp_path).as_posix() == "2026/11/22/one.warc.gz"
    with path.open("rb") as file:
        records = [(dict(r.headers.to_dict()), r.reader.read()) for r in ArchiveIterator(file, parse_http=False)]
    assert [content for _, content in records] == STORIES
    headers = records[1][0]
    assert headers["WARC-Target-URI"] == "file:inbox/p/caf%C3%A9%201.txt"
    assert headers["WARC-Date"] == "2026-11-22T08:00:00Z"
    assert headers["WARC-Payload-Digest"] == f"sha256:{raw(STORIES[1]).origin.sha256}"


def test_a_document_is_on_the_disk_when_flush_returns(tmp_path: Path) -> None:
    """Another process can read it while the writer goes on."""
    archive = Archive(tmp_path)
    with archive.writer("one", DAY) as writer:
        reference = writer.add(raw(b"Rain."))
        writer.flush()
        assert archive.read(reference) == b"Rain."


def test_a_torn_tail_costs_the_torn_record_only(tmp_path: Path) -> None:
    """Wherever a crash cut the file, the records before the cut are read, and the torn one is said to be torn."""
    archive = Archive(tmp_path)
    references = fill(archive)
    (path,) = tmp_path.rglob("*.warc.gz")
    whole = path.read_bytes()
    last = int(references[-1].partition("#")[2])
    for end in range(last, len(whole) - 20, 7):
        path.write_bytes(whole[:end])
        assert [archive.read(reference) for reference in references[:-1]] == STORIES[:-1]
        with pytest.raises(UserError):
            archive.read(references[-1])


def test_a_second_writer_of_the_same_name_leaves_the_first_file_alone(tmp_path: Path) -> None:
    """A retry never appends to what a killed worker may have torn."""
    archive = Archive(tmp_path)
    first, second = fill(archive), fill(archive)
    assert {reference.partition("#")[0] for reference in first}.isdisjoint(r.partition("#")[0] for r in second)
    assert archive.read(first[1]) == archive.read(second[1])


def test_a_writer_that_added_nothing_leaves_no_file(tmp_path: Path) -> None:
    """An empty file is not a WARC."""
    with Archive(tmp_path).writer("one", DAY):
        pass
    assert list(tmp_path.rglob("*.gz")) == []


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    """What comes back is what was written, or an error."""
    archive = Archive(tmp_path)
    with archive.writer("one", DAY) as writer:
        reference = writer.add(raw(b"Rain fell."))
    (path,) = tmp_path.rglob("*.warc.gz")
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"Rain", b"Snow")))
    with pytest.raises(UserError, match="not those that were written"):
        archive.read(reference)


@pytest.mark.parametrize("reference", ["", "nowhere", "../../etc/passwd#0", "2026/11/22/none.warc.gz#0", "x#-1"])
def test_a_reference_that_leads_nowhere_or_outside_is_refused(tmp_path: Path, reference: str) -> None:
    """References come from the index, and may be wrong."""
    with pytest.raises(UserError):
        Archive(tmp_path).read(reference)


def test_a_file_too_large_for_memory_is_archived_whole(tmp_path: Path) -> None:
    """Refused is not lost."""
    video = tmp_path / "video"
    video.write_bytes(bytes(range(256)) * 9_000)
    opened = open_file(video, fetched_at=NOW, limit=1000)
    archive = Archive(tmp_path / "archive")
    with archive.writer("one", DAY) as writer:
        reference = writer.add_file(opened.raw.origin, video)
    assert archive.read(reference) == video.read_bytes()
