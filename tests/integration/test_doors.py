"""Every kind of file through the whole line: its documents are found, its fields are kept, and all are counted."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from warc_records import page, record

from newsdex import run
from newsdex.index import Names
from newsdex.read import Reading, open_bytes
from newsdex.records import Door, Origin, Reason, Rejection, Stage
from newsdex.run.archiving import open_archive
from newsdex.run.clock import now
from newsdex.settings import Settings

STORY = "The ferry came back to Colonia on Tuesday after three days at sea, its captain said in the harbour."


@pytest.fixture
def own(settings: Settings) -> Iterator[Settings]:
    """Give a home of the test's own."""
    home = settings.home / f"doors-{settings.index_prefix}"
    (home / "backfill").mkdir(parents=True)
    yield replace(settings, home=home, batch_files=3)
    shutil.rmtree(home)


def stored(client: Elasticsearch, index: str) -> list[dict[str, Any]]:
    """Read all documents of an index."""
    client.indices.refresh(index=index)
    return [hit["_source"] for hit in client.search(index=index, size=100)["hits"]["hits"]]


def fill(folder: Path) -> None:
    """Write a file of each kind: eight documents, one broken line, and an image that is none."""
    rows = [
        {"titel": f"Row {n}", "text": f"{STORY} It was ferry {n}.", "link": f"https://p.example/{n}"} for n in (1, 2)
    ]
    lines = [*map(json.dumps, rows), "{broken"]
    (folder / "rows.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    table = f'titel;text\n"Row 3";"{STORY}\n\nIt was ferry 3."\nRow 4;{STORY} It was ferry 4.\n'
    (folder / "table.csv").write_text(table, encoding="utf-16")
    image = record(b"\x89PNG", headers=("Content-Type: image/png",))
    pages = [record(page(n), address=f"https://w.example/{n}") for n in (5, 6)]
    (folder / "crawl.warc.gz").write_bytes(image + b"".join(pages))
    (folder / "story.txt").write_text(f"Ferry 7\n\n{STORY} It was ferry 7.", encoding="utf-8")
    (folder / "page.html").write_bytes(page(8))


def check(client: Elasticsearch, prefix: str, sheet: dict[str, Any]) -> None:
    """Check that each document is found with the door it came by."""
    assert (sheet["inputs"], sheet["balanced"], sheet["reasons"]) == (9, True, {"broken_record": 1})
    assert sheet["outcomes"]["created"] == 8
    articles = stored(client, Names(prefix).news)
    doors = {
        "rows.jsonl.gz#1": Door.JSONL,
        "rows.jsonl.gz#2": Door.JSONL,
        "table.csv#2": Door.CSV,
        "table.csv#5": Door.CSV,
    }
    found = {article["origin"].get("container") or "": article for article in articles}
    for name, door in doors.items():
        (article,) = [one for container, one in found.items() if container.endswith(name)]
        assert article["origin"]["door"] == door
        assert article["headline"].startswith("Row ")
    assert sorted(article["origin"]["door"] for article in articles) == sorted(
        [*doors.values(), Door.WARC, Door.WARC, Door.FILES, Door.FILES]
    )
    (broken,) = stored(client, Names(prefix).quarantine)
    assert (broken["reason"], broken["origin"]["uri"].rpartition("#")[2]) == ("broken_record", "3")


def test_a_bulk_load_takes_all_kinds(own: Settings, client: Elasticsearch) -> None:
    """By content, in one run, with the fields named by the operator."""
    fill(own.home / "backfill")
    groups = run.plan_backfill(own, "load", "*", mapping={"headline": "titel"})
    sheets = [sheet for group in groups for sheet in run.ingest_batches(own, group, "load")]
    total = run.close_run(own, "load", sheets)
    assert total["passed_over"] == {"image/png": 1}
    check(client, own.index_prefix, total)
    (kept,) = stored(client, Names(own.index_prefix).runs)
    assert (kept["inputs"], kept["extra"]) == (9, {"passed_over": {"image/png": 1}})


def test_files_of_all_kinds_without_airflow(own: Settings, client: Elasticsearch) -> None:
    """As `newsdex ingest` takes them."""
    fill(own.home / "backfill")
    counted: list[int] = []
    sheet = run.ingest_paths(
        own,
        [own.home / "backfill"],
        reading=Reading(mapping={"headline": "titel"}),
        surveyed=lambda survey: counted.append(survey.inputs),
        processes=1,
    )
    assert counted == [9]
    check(client, own.index_prefix, sheet.as_dict())


def test_a_batch_of_archived_documents(own: Settings, client: Elasticsearch) -> None:
    """What was fetched and archived, what is not there, and what was refused before there were any bytes."""
    moment = now()
    opened = open_bytes(page(1), uri="https://f.example/1", fetched_at=moment, limit=10**6).placed(Door.FEED)
    with open_archive(own).writer("fetched", moment.date()) as archive:
        refs = [archive.add(opened.raw), "2026/01/01/gone.warc.gz#0"]
    origin = Origin("https://f.example/2", moment, "application/octet-stream", "", door=Door.FEED)
    refusal = Rejection(origin, Stage.READ, Reason.ROBOTS_DISALLOWED, "robots.txt disallows /2")
    batch = run.open_refs_batch(own, "feeds", refs, refusals=[refusal])
    assert run.open_refs_batch(own, "feeds", refs, refusals=[refusal]) == batch
    sheet = run.ingest_batch(own, batch, "feeds")
    assert (sheet["inputs"], sheet["balanced"]) == (3, True)
    assert sheet["reasons"] == {"broken_record": 1, "robots_disallowed": 1}
    (article,) = stored(client, Names(own.index_prefix).news)
    assert (article["origin"]["uri"], article["origin"]["door"]) == ("https://f.example/1", "feed")
    assert article["origin"]["raw_ref"] == refs[0]
    assert run.ingest_batch(own, batch, "feeds") == sheet


def test_another_run_takes_over_a_batch_of_its_queue(own: Settings, client: Elasticsearch) -> None:
    """And the first one has it no longer."""
    from newsdex.errors import UserError

    batch = run.open_refs_batch(own, "first", ["2026/01/01/gone.warc.gz#0"], queue="feeds")
    assert run.adopt_batches(own, "second", "streams") == []
    assert run.adopt_batches(own, "second", "feeds") == [batch]
    with pytest.raises(UserError, match="no longer"):
        run.ingest_batch(own, batch, "first")
    assert run.ingest_batch(own, batch, "second")["inputs"] == 1
