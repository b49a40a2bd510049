"""The archive's files are WARC 1.1 as any tool reads it: fastwarc and warcio do, and find every digest right."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator
from raw_documents import DAY, page, raw, story
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.checker import Checker

from newsdex.archive import Archive

PAGE = b"<html><title>A story</title><p>" + story(1)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Archive a page, a file, and the page's bytes once more at another address."""
    archive = Archive(tmp_path / "archive", digests=tmp_path / "digests.sqlite")
    with archive.writer("one", DAY) as writer:
        writer.add(page(PAGE))
        writer.add(raw(b"Rain."))
    with archive.writer("two", DAY) as writer:
        writer.add(page(PAGE, "https://news.example/again?a=\xe4"))
    return sorted(tmp_path.rglob("*.warc.gz"))


def read_with_fastwarc(path: Path) -> list[dict[str, Any]]:
    """Read all records of a file."""
    with path.open("rb") as file:
        return [
            {
                "type": str(record.record_type),
                "warc": record.headers.asdict(),
                "http": list(record.http_headers.astuples()) if record.http_headers is not None else [],
                "status": record.http_headers.status_code if record.http_headers is not None else None,
                "content": record.reader.read(),
            }
            for record in ArchiveIterator(file, parse_http=True)
        ]


def test_a_page_is_a_response_and_a_file_a_resource_each_with_its_metadata(paths: list[Path]) -> None:
    """A warcinfo record comes first; a metadata record stands right behind each document, concurrent to it."""
    records = read_with_fastwarc(paths[0])
    assert [one["type"] for one in records] == ["warcinfo", "response", "metadata", "resource", "metadata"]
    assert b"format: WARC File Format 1.1\r\n" in records[0]["content"]
    for document, metadata in ((records[1], records[2]), (records[3], records[4])):
        assert metadata["warc"]["WARC-Concurrent-To"] == document["warc"]["WARC-Record-ID"]
        assert metadata["warc"]["Content-Type"] == "application/json"
    file = records[3]["warc"]
    assert file["WARC-Target-URI"] == "file:inbox/p/caf%C3%A9%201.txt"
    assert file["WARC-Date"] == "2026-11-22T08:00:00Z"
    assert file["WARC-Payload-Digest"] == f"sha256:{raw(b'Rain.').origin.sha256}"


def test_a_page_stands_decoded_under_headers_that_say_so(paths: list[Path]) -> None:
    """What the server said of the bytes on the wire is kept under the names that web archives give it."""
    response = read_with_fastwarc(paths[0])[1]
    assert (response["content"], response["status"]) == (PAGE, 203)
    assert response["http"] == [
        ("Content-Type", "text/html; charset=utf-8"),
        ("X-Crawler-Content-Encoding", "br"),
        ("X-Crawler-Transfer-Encoding", "chunked"),
        ("X-Crawler-content-length", "17"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Content-Length", str(len(PAGE))),
    ]
    assert response["warc"]["WARC-Identified-Payload-Type"] == "text/html"


def test_a_repeat_is_a_revisit_that_says_where_the_bytes_are(paths: list[Path]) -> None:
    """By record id, address and date as the standard has it, and by file and offset."""
    first, (_, revisit, _) = read_with_fastwarc(paths[0])[1], read_with_fastwarc(paths[1])
    assert revisit["type"] == "revisit"
    headers = revisit["warc"]
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert headers["WARC-Target-URI"] == "https://news.example/again?a=%C3%A4"
    assert headers["WARC-Refers-To"] == first["warc"]["WARC-Record-ID"]
    assert headers["WARC-Refers-To-Target-URI"] == "https://news.example/story"
    assert headers["WARC-Refers-To-Date"] == "2026-11-22T08:00:00Z"
    assert headers["WARC-Payload-Digest"] == first["warc"]["WARC-Payload-Digest"]
    place = Path(headers["WARC-Refers-To-Filename"])
    assert place.name == paths[0].name
    with paths[0].open("rb") as file:
        file.seek(int(headers["WARC-Refers-To-File-Offset"]))
        assert next(iter(ArchiveIterator(file))).record_id == first["warc"]["WARC-Record-ID"]
    assert (revisit["status"], revisit["content"]) == (203, b"")


def test_warcio_finds_every_digest_right(paths: list[Path]) -> None:
    """`warcio check` is what others would run."""
    told = io.StringIO()
    checker = Checker(SimpleNamespace(inputs=[str(path) for path in paths], verbose=True))
    with redirect_stdout(told):
        assert checker.process_all() == 0
    assert told.getvalue().count("digest pass") == 2


def test_warcio_reads_the_same_records(paths: list[Path]) -> None:
    """Another implementation, the same addresses, types and bytes."""
    for path in paths:
        with path.open("rb") as file:
            found = [
                (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read())
                for record in WarcioIterator(file)
            ]
        ours = [(r["type"], r["warc"].get("WARC-Target-URI"), r["content"]) for r in read_with_fastwarc(path)]
        assert found == ours
