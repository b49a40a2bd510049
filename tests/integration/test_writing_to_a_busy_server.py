"""Whatever the server does in between, every document ends in the index once, or the write says that it could not."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from absent_shard import AbsentShard
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article
from impatient_proxy import Bulk, Verdict, impatient_proxy

from newsdex.errors import UserError
from newsdex.index import BalanceSheet, Names, Outcome, write
from newsdex.index.bulk import Patience
from newsdex.index.versions import Versions
from newsdex.index.writer import Building
from newsdex.settings import Settings

ARTICLES = [make_article(f"Story {number}.") for number in range(40)]


@pytest.fixture
def write_through(client: Elasticsearch, settings: Settings) -> Any:
    """Write the forty articles through a proxy, and give their outcomes, the pauses made, and what the index holds."""

    def write_through(judge: Callable[[Bulk], Verdict], **options: Any) -> tuple[Counter[Outcome], list[float], int]:
        pauses: list[float] = []
        patience = Patience(attempts=5, sleep=pauses.append, jitter=lambda: 0.5)
        sheet = BalanceSheet(inputs=len(ARTICLES))
        with impatient_proxy(settings.elasticsearch_url, judge) as address, Elasticsearch(address) as connection:
            for written in write(
                connection, ARTICLES, prefix=settings.index_prefix, indexed_at=NOW, patience=patience, **options
            ):
                sheet.add(written)
        sheet.check()
        client.indices.refresh(index=Names(settings.index_prefix).news)
        return sheet.outcomes, pauses, client.count(index=Names(settings.index_prefix).news)["count"]

    return write_through


def test_items_refused_as_busy_are_sent_again_alone(write_through: Any) -> None:
    """429 and 503 for some items: only those are sent again, after a pause, until all are in."""
    sizes: list[int] = []

    def judge(bulk: Bulk) -> Verdict:
        lines, earlier = bulk
        sizes.append(len(lines) // 2)
        return {0: {3: 429, 17: 503, 39: 429}, 1: {1: 429}}.get(earlier)

    outcomes, pauses, count = write_through(judge)
    assert (outcomes, count) == ({Outcome.CREATED: 40}, 40)
    assert sizes == [40, 3, 1]
    assert pauses == [0.25, 0.25]


def test_articles_that_cannot_be_read_are_not_taken_for_new_ones(client: Elasticsearch, settings: Settings) -> None:
    """A server that has just come back has its shards a moment later."""
    options = {"prefix": settings.index_prefix, "indexed_at": NOW}
    list(write(client, ARTICLES, **options))
    absent = AbsentShard(client, Versions(client, settings.index_prefix).serving())
    again = Counter(each.outcome for each in write(client, ARTICLES, patience=absent.patience, **options))
    assert absent.waited
    assert again == {Outcome.UNCHANGED: 40}


@pytest.mark.parametrize("absent_is", ["read", "missing"])
def test_an_article_that_cannot_be_read_is_not_missing(
    client: Elasticsearch, settings: Settings, absent_is: str
) -> None:
    """A rebuild would look for it, or refuse to switch."""
    (written,) = write(client, ARTICLES[:1], prefix=settings.index_prefix, indexed_at=NOW)
    index = Versions(client, settings.index_prefix).serving()
    absent = AbsentShard(client, index)
    versions = Versions(client, settings.index_prefix, absent.patience)
    if absent_is == "read":
        assert list(versions.read(index, [written.id])) == [written.id]
    else:
        assert versions.missing([written.id, "other"], index) == ["other"]
    assert absent.waited == 1


@pytest.mark.parametrize("trouble", [429, 503, "drop"])
def test_a_request_refused_as_a_whole_is_made_again_after_growing_pauses(write_through: Any, trouble: Verdict) -> None:
    """A busy or silent server is waited for."""
    outcomes, pauses, count = write_through(lambda bulk: trouble if bulk[1] < 3 else None)
    assert (outcomes, count) == ({Outcome.CREATED: 40}, 40)
    assert pauses == [0.25, 0.5, 1.0]


def test_a_lost_answer_is_no_second_document_and_no_other_outcome(write_through: Any) -> None:
    """The server wrote, the connection broke: the documents are found there, and told as created, by this write."""
    outcomes, _, count = write_through(lambda bulk: "lose" if bulk[1] == 0 else None)
    assert (outcomes, count) == ({Outcome.CREATED: 40}, 40)


def test_a_request_that_is_too_large_is_halved(write_through: Any) -> None:
    """413: the chunk is halved until the server takes it."""
    outcomes, _, count = write_through(lambda bulk: 413 if len(bulk[0]) > 10 else None)
    assert (outcomes, count) == ({Outcome.CREATED: 40}, 40)


def test_a_document_too_large_by_itself_is_quarantined(write_through: Any) -> None:
    """Only that one; the 39 others are written."""

    def judge(bulk: Bulk) -> Verdict:
        return 413 if any(b'"body":"Story 7."' in line for line in bulk[0]) else None

    outcomes, _, count = write_through(judge)
    assert (outcomes, count) == ({Outcome.CREATED: 39, Outcome.QUARANTINED: 1}, 39)


def test_a_server_that_stays_busy_is_told_and_nothing_is_called_written(write_through: Any) -> None:
    """After the last attempt the write fails, naming the server's reason."""
    with pytest.raises(UserError, match=r"takes no documents.*as the test wishes"):
        write_through(lambda bulk: 429)


