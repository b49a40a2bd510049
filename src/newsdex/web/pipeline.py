"""The pipeline page: what came through the line, how long it took, how the sources do, and what was refused."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from newsdex.index.kept_scorecards import read_kept_scorecards
from newsdex.index.outcome import Outcome
from newsdex.index.quarantine_counts import count_by_field
from newsdex.index.scorecards import Scorecard
from newsdex.index.throughput import FAULT_DAYS, HOURS, Hour, Throughput
from newsdex.run.clock import now
from newsdex.run.quarantine import select
from newsdex.run.releasing import Releases
from newsdex.run.scorecards import compute_scorecards
from newsdex.web import quarantine
from newsdex.web.charts import Bar, Series, share_bar, stacked_bars
from newsdex.web.frame import client_of, page, settings_of
from newsdex.web.sheet_wording import in_words, seconds_in_words

OUTCOMES = tuple(Series(f"chart-{outcome.value}", outcome.value) for outcome in Outcome)
"""The outcomes in the order in which charts and tables have them."""

_LABELLED = 6
"""Every so many hours there is a label below the chart, at midnight the day."""

_RUNS = 20
_DEEPEST = 10_000


def make_router() -> APIRouter:
    """Make the routes below /pipeline."""
    releases = Releases()
    router = APIRouter(prefix="/pipeline")

    @router.get("")
    def pipeline_page(request: Request, run: str = "", sources: str = "", older: int = 0) -> Response:
        if run:
            return _run_page(request, releases, run)
        settings, client, at = settings_of(request), client_of(request), now()
        throughput = Throughput(client, settings.index_prefix)
        hours = throughput.hours(at)
        offset = min(max(older, 0), _DEEPEST - _RUNS)
        count, runs = throughput.runs(size=_RUNS, offset=offset)
        unbalanced, faulty = throughput.unbalanced(at)
        kept = [] if sources == "now" else read_kept_scorecards(client, settings.index_prefix, at)
        cards = kept or compute_scorecards(settings, client, at)
        return page(
            request,
            "pipeline.html",
            hours=hours,
            outcomes=list(Outcome),
            inputs=sum(hour.inputs for hour in hours),
            chart=hours_chart(hours),
            series=OUTCOMES,
            lags=throughput.lags(at),
            cards=cards,
            cards_at=cards[0].at if cards else at,
            measured_before=bool(kept),
            bars={card.group: share_bars(card) for card in cards},
            refused=count_by_field(client, settings.index_prefix, select()),
            count=count,
            runs=runs,
            offset=offset,
            older=offset + _RUNS if offset + _RUNS < min(count, _DEEPEST - _RUNS) else None,
            newer=max(0, offset - _RUNS) if offset else None,
            unbalanced=unbalanced,
            faulty=faulty,
            fault_days=FAULT_DAYS,
            seconds=seconds_in_words,
            in_words=in_words,
        )

    router.include_router(quarantine.make_router(releases))
    return router


def hours_chart(hours: tuple[Hour, ...]) -> str:
    """Draw the outcomes hour by hour."""
    total = sum(hour.inputs for hour in hours)
    busiest = max(hours, key=lambda hour: hour.inputs)
    described = f"{total:,} documents in {HOURS} hours, at most {busiest.inputs:,} in an hour"
    bars = [
        Bar(
            _below(hour),
            f"{hour.begins.day} {hour.begins:%B, %H:%M} UTC",
            tuple(hour.outcomes[outcome] for outcome in Outcome),
        )
        for hour in hours
    ]
    if total:
        described += f", that was on {bars[hours.index(busiest)].title}"
    return stacked_bars("Documents per hour by outcome", f"{described}.", OUTCOMES, bars, name="hours")


def _below(hour: Hour) -> str:
    if hour.begins.hour % _LABELLED:
        return ""
    return f"{hour.begins:%H:%M}" if hour.begins.hour else f"{hour.begins.day} {hour.begins:%b}"


def share_bars(card: Scorecard) -> dict[str, Any]:
    """Draw the shares of a scorecard that a reader compares."""
    return {
        name: share_bar(share.value, share.usual, label=str(share))
        for name, share in (("undated", card.undated), ("short", card.short), ("quarantined", card.quarantined))
    }


def _run_page(request: Request, releases: Releases, run_id: str) -> Response:
    release = releases.find(run_id)
    run = Throughput(client_of(request), settings_of(request).index_prefix).run(run_id[:512])
    if run is None and release is None:
        raise HTTPException(404, "No balance sheet of this run is stored: it has not ended, or it never was.")
    return page(
        request,
        "pipeline-run.html",
        run_id=run_id[:512],
        run=run,
        release=release,
        outcomes=list(Outcome),
        in_words=in_words,
    )
