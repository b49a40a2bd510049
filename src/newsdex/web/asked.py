"""A search as it stands in an address: every state of the page can be kept, sent to somebody, and gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from newsdex.index.query import FILTERS, BadQuery, Order, Query

MARKS = ("\ue000", "\ue001")
"""What surrounds a match in a highlight: two characters that mean nothing; an article may have tags in it."""

PAGE = 20
_LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and the address that asks it."""

    query: Query

    def address(self, path: str = "/", **changes: Any) -> str:
        """Give the address of this search with something changed; another search begins at its first page.

        >>> Asked(Query("ferry", language=("en",), size=PAGE)).address(since="2024-11", language=())
        '/?q=ferry&since=2024-11'
        """
        pairs = [(name, value) for name, value in self.parameters(**changes) if value]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def parameters(self, **changes: Any) -> list[tuple[str, str]]:
        """Give what the address says, one pair each, changed as asked; `after` and `before` are left out else."""
        query = self.query
        said: dict[str, Any] = {
            "q": query.text,
            **{name: getattr(query, name) for name in FILTERS},
            "since": query.since,
            "until": query.until,
            "sort": query.order,
            "copies": None if query.collapse else "all",
            "size": str(query.size) if query.size != PAGE else None,
            **changes,
        }
        pairs: list[tuple[str, str]] = []
        for name, value in said.items():
            values = value if isinstance(value, tuple) else (value,)
            pairs += [(name, str(each)) for each in values if each is not None]
        return pairs

    def without(self, name: str, value: str) -> str:
        """Give the address of this search without one chosen value."""
        left: dict[str, Any] = {name: tuple(each for each in getattr(self.query, name) if each != value)}
        return self.address(**left)


def read_asked(parameters: QueryParams) -> Asked:
    """Read a search from an address. Raises `BadQuery` naming what cannot be meant; what it does not know it leaves."""
    ask: dict[str, Any] = {name: _values(parameters, name) for name in FILTERS}
    for name in ("since", "until", "after", "before"):
        ask[name] = parameters.get(name, "").strip() or None
    return Asked(
        Query(
            text=" ".join(parameters.get("q", "").split()),
            order=_order(parameters.get("sort", "")),
            size=_size(parameters.get("size", "")),
            collapse=parameters.get("copies", "") != "all",
            tags=MARKS,
            **ask,
        )
    )


def _values(parameters: QueryParams, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in parameters.getlist(name) if value))


def _order(sort: str) -> Order | None:
    try:
        return Order(sort) if sort else None
    except ValueError:
        raise BadQuery(f"sort: {sort[:40]!r} is no order", f"it is one of {', '.join(Order)}") from None


def _size(size: str) -> int:
    if not size:
        return PAGE
    if not (size.isascii() and size.isdigit() and len(size) < 5 and 0 < int(size) <= _LARGEST_PAGE):
        raise BadQuery(f"size: {size[:40]!r} is no size of a page", f"it is between 1 and {_LARGEST_PAGE}")
    return int(size)


def counted_filters(query: Query) -> int:
    """Count what is chosen, for the button that opens the filters."""
    return sum(len(getattr(query, name)) for name in FILTERS) + bool(query.since) + bool(query.until)
