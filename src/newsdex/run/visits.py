"""One poll of one source: what to ask for, what its feeds and sitemaps say, and how it stands with it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from newsdex.errors import Rejected
from newsdex.fetch import Fetched, Purpose, Request
from newsdex.index.addresses import Sighting
from newsdex.index.source_states import ListingState, SourceState
from newsdex.read.discovery import Listing
from newsdex.records import Door, Response
from newsdex.run.listings import Reading, floor_of, read_listing
from newsdex.sources import Source

FIRST = 1_000
"""Pages that are taken from a sitemap when it is read for the first time: the newest."""

_TRUSTED = 12
"""How often in a row a server is believed that nothing has changed; then it is asked as if for the first time."""

_PARTS = 50
_LONGEST = timedelta(days=1)
_EARLY = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)
_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Visit:
    """One poll of one source. `roots` are the addresses of its feeds and sitemaps."""

    source: Source
    state: SourceState
    at: datetime
    unconditional: bool = False
    roots: tuple[str, ...] = ()
    sightings: list[Sighting] = field(default_factory=list)
    left_out: list[Sighting] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    entries: int = 0
    passed_over: int = 0
    problems: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unchanged: int = 0
    read: int = 0
    moved_to: str | None = None
    _listings: dict[str, ListingState] = field(default_factory=dict)
    _times: dict[str, datetime] = field(default_factory=dict)
    _parts: dict[str, str] = field(default_factory=dict)
    """The sitemap index that each part was named by."""
    _parts_waiting: dict[str, list[str]] = field(default_factory=dict)
    _parts_open: set[str] = field(default_factory=set)
    """Parts that were asked for and have not been read."""
    _retry_after: float = 0.0
    _rest: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether the source said anything."""
        return bool(self.read or self.unchanged)

    @property
    def failed(self) -> bool:
        """Whether it said nothing, though it was asked."""
        return bool(self.errors) and not self.answered

    def begin(self) -> Iterator[Request]:
        """Ask for the source's feeds and sitemaps."""
        for root in self.roots:
            yield self._request(root)

    def take(self, fetched: Fetched) -> Iterable[Request]:
        """Take an answer; give what it leads to."""
        url = fetched.request.url
        if fetched.not_modified:
            self.unchanged += 1
            known = self.state.listings.get(url, ListingState())
            self._listings[url] = replace(known, trusted=known.trusted + 1)
            self._parts_open.discard(url)
        elif fetched.postponed:
            self._retry_after = max(self._retry_after, fetched.retry_after or 0.0)
        elif fetched.rejection is not None or fetched.opened is None or fetched.response is None:
            self._fail(url, fetched.rejection.detail if fetched.rejection else "no answer", fetched.retry_after)
        else:
            self._note_move(fetched)
            self._read(url, fetched, fetched.opened.raw.content, fetched.response)
        return self._next_part(self._parts.get(url, url))

    def close(self) -> None:
        """Bound what sitemaps gave that were read for the first time: their newest pages are wanted, the rest noted."""
        first = {self._name(root) for root in self.roots if root not in self.state.listings}
        fresh = [each for each in self.sightings if each.door is Door.SITEMAP and each.named_by in first]
        if len(fresh) <= FIRST:
            return
        fresh.sort(key=lambda each: self._times.get(each.id, _OLDEST), reverse=True)
        newest = max(self._times.values(), default=None)
        floor = floor_of(newest.isoformat()) if newest is not None else None
        beyond = {id(each) for each in fresh[FIRST:]}
        self.sightings = [each for each in self.sightings if id(each) not in beyond]
        # What is older than what is asked of the sitemap from now on need not be remembered.
        self.left_out = [each for each in fresh[FIRST:] if floor is None or self._times.get(each.id, floor) >= floor]

    def after(self, fresh: int) -> SourceState:
        """Say how it stands with the source now, `fresh` being how many addresses it has led to anew."""
        listings = {**self.state.listings, **self._listings}
        listings = {url: state for url, state in listings.items() if self._is_current(url, state)}
        for root in {self._parts[part] for part in self._parts_open}:
            # Not all of it was read: it has to be asked as before, not for what is newer.
            before = self.state.listings.get(root)
            listings.pop(root, None)
            listings |= {} if before is None else {root: ListingState(newest=before.newest)}
        state = replace(self.state, url=self.source.url, listings=listings)
        if not self.answered and not self.errors:
            return replace(state, next_poll=self.at + timedelta(seconds=self._retry_after))
        state = replace(state, last_poll=self.at, polls=state.polls + 1)
        if self.failed:
            return self._after_failure(state)
        wait = self.source.interval
        if "every" not in self.source.model_fields_set:
            wait = max(wait, min(timedelta(seconds=self._rest), _LONGEST_REST))
        return replace(
            state,
            next_poll=self.at + wait,
            last_ok=self.at,
            last_new=self.at if fresh else state.last_new,
            failures=0,
            last_error=self.errors[0][:1000] if self.errors else None,
            moved_to=self.moved_to if self.read else state.moved_to,
            entries=self.entries if self.read else state.entries,
        )

    def _after_failure(self, state: SourceState) -> SourceState:
        failures = state.failures + 1
        slowed = min(_LONGEST, self.source.interval * 2 ** min(failures, 12))
        wait = max(slowed, min(_LONGEST, timedelta(seconds=self._retry_after)))
        return replace(state, next_poll=self.at + wait, failures=failures, last_error=self.errors[0][:1000])

    def _request(self, url: str) -> Request:
        known = self.state.listings.get(url, ListingState())
        trust = not self.unconditional and known.trusted < _TRUSTED
        return Request(
            url,
            source=self.source.id,
            purpose=Purpose.LISTING,
            etag=known.etag if trust else None,
            last_modified=known.last_modified if trust else None,
        )

    def _read(self, url: str, fetched: Fetched, content: bytes, response: Response) -> None:
        root = self._parts.get(url, url)
        known = self.state.listings.get(root, ListingState())
        try:
            reading = read_listing(self.source, content, response, floor_of(known.newest))
        except Rejected as out:
            self._fail(url, out.detail, None)
            return
        self.read += 1
        self.entries += reading.entries
        self.passed_over += reading.passed_over
        self._rest = max(self._rest, reading.rest or 0.0)
        if reading.problem:
            self.problems.append(f"{url}: {reading.problem}")
        name = self._name(root)
        self.sightings += [replace(sighting, named_by=name) for sighting in reading.sightings]
        self.pages |= reading.pages
        self._times |= reading.times
        part_of = root if url != root else None
        self._listings[url] = ListingState(fetched.etag, fetched.last_modified, part_of=part_of)
        self._parts_open.discard(url)
        self._note_newest(root, reading)
        if reading.parts:
            self._note_parts(url, root, reading)

    def _note_newest(self, root: str, reading: Reading) -> None:
        """Keep the latest time that a sitemap has named; times to come are no news of anything."""
        if reading.kind is not Listing.SITEMAP:
            return
        state = self._listings.get(root) or self.state.listings.get(root, ListingState())
        known = self.state.listings.get(root, ListingState()).newest
        told = [time for time in reading.times.values() if time <= self.at]
        before = [datetime.fromisoformat(each) for each in (known, state.newest) if each is not None]
        latest = max([*told, *before], default=None)
        self._listings[root] = replace(state, newest=None if latest is None else latest.isoformat())

    def _note_parts(self, url: str, root: str, reading: Reading) -> None:
        if url != root:
            self.problems.append(f"{url}: an index of sitemaps within another one is not read")
            return
        parts = [part.url for part in reading.parts if part.url not in self._parts and part.url != root]
        if len(parts) > _PARTS:
            self.problems.append(f"{url}: {len(parts)} sitemaps may have news; the first {_PARTS} are read")
        self._parts |= dict.fromkeys(parts[:_PARTS], root)
        self._parts_waiting[root] = parts[:_PARTS]

    def _next_part(self, root: str) -> list[Request]:
        """Ask for the next part of an index; at the first time only as many as give enough pages."""
        waiting = self._parts_waiting.get(root)
        if not waiting or (root not in self.state.listings and len(self.sightings) >= FIRST):
            return []
        part = waiting.pop(0)
        self._parts_open.add(part)
        return [self._request(part)]

    def _note_move(self, fetched: Fetched) -> None:
        if fetched.moved_to is not None and fetched.request.url == self.source.url:
            self.moved_to = fetched.moved_to

    def _fail(self, url: str, detail: str, retry_after: float | None) -> None:
        self.errors.append(detail if url == self.source.url else f"{url}: {detail}")
        self._retry_after = max(self._retry_after, retry_after or 0.0)

    def _name(self, root: str) -> str:
        """Name a feed or sitemap of the source, as what remembers what it says of each address."""
        return self.source.id if root == self.source.url else f"{self.source.id} {root}"

    def _is_current(self, url: str, state: ListingState) -> bool:
        if state.part_of is None:
            return url in self.roots
        return state.part_of in self.roots and (url in self._parts or state.part_of not in self._parts_waiting)


def is_due(state: SourceState | None, at: datetime) -> bool:
    """Tell whether a source is to be asked: a minute early counts, so that runs on a schedule do not just miss it."""
    return state is None or state.next_poll is None or state.next_poll - _EARLY <= at
