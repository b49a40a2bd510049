"""A worker killed anywhere, by `kill -9`, loses nothing and does nothing twice."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dying_worker import DyingWorker
from elasticsearch import Elasticsearch

from newsdex import run
from newsdex.archive import Archive
from newsdex.index import Names
from newsdex.settings import Settings

SEEN_STORIES = 12
POINTS = ("claiming", "claimed", "archiving", "archived", "processing", "writing", "noting", "letting-go", "closing")


def story(number: int) -> str:
    """Write a story that no other one is like."""
    return (
        f"Ferry {number} returns to the harbour of Colonia\n\n"
        f"The ferry with the number {number} came back on Tuesday after {number + 3} days at sea, its captain said.\n\n"
        f"Its {number * 17 + 5} passengers were taken to a hotel, and the company promised to pay for their way home.\n"
    )


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Settings]:
    """Make a home with stories in its inbox and a file to be quarantined. It has no rules: workers start sooner."""
    home = settings.home / f"faults-{settings.index_prefix}"
    own = replace(settings, home=home, config=home / "config", settle_seconds=0.0, batch_files=1000)
    own.config.mkdir(parents=True)
    shutil.copytree(settings.config / "elasticsearch", own.config / "elasticsearch")
    (own.config / "languages").mkdir()
    (own.config / "publishers").mkdir()
    (own.config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    (own.inbox / "wire").mkdir(parents=True)
    for number in range(SEEN_STORIES):
        (own.inbox / "wire" / f"{number:02}.txt").write_text(story(number), encoding="utf-8")
    (own.inbox / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    yield own
    shutil.rmtree(home)


def start_worker(settings: Settings, point: str, run_id: str) -> DyingWorker:
    """Start a worker over the inbox in a process of its own."""
    return DyingWorker(settings, point, run_id)


def run_all(settings: Settings, run_id: str) -> dict[str, Any]:
    """Do what the DAG does, and give the balance sheet."""
    sheets = [run.ingest_batch(settings, batch, run_id) for batch in run.claim(settings, run_id)]
    return run.close_run(settings, run_id, sheets)


def left(settings: Settings) -> list[Path]:
    """List the files that are still in the inbox or claimed."""
    return [path for path in settings.inbox.rglob("*") if path.is_file()]


def stored(client: Elasticsearch, index: str) -> list[dict[str, Any]]:
    """Read all documents of an index."""
    client.indices.refresh(index=index)
    return [hit["_source"] for hit in client.search(index=index, size=1000)["hits"]["hits"]]


def check_nothing_lost_nothing_twice(settings: Settings, client: Elasticsearch) -> None:
    """Check that each file is in the index or in quarantine once, its bytes in the archive, and gone from the inbox."""
    names = Names(settings.index_prefix)
    articles, quarantined = stored(client, names.news), stored(client, names.quarantine)
    expected = {f"inbox/wire/{number:02}.txt": story(number) for number in range(SEEN_STORIES)}
    assert Counter(article["origin"]["uri"] for article in articles) == Counter(expected.keys())
    assert [entry["origin"]["uri"] for entry in quarantined] == ["inbox/photo.txt"]
    archive = Archive(settings.archive)
    for article in articles:
        assert archive.read(article["origin"]["raw_ref"]).decode() == expected[article["origin"]["uri"]]
        assert article["version"] == 1
    assert archive.read(quarantined[0]["origin"]["raw_ref"]).startswith(b"\x89PNG")
    assert left(settings) == []
    assert not any((settings.inbox / ".claimed").iterdir())
    assert (settings.inbox / "wire").is_dir()


@pytest.mark.parametrize("point", POINTS)
def test_the_next_run_completes_what_a_killed_one_left(inbox: Settings, client: Elasticsearch, point: str) -> None:
    """Whatever the worker was doing when it was killed; and each file is counted once."""
    with start_worker(inbox, point, "first") as worker:
        assert worker.wait(120) == -signal.SIGKILL
    sheet = run_all(inbox, "second")
    assert (sheet["inputs"], sheet["balanced"]) == (SEEN_STORIES + 1, True)
    check_nothing_lost_nothing_twice(inbox, client)


@pytest.mark.parametrize("point", ["claimed", "writing", "letting-go"])
def test_a_retry_of_the_same_run_completes_it_too(inbox: Settings, client: Elasticsearch, point: str) -> None:
    """As Airflow does it, when the task's process is killed."""
    with start_worker(inbox, point, "first") as worker:
        assert worker.wait(120) == -signal.SIGKILL
    sheet = run_all(inbox, "first")
    assert (sheet["inputs"], sheet["balanced"]) == (SEEN_STORIES + 1, True)
    check_nothing_lost_nothing_twice(inbox, client)


