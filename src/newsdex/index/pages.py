"""The mark of a hit, from which the next page begins: its place in the order, kept in the address of the page.

Nothing is kept on a server for it, so an address works for ever, and there is no last page that can be asked for.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsdex.index.query import BadQuery, Order, Query

_LONGEST = 4_000
_TYPES: dict[str, tuple[type, ...]] = {
    "score": (float, int),
    "time": (int, type(None)),
    "sha256": (str,),
    "url": (str, type(None)),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A hit's place: `rank` counts the hits up to it, `values` are what the order compares."""

    rank: int
    values: tuple[Any, ...]


def write_mark(query: Query, rank: int, values: Sequence[Any]) -> str:
    """Write a mark for an address.

    >>> read_mark(Query(), write_mark(Query(), 20, [1700000000000, "ab", None])).rank
    20
    """
    packed = json.dumps([query.sorted_by, rank, *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_mark(query: Query, mark: str) -> Mark:
    """Read a mark. Raises `BadQuery` for what is none, or belongs to another order of hits."""
    wrong = BadQuery("the address of this page is damaged", "go back to the first page of the search")
    if len(mark) > _LONGEST:
        raise wrong
    try:
        unpacked = json.loads(base64.b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True))
        ordered, rank, *values = unpacked
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise wrong from None
    keys = ("score", "time", "sha256", "url") if query.sorted_by is Order.RELEVANCE else ("time", "sha256", "url")
    if ordered != query.sorted_by or type(rank) is not int or rank < 0 or len(values) != len(keys):
        raise wrong
    if any(type(value) not in _TYPES[key] for key, value in zip(keys, values, strict=True)):
        raise wrong
    if any(type(value) in (int, float) and not abs(value) < 2**62 for value in values):
        raise wrong
    return Mark(rank, tuple(values))
