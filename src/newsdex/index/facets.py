"""What was found, counted by language, publisher and the like, to narrow it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newsdex.index.query import Query
from newsdex.index.query_language import FIELDS
from newsdex.index.request import DATED, Clause, but, value_clause
from newsdex.index.timeline import Interval, Window

FACETS = {
    "language": "language",
    "publisher": "publisher",
    "agencies": "agency",
    "section": "section",
    "authors": "author",
    "flags": "flag",
}
"""Each facet, by its name in the index, and the filter that it belongs to."""

_SIZE = 20


@dataclass(frozen=True, slots=True)
class Facet:
    """One value to narrow by, and how many of the found articles have it."""

    value: str
    count: int
    chosen: bool = False


def facet_requests(query: Query, chosen: Mapping[str, Sequence[Clause]]) -> dict[str, Any]:
    """Ask for the facets. Each is counted under the filters of all the others but not its own.

    So choosing a language still shows what the other languages hold. `published` counts by month, and leaves out
    articles without any date.
    """
    asked: dict[str, Any] = {}
    for facet, name in FACETS.items():
        path = FIELDS[name].path
        counts: dict[str, Any] = {"values": {"terms": {"field": path, "size": _SIZE}}}
        if values := getattr(query, name):
            clauses = {value: value_clause(name, value) for value in values}
            counts["chosen"] = {"filters": {"filters": clauses}}
        asked[facet] = {"filter": but(chosen, name), "aggs": counts}
    month = {"field": "@timestamp", "calendar_interval": "month", "format": "yyyy-MM", "min_doc_count": 1}
    others = {"bool": {"filter": [but(chosen, "published"), DATED]}}
    asked["published"] = {"filter": others, "aggs": {"values": {"date_histogram": month}}}
    return asked


def read_facets(query: Query, answer: Mapping[str, Any]) -> dict[str, tuple[Facet, ...]]:
    """Read the answer: the commonest values first, and chosen ones even if nothing has them; months newest first."""
    facets: dict[str, tuple[Facet, ...]] = {}
    for facet, name in FACETS.items():
        wanted = {value.casefold() for value in getattr(query, name)}
        found = [
            Facet(str(bucket["key"]), bucket["doc_count"], str(bucket["key"]).casefold() in wanted)
            for bucket in answer[facet]["values"]["buckets"]
        ]
        listed = {each.value.casefold() for each in found}
        counts = answer[facet].get("chosen", {}).get("buckets", {})
        others = [
            Facet(value, bucket["doc_count"], chosen=True)
            for value, bucket in counts.items()
            if value.casefold() not in listed
        ]
        facets[facet] = (*found, *others)
    facets["published"] = tuple(Facet(f"{month:%Y-%m}", count) for month, count in reversed(months(answer).items()))
    return facets


def months(answer: Mapping[str, Any]) -> dict[date, int]:
    """Read how many articles each month has, oldest first, each month under its first day."""
    buckets = answer["published"]["values"]["buckets"]
    return {date.fromisoformat(f"{bucket['key_as_string']}-01"): bucket["doc_count"] for bucket in buckets}


def day_requests(window: Window, others: Clause) -> dict[str, Any]:
    """Ask how many articles each day or week of a window has."""
    interval = {"calendar_interval": "week" if window.interval is Interval.WEEK else "day"}
    days = {"field": "@timestamp", **interval, "format": "yyyy-MM-dd", "min_doc_count": 1}
    # A week begins before the window where the window begins within one.
    since = window.since - timedelta(window.since.weekday()) if window.interval is Interval.WEEK else window.since
    limits = {"range": {"@timestamp": {"gte": since.isoformat(), "lte": f"{window.until.isoformat()}||/d"}}}
    return {
        "days": {
            "filter": {"bool": {"filter": [others, DATED, limits]}},
            "aggs": {"values": {"date_histogram": days}},
        }
    }


def read_days(answer: Mapping[str, Any]) -> dict[date, int]:
    """Read how many articles each day has, or each week under its Monday."""
    buckets = answer["days"]["values"]["buckets"]
    return {date.fromisoformat(bucket["key_as_string"]): bucket["doc_count"] for bucket in buckets}
