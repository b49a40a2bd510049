"""The patience with a busy server, and the lines of a bulk request."""

from __future__ import annotations

import json

import pytest

from newsdex.errors import UserError
from newsdex.index.bulk import Answer, Operation, Patience


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


def test_a_deletion_has_no_second_line() -> None:
    """A bulk request with one would be refused as a whole."""
    (line,) = Operation("delete", "news-quarantine", "1").lines
    assert json.loads(line) == {"delete": {"_index": "news-quarantine", "_id": "1"}}


def test_a_write_block_is_known_from_other_refusals() -> None:
    """Only the block of a rebuild ends by itself."""
    for said in ("index write (api)", "moving to block index write (api)"):
        assert Answer(403, f"cluster_block_exception: index [news-000001] blocked by: [FORBIDDEN/8/{said}];").blocked
    assert not Answer(
        403, "cluster_block_exception: index [x] blocked by: [FORBIDDEN/5/index read-only (api)];"
    ).blocked
    assert not Answer(403, "security_exception: action is unauthorized").blocked


def test_a_blocked_index_is_waited_for_by_the_clock() -> None:
    """As long as a rebuild may take for its last steps, and no longer."""
    pauses: list[float] = []
    patience = Patience(blocked_seconds=3.0, sleep=pauses.append)
    why, waited = "blocked by: [FORBIDDEN/8/index write (api)]", 0.0
    while waited < 3.0:
        waited = patience.pause_blocked(waited, why)
    assert sum(pauses) == waited
    with pytest.raises(UserError, match="blocked by") as told:
        patience.pause_blocked(waited, why)
    assert "newsdex rebuild" in told.value.hint
