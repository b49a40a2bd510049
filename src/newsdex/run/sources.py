"""Looking after the sources of config/sources.yaml: found, tried, added, paused, taken over from feed readers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from newsdex.errors import Rejected, UserError
from newsdex.fetch import Fetched, Request, read_fetch_settings
from newsdex.read import OpenedDocument, open_bytes
from newsdex.read.opml import parse_opml
from newsdex.records import Article, Door, Rejection
from newsdex.run.asking import ask_all
from newsdex.run.clock import now
from newsdex.run.discovery import Discovery, FoundListing, discover
from newsdex.run.line import process_all
from newsdex.run.polling import visit_source
from newsdex.settings import Settings
from newsdex.sources import Source, SourceKind, Sources, SourcesDraft, is_web_address, load_sources, propose_id

if TYPE_CHECKING:
    from newsdex.index.addresses import Sighting
    from newsdex.index.source_states import SourceState
    from newsdex.run.visits import Visit

_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """A source, and how it stands with it as far as the index says."""

    source: Source
    state: SourceState | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape: what the file says, and below `state` what is known of it."""
        shape: dict[str, Any] = self.source.model_dump(mode="json", exclude_none=True)
        if self.state is None:
            return {**shape, "state": None}
        known = {name: value for name, value in self.state.as_source().items() if value is not None}
        return {**shape, "state": {name: known[name] for name in known if name not in ("source", "url", "listings")}}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a poll of a source would bring. `new` is None when no index was asked; `samples` went through the line."""

    source: Source
    feeds: tuple[str, ...]
    entries: int
    addresses: int
    left_out: int
    carried: int
    passed_over: int
    new: int | None
    moved_to: str | None
    problems: tuple[str, ...]
    samples: tuple[Article | Rejection, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "source": self.source.model_dump(mode="json", exclude_none=True),
            "feeds": list(self.feeds),
            "entries": self.entries,
            "addresses": self.addresses,
            "left_out": self.left_out,
            "carried": self.carried,
            "passed_over": self.passed_over,
            "new": self.new,
            "moved_to": self.moved_to,
            "problems": list(self.problems),
            "samples": [sample.as_dict() for sample in self.samples],
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list of feeds: the sources made of it, and the addresses that were sources already."""

    added: tuple[Source, ...]
    known: tuple[str, ...]


def list_sources(settings: Settings, *, with_states: bool) -> list[Standing]:
    """Give the sources in the order of the file, with what the index knows of them if it is to be asked."""
    from newsdex.index import connect
    from newsdex.index.source_states import SourceStates
    from newsdex.index.templates import ensure_others

    sources = load_sources(settings.config).sources
    if not with_states or not sources:
        return [Standing(source) for source in sources]
    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        states = SourceStates(client, settings.index_prefix).get([source.id for source in sources])
    return [Standing(source, states.get(source.id)) for source in sources]


def look_for(settings: Settings, url: str) -> Discovery:
    """Look for what an address leads to. Raises `UserError`."""
    return discover(read_fetch_settings(settings), url)


def propose_source(
    settings: Settings,
    found: Discovery,
    *,
    source_id: str | None = None,
    publisher: str | None = None,
    every: str | None = None,
    kind: str | None = None,
) -> Source:
    """Make a source of what was found: the feed or sitemap itself, or the site with all that it has.

    With `kind` a site's first feed, or its first sitemap. Raises `UserError` when nothing of that kind was found, or
    when an option cannot be meant.
    """
    wanted = SourceKind(kind) if kind else None
    listing = _listing_of(found, wanted)
    url = found.url if listing is None else listing.url
    taken = [source.id for source in load_sources(settings.config).sources]
    shape = {
        "id": source_id or propose_id(url, taken),
        "url": url,
        "kind": SourceKind.SITE if listing is None else SourceKind(listing.kind.value),
        "publisher": publisher,
        "every": every,
    }
    return make_source({name: value for name, value in shape.items() if value is not None})


def make_source(shape: dict[str, Any]) -> Source:
    """Check a source. Raises `UserError` naming the key that cannot be meant."""
    try:
        return Source.model_validate(shape)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        told = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise UserError(told, "docs/add-a-source.md explains every key") from wrong


def add_source(settings: Settings, source: Source) -> Path:
    """Write a source into the file; give the file's path. Raises `UserError` when it is there already."""
    draft = SourcesDraft(settings.config)
    draft.add(source)
    return draft.write()


def remove_source(settings: Settings, source_id: str) -> Path:
    """Take a source out of the file; the addresses that it led to stay known."""
    draft = SourcesDraft(settings.config)
    draft.remove(source_id)
    return draft.write()


