"""A bulk load killed in mid-WARC, by `kill -9`, goes on where it was: nothing is lost, nothing is there twice."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from dying_worker import DyingWorker
from elasticsearch import Elasticsearch
from warc_records import page, record

from newsdex import run
from newsdex.index import Names
from newsdex.run.archiving import open_archive
from newsdex.settings import Settings

PAGES = 150
IN_A_BATCH = 60
NAME = "crawl.warc.gz"


@pytest.fixture
def loaded(settings: Settings) -> Iterator[Settings]:
    """Make a home without rules (workers start sooner) with a WARC file: pages, an image, and a damaged record."""
    home = settings.home / f"backfill-{settings.index_prefix}"
    own = replace(settings, home=home, config=home / "config", batch_files=IN_A_BATCH)
    own.config.mkdir(parents=True)
    shutil.copytree(settings.config / "elasticsearch", own.config / "elasticsearch")
    (own.config / "languages").mkdir()
    (own.config / "publishers").mkdir()
    (own.config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    records = [record(page(number), address=f"https://paper.example/{number}") for number in range(PAGES)]
    records.insert(30, record(b"\x89PNG", headers=("Content-Type: image/png",)))
    records[100] = records[100][:90] + bytes(9) + records[100][99:]
    (home / "backfill").mkdir()
    (home / "backfill" / NAME).write_bytes(b"".join(records))
    yield own
    shutil.rmtree(home)


def start_worker(settings: Settings, point: str) -> DyingWorker:
    """Start a worker on the file in a process of its own."""
    return DyingWorker(settings, point, "run", NAME)


def finish(settings: Settings, path: str = NAME, run_id: str = "run") -> dict[str, Any]:
    """Do what the DAG does, and give the balance sheet."""
    groups = run.plan_backfill(settings, run_id, path)
    sheets = [sheet for group in groups for sheet in run.ingest_batches(settings, group, run_id)]
    return run.close_run(settings, run_id, sheets)


def stored(client: Elasticsearch, index: str) -> list[dict[str, Any]]:
    """Read all documents of an index."""
    client.indices.refresh(index=index)
    return [hit["_source"] for hit in client.search(index=index, size=1000)["hits"]["hits"]]


def check(settings: Settings, client: Elasticsearch, sheet: dict[str, Any]) -> None:
    """Check that each page is in the index once and as it was, and that the damaged one is the only one missing."""
    names = Names(settings.index_prefix)
    articles, quarantined = stored(client, names.news), stored(client, names.quarantine)
    assert (sheet["inputs"], sheet["balanced"]) == (PAGES, True)
    assert (sheet["reasons"], sheet["passed_over"]) == ({"broken_record": 1}, {"image/png": 1})
    expected = {f"https://paper.example/{number}": page(number) for number in range(PAGES) if number != 99}
    assert Counter(article["origin"]["uri"] for article in articles) == Counter(expected.keys())
    assert [entry["reason"] for entry in quarantined] == ["broken_record"]
    archive = open_archive(settings)
    for article in articles:
        assert archive.read(article["origin"]["raw_ref"]) == expected[article["origin"]["uri"]]
        assert article["version"] == 1
        assert article["origin"]["container"].startswith(f"{NAME}#")


def test_killed_twice_at_points_that_hurt(loaded: Settings, client: Elasticsearch) -> None:
    """First with pages half written to the index, then with outcomes that are noted and pages in hand."""
    for point in ("writing", "noting"):
        with start_worker(loaded, point) as worker:
            assert worker.wait(180) == -signal.SIGKILL
    check(loaded, client, finish(loaded))


def test_killed_twice_at_moments_nobody_chose(loaded: Settings, client: Elasticsearch) -> None:
    """As a machine is switched off."""
    chance = random.Random(7)
    for _ in range(2):
        with start_worker(loaded, "never") as worker:
            worker.wait_claimed()
            time.sleep(chance.uniform(0.3, 2.0))
            worker.kill()
    check(loaded, client, finish(loaded))


def test_a_load_that_was_never_finished_is_finished_by_the_next(loaded: Settings, client: Elasticsearch) -> None:
    """Although that one was asked for another file."""
    with start_worker(loaded, "noting") as worker:
        assert worker.wait(180) == -signal.SIGKILL
    (loaded.home / "backfill" / "late.txt").write_text("A ferry that came late.\n\nIt came on Friday.", "utf-8")
    total = finish(loaded, "late.txt", "next")
    assert (total["inputs"], total["balanced"]) == (PAGES + 1, True)
    assert total["outcomes"]["created"] + total["outcomes"]["unchanged"] == PAGES


def test_the_same_file_again_changes_nothing(loaded: Settings, client: Elasticsearch) -> None:
    """Every page is known by its address. And a run that is cleared when all is done gives the same sheet again."""
    first = finish(loaded)
    check(loaded, client, first)
    assert finish(loaded) == first
    again = finish(loaded, run_id="again")
    assert again["outcomes"]["unchanged"] == PAGES - 1
    check(loaded, client, again)
