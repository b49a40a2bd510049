"""One web address as the frontier has it, what a source says of one, and what came of fetching it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from urllib.parse import urlsplit

from newsdex.enrich.fingerprint import canonicalize_url, registered_domain
from newsdex.records import Door, FoundIn, Given, rfc3339

_FIRST_GAP = timedelta(minutes=5)
_LONGEST_GAP = timedelta(hours=1)
_CARRIER_TRUSTED = timedelta(days=7)
"""How long after its text came from a feed an address is that feed's: entries leave their feeds in the end."""

_TIMES = ("due_at", "first_seen", "last_fetched_at", "taken_until")


class AddressState(StrEnum):
    """How far an address is."""

    WAITING = "waiting"
    """To be fetched once it is due."""
    TAKEN = "taken"
    """A run is fetching it."""
    DONE = "done"
    """Its document was fetched, or it was left out; asked again only when its feed says something new of it."""
    FAILED = "failed"
    """It gave no document, however often it was asked."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a source says of an address. `mark` changes when it says something new; the rest is for the document.

    `named_by` is the feed or sitemap of the source, where it has several: the mark of one says nothing of another's.
    `carried` is the raw_ref of the text that the feed itself carries: then the page is not asked for.
    """

    url: str
    mark: str = ""
    source: str | None = None
    door: Door = Door.URL
    publisher: str | None = None
    given: Given | None = None
    carried: str | None = None
    named_by: str = ""

    @property
    def id(self) -> str:
        """The id of the address."""
        return address_id(self.url)

    @property
    def name(self) -> str:
        """Whose mark it is."""
        return self.named_by or self.source or ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of fetching an address.

    `entries` are the marks as they were when it was claimed: should a source have said something new meanwhile, the
    address is due again. `fetched_at` is None when nothing new came.
    """

    state: AddressState
    entries: Mapping[str, str]
    attempts: int = 0
    due_at: datetime | None = None
    fetched_at: datetime | None = None
    raw_ref: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    reason: str | None = None
    detail: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape, without what is None."""
        shape = {each.name: getattr(self, each.name) for each in fields(self)}
        shape |= {name: rfc3339(shape[name]) for name in ("due_at", "fetched_at")}
        return {name: value for name, value in shape.items() if value is not None}

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read the JSON shape back."""
        times = {name: _time(shape.get(name)) for name in ("due_at", "fetched_at")}
        return cls(**{**shape, **times, "state": AddressState(shape["state"])})


@dataclass(frozen=True, slots=True)
class Address:
    """An address as the frontier has it.

    `entries` has the mark of each feed that leads to it, `changes` how often one of them said something new. `etag`,
    `last_modified` and `raw_ref` are of the copy that we have. `carried` is the place of the text that its feed,
    `carrier`, carries. `attempts` counts failures in a row; `taken_by` is the run that has claimed it, until
    `taken_until`, when its claim is void.
    """

    url: str
    domain: str
    state: AddressState
    due_at: datetime
    first_seen: datetime
    door: Door = Door.URL
    source: str | None = None
    publisher: str | None = None
    given: Given | None = None
    entries: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
    changes: int = 0
    last_fetched_at: datetime | None = None
    taken_by: str | None = None
    taken_until: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    raw_ref: str | None = None
    carried: str | None = None
    carrier: str | None = None
    reason: str | None = None
    detail: str | None = None

    @property
    def id(self) -> str:
        """The id of the address."""
        return address_id(self.url)

    @classmethod
    def first(cls, sighting: Sighting, at: datetime, state: AddressState = AddressState.WAITING) -> Self:
        """Give an address that nobody has named before."""
        return cls(
            url=sighting.url,
            domain=domain_of(sighting.url),
            state=state,
            due_at=at,
            first_seen=at,
            door=sighting.door,
            source=sighting.source,
            publisher=sighting.publisher,
            given=sighting.given,
            entries={sighting.name: sighting.mark} if sighting.name else {},
            carried=sighting.carried,
            carrier=sighting.name if sighting.carried else None,
        )

    def seen(self, sighting: Sighting, at: datetime) -> Self | None:
        """Give the address after a source has named it once more; None when that changes nothing.

        A source that names it for the first time says nothing new of it. One that says something new each time makes
        it due ever more rarely, once an hour at least. While a feed carries its text, the page is not fetched in turns
        with it: it is never quite the same.
        """
        name = sighting.name
        earlier = self.entries.get(name)
        if earlier == sighting.mark:
            return None
        noted = replace(self, entries={**self.entries, name: sighting.mark})
        if earlier is None or (sighting.carried is None and self._is_carried_by_another(name, at)):
            return noted
        if sighting.carried is not None:
            noted = replace(noted, carrier=name)
        noted = replace(noted, given=sighting.given, carried=sighting.carried, changes=self.changes + 1)
        if self.state in (AddressState.WAITING, AddressState.TAKEN):
            return noted
        return replace(noted, state=AddressState.WAITING, due_at=self._due_again(at), attempts=0)

    def claimed(self, run: str, until: datetime) -> Self:
        """Give the address as a run has claimed it."""
        return replace(self, state=AddressState.TAKEN, taken_by=run, taken_until=until)

    def is_free(self, at: datetime) -> bool:
        """Tell whether a run may claim it: it is due, or the claim of another is void."""
        if self.state is AddressState.TAKEN:
            return self.taken_until is None or self.taken_until <= at
        return self.state is AddressState.WAITING and self.due_at <= at

    def settled(self, settled: Settled, at: datetime) -> Self:
        """Give the address after it was fetched, or put back for later."""
        after = replace(
            self.freed(at),
            state=settled.state,
            due_at=settled.due_at or self.due_at,
            attempts=settled.attempts,
            reason=settled.reason,
            detail=settled.detail,
        )
        if settled.fetched_at is not None:
            after = replace(
                after,
                last_fetched_at=settled.fetched_at,
                etag=settled.etag,
                last_modified=settled.last_modified,
                raw_ref=settled.raw_ref,
            )
        changed = any(self.entries.get(name) != mark for name, mark in settled.entries.items())
        if changed and settled.state is not AddressState.WAITING:
            return replace(after, state=AddressState.WAITING, due_at=at, attempts=0)
        return after if changed else replace(after, carried=None if settled.fetched_at else self.carried)

    def freed(self, at: datetime) -> Self:
        """Give the address as nobody has claimed it."""
        return replace(self, state=AddressState.WAITING, taken_by=None, taken_until=None, due_at=min(self.due_at, at))

    def as_source(self) -> dict[str, Any]:
        """Give the document, without what is None."""
        shape = {each.name: getattr(self, each.name) for each in fields(self)}
        shape |= {name: rfc3339(shape[name]) for name in _TIMES}
        # A list: names with dots, as keys of an object, would be taken for paths.
        shape["entries"] = [{"feed": feed, "mark": mark} for feed, mark in self.entries.items()]
        shape["given"] = None if self.given is None else {k: v for k, v in asdict(self.given).items() if v}
        return {name: value for name, value in shape.items() if value is not None}

    @classmethod
    def from_source(cls, source: Mapping[str, Any]) -> Self:
        """Read the document back."""
        known = {each.name: source[each.name] for each in fields(cls) if each.name in source}
        known |= {name: _time(source.get(name)) for name in _TIMES}
        known |= {"state": AddressState(source["state"]), "door": Door(source["door"]), "given": _given(source)}
        known["entries"] = {each["feed"]: each["mark"] for each in source.get("entries", ())}
        return cls(**known)

    def _is_carried_by_another(self, name: str, at: datetime) -> bool:
        if self.carrier in (None, name):
            return False
        return self.last_fetched_at is None or at - self.last_fetched_at < _CARRIER_TRUSTED

    def _due_again(self, at: datetime) -> datetime:
        if self.last_fetched_at is None or self.changes == 0:
            return at
        gap: timedelta = min(_LONGEST_GAP, _FIRST_GAP * 2 ** min(self.changes - 1, 10))
        return max(at, self.last_fetched_at + gap)


def address_id(url: str) -> str:
    """Give the id of an address: the same for every spelling of it.

    >>> address_id("https://news.example/1?utm_source=rss") == address_id("https://NEWS.example:443/1")
    True
    """
    return hashlib.sha256((canonicalize_url(url) or url).encode("utf-8", "replace")).hexdigest()[:32]


def domain_of(url: str) -> str:
    """Give the registered domain of an address, or its host where there is none."""
    try:
        return registered_domain(url) or urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _given(source: Mapping[str, Any]) -> Given | None:
    shape = source.get("given")
    if shape is None:
        return None
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in shape.items() if name != "found_in"
    }
    return Given(FoundIn(shape["found_in"]), **told)
