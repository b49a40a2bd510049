"""How much came through the line, hour by hour, and how long it took from arrival to searchable.

Nothing here writes or refreshes: a reader's rights are enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.asking import ask
from newsdex.index.outcome import Outcome
from newsdex.index.templates import Names
from newsdex.records import rfc3339

HOURS = 48
"""So many hours are looked back."""

FAULT_DAYS = 7
"""For so long a run that does not balance is told of."""

_FAULTS = 5
_MOST_RUNS = 500
_SAMPLE = 2_000
"""Articles whose lag is looked at, chosen by chance: enough to tell within half a percent which lag 95 % stay below."""


@dataclass(frozen=True, slots=True)
class Hour:
    """How the inputs ended of the runs that closed in one hour, beginning at `begins`."""

    begins: datetime
    outcomes: Mapping[Outcome, int]

    @property
    def inputs(self) -> int:
        """How many there were."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Lag:
    """From fetched to searchable, in seconds: of half of the articles no longer, and of 95 in 100."""

    door: str
    articles: int
    median: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """The balance sheet of a run, as it was stored."""

    id: str
    stored_at: datetime
    inputs: int
    answered: int
    balanced: bool
    outcomes: Mapping[Outcome, int]
    reasons: Mapping[str, int] = field(default_factory=dict)
    passed_over: Mapping[str, int] = field(default_factory=dict)

    @property
    def fault(self) -> str | None:
        """Say why it does not balance; None when it does."""
        total = sum(self.outcomes.values())
        if self.inputs != total:
            missing = self.inputs - total
            what = f"{missing:,} lost" if missing > 0 else f"{-missing:,} counted twice"
            return f"{self.inputs:,} inputs, {total:,} outcomes: {what}"
        if self.answered != total:
            return f"Elasticsearch confirmed {self.answered:,} of {total:,} outcomes"
        return None if self.balanced else "it was stored as unbalanced"


class Throughput:
    """Reads what runs left behind. Raises `UserError` when Elasticsearch does not answer or refuses."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self._client = client
        self._names = Names(prefix)

    def hours(self, at: datetime) -> tuple[Hour, ...]:
        """Count outcomes for each of the last hours, the present one included, the oldest first."""
        last = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        first = last - timedelta(hours=HOURS - 1)
        answer = ask(
            self._client,
            self._names.runs,
            size=0,
            query={"range": {"stored_at": {"gte": rfc3339(first), "lte": rfc3339(at)}}},
            aggs={
                "hours": {
                    "date_histogram": {"field": "stored_at", "fixed_interval": "1h", "min_doc_count": 1},
                    "aggs": {outcome.value: {"sum": {"field": f"outcomes.{outcome.value}"}} for outcome in Outcome},
                }
            },
        )
        found = {
            datetime.fromtimestamp(bucket["key"] / 1000, UTC): {
                outcome: int(bucket[outcome.value]["value"]) for outcome in Outcome
            }
            for bucket in answer.get("aggregations", {}).get("hours", {}).get("buckets", ())
        }
        begins = (first + timedelta(hours=number) for number in range(HOURS))
        return tuple(Hour(begin, found.get(begin, dict.fromkeys(Outcome, 0))) for begin in begins)

    def lags(self, at: datetime) -> tuple[Lag, ...]:
        """Measure the lag of the articles that became searchable in the last hours: of all, then by door.

        Of many a sample is looked at. The subtraction is ours: the embedded node has no scripts.
        """
        recent = {"range": {"indexed_at": {"gte": rfc3339(at - timedelta(hours=HOURS)), "lte": rfc3339(at)}}}
        by_chance = {"random_score": {"seed": 1, "field": "_seq_no"}, "boost_mode": "replace"}
        times = [{"field": name, "format": "epoch_millis"} for name in ("indexed_at", "origin.fetched_at")]
        answer = ask(
            self._client,
            self._names.news,
            size=_SAMPLE,
            query={"function_score": {"query": {"bool": {"filter": [recent]}}, **by_chance}},
            source=False,
            docvalue_fields=[*times, "origin.door"],
            aggs={"doors": {"terms": {"field": "origin.door", "size": 20}}},
        )
        total = int(answer["hits"]["total"]["value"])
        seconds: dict[str, list[float]] = {}
        for hit in answer["hits"]["hits"]:
            fields = hit.get("fields", {})
            if "indexed_at" in fields and "origin.fetched_at" in fields:
                span = (int(fields["indexed_at"][0]) - int(fields["origin.fetched_at"][0])) / 1000
                seconds.setdefault(fields.get("origin.door", ["files"])[0], []).append(max(0.0, span))
        doors = answer.get("aggregations", {}).get("doors", {}).get("buckets", ())
        every = [span for spans in seconds.values() for span in spans]
        return (
            _lag("all", total, every),
            *(_lag(str(each["key"]), int(each["doc_count"]), seconds.get(str(each["key"]), [])) for each in doors),
        )

    def unbalanced(self, at: datetime) -> tuple[int, tuple[Run, ...]]:
        """List the runs of the last days that do not balance, newest first, and tell how many there are."""
        lately = {"range": {"stored_at": {"gte": rfc3339(at - timedelta(days=FAULT_DAYS)), "lte": rfc3339(at)}}}
        return self._runs({"bool": {"filter": [lately, {"term": {"balanced": False}}]}}, _FAULTS, 0)

    def runs(self, *, size: int, offset: int = 0) -> tuple[int, tuple[Run, ...]]:
        """List the last runs, newest first, and tell how many there are."""
        return self._runs({"match_all": {}}, min(size, _MOST_RUNS), offset)

    def _runs(self, query: dict[str, Any], size: int, offset: int) -> tuple[int, tuple[Run, ...]]:
        newest = [{"stored_at": "desc"}]
        answer = ask(self._client, self._names.runs, query=query, sort=newest, size=size, from_=offset)
        hits = answer["hits"]
        return int(hits["total"]["value"]), tuple(_run(hit["_id"], hit["_source"]) for hit in hits["hits"])

    def run(self, run_id: str) -> Run | None:
        """Give one run's balance sheet; None when it has stored none."""
        answer = ask(self._client, self._names.runs, query={"ids": {"values": [run_id]}}, size=1)
        return next((_run(hit["_id"], hit["_source"]) for hit in answer["hits"]["hits"]), None)


def _lag(door: str, articles: int, seconds: list[float]) -> Lag:
    """Take the lag that half of the articles, and that 95 in 100, stay within.

    >>> _lag("feed", 4, [4.0, 1.0, 2.0, 3.0])
    Lag(door='feed', articles=4, median=2.0, most=4.0)
    """
    ordered = sorted(seconds)
    if not ordered:
        return Lag(door, articles, None, None)
    median, most = (ordered[ceil(len(ordered) * percent / 100) - 1] for percent in (50, 95))
    return Lag(door, articles, median, most)


def _run(run_id: str, source: Mapping[str, Any]) -> Run:
    outcomes = source.get("outcomes") or {}
    extra = source.get("extra") or {}
    return Run(
        run_id,
        datetime.fromisoformat(source["stored_at"]),
        int(source["inputs"]),
        int(source["answered"]),
        bool(source["balanced"]),
        {outcome: int(outcomes.get(outcome.value, 0)) for outcome in Outcome},
        {str(name): int(count) for name, count in (source.get("reasons") or {}).items()},
        {str(name): int(count) for name, count in (extra.get("passed_over") or {}).items()},
    )
