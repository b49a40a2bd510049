"""JSON Lines and CSV: a record is a document, its fields are given with it, and a broken one costs itself only."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsdex.errors import UserError
from newsdex.read import FileKind, Item, Reading, cut_slices, read_slice, tell_kind
from newsdex.read.fields import check_mapping
from newsdex.records import Door, FoundIn, Given, Reason

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LIMIT = 10_000
ROW = {"title": "Ferry returns", "text": "The ferry came back.\n\nAll are well.", "date": "2024-11-19"}


def read(path: Path, reading: Reading | None = None, kind: FileKind | None = None, most: int = 2) -> list[Item]:
    """Read a file slice by slice, and check that each has as many items as it says."""
    reading = reading or Reading()
    cut = cut_slices(
        path, path.name, kind or tell_kind(path, reading), reading, limit=LIMIT, most=most, most_bytes=10**9
    )
    items = []
    for each in cut:
        found = list(read_slice(each, wanted=lambda _: True, opened_at=NOW, limit=LIMIT))
        assert len(found) == each.inputs
        items += found
    return items


def lines(*records: Any) -> bytes:
    """Write records as JSON Lines; bytes are lines as they are."""
    return b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in records)


def write(path: Path, content: bytes) -> Path:
    """Write a file."""
    path.write_bytes(content)
    return path


def bodies(items: list[Item]) -> list[str]:
    """Give the bodies of those that were not refused."""
    return [item.document.raw.content.decode() for item in items if item.document.reason is None]


def refused(items: list[Item]) -> dict[str, Reason]:
    """Give the reasons of those that were."""
    return {item.name: item.document.reason for item in items if item.document.reason is not None}


def given(path: Path, record: Mapping[str, Any], reading: Reading | None = None) -> Given:
    """Say what is given with one record."""
    (item,) = read(write(path, lines(record)), reading, FileKind.JSONL)
    assert item.document.raw.given is not None
    return item.document.raw.given


def test_the_body_is_the_document_and_the_rest_is_given(tmp_path: Path) -> None:
    """Under the usual names, however they are written."""
    record = {
        "Title": "Ferry returns",
        "articleBody": "The ferry came back.",
        "Date_Published": "19 November 2024",
        "date-modified": "20 November 2024",
        "author": [{"@type": "Person", "name": "Jane Roe"}, "Otto Berg"],
        "tags": "harbour, ferries",
        "url": "https://paper.example/ferry",
        "lang": "en",
        "category": "Local",
        "publisher": {"name": "The Harbour Post"},
        "description": "All are well.",
        "likes": 7,
    }
    (item,) = read(write(tmp_path / "rows.jsonl", lines(record)))
    raw = item.document.raw
    assert (raw.content, raw.origin.media_type) == (b"The ferry came back.", "text/plain")
    assert (raw.origin.uri, raw.origin.container) == ("https://paper.example/ferry", "rows.jsonl#1")
    assert (raw.origin.door, raw.origin.fetched_at) == (Door.JSONL, NOW)
    assert raw.given == Given(
        FoundIn.RECORD,
        url="https://paper.example/ferry",
        headline="Ferry returns",
        standfirst="All are well.",
        authors=("Jane Roe", "Otto Berg"),
        publisher="The Harbour Post",
        section="Local",
        keywords=("harbour", "ferries"),
        language="en",
        published="19 November 2024",
        modified="20 November 2024",
    )


def test_the_operators_names_win(tmp_path: Path) -> None:
    """Also those that lead into an object."""
    record = {"title": "wrong", "kicker": "Ferry returns", "article": {"text": "The ferry came back."}}
    reading = Reading(mapping={"headline": "kicker", "body": "article.text"})
    (item,) = read(write(tmp_path / "rows.jsonl", lines(record)), reading)
    assert item.document.raw.content == b"The ferry came back."
    assert item.document.raw.given is not None
    assert item.document.raw.given.headline == "Ferry returns"


def test_a_time_that_is_a_number_is_one(tmp_path: Path) -> None:
    """Seconds since 1970, or thousandths of them."""
    assert given(tmp_path / "a", {**ROW, "date": 1731975360}).published == "2024-11-19T00:16:00Z"
    assert given(tmp_path / "b", {**ROW, "date": 1731975360000}).published == "2024-11-19T00:16:00Z"


def test_a_field_we_do_not_have_is_refused_by_name() -> None:
    """Rather than left unread."""
    with pytest.raises(UserError, match="titel"):
        check_mapping({"titel": "title"})


def test_a_body_of_html_is_a_page(tmp_path: Path) -> None:
    """By its content, or because the operator says so."""
    page = {"text": "<html><body><p>The ferry came back.</p></body></html>"}
    (told,) = read(write(tmp_path / "a.jsonl", lines(page)))
    (said,) = read(write(tmp_path / "b.jsonl", lines({"text": "The <b>ferry</b>"})), Reading(media_type="text/html"))
    assert told.document.raw.origin.media_type == said.document.raw.origin.media_type == "text/html"


def test_a_broken_line_costs_itself_only(tmp_path: Path) -> None:
    """It is named by its number, with its bytes; blank lines are none."""
    broken = b'{"title": "half'
    items = read(write(tmp_path / "rows.jsonl", lines(ROW, broken, b"  ", ["a list"], {"x": 1}, {**ROW, "text": "B."})))
    assert bodies(items) == [ROW["text"], "B."]
    assert refused(items) == {f"rows.jsonl#{number}": Reason.BROKEN_RECORD for number in (2, 4, 5)}
    assert items[1].document.raw.content == broken + b"\n"
    assert items[1].document.raw.origin.uri == "rows.jsonl#2"


def test_a_line_of_any_length_is_read_in_bounded_memory(tmp_path: Path) -> None:
    """One that is larger than a document may be is refused, and the next is read."""
    items = read(write(tmp_path / "rows.jsonl", lines(ROW, {"text": "x" * 50 * LIMIT}, ROW)))
    assert refused(items) == {"rows.jsonl#2": Reason.TOO_LARGE}
    assert items[1].document.raw.content == b""
    assert len(bodies(items)) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be"])
@pytest.mark.parametrize("packed", [True, False])
def test_any_unicode_and_gzip_are_undone(tmp_path: Path, encoding: str, packed: bool) -> None:
    """Slices begin at the right line all the same."""
    records = [{"title": str(number), "text": f"Die Fähre {number} kam zurück: 渡轮。"} for number in range(5)]
    content = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    if encoding == "utf-16-be":
        content = "\ufeff" + content
    path = write(tmp_path / "rows", gzip.compress(content.encode(encoding)) if packed else content.encode(encoding))
    items = read(path, kind=FileKind.JSONL)
    assert bodies(items) == [record["text"] for record in records]
    assert [item.name for item in items] == [f"rows#{number}" for number in range(1, 6)]


def test_a_gzip_file_that_ends_early_ends_in_one_broken_record(tmp_path: Path) -> None:
    """The lines before are read."""
    chatter = [{"text": f"Ferry {number}: {number * 7919 % 1013}"} for number in range(2_000)]
    whole = gzip.compress(lines(*chatter))
    items = read(write(tmp_path / "rows.jsonl.gz", whole[: len(whole) // 2]), most=500)
    assert len(items) > 100
    assert [item.document.reason for item in items[-2:]] == [None, Reason.BROKEN_RECORD]


def test_rows_of_any_dialect_are_read(tmp_path: Path) -> None:
    """Separators and line breaks within quotation marks, doubled ones, Windows line ends, old encodings."""
    text = 'title;text;date\r\nEins;"Die Fähre; sie kam\r\nzurück.";2024-11-19\r\nZwei;"Ein ""Wunder""";2024-11-20\r\n'
    for encoding in ("utf-8", "cp1252", "utf-16"):
        items = read(write(tmp_path / f"{encoding}.csv", text.encode(encoding)))
        assert bodies(items) == ["Die Fähre; sie kam\r\nzurück.", 'Ein "Wunder"']
        assert [item.name for item in items] == [f"{encoding}.csv#2", f"{encoding}.csv#4"]
        assert [item.document.raw.given.published for item in items if item.document.raw.given] == [
            "2024-11-19",
            "2024-11-20",
        ]


