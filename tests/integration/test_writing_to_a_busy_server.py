"""Whatever the server does in between, every document ends in the index once, or the write says that it could not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article
from impatient_proxy import Bulk, Verdict, impatient_proxy

from newsdex.errors import UserError
from newsdex.index import BalanceSheet, Names, Outcome, write
from newsdex.index.bulk import Patience
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
