"""A document that is stuck, eats memory or crashes its process is quarantined, and nothing else is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import worker_jobs
from elasticsearch import Elasticsearch

from newsdex import run
from newsdex.archive import Archive
from newsdex.index import Names
from newsdex.run import line
from newsdex.settings import Settings

STORIES = 11
BAD = [("hangs", "extraction_timeout"), ("eats", "extraction_crash"), ("crashes", "extraction_crash")]


def write(folder: Path, deed: str) -> None:
    """Write stories, and among them one whose name says what to do instead of working it."""
    folder.mkdir(parents=True)
    for number in range(STORIES):
        name = f"{number:03}-{deed}.txt" if number == 5 else f"{number:03}.txt"
        story = f"Ferry {number} came back to Colonia on Tuesday after {number + 3} days at sea, its captain said.\n"
        (folder / name).write_text(story, encoding="utf-8")


@pytest.fixture
def bounded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Give a home of the test's own, with narrow bounds and documents that may do what their names say."""
    monkeypatch.setattr(line, "process_document", worker_jobs.process_or_act)
    home = settings.home / f"bad-{settings.index_prefix}"
    yield replace(settings, home=home, settle_seconds=0.0, document_seconds=3.0, document_memory=100_000_000)
    shutil.rmtree(home, ignore_errors=True)


def check(sheet: dict[str, Any], settings: Settings, client: Elasticsearch, deed: str, reason: str) -> None:
    """Check that all are accounted for, that only the bad one is quarantined, and that its bytes are kept."""
    assert (sheet["inputs"], sheet["balanced"]) == (STORIES, True)
    assert (sheet["outcomes"]["created"], sheet["reasons"]) == (STORIES - 1, {reason: 1})
    quarantine = Names(settings.index_prefix).quarantine
    client.indices.refresh(index=quarantine)
    (hit,) = client.search(index=quarantine)["hits"]["hits"]
    entry = hit["_source"]
    assert (entry["stage"], entry["reason"], Path(entry["origin"]["uri"]).stem) == ("extract", reason, f"005-{deed}")
    assert Archive(settings.archive).read(entry["origin"]["raw_ref"]).startswith(b"Ferry 5 ")


@pytest.mark.parametrize(("deed", "reason"), BAD)
def test_in_a_batch(bounded: Settings, client: Elasticsearch, deed: str, reason: str) -> None:
    """The task goes on, and its run balances."""
    write(bounded.inbox / "wire", deed)
    sheets = [run.ingest_batch(bounded, batch, "run") for batch in run.claim(bounded, "run")]
    check(run.close_run(bounded, "run", sheets), bounded, client, deed, reason)


@pytest.mark.parametrize(("deed", "reason"), BAD)
def test_in_the_users_own_files(
    bounded: Settings, client: Elasticsearch, tmp_path: Path, deed: str, reason: str
) -> None:
    """As `newsdex ingest` takes them."""
    write(tmp_path / "in", deed)
    sheet = run.ingest_paths(bounded, [tmp_path / "in"], processes=2)
    check(sheet.as_dict(), bounded, client, deed, reason)