def pause_source(settings: Settings, source_id: str, *, paused: bool) -> Path:
    """Have a source asked no more, or again."""
    draft = SourcesDraft(settings.config)
    draft.pause(source_id, paused)
    return draft.write()


def import_opml(settings: Settings, path: Path, *, every: str | None = None) -> Imported:
    """Add every feed of an OPML file, once, without asking any of them. Raises `UserError` for what is no OPML."""
    try:
        subscriptions = parse_opml(path.read_bytes(), path.name)
    except Rejected as out:
        raise UserError(out.detail, "feed readers export one under `export` or `backup`") from out
    draft = SourcesDraft(settings.config)
    added: list[Source] = []
    known: list[str] = []
    for each in subscriptions:
        if draft.sources.of_address(each.url) is not None:
            known.append(each.url)
            continue
        taken = [source.id for source in draft.sources.sources]
        shape = {"id": propose_id(each.title or each.url, taken), "url": each.url, "kind": "feed"}
        source = make_source(shape if every is None else {**shape, "every": every})
        draft.add(source)
        added.append(source)
    if added:
        draft.write()
    return Imported(tuple(added), tuple(known))


def try_source(settings: Settings, named: str, *, with_index: bool) -> Trial:
    """Poll a source, or an address that may become one, and tell what it would bring; nothing is stored.

    The first articles are fetched and taken through the line. Raises `UserError` when it gives nothing.
    """
    source = _source_of(settings, load_sources(settings.config), named)
    visit = asyncio.run(visit_source(source, read_fetch_settings(settings)))
    if visit.failed or not visit.answered:
        why = visit.errors[0] if visit.errors else "its domain has to be left alone for now"
        raise UserError(f"{source.url}: {why}", "does it open in a browser? newsdex source add ADDRESS looks for feeds")
    return Trial(
        source=source,
        feeds=visit.roots,
        entries=visit.entries,
        addresses=len({sighting.id for sighting in visit.sightings}),
        left_out=len(visit.left_out),
        carried=len(visit.pages),
        passed_over=visit.passed_over,
        new=_count_new(settings, visit) if with_index else None,
        moved_to=visit.moved_to,
        problems=(*visit.errors, *visit.problems),
        samples=tuple(process_all(settings, _samples(settings, visit), 1)),
    )


def _listing_of(found: Discovery, wanted: SourceKind | None) -> FoundListing | None:
    if found.itself:
        return found.listings[0]
    if not found.listings:
        raise UserError(f"{found.url}: no feed and no sitemap was found", "give the address of one")
    if wanted in (None, SourceKind.SITE):
        return None
    fitting = [each for each in found.listings if each.kind.value == wanted]
    if not fitting:
        raise UserError(f"{found.url}: no {wanted} was found", "leave --kind out to take what there is")
    return fitting[0]


def _source_of(settings: Settings, sources: Sources, named: str) -> Source:
    if not is_web_address(named):
        return sources.chosen([named])[0]
    if (known := sources.of_address(named)) is not None:
        return known
    return propose_source(settings, look_for(settings, named))


def _count_new(settings: Settings, visit: Visit) -> int:
    from newsdex.index import connect
    from newsdex.index.frontier import Frontier
    from newsdex.index.templates import ensure_others

    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        fresh = Frontier(client, settings.index_prefix).news(visit.sightings)
    return len({sighting.id for sighting in fresh})


def _samples(settings: Settings, visit: Visit) -> Iterable[OpenedDocument]:
    """Give the first documents that the source leads to: those that its feed carries, the others fetched."""
    first = list({sighting.id: sighting for sighting in visit.sightings}.values())[:_SAMPLES]
    fetched = asyncio.run(_fetch(settings, [each for each in first if each.id not in visit.pages]))
    for sighting in first:
        if sighting.id in visit.pages:
            page = visit.pages[sighting.id]
            opened = open_bytes(page, uri=sighting.url, fetched_at=now(), limit=settings.document_bytes)
            yield opened.placed(Door.FEED, given=sighting.given)
        elif (answer := fetched.get(sighting.url)) is not None and answer.opened is not None:
            yield answer.opened


async def _fetch(settings: Settings, sightings: Iterable[Sighting]) -> dict[str, Fetched]:
    answers: dict[str, Fetched] = {}

    def take(fetched: Fetched) -> Iterable[Request]:
        answers[fetched.request.url] = fetched
        return ()

    requests = [Request(each.url, each.given, each.source, each.publisher, each.door) for each in sightings]
    await ask_all(requests, take, read_fetch_settings(settings))
    return answers
