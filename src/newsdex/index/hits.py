"""What a search gives back: the articles of one page, and what is counted around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from newsdex.index.copies import Copy
from newsdex.index.facets import Facet
from newsdex.index.timeline import Timeline

_FIRST = ("headline", "standfirst", "publisher", "published_at", "@timestamp", "timestamp_source", "language")
_MORE = ("url", "domain", "agencies", "authors", "section", "flags", "cluster_id", "indexed_at", "origin.uri")
_EVIDENCE = ("evidence.published_at.precision", "evidence.published_at.day")

FIELDS = (*_FIRST, *_MORE, *_EVIDENCE)
"""What is read of an article to show it as a hit."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found.

    `headline` and `fragments` carry the query's tags around what matched; the rest of their text is as it was printed,
    so a page has to escape it. `score` is None when nothing was asked for. `copies` counts the articles of this cluster
    that match, this one included; `elsewhere` names the others, newest first, the first few of many.
    """

    id: str
    score: float | None
    headline: str | None
    fragments: tuple[str, ...]
    copies: int
    source: dict[str, Any]
    elsewhere: tuple[Copy, ...] = ()

    @property
    def precision(self) -> str | None:
        """How finely the date of publication was printed."""
        return self._evidence.get("precision")

    @property
    def day(self) -> str | None:
        """The calendar day it was where the article was published."""
        return self._evidence.get("day")

    @property
    def _evidence(self) -> dict[str, Any]:
        return (self.source.get("evidence") or {}).get("published_at") or {}

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape: the article's fields by their names, and what the search adds."""
        found = {name: self.source.get(name) for name in (*_FIRST, *_MORE) if "." not in name}
        origin = self.source.get("origin", {})
        elsewhere = [copy.as_dict() for copy in self.elsewhere]
        added = {
            "published_precision": self.precision,
            "score": self.score,
            "copies": self.copies,
            "elsewhere": elsewhere,
            "highlights": list(self.fragments),
        }
        return {"id": self.id, **found, "origin": origin, "headline_highlighted": self.headline, **added}


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one page, how many articles match in all (copies counted), and the facets.

    `clusters` counts copies once; over some 40,000 it is an estimate. `rank` is the place of the first hit, counted
    from 1. `next` and `previous` are the marks for `Query.after` and `Query.before`, None where there is no such page.
    `timeline` is None when nothing that was found has a date. `partial` says that Elasticsearch ran out of time.
    """

    total: int
    clusters: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Facet, ...]]
    milliseconds: int
    timeline: Timeline | None = None
    rank: int = 1
    next: str | None = None
    previous: str | None = None
    partial: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "total": self.total,
            "clusters": self.clusters,
            "milliseconds": self.milliseconds,
            "partial": self.partial,
            "hits": [hit.as_dict() for hit in self.hits],
            "facets": {
                name: [{"value": facet.value, "count": facet.count} for facet in facets]
                for name, facets in self.facets.items()
            },
            "timeline": self.timeline.as_dict() if self.timeline else None,
            "next": self.next,
            "previous": self.previous,
        }
