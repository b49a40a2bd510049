"""The search over the archive: ranked hits with highlights, copies folded into one, and counts to narrow by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError

from newsdex.errors import UserError
from newsdex.index.copies import Cluster, Copy, cluster_requests, read_clusters
from newsdex.index.facets import Facet, day_requests, facet_requests, months, read_days, read_facets
from newsdex.index.hits import FIELDS, Hit, SearchResult
from newsdex.index.pages import read_mark, write_mark
from newsdex.index.query import BadQuery, Query
from newsdex.index.request import but, filters, highlight, order, scored
from newsdex.index.templates import Names, index_meta
from newsdex.index.timeline import Window, choose_window, make_timeline

_SECONDS = 20
"""A search that takes longer answers with what it has found by then."""

_SCANS = (100, *[1_000] * 10)
"""Hits looked through at once, time after time, for the next ones that are no copies of those before."""

__all__ = ["Copy", "Facet", "Hit", "Query", "SearchResult", "search"]


def search(
    client: Elasticsearch, query: Query, *, prefix: str = "", language_fields: Mapping[str, str] | None = None
) -> SearchResult:
    """Search the archive. `language_fields` is the mapping's; it is asked for when it is not given.

    Raises `BadQuery` for what cannot be answered, and `UserError` when Elasticsearch does not answer or has no index.
    """
    names = Names(prefix)
    with explained(names.news):
        if language_fields is None:
            language_fields = index_meta(client, names.news).get("language_fields", {})
        return _Search(client, names.news, query, language_fields).run()


@contextmanager
def explained(index: str) -> Iterator[None]:
    """Turn what Elasticsearch says about a search into what a person can do about it."""
    try:
        yield
    except NotFoundError as missing:
        raise UserError(f"Elasticsearch has no index {index}", "newsdex up makes it") from missing
    except BadRequestError as refused:
        raise BadQuery(f"Elasticsearch cannot answer it: {_reason(refused)}", "make the search simpler") from refused
    except ApiError as refused:
        raise UserError(
            f"Elasticsearch refuses the search: {refused}", "newsdex doctor says what is wrong"
        ) from refused
    except TransportError as silent:
        raise UserError(
            "Elasticsearch does not answer", "newsdex up starts it; newsdex status says what runs"
        ) from silent


class _Search:
    """One search under way: what was asked, and how long Elasticsearch took for it so far."""

    def __init__(self, client: Elasticsearch, index: str, query: Query, language_fields: Mapping[str, str]) -> None:
        self._client = client
        self._index = index
        self._query = query
        self._matching = scored(query, language_fields)
        self._chosen = filters(query)
        # The same copy of the index each time: scores differ a little between copies, and pages would not join.
        self._preference = f"newsdex-{sha256(query.text.encode()).hexdigest()[:8]}"
        # One more tells whether there is another page; some more stand in for those that turn out to be copies.
        self._wanted = query.size + 1 + (query.size // 4 if query.collapse else 0)
        self._milliseconds = 0
        self._partial = False

    def run(self) -> SearchResult:
        """Ask for a page of hits with the facets, then for their copies and the bars of the timeline."""
        query = self._query
        backwards = query.before is not None
        address = query.before or query.after
        mark = read_mark(query, address) if address else None
        answer = self._ask(**self._page(mark.values if mark else None, backwards), aggs=self._counts())
        found, counted = answer["hits"]["hits"], answer["aggregations"]
        by_month = months(counted)
        window = choose_window(by_month, query)
        clusters, by_day = self._ask_further(found, window)
        hits, further = self._fold(found, clusters, backwards)
        if backwards:
            if further is None and len(hits) < query.size:
                # What is left before the mark is less than a page: show the first one, whole.
                return _Search.run(self._again(replace(query, before=None)))
            hits.reverse()
        rank = 1 if mark is None else max(mark.rank - len(hits), 1) if backwards else mark.rank + 1
        first, last = (hits[0]["sort"], hits[-1]["sort"]) if hits else (None, None)
        before, after = (further and first, last) if backwards else (mark and first, further)
        counts = by_month if by_day is None else by_day
        return SearchResult(
            total=answer["hits"]["total"]["value"],
            clusters=counted["stories"]["count"]["value"],
            hits=tuple(self._hit(hit, clusters) for hit in hits),
            facets=read_facets(query, counted),
            milliseconds=self._milliseconds,
            timeline=make_timeline(counts, window, query, by_month) if window else None,
            rank=rank,
            next=write_mark(query, rank + len(hits) - 1, after) if after else None,
            previous=write_mark(query, rank, before) if before and rank > 1 else None,
            partial=self._partial,
        )

    def _again(self, query: Query) -> _Search:
        again = copy(self)
        again._query = query
        return again

    def _page(self, after: Sequence[Any] | None, backwards: bool) -> dict[str, Any]:
        query = self._query
        page: dict[str, Any] = {
            "query": self._matching,
            "post_filter": but(self._chosen),
            "sort": order(query, reverse=backwards),
            "track_scores": bool(query.scoring),
            "size": self._wanted,
            "source_includes": list(FIELDS),
            "highlight": highlight(query, self._matching),
        }
        return page if after is None else {**page, "search_after": list(after)}

    def _counts(self) -> dict[str, Any]:
        stories = {"cardinality": {"field": "cluster_id", "precision_threshold": 40_000}}
        return {
            "stories": {"filter": but(self._chosen), "aggs": {"count": stories}},
            **facet_requests(self._query, self._chosen),
        }

    def _ask_further(
        self, found: Sequence[Mapping[str, Any]], window: Window | None
    ) -> tuple[dict[str, Cluster], dict[date, int] | None]:
        """Ask what could not be asked before the hits and the months were known."""
        asked: dict[str, Any] = {}
        if clusters := self._clusters(found):
            asked |= cluster_requests(clusters, but(self._chosen), order(self._query))
        if window is not None and window.needs_days:
            asked |= day_requests(window, but(self._chosen, "published"))
        if not asked:
            return {}, None
        answer = self._ask(query=self._matching, size=0, aggs=asked)["aggregations"]
        return (read_clusters(answer) if clusters else {}), (read_days(answer) if "days" in asked else None)

    def _clusters(self, found: Sequence[Mapping[str, Any]]) -> list[str]:
        if not self._query.collapse:
            return []
        return sorted({hit["_source"]["cluster_id"] for hit in found if "cluster_id" in hit["_source"]})

    def _fold(
        self, found: list[dict[str, Any]], clusters: dict[str, Cluster], backwards: bool
    ) -> tuple[list[dict[str, Any]], list[Any] | None]:
        """Leave out every copy of a hit that comes before it, on this page or another, and fill the page up.

        Gives the hits, and what the next page comes after: None at the end. Elasticsearch's own `collapse` cannot go on
        from where a page ended.
        """
        size = self._query.size
        kept = [hit for hit in found if _is_first(hit, clusters)]
        ended = len(found) < self._wanted
        bare: list[str] = []
        for scanned in _SCANS:
            if len(kept) > size or ended:
                break
            page = {**self._page(found[-1]["sort"], backwards), "size": scanned, "source_includes": ["cluster_id"]}
            found = self._ask(**{name: part for name, part in page.items() if name != "highlight"})["hits"]["hits"]
            ended = len(found) < scanned
            members, _days = self._ask_further(found, None)
            clusters |= members
            more = [hit for hit in found if _is_first(hit, members)][: size + 1 - len(kept)]
            bare += [hit["_id"] for hit in more]
            kept += more
        if not kept and not found:
            return [], None
        further = kept[size - 1]["sort"] if 0 < size < len(kept) else None if ended else found[-1]["sort"]
        return self._filled(kept[:size], bare), further

    def _filled(self, hits: list[dict[str, Any]], bare: Sequence[str]) -> list[dict[str, Any]]:
        if not bare:
            return hits
        among = {"bool": {"must": [self._matching], "filter": [{"ids": {"values": list(bare)}}]}}
        whole = self._ask(**{**self._page(None, False), "query": among, "size": len(bare)})["hits"]["hits"]
        by_id = {hit["_id"]: hit for hit in whole}
        return [{**by_id.get(hit["_id"], hit), "sort": hit["sort"]} for hit in hits]

    def _ask(self, **request: Any) -> Any:
        answer = self._client.search(
            index=self._index,
            track_total_hits=True,
            preference=self._preference,
            timeout=f"{_SECONDS}s",
            **request,
        )
        self._milliseconds += answer["took"]
        self._partial = self._partial or answer["timed_out"]
        return answer

    def _hit(self, hit: Mapping[str, Any], clusters: Mapping[str, Cluster]) -> Hit:
        source = hit["_source"]
        marked: dict[str, list[str]] = hit.get("highlight", {})
        cluster = clusters.get(source.get("cluster_id", ""))
        headline = _marked(marked, "headline")
        return Hit(
            id=hit["_id"],
            score=hit["_score"] if self._query.scoring else None,
            headline=headline[0] if headline else source.get("headline"),
            fragments=tuple(" ".join(fragment.split()) for fragment in _marked(marked, "body")),
            copies=cluster.count if cluster else 1,
            source=source,
            elsewhere=cluster.others(hit["_id"]) if cluster else (),
        )


def _is_first(hit: Mapping[str, Any], clusters: Mapping[str, Cluster]) -> bool:
    cluster = clusters.get(hit["_source"].get("cluster_id", ""))
    return cluster is None or cluster.first == hit["_id"]


def _marked(marked: Mapping[str, list[str]], name: str) -> list[str]:
    # The language's own analyzer marks every form of the word, the neutral one only the form that was typed.
    own = (found for field, found in marked.items() if field.endswith(f".{name}"))
    return next(own, marked.get(name, []))


def _reason(refused: ApiError) -> str:
    cause = refused.body.get("error", {}) if isinstance(refused.body, dict) else {}
    causes = cause.get("root_cause", []) if isinstance(cause, dict) else []
    return str(causes[0].get("reason", "no reason given"))[:300] if causes else str(refused)[:300]
