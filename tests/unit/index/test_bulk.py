"""The patience with a busy server, and the lines of a bulk request."""

from __future__ import annotations

import json

import pytest

from newsdex.errors import UserError
from newsdex.index.bulk import Operation, Patience


def test_pauses_grow_to_a_limit() -> None:
    """Twice as long each time, up to the longest."""
    pauses: list[float] = []
    patience = Patience(attempts=7, first=1.0, longest=10.0, sleep=pauses.append, jitter=lambda: 0.5)
    for attempt in range(1, 7):
        patience.pause(attempt, "busy")
    assert pauses == [1, 2, 4, 8, 10, 10]


def test_pauses_are_spread() -> None:
    """So that writers that were refused together do not come back together."""
    pauses: list[float] = []
    for jitter in (0.0, 0.999):
        Patience(first=1.0, sleep=pauses.append, jitter=lambda jitter=jitter: jitter).pause(1, "busy")
    assert pauses == [0.5, pytest.approx(1.499)]


@pytest.mark.parametrize(
    ("why", "advice"),
    [
        ("cluster_block_exception: disk usage exceeded flood-stage watermark", "free some space"),
        ("es_rejected_execution_exception: queue is full", "run again"),
        ("index_not_found_exception: no such index", "newsdex up"),
        ("security_exception: action is unauthorized", "credentials"),
    ],
)
def test_the_last_attempt_says_what_to_do(why: str, advice: str) -> None:
    """According to the server's own reason."""
    with pytest.raises(UserError) as told:
        Patience(attempts=1).pause(1, why)
    assert why in told.value.message
    assert advice in told.value.hint


def test_an_operation_names_the_version_it_was_decided_upon() -> None:
    """So that a version which came in between refuses it."""
    head, source = Operation("index", "news-write", "1", b'{"a":1}', seq_no=4, primary_term=2).lines
    assert json.loads(head) == {"index": {"_index": "news-write", "_id": "1", "if_seq_no": 4, "if_primary_term": 2}}
    assert source == b'{"a":1}'