def test_what_a_failed_write_left_is_completed_by_the_next(write_through: Any) -> None:
    """The server goes away in the middle: running again writes the rest and nothing twice."""
    with pytest.raises(UserError):
        write_through(lambda bulk: None if bulk[1] < 2 else "drop", chunk_documents=10)
    outcomes, _, count = write_through(lambda bulk: None)
    assert outcomes == {Outcome.UNCHANGED: 20, Outcome.CREATED: 20}
    assert count == 40


def test_a_writer_waits_for_an_index_that_is_blocked(client: Elasticsearch, settings: Settings) -> None:
    """A rebuild that ends, or gives up, lifts the block; what waited is then written, once."""
    index = f"{Names(settings.index_prefix).news}-000001"
    versions = Versions(client, settings.index_prefix)
    versions.block(index)
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            versions.unblock(index)

    written = list(
        write(client, ARTICLES, prefix=settings.index_prefix, indexed_at=NOW, patience=Patience(sleep=sleep))
    )
    assert [one.outcome for one in written] == [Outcome.CREATED] * 40
    assert len(pauses) == 3
    assert versions.count(index) == 40


def test_a_writer_follows_the_aliases_to_the_new_index(client: Elasticsearch, settings: Settings) -> None:
    """What it was about to write to the old one goes to the new one, decided by what is there."""
    versions = Versions(client, settings.index_prefix)
    old, new = versions.serving(), versions.begin(settings)
    seen = ARTICLES[:10]
    building = Building(versions.names.news_building, versions.names.news_write)
    list(write(client, seen, prefix=settings.index_prefix, indexed_at=NOW, building=building))
    versions.block(old)

    def sleep(_: float) -> None:
        versions.switch(new)

    patience = Patience(sleep=sleep)
    later = NOW + timedelta(hours=1)
    written = list(write(client, ARTICLES, prefix=settings.index_prefix, indexed_at=later, patience=patience))
    assert Counter(one.outcome for one in written) == {Outcome.UNCHANGED: 10, Outcome.CREATED: 30}
    assert (versions.count(old), versions.count(new)) == (0, 40)


def test_a_writer_of_another_mapping_does_not_follow(client: Elasticsearch, settings: Settings, tmp_path: Path) -> None:
    """Its documents would not fit the new index: it fails, and is run again by the Newsdex that made that one."""
    shutil.copytree(settings.config / "elasticsearch", tmp_path / "elasticsearch")
    path = tmp_path / "elasticsearch" / "news.json"
    shape = json.loads(path.read_text(encoding="utf-8"))
    shape["mappings"]["_meta"]["schema_version"] += 1
    path.write_text(json.dumps(shape), encoding="utf-8")
    versions = Versions(client, settings.index_prefix)
    old, new = versions.serving(), versions.begin(replace(settings, config=tmp_path))
    versions.block(old)
    patience = Patience(sleep=lambda _: versions.switch(new))
    with pytest.raises(UserError, match="rebuilt with another version of the mapping"):
        list(write(client, ARTICLES, prefix=settings.index_prefix, indexed_at=NOW, patience=patience))
    assert versions.count(new) == 0