def test_killed_again_and_again_at_any_moment(inbox: Settings, client: Elasticsearch) -> None:
    """Five workers killed in turn at moments nobody chose, while new files come in; then one that lives."""
    chance = random.Random(3)
    for count in range(5):
        with start_worker(inbox, "never", f"run-{count}") as worker:
            worker.wait_claimed()
            time.sleep(chance.uniform(0, 1.0))
            worker.kill()
    run_all(inbox, "last")
    check_nothing_lost_nothing_twice(inbox, client)


def test_a_document_that_kills_the_whole_task_costs_itself_only(inbox: Settings, client: Elasticsearch) -> None:
    """After it has done so twice with no other in hand it is quarantined; those beside it the first time are not."""
    for _ in range(3):
        with start_worker(inbox, "lethal", "first") as worker:
            assert worker.wait(120) == -signal.SIGKILL
    sheet = run_all(inbox, "first")
    assert sheet["outcomes"]["created"] == SEEN_STORIES - 1
    assert sheet["reasons"] == {"binary": 1, "extraction_crash": 1}
    (lost,) = [e for e in stored(client, Names(inbox.index_prefix).quarantine) if e["reason"] == "extraction_crash"]
    assert lost["origin"]["uri"] == "inbox/wire/03.txt"
    assert left(inbox) == []


def test_an_elasticsearch_that_is_away_is_no_documents_fault(inbox: Settings, client: Elasticsearch) -> None:
    """A batch of one document that fails again and again is whole when the server is back."""
    from newsdex.errors import UserError

    for path in left(inbox)[1:]:
        path.unlink()
    away = replace(inbox, elasticsearch_url="http://127.0.0.1:9")
    (batch,) = run.claim(away, "first")
    for _ in range(3):
        with pytest.raises(UserError):
            run.ingest_batch(away, batch, "first")
    assert run_all(inbox, "first")["inputs"] == 1
    assert "extraction_crash" not in run.ingest_batch(inbox, batch, "first")["reasons"]


def test_a_batch_that_another_process_works_is_left_alone(inbox: Settings) -> None:
    """A worker that only seems dead keeps its batch: the second try fails, to be tried again later."""
    from newsdex.read.inbox import BatchTakenError, Inbox

    (batch,) = run.claim(inbox, "first")
    with Inbox(inbox.inbox).hold("first", batch), pytest.raises(BatchTakenError):
        run.ingest_batch(inbox, batch, "first")


def test_an_elasticsearch_that_is_away_costs_nothing(inbox: Settings, client: Elasticsearch) -> None:
    """The task fails, the files stay claimed, and the next run has them."""
    from newsdex.errors import UserError

    away = replace(inbox, elasticsearch_url="http://127.0.0.1:9")
    batches = run.claim(away, "first")
    with pytest.raises(UserError):
        run.ingest_batch(away, batches[0], "first")
    assert len(left(inbox)) == SEEN_STORIES + 1
    assert run_all(inbox, "second")["outcomes"]["created"] == SEEN_STORIES
    check_nothing_lost_nothing_twice(inbox, client)


def test_a_run_with_a_missing_batch_is_stored_and_fails(inbox: Settings, client: Elasticsearch) -> None:
    """What did not finish is told, never left out of the sum in silence."""
    from newsdex.index import Unbalanced

    small = replace(inbox, batch_files=5)
    batches = run.claim(small, "first")
    sheets = [run.ingest_batch(small, batch, "first") for batch in batches[:-1]]
    with pytest.raises(Unbalanced, match=batches[-1]):
        run.close_run(small, "first", sheets)
    assert [entry["inputs"] for entry in stored(client, Names(inbox.index_prefix).runs)] == [10]
    assert run_all(inbox, "second")["inputs"] == 3
    check_nothing_lost_nothing_twice(inbox, client)


def test_a_finished_batch_gives_the_same_sheet_again(inbox: Settings) -> None:
    """Clearing a task by hand, even long after the run was closed, changes nothing."""
    batches = run.claim(inbox, "first")
    sheets = [run.ingest_batch(inbox, batch, "first") for batch in batches]
    total = run.close_run(inbox, "first", sheets)
    assert [run.ingest_batch(inbox, batch, "first") for batch in batches] == sheets
    assert run.close_run(inbox, "first", sheets) == total


def test_the_same_files_dropped_again_change_nothing(inbox: Settings, client: Elasticsearch) -> None:
    """They are counted as unchanged."""
    run_all(inbox, "first")
    for number in reversed(range(SEEN_STORIES)):
        (inbox.inbox / "wire" / f"{number:02}.txt").write_text(story(number), encoding="utf-8")
    sheet = run_all(inbox, "second")
    assert sheet["outcomes"]["unchanged"] == sheet["inputs"] == SEEN_STORIES
    check_nothing_lost_nothing_twice(inbox, client)
