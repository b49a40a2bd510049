"""How it stands with each source of config/sources.yaml: when it is asked next, what it answered, what went wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from elasticsearch import Elasticsearch

from newsdex.index.bulk import Patience
from newsdex.index.by_id import read_documents
from newsdex.index.changing import change_documents
from newsdex.index.templates import Names
from newsdex.records import rfc3339

_TIMES = ("next_poll", "last_poll", "last_ok", "last_new", "found_at")


@dataclass(frozen=True, slots=True)
class ListingState:
    """What is kept of one feed or sitemap between polls.

    `trusted` counts how often in a row the server was believed that nothing had changed. `newest` is the latest time
    that a sitemap has named, as RFC 3339. `part_of` is the index of sitemaps that named it.
    """

    etag: str | None = None
    last_modified: str | None = None
    trusted: int = 0
    newest: str | None = None
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """How it stands with one source.

    `failures` counts polls in a row that gave nothing, `entries` what the last good poll saw. `listings` has each feed
    or sitemap of the source by its address; those of a site were found at `found_at`.
    """

    source: str
    url: str
    next_poll: datetime | None = None
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    moved_to: str | None = None
    polls: int = 0
    entries: int = 0
    found_at: datetime | None = None
    listings: Mapping[str, ListingState] = field(default_factory=dict)

    def as_source(self) -> dict[str, Any]:
        """Give the document; what is None is written as null, so that it stands over what was there."""
        shape = {each.name: getattr(self, each.name) for each in fields(self)}
        shape |= {name: rfc3339(shape[name]) for name in _TIMES}
        # A list: addresses as keys of an object would be taken for paths with dots.
        shape["listings"] = [{"url": url, **_plain(state)} for url, state in self.listings.items()]
        return shape

    @classmethod
    def from_source(cls, source: Mapping[str, Any]) -> Self:
        """Read the document back."""
        known = {each.name: source[each.name] for each in fields(cls) if source.get(each.name) is not None}
        known |= {name: datetime.fromisoformat(source[name]) for name in _TIMES if source.get(name)}
        listings = (dict(each) for each in source.get("listings") or ())
        return cls(**{**known, "listings": {each.pop("url"): ListingState(**each) for each in listings}})


class SourceStates:
    """The states behind one alias."""

    def __init__(self, client: Elasticsearch, prefix: str, patience: Patience | None = None) -> None:
        self._client = client.options(max_retries=0)
        self._index = Names(prefix).sources
        self._patience = patience or Patience()

    def get(self, ids: Collection[str]) -> dict[str, SourceState]:
        """Give the states of those of these sources that were asked before."""
        found = read_documents(self._client, self._index, ids, self._patience)
        return {each: SourceState.from_source(hit["_source"]) for each, hit in found.items()}

    def keep(self, states: Iterable[SourceState]) -> None:
        """Write states; fields that are not of them stay as they are."""
        wanted = {state.source: state for state in states}

        def decide(each: str, source: dict[str, Any] | None) -> dict[str, Any]:
            return {**(source or {}), **wanted[each].as_source()}

        change_documents(self._client, self._index, wanted, decide, self._patience)


def _plain(state: ListingState) -> dict[str, Any]:
    return {each.name: value for each in fields(state) if (value := getattr(state, each.name)) is not None}
