"""The raw archive gives back exactly the bytes that it was given, and says so when it cannot."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from raw_documents import DAY, NOW, fill, page, raw, story

from newsdex.archive import Archive
from newsdex.errors import UserError
from newsdex.read import open_file

STORIES = [b"", b"Rain.", b"Snow fell on Tuesday.\r\n\r\nWARC/1.1\r\n" * 30, bytes(range(256))]


def test_every_document_comes_back_by_its_reference_alone(tmp_path: Path) -> None:
    """Empty ones, binary ones and ones that look like a WARC header too."""
    archive = Archive(tmp_path)
    references = fill(archive, STORIES)
    assert [archive.read(reference) for reference in reversed(references)] == STORIES[::-1]


def test_files_lie_in_folders_of_days_and_are_numbered(tmp_path: Path) -> None:
    """A retry never appends to what a killed worker may have torn: it takes the next number."""
    archive = Archive(tmp_path)
    first, second = fill(archive, STORIES), fill(archive, STORIES)
    assert first[0].startswith("2026/11/22/one-00001.warc.gz#")
    assert second[0].startswith("2026/11/22/one-00002.warc.gz#")
    assert archive.read(first[1]) == archive.read(second[1])


def test_a_file_that_is_full_is_followed_by_the_next(tmp_path: Path) -> None:
    """And every reference leads into the right one."""
    archive = Archive(tmp_path, file_bytes=5_000)
    stories = [story(number) for number in range(20)]
    references = fill(archive, stories)
    assert [archive.read(reference) for reference in references] == stories
    sizes = [path.stat().st_size for path in sorted(tmp_path.rglob("*.warc.gz"))]
    assert len(sizes) > 3
    assert min(sizes[:-1]) >= 5_000


def test_a_document_is_on_the_disk_when_flush_returns(tmp_path: Path) -> None:
    """Another process can read it while the writer goes on."""
    archive = Archive(tmp_path)
    with archive.writer("one", DAY) as writer:
        reference = writer.add(raw(b"Rain."))
        writer.flush()
        assert Archive(tmp_path).read(reference) == b"Rain."


def test_a_writer_that_added_nothing_leaves_no_file(tmp_path: Path) -> None:
    """An empty file is not a WARC."""
    with Archive(tmp_path).writer("one", DAY) as writer:
        writer.flush()
    assert list(tmp_path.rglob("*")) == []


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    """What comes back is what was written, or an error."""
    archive = Archive(tmp_path)
    (reference,) = fill(archive, [b"Rain fell."])
    (path,) = tmp_path.rglob("*.warc.gz")
    start = int(reference.rpartition("#")[2])
    whole = path.read_bytes()
    path.write_bytes(whole[:start] + gzip.compress(gzip.decompress(whole[start:]).replace(b"Rain", b"Snow")))
    with pytest.raises(UserError):
        archive.read(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "nowhere",
        "../../etc/passwd#0",
        "2026/11/22/../../../../etc/x.warc.gz#0",
        "/etc/2026/11/22/x.warc.gz#0",
        "2026/11/22/none.warc.gz#0",
        "2026/11/22/one-00001.warc.gz#0",
        "2026/11/22/one-00001.warc.gz#7",
        "2026/11/22/one-00001.warc.gz#99999",
        "2026/11/22/one-00001.warc.gz#²",
        "x#-1",
    ],
)
def test_a_reference_that_leads_nowhere_or_outside_is_refused(tmp_path: Path, reference: str) -> None:
    """References come from the index, and may be wrong: to no document, into the middle of one, out of the folder."""
    archive = Archive(tmp_path)
    fill(archive, STORIES)
    for access in (archive.read, archive.document, archive.header, lambda ref: list(archive.blocks(ref))):
        with pytest.raises(UserError):
            access(reference)


def test_a_file_too_large_for_memory_is_archived_whole(tmp_path: Path) -> None:
    """Refused is not lost."""
    video = tmp_path / "video"
    video.write_bytes(bytes(range(256)) * 9_000)
    opened = open_file(video, fetched_at=NOW, limit=1000)
    archive = Archive(tmp_path / "archive")
    with archive.writer("one", DAY) as writer:
        before = writer.add(raw(b"Rain."))
        reference = writer.add_file(opened.raw.origin, video)
        behind = writer.add(raw(b"Snow."))
    assert archive.read(reference) == b"".join(archive.blocks(reference)) == video.read_bytes()
    assert [archive.read(before), archive.read(behind)] == [b"Rain.", b"Snow."]


def test_a_file_that_changes_while_it_is_archived_leaves_nothing(tmp_path: Path) -> None:
    """Its record would hold neither the old file nor the new one; what stands around it is not harmed."""
    growing = tmp_path / "growing"
    growing.write_bytes(b"x" * 5_000_000)
    origin = open_file(growing, fetched_at=NOW, limit=1000).raw.origin
    archive = Archive(tmp_path / "archive")
    with archive.writer("one", DAY) as writer:
        before = writer.add(raw(b"Rain."))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("newsdex.archive.writer.pack", lambda content: _grow(growing, content))
            with pytest.raises(UserError, match="changes while it is archived"):
                writer.add_file(origin, growing)
        behind = writer.add(raw(b"Snow."))
    assert [archive.read(before), archive.read(behind)] == [b"Rain.", b"Snow."]
    assert len(list(archive.documents())) == 2


def test_a_document_that_is_too_large_is_given_back_cut(tmp_path: Path) -> None:
    """Long enough to see that it is too large, and no longer: memory stays bounded."""
    archive = Archive(tmp_path)
    (reference,) = fill(archive, [b"x" * 5_000_000])
    assert archive.document(reference, largest=1_000).content == b"x" * 1_001
    assert [len(document.content) for document in archive.documents(largest=1_000)] == [1_001]


def test_the_header_of_a_page_is_given_alone(tmp_path: Path) -> None:
    """A file has none."""
    archive = Archive(tmp_path)
    with archive.writer("one", DAY) as writer:
        references = writer.add(page(b"<p>Rain.")), writer.add(raw(b"Rain."))
    assert archive.header(references[0]).startswith(b"HTTP/1.1 203 Non-Authoritative Information\r\n")
    assert archive.header(references[1]) == b""


def _grow(path: Path, content: bytes) -> bytes:
    from newsdex.archive.members import pack

    with path.open("ab") as file:
        file.write(b"y")
    return pack(content)
