"""Polling: asking the sources of config/sources.yaml what is new, and noting it in the frontier."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.fetch import Fetched, FetchSettings, Request, read_fetch_settings
from newsdex.read import open_bytes
from newsdex.read.inbox import run_folder
from newsdex.records import Door
from newsdex.run.archiving import open_archive
from newsdex.run.asking import ask_all
from newsdex.run.clock import now
from newsdex.settings import Settings
from newsdex.sources import Source, SourceKind, load_sources

if TYPE_CHECKING:
    from newsdex.index.addresses import Sighting
    from newsdex.index.frontier import Frontier
    from newsdex.index.source_states import SourceState
    from newsdex.run.visits import Visit

log = logging.getLogger(__name__)

_LOOKED_FOR_AGAIN = timedelta(days=7)


@dataclass(slots=True)
class Polled:
    """What a poll came to. `failing` has each source that gave nothing, and why."""

    sources: int = 0
    unchanged: int = 0
    not_asked: int = 0
    entries: int = 0
    new: int = 0
    changed: int = 0
    failing: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return asdict(self)


def poll_sources(
    settings: Settings, run_id: str, ids: Sequence[str] = (), *, force: bool = False, seconds: float | None = None
) -> Polled:
    """Ask the sources that are due for what is new, and note it in the frontier.

    `ids` names sources to be asked now, due or not, paused or not; `force` asks all, and as if for the first time.
    Within `seconds` what is not asked stays due. Raises `UserError` for an unknown id.
    """
    from newsdex.index import connect
    from newsdex.index.frontier import Frontier
    from newsdex.index.source_states import SourceStates
    from newsdex.index.templates import ensure_others

    chosen = load_sources(settings.config).chosen(ids)
    if not chosen:
        log.info("there are no sources to ask: newsdex source add ADDRESS")
        return Polled()
    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        states = SourceStates(client, settings.index_prefix)
        visits = _begin(chosen, states.get([source.id for source in chosen]), due_only=not ids and not force)
        for visit in visits:
            visit.unconditional = force
        asyncio.run(_ask(visits, read_fetch_settings(settings), seconds))
        frontier = Frontier(client, settings.index_prefix)
        polled = Polled(sources=len(visits))
        for visit in visits:
            counts = _offer(settings, run_id, visit, frontier)
            states.keep([visit.after(counts["new"])])
            _tell(visit, counts, polled)
    log.info("%s", _summary(polled))
    return polled


async def visit_source(source: Source, settings: FetchSettings) -> Visit:
    """Ask one source as if for the first time; nothing is noted anywhere."""
    (visit,) = _begin([source], {}, due_only=False)
    await _ask([visit], settings, None)
    return visit


def _begin(chosen: Iterable[Source], states: dict[str, SourceState], *, due_only: bool) -> list[Visit]:
    from newsdex.index.source_states import SourceState
    from newsdex.run.visits import Visit, is_due

    at = now()
    visits = []
    for source in chosen:
        state = states.get(source.id)
        if state is not None and state.url != source.url:
            state = SourceState(source.id, source.url)  # another address: nothing that was known holds
        if not due_only or is_due(state, at):
            visits.append(Visit(source, state or SourceState(source.id, source.url), at))
    return visits


async def _ask(visits: Sequence[Visit], settings: FetchSettings, seconds: float | None) -> None:
    """Ask all sources at once; the feeds of a site are looked for first where that is not long done."""
    await asyncio.gather(*(_find_roots(visit, settings) for visit in visits))
    by_source = {visit.source.id: visit for visit in visits}

    def take(fetched: Fetched) -> Iterable[Request]:
        return by_source[fetched.request.source or ""].take(fetched)

    await ask_all((request for visit in visits for request in visit.begin()), take, settings, seconds=seconds)
    for visit in visits:
        visit.close()


async def _find_roots(visit: Visit, settings: FetchSettings) -> None:
    from newsdex.run.discovery import find_listings

    source, state = visit.source, visit.state
    if source.kind is not SourceKind.SITE:
        visit.roots = (source.url,)
        return
    known = tuple(url for url, listing in state.listings.items() if listing.part_of is None)
    if known and state.found_at is not None and visit.at - state.found_at < _LOOKED_FOR_AGAIN:
        visit.roots = known
        return
    try:
        found = (await find_listings(settings, source.url)).worth_polling
    except UserError as failed:
        visit.roots = known
        visit.errors.append(failed.message)
        return
    if not found:
        visit.errors.append("no feed and no news sitemap was found")
    visit.roots = tuple(each.url for each in found) or known
    visit.state = replace(state, found_at=visit.at)


def _offer(settings: Settings, run_id: str, visit: Visit, frontier: Frontier) -> Counter[str]:
    """Note what a source said; the texts that its feed carries are archived first, those that are new."""
    fresh = frontier.news(visit.sightings)
    counts = frontier.offer(_archived(settings, run_id, visit, fresh), visit.at)
    if visit.left_out:
        frontier.offer(visit.left_out, visit.at, wanted=False)
        log.info(
            "%s: read for the first time: the newest %d pages are taken, %d are left out",
            visit.source.id,
            len(visit.sightings),
            len(visit.left_out),
        )
    return counts


def _archived(settings: Settings, run_id: str, visit: Visit, sightings: list[Sighting]) -> list[Sighting]:
    carrying = {sighting.id: sighting for sighting in sightings if sighting.id in visit.pages}
    if not carrying:
        return sightings
    refs: dict[str, str] = {}
    with open_archive(settings).writer(f"poll-{run_folder(run_id)}", visit.at.date()) as archive:
        for sighting in carrying.values():
            opened = open_bytes(
                visit.pages[sighting.id],
                uri=sighting.url,
                publisher=sighting.publisher,
                fetched_at=visit.at,
                limit=settings.document_bytes,
            ).placed(Door.FEED, given=sighting.given)
            origin = replace(opened.raw.origin, source=visit.source.id)
            refs[sighting.id] = archive.add(replace(opened.raw, origin=origin))
    return [replace(sighting, carried=refs.get(sighting.id)) for sighting in sightings]


def _tell(visit: Visit, counts: Counter[str], polled: Polled) -> None:
    """Say what a person has to know of a source, and count it."""
    name, state = visit.source.id, visit.state
    polled.new += counts["new"]
    polled.changed += counts["changed"]
    polled.entries += visit.entries
    if visit.failed:
        polled.failing[name] = visit.errors[0]
        again = visit.after(0).next_poll
        when = f"{again:%Y-%m-%d %H:%M} UTC" if again else "later"
        log.warning("%s: failed %d times in a row: %s; asked again %s", name, state.failures + 1, visit.errors[0], when)
        return
    if not visit.answered:
        polled.not_asked += 1
        log.info("%s: not asked this time: its domain has to be left alone, or the time was up", name)
        return
    polled.unchanged += not visit.read
    for sentence in (*visit.errors, *visit.problems):
        log.warning("%s: %s", name, sentence)
    if visit.moved_to is not None:
        log.warning(
            "%s: its feed has moved for good to %s: change its url in config/sources.yaml", name, visit.moved_to
        )
    if visit.passed_over:
        log.info("%s: %d entries carry no text and lead nowhere, or are not to be fetched", name, visit.passed_over)
    log.info("%s: %d entries, %d new, %d changed", name, visit.entries, counts["new"], counts["changed"])


def _summary(polled: Polled) -> str:
    told = f"sources asked: {polled.sources}, entries: {polled.entries}, new: {polled.new}, changed: {polled.changed}"
    if polled.failing:
        told += f"; failing: {len(polled.failing)} ({', '.join(sorted(polled.failing))})"
    return told
