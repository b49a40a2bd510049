"""The marks from which pages begin."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdex.index.pages import read_mark, write_mark
from newsdex.index.query import BadQuery, Order, Query

PLACE = (1_700_000_000_000, "ab" * 32, None)


@given(st.integers(0, 10**9), st.floats(0, 1e6), st.integers(0, 2**61), st.text(max_size=64), st.none() | st.text())
def test_a_mark_is_read_as_it_was_written(rank: int, score: float, time: int, sha256: str, url: str | None) -> None:
    """Whatever the address of an article looks like."""
    query = Query("ferry")
    mark = read_mark(query, write_mark(query, rank, (score, time, sha256, url)))
    assert (mark.rank, mark.values) == (rank, (score, time, sha256, url))


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "!",
        "x" * 5_000,
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(json.dumps(["newest", -1, *PLACE]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps(["newest", 1, "now", "a", None]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps(["newest", 1, 10**30, "a", None]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps(["newest", 1, {"script": 1}, "a", None]).encode()).decode(),
        base64.urlsafe_b64encode(b"[" * 2_900).decode(),
    ],
)
def test_what_is_no_mark_is_refused(mark: str) -> None:
    """It stands in an address, where anybody may write anything."""
    with pytest.raises(BadQuery):
        read_mark(Query(), mark)


@pytest.mark.parametrize("score", ["NaN", "Infinity", "1e300"])
def test_a_score_that_no_hit_has_is_refused(score: str) -> None:
    """Elasticsearch could not read it."""
    packed = f'["relevance",1,{score},1,"a",null]'.encode()
    with pytest.raises(BadQuery):
        read_mark(Query("ferry"), base64.urlsafe_b64encode(packed).decode())


def test_a_mark_of_another_order_is_refused() -> None:
    """Its place means nothing there."""
    with pytest.raises(BadQuery):
        read_mark(Query(order=Order.OLDEST), write_mark(Query(), 1, PLACE))
