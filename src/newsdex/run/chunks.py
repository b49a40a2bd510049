"""Cutting work into pieces of bounded size, so that memory does not grow with the input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

CHUNK_DOCUMENTS = 100
CHUNK_BYTES = 16_000_000
WRITTEN_TOGETHER = 100
"""Documents written to Elasticsearch at once: what is lost when a task dies, and worked again."""


def portions(items: Iterable[T], size: Callable[[T], int], most: int, most_bytes: int) -> Iterator[list[T]]:
    """Cut items into portions of `most` items and `most_bytes` at most; what is larger stands alone.

    >>> list(portions(["a", "bb", "cccc", "d"], len, 2, 3))
    [['a', 'bb'], ['cccc'], ['d']]
    """
    portion: list[T] = []
    held = 0
    for item in items:
        weight = size(item)
        if portion and (len(portion) >= most or held + weight > most_bytes):
            yield portion
            portion, held = [], 0
        portion.append(item)
        held += weight
    if portion:
        yield portion
