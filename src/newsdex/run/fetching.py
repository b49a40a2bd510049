"""Fetching the addresses that a run has claimed: archived as they come, noted, and put into batches for the line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from newsdex.fetch import Request, fetch_all, read_fetch_settings
from newsdex.index.addresses import Address, Sighting
from newsdex.read.inbox import run_folder
from newsdex.run.archiving import open_archive
from newsdex.run.batches import adopt_batches, open_refs_batch
from newsdex.run.chunks import portions
from newsdex.run.clock import now
from newsdex.run.fetch_desk import Desk
from newsdex.run.fetch_journal import FetchJournal, Line, hold_journal, left_behind
from newsdex.run.progress import Told, unheard
from newsdex.settings import Settings
from newsdex.spool import Spool

if TYPE_CHECKING:
    from newsdex.index.frontier import Frontier

log = logging.getLogger(__name__)

_Claim: TypeAlias = "Callable[[Frontier, datetime, datetime, Collection[str]], list[Address]]"
"""Claims addresses until a time; given are the ids that the run has claimed already, in an earlier try."""

_CLAIM_MARGIN = timedelta(minutes=30)
_COPY_TRUSTED = timedelta(days=7)
"""How long a server is believed that its page is still the copy that we have."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one run fetches: addresses in all, and seconds, after which what is under way ends."""

    addresses: int
    seconds: float


def fetch_waiting(
    settings: Settings,
    run_id: str,
    *,
    queue: str,
    bounds: Bounds | None = None,
    sources: Collection[str] = (),
    told: Told = unheard,
) -> list[str]:
    """Fetch addresses of the frontier that are due; give the names of the batches that have what came of them.

    Each address that the run has claimed is one input of it, but those that are put back for later: what failed and may
    pass, and what there was no time for. May be called again after any failure. `sources` bounds it to what these have
    led to.
    """
    within = bounds or Bounds(settings.fetch_addresses, settings.fetch_seconds)

    def claim(frontier: Frontier, at: datetime, until: datetime, begun: Collection[str]) -> list[Address]:
        if begun:
            return []
        run = run_folder(run_id)
        # What cannot be asked in the time need not be claimed: other runs may.
        most = max(1, int(within.seconds / settings.fetch_delay))
        return frontier.claim(run, at, until, limit=within.addresses, of_a_domain=most, sources=sources)

    return _fetch(settings, run_id, queue, within, claim, told)


def fetch_addresses(
    settings: Settings,
    run_id: str,
    sightings: Sequence[Sighting],
    *,
    queue: str,
    bounds: Bounds,
    refetch: bool = False,
    told: Told = unheard,
) -> list[str]:
    """Fetch these very addresses, due or not; else as `fetch_waiting`. What was fetched before is passed over."""

    def claim(frontier: Frontier, at: datetime, until: datetime, begun: Collection[str]) -> list[Address]:
        left = [sighting for sighting in sightings if sighting.id not in begun]
        taken = frontier.take(left, run_folder(run_id), at, until, refetch=refetch)
        for why, count in sorted(taken.passed_over.items()):
            log.info("%d addresses are passed over: %s", count, why)
        return list(taken.addresses)

    return _fetch(settings, run_id, queue, bounds, claim, told)


def _fetch(settings: Settings, run_id: str, queue: str, bounds: Bounds, claim: _Claim, told: Told) -> list[str]:
    from newsdex.index import connect
    from newsdex.index.frontier import Frontier
    from newsdex.index.templates import ensure_others

    run = run_folder(run_id)
    with hold_journal(settings.spool, queue, run) as journal, closing(connect(settings)) as client:
        ensure_others(client, settings)
        frontier = Frontier(client, settings.index_prefix)
        _finish_others(settings, queue, run, frontier)
        adopted = adopt_batches(settings, run_id, queue)
        if not journal.ended:
            lines = journal.lines()
            at = now()
            frontier.settle({line.id: line.settled for line in lines}, run, at)
            until = at + timedelta(seconds=bounds.seconds) + _CLAIM_MARGIN
            claimed = {address.id: address for address in frontier.held(run)}
            begun = {line.id for line in lines} | claimed.keys()
            claimed |= {address.id: address for address in claim(frontier, at, until, begun)}
            _work(settings, journal, frontier, list(claimed.values()), bounds, told)
        opened = _open_batches(settings, run_id, queue, journal.lines())
        journal.end()
    return list(dict.fromkeys([*adopted, *opened, *Spool(settings.spool).run_batches(run)]))


def _finish_others(settings: Settings, queue: str, run: str, frontier: Frontier) -> None:
    """Put what dead runs had fetched into batches of theirs, to be adopted, and free what they had claimed."""
    for other in left_behind(settings.spool, queue, run):
        if not other.ended:
            lines = other.lines()
            log.warning(
                "run %s was left behind: this run takes over the %d addresses it fetched", other.run, len(lines)
            )
            frontier.settle({line.id: line.settled for line in lines}, other.run, now())
            frontier.release(other.run, now())
            _open_batches(settings, other.run, queue, lines)
            other.end()
        other.forget()


def _work(
    settings: Settings,
    journal: FetchJournal,
    frontier: Frontier,
    claimed: Sequence[Address],
    bounds: Bounds,
    told: Told,
) -> None:
    name = f"fetch-{journal.run}"
    with open_archive(settings).writer(name, now().date()) as archive:
        desk = Desk(journal, frontier, archive, {address.url: address for address in claimed})
        try:
            for address in claimed:
                if address.carried is not None:
                    desk.take_carried(address)
            asyncio.run(_ask(settings, desk, [each for each in claimed if each.carried is None], bounds.seconds, told))
        finally:
            desk.secure()
        desk.put_back_rest()
    log.info("%s", desk.summary(len(claimed)))


async def _ask(settings: Settings, desk: Desk, addresses: Iterable[Address], seconds: float, told: Told) -> None:
    requests = [_request(address, now()) for address in addresses]
    if not requests:
        return
    told("fetching", 0, len(requests))
    answers = fetch_all(requests, read_fetch_settings(settings), seconds=seconds)
    async with aclosing(answers):  # type: ignore[type-var]
        async for fetched in answers:
            desk.take(fetched)
            told("fetching", len(requests) - len(desk.open), len(requests))


def _request(address: Address, at: datetime) -> Request:
    had = address.raw_ref is not None and address.last_fetched_at is not None
    trusted = had and address.last_fetched_at is not None and at - address.last_fetched_at < _COPY_TRUSTED
    return Request(
        address.url,
        given=address.given,
        source=address.source,
        publisher=address.publisher,
        door=address.door,
        etag=address.etag if trusted else None,
        last_modified=address.last_modified if trusted else None,
    )


def _open_batches(settings: Settings, run_id: str, queue: str, lines: Sequence[Line]) -> list[str]:
    """Put what came into batches: the same lines into the same batches, however often this is done."""
    names = []
    for part in portions(lines, lambda line: line.size, settings.batch_files, settings.batch_bytes):
        refs = [line.ref for line in part if line.ref is not None]
        refusals = [line.refusal for line in part if line.refusal is not None]
        names.append(open_refs_batch(settings, run_id, list(dict.fromkeys(refs)), refusals=refusals, queue=queue))
    return names
