"""The sources' scorecards: computed, judged by what config/sources.yaml promises, kept, and held against each run."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsdex.errors import UserError
from newsdex.run.clock import now
from newsdex.settings import Settings
from newsdex.sources import Source, load_sources

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from newsdex.index.arrivals import Tally
    from newsdex.index.scorecards import Scorecard, SourceWarning
    from newsdex.index.source_states import SourceState
    from newsdex.spool import Spool

log = logging.getLogger(__name__)

FAILURES_TOLD = 5
"""Polls in a row that gave nothing, after which a source is said to fail, when that took a day or longer."""

_MOST_IDS = 20_000


def read_scorecards(settings: Settings, *, source: str | None = None, at: datetime | None = None) -> list[Scorecard]:
    """Give the scorecards as they are at this moment, worst first; of one source only, by its name.

    Raises `UserError` for a name that is none.
    """
    from newsdex.index import connect
    from newsdex.index.scorecards import worst_first
    from newsdex.index.templates import ensure_others

    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        cards = worst_first(_compute(settings, client, at or now()))
    chosen = [card for card in cards if source is None or card.group.name.casefold() == source.casefold()]
    if source is not None and not chosen:
        raise UserError(f"nothing ever came from {source!r}", "newsdex sources names all of which something came")
    return chosen


def keep_scorecards(settings: Settings, *, at: datetime | None = None, dry_run: bool = False) -> list[Scorecard]:
    """Compute the scorecards, keep them in `news-scorecards` as those of this day, and give them, worst first."""
    from newsdex.index import connect
    from newsdex.index.scorecards import Scorecards, worst_first
    from newsdex.index.templates import ensure_others

    with closing(connect(settings)) as client:
        ensure_others(client, settings)
        cards = worst_first(_compute(settings, client, at or now()))
        if not dry_run:
            Scorecards(client, settings.index_prefix).keep(cards)
    return cards


def compute_scorecards(settings: Settings, client: Elasticsearch, at: datetime) -> list[Scorecard]:
    """Compute the scorecards, worst first, of what searches see: nothing is written or refreshed for it.

    There are none of an archive that has not been made yet.
    """
    from newsdex.index import Names
    from newsdex.index.scorecards import worst_first

    if not client.indices.exists(index=Names(settings.index_prefix).news):
        return []
    return worst_first(_score(settings, client, at))


def warn_of_run(settings: Settings, spool: Spool, batches: Iterable[str], *, at: datetime | None = None) -> list[str]:
    """Log, and give, in what a run's documents are far from what is usual of their sources; it never fails.

    To be called while the outcomes of its batches are in the spool.
    """
    from elasticsearch import ApiError, TransportError

    from newsdex.index import Outcome

    told: list[str] = []
    try:
        ends = (end for batch in batches for end in spool.batch(batch).outcomes().values())
        ids = {end.id for end in ends if end.id is not None and end.outcome != Outcome.UNCHANGED}
        if ids:
            told = _compare(settings, sorted(ids)[:_MOST_IDS], at or now())
    except (UserError, ApiError, TransportError, OSError, ValueError, KeyError) as wrong:
        log.warning("the run could not be held against its sources' scorecards: %s", wrong)
    for text in told:
        log.warning("%s", text)
    return told


def _compare(settings: Settings, ids: Collection[str], at: datetime) -> list[str]:
    from newsdex.index import connect
    from newsdex.index.arrivals import Reader
    from newsdex.index.bulk import Patience
    from newsdex.index.scorecards import Scorecards

    patience = Patience(attempts=2)
    with closing(connect(settings)) as client:
        counted = Reader(client, settings.index_prefix, at, patience).read_these(ids)
        cards = Scorecards(client, settings.index_prefix, patience).latest(counted, at)
    told = []
    for group, tally in sorted(counted.items()):
        if group in cards:
            told += [f"{group.name}: {text}" for text in _unusual(tally, cards[group])]
    return told


def _unusual(tally: Tally, card: Scorecard) -> Iterable[str]:
    brought = tally.documents + tally.quarantined
    for share, count, of, words in (
        (card.quarantined, tally.quarantined, brought, "of this run refused"),
        (card.undated, tally.undated, tally.documents, "of this run without a date"),
        (card.short, tally.short, tally.documents, "of this run with a short body"),
    ):
        if (usual := share.usual if share.usual is not None else share.value if share.enough else None) is None:
            continue
        if (here := replace(share, count=count, of=of, usual=usual)).far_above_usual:
            yield f"{here} {words}"


def _compute(settings: Settings, client: Elasticsearch, at: datetime) -> list[Scorecard]:
    from newsdex.index.arrivals import Reader

    Reader(client, settings.index_prefix, at).refresh()
    return _score(settings, client, at)


def _score(settings: Settings, client: Elasticsearch, at: datetime) -> list[Scorecard]:
    from newsdex.index.arrivals import Arrivals, Group, GroupKind, Reader
    from newsdex.index.scorecards import score
    from newsdex.index.source_states import SourceStates

    arrivals = Reader(client, settings.index_prefix, at).read()
    sources = {Group(GroupKind.SOURCE, source.id): source for source in load_sources(settings.config).sources}
    for group in sources:
        arrivals.setdefault(group, Arrivals())
    states = SourceStates(client, settings.index_prefix).get([source.id for source in sources.values()])
    cards = []
    for group, came in arrivals.items():
        card = score(group, came, at)
        if group.kind is GroupKind.SOURCE:
            card = _as_promised(card, sources.get(group), states.get(group.name))
        cards.append(card)
    return cards


def _as_promised(card: Scorecard, source: Source | None, state: SourceState | None) -> Scorecard:
    """Judge a source by its entry in the file: one that was paused or taken out may be silent."""
    if source is None or source.paused:
        return replace(card, warnings=tuple(each for each in card.warnings if each.about not in ("silence", "drop")))
    return card if state is None else card.with_warnings(*_troubles(state, card.at))


def _troubles(state: SourceState, at: datetime) -> Iterable[SourceWarning]:
    from newsdex.index.scorecards import SourceWarning

    day_ago = at - timedelta(days=1)
    if state.failures >= FAILURES_TOLD and (state.last_ok is None or state.last_ok < day_ago):
        since = "never answered" if state.last_ok is None else f"no answer since {state.last_ok:%Y-%m-%d %H:%M} UTC"
        text = f"{since}, {state.failures} times asked: {state.last_error or 'it gives nothing'}"
        yield SourceWarning("failing", text, alarm=True)
    if state.moved_to:
        yield SourceWarning("moved", f"moved for good to {state.moved_to}: change its address in config/sources.yaml")
