"""WARC files: every page is an input, every other record is told, and damage costs the record that it is in."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warc_records import page, record

from newsdex.errors import UserError
from newsdex.read import FileKind, Item, Reading, Slice, cut_slices, read_slice, tell_kind
from newsdex.records import Door, Reason

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LIMIT = 100_000
PAGES = [page(number) for number in range(5)]


def slices(path: Path, most: int = 2, reading: Reading | None = None) -> list[Slice]:
    """Cut a WARC file."""
    kind = FileKind.WARC
    return list(cut_slices(path, path.name, kind, reading or Reading(), limit=LIMIT, most=most, most_bytes=10**9))


def read(cut: Slice, wanted: Iterable[str] | None = None) -> list[Item]:
    """Read a slice, or some items of it."""
    names = None if wanted is None else set(wanted)
    return list(read_slice(cut, wanted=lambda name: names is None or name in names, opened_at=NOW, limit=LIMIT))


def read_all(path: Path) -> list[Item]:
    """Read a file slice by slice, and check that each has as many items as it says."""
    items = []
    for cut in slices(path):
        found = read(cut)
        assert len(found) == cut.inputs
        items += found
    return items


def write(path: Path, *records: bytes) -> Path:
    """Write a file of records."""
    path.write_bytes(b"".join(records))
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_every_page_comes_out_with_what_the_server_sent_around_it(tmp_path: Path, packed: bool) -> None:
    """Its bytes, its address, its time, its headers in order, and its place in the file."""
    records = [record(body, address=f"https://p.example/{n}", packed=packed) for n, body in enumerate(PAGES)]
    path = write(tmp_path / "crawl.warc.gz", *records)
    items = read_all(path)
    assert [item.document.raw.content for item in items] == PAGES
    offsets = [sum(map(len, records[:number])) for number in range(5)]
    assert [item.name for item in items] == [f"crawl.warc.gz#{offset}" for offset in offsets]
    raw = items[3].document.raw
    assert raw.origin.uri == "https://p.example/3"
    assert (raw.origin.door, raw.origin.container) == (Door.WARC, items[3].name)
    assert raw.origin.fetched_at == datetime(2024, 11, 19, 0, 16, tzinfo=UTC)
    assert raw.origin.media_type == "text/html"
    assert raw.response is not None
    assert (raw.response.url, raw.response.status) == ("https://p.example/3", 200)
    assert raw.response.headers == (("Content-Type", "text/html; charset=utf-8"),)


def test_a_slice_is_read_without_the_others(tmp_path: Path) -> None:
    """So a batch in the middle of gigabytes begins at once; and what has an outcome is not read again."""
    path = write(tmp_path / "crawl.warc.gz", *map(record, PAGES))
    first, second, third = slices(path)
    assert [item.document.raw.content for item in read(third)] == PAGES[4:]
    names = [item.name for item in read(second)]
    assert [item.document.raw.content for item in read(second, names[1:])] == PAGES[3:4]
    assert (first.start, first.end, second.end, third.end) == (0, second.start, third.start, path.stat().st_size)


def test_what_is_no_page_is_counted_by_kind_and_never_an_input(tmp_path: Path) -> None:
    """Images, redirects, robots.txt, and the records that crawlers write for themselves."""
    path = write(
        tmp_path / "crawl.warc.gz",
        record(b"software: x", kind="warcinfo"),
        record(b"GET /", kind="request"),
        record(b"\x89PNG", headers=("Content-Type: image/png",)),
        record(PAGES[0]),
        record(b"", status="301 Moved Permanently", headers=("Location: /x",)),
        record(b"User-agent: *", headers=("Content-Type: text/plain",)),
        record(PAGES[1], headers=()),
        record(b"", kind="revisit"),
    )
    (cut,) = slices(path)
    assert cut.inputs == 2
    assert cut.passed_over == {
        "warcinfo record": 1,
        "request record": 1,
        "image/png": 1,
        "HTTP status 301": 1,
        "text/plain": 1,
        "revisit record": 1,
    }
    assert [item.document.raw.content for item in read(cut)] == PAGES[:2]


def test_a_file_without_a_page_says_what_it_has(tmp_path: Path) -> None:
    """One slice of no inputs."""
    path = write(tmp_path / "crawl.warc.gz", record(b"\x89PNG", headers=("Content-Type: image/png",)))
    assert [(cut.inputs, cut.passed_over) for cut in slices(path)] == [(0, {"image/png": 1})]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("cut_off", [1_000, 30, 6])
def test_a_file_that_was_never_finished_ends_in_one_broken_record(tmp_path: Path, packed: bool, cut_off: int) -> None:
    """Wherever in its last record it ends; those before it are whole."""
    whole = [record(body, packed=packed) for body in PAGES]
    kept = whole[4][: max(1, len(whole[4]) - cut_off)] if cut_off < 1_000 else whole[4][:8]
    items = read_all(write(tmp_path / "crawl.warc.gz", *whole[:4], kept))
    assert [item.document.raw.content for item in items[:4]] == PAGES[:4]
    assert [item.document.reason for item in items[4:]] == [Reason.BROKEN_RECORD]


@pytest.mark.parametrize("packed", [True, False])
def test_garbage_between_records_costs_no_record(tmp_path: Path, packed: bool) -> None:
    """Reading goes on where the next record begins."""
    whole = [record(body, packed=packed) for body in PAGES]
    path = write(tmp_path / "crawl.warc.gz", whole[0], b"no record at all\r\n\r\n" * 5, *whole[1:])
    items = read_all(path)
    assert [item.document.raw.content for item in items if item.document.reason is None] == PAGES
    assert {item.document.reason for item in items} <= {None, Reason.BROKEN_RECORD}


def test_damage_within_a_record_costs_that_record(tmp_path: Path) -> None:
    """It is named by its offset, and the others are whole."""
    whole = [record(body) for body in PAGES]
    damaged = whole[1][:80] + bytes(8) + whole[1][88:]
    items = read_all(write(tmp_path / "crawl.warc.gz", whole[0], damaged, *whole[2:]))
    assert [item.document.raw.content for item in items if item.document.reason is None] == [PAGES[0], *PAGES[2:]]
    (broken,) = [item for item in items if item.document.reason is not None]
    assert (broken.name, broken.document.reason) == (f"crawl.warc.gz#{len(whole[0])}", Reason.BROKEN_RECORD)


def test_zeros_at_the_end_are_padding(tmp_path: Path) -> None:
    """Some systems copy files so."""
    assert len(read_all(write(tmp_path / "crawl.warc.gz", *map(record, PAGES), bytes(100)))) == 5


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (("Transfer-Encoding: chunked",), b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGES[0]), PAGES[0])),
        (("Content-Encoding: gzip",), gzip.compress(PAGES[0])),
        (("Content-Encoding: deflate",), zlib.compress(PAGES[0])),
        (("Content-Encoding: gzip", "Transfer-Encoding: chunked"), PAGES[0]),
        (("Content-Encoding: br",), PAGES[0]),
    ],
)
def test_the_page_is_what_a_reader_saw(tmp_path: Path, headers: tuple[str, ...], body: bytes) -> None:
    """Whatever it was packed in on its way; and a crawler that unpacked it and kept the headers is not led astray."""
    path = write(tmp_path / "x.warc.gz", record(body, headers=("Content-Type: text/html", *headers)), record(PAGES[1]))
    assert [item.document.raw.content for item in read_all(path)] == PAGES[:2]


def test_a_page_that_is_too_large_is_refused_and_not_held(tmp_path: Path) -> None:
    """Nor one that unpacks to too much; both are named by their address and their place."""
    large = b"<html>" + b"x" * (LIMIT + 1)
    bomb = gzip.compress(b"<html>" + bytes(50 * LIMIT))
    path = write(
        tmp_path / "x.warc.gz",
        record(large, address="https://p.example/large"),
        record(bomb, headers=("Content-Type: text/html", "Content-Encoding: gzip")),
        record(PAGES[0]),
    )
    items = read_all(path)
    assert [item.document.reason for item in items] == [Reason.TOO_LARGE, Reason.TOO_LARGE, None]
    assert items[0].document.raw.origin.uri == "https://p.example/large"
    assert items[0].document.raw.content == b""


def test_a_file_compressed_as_a_whole_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """No record of it can be reached by itself."""
    path = write(tmp_path / "x.warc.gz", gzip.compress(b"".join(record(body, packed=False) for body in PAGES)))
    with pytest.raises(UserError, match="fastwarc recompress"):
        slices(path)


def test_a_warc_is_told_by_its_content(tmp_path: Path) -> None:
    """Whatever it is called."""
    assert tell_kind(write(tmp_path / "a.bin", record(PAGES[0]))) is FileKind.WARC
    assert tell_kind(write(tmp_path / "b.bin", record(PAGES[0], packed=False))) is FileKind.WARC
    assert tell_kind(write(tmp_path / "c.warc.gz", gzip.compress(b"WARsaw in the rain."))) is FileKind.DOCUMENT


def test_the_publisher_is_the_operators(tmp_path: Path) -> None:
    """A page's own address says little of who published it."""
    path = write(tmp_path / "x.warc.gz", record(PAGES[0]))
    (item,) = read(slices(path, reading=Reading(publisher="The Harbour Post"))[0])
    assert item.document.raw.origin.publisher == "The Harbour Post"