def test_the_operator_says_the_delimiter(tmp_path: Path) -> None:
    """Where the first row would mislead."""
    path = write(tmp_path / "t.csv", b"title,a,b^text\nOne^The ferry came back.\n")
    assert bodies(read(path, Reading(delimiter="^"), FileKind.CSV)) == ["The ferry came back."]


@pytest.mark.parametrize("stray", ['b,"two', 'b,"two\nc2,and "more" here', "b,two,three,four"])
def test_a_row_that_does_not_fit_costs_its_first_line_only(tmp_path: Path, stray: str) -> None:
    """A stray quotation mark does not swallow the rows below it."""
    content = f'title,body\na,one\n{stray}\nd,"fo""ur"\ne,five\n'.encode()
    items = read(write(tmp_path / "t.csv", content))
    assert "t.csv#3" in refused(items)
    assert bodies(items)[0] == "one"
    assert bodies(items)[-2:] == ['fo"ur', "five"]


def test_a_table_without_a_body_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """Before a single row is read."""
    with pytest.raises(UserError, match="body=prix"):
        read(write(tmp_path / "t.csv", b"nom,prix\na,1\n"), kind=FileKind.CSV)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a", lines(ROW, ROW), FileKind.JSONL),
        ("a", gzip.compress(lines(ROW)), FileKind.JSONL),
        ("a.jsonl", lines({"nothing": "known"}), FileKind.JSONL),
        ("a.json", lines({"nothing": "known"}), FileKind.DOCUMENT),
        ("a", b"title,text\nA,B\n", FileKind.CSV),
        ("a", b"title\ttext\nA\tB\n", FileKind.CSV),
        ("a.csv", b"nom,prix\na,1\n", FileKind.DOCUMENT),
        ("a.txt", b"Hello, world; said the text\nand more text, and more.\n", FileKind.DOCUMENT),
        ("a.txt", b"", FileKind.DOCUMENT),
        ("a.gz", gzip.compress(lines(ROW))[:12], FileKind.DOCUMENT),
    ],
)
def test_a_file_is_told_by_its_content(tmp_path: Path, name: str, content: bytes, kind: FileKind) -> None:
    """In doubt it is one document, which the line refuses when it is none."""
    assert tell_kind(write(tmp_path / name, content)) is kind
