"""The scorecards as they were kept last, for pages: quick to read, and up to a day old."""

from __future__ import annotations

from datetime import datetime, timedelta

from elasticsearch import Elasticsearch

from newsdex.index.asking import ask
from newsdex.index.scorecards import Scorecard, worst_first
from newsdex.index.templates import Names
from newsdex.records import rfc3339

_OLDEST = timedelta(hours=36)
"""They are kept once a day; older ones tell that this has stopped."""

_MOST = 1_000


def read_kept_scorecards(client: Elasticsearch, prefix: str, at: datetime) -> list[Scorecard]:
    """Give those that were kept last, worst first; none when that was too long ago."""
    recent = {"range": {"at": {"gte": rfc3339(at - _OLDEST), "lte": rfc3339(at)}}}
    last = ask(client, Names(prefix).scorecards, query=recent, size=1, sort=[{"at": "desc"}])["hits"]["hits"]
    if not last:
        return []
    same = {"term": {"at": last[0]["_source"]["at"]}}
    hits = ask(client, Names(prefix).scorecards, query=same, size=_MOST)["hits"]["hits"]
    return worst_first(Scorecard.from_dict(hit["_source"]) for hit in hits)
