"""The search over the archive: ranked hits with highlights, copies folded into one, and counts to narrow by."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from newsdex.errors import UserError
from newsdex.index.document import language_field
from newsdex.index.query import Query, date_range
from newsdex.index.templates import Names, index_meta

_WEIGHTS = (("headline", 3), ("standfirst", 2), ("body", 1))

_HIT_FIELDS = ("headline", "standfirst", "publisher", "published_at", "@timestamp", "timestamp_source", "language")
_MORE_FIELDS = ("url", "domain", "agencies", "authors", "cluster_id", "origin.uri")

_FACETS = {"language": "language", "publisher": "publisher", "agencies": "agencies", "published": "@timestamp"}
_FACET_SIZE = 20

_DATED = {"bool": {"must_not": [{"term": {"timestamp_source": "fetched_at"}}]}}
"""An article filed under the day it was fetched was not published on that day, as far as anyone knows."""

_HIGHLIGHTED_CHARACTERS = 200_000
"""Of a longer body only the beginning is searched for what to highlight; without a limit the search would fail."""

_PLACES = 10
"""Other places of a hit's text that are named; `copies` counts all."""

__all__ = ["Copy", "Facet", "Hit", "Query", "SearchResult", "search"]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with a hit's text, or nearly: where and when it was published."""

    id: str
    headline: str | None
    publisher: str | None
    published_at: str | None
    url: str | None
    uri: str | None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return asdict(self)


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

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape: the article's fields by their names, and what the search adds."""
        found = {name: self.source.get(name) for name in (*_HIT_FIELDS, *_MORE_FIELDS) if "." not in name}
        origin = self.source.get("origin", {})
        elsewhere = [copy.as_dict() for copy in self.elsewhere]
        added = {
            "score": self.score,
            "copies": self.copies,
            "elsewhere": elsewhere,
            "highlights": list(self.fragments),
        }
        return {"id": self.id, **found, "origin": origin, "headline_highlighted": self.headline, **added}


@dataclass(frozen=True, slots=True)
class Facet:
    """One value to narrow by, and how many of the found articles have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one page, how many articles match in all (copies counted), and the facets.

    A facet counts under the filters of all the others but not its own, so that choosing a language still shows what the
    other languages hold. `published` counts by month, newest first, and leaves out articles without any date.
    """

    total: int
    clusters: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Facet, ...]]
    milliseconds: int

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "total": self.total,
            "clusters": self.clusters,
            "milliseconds": self.milliseconds,
            "hits": [hit.as_dict() for hit in self.hits],
            "facets": {
                name: [{"value": facet.value, "count": facet.count} for facet in facets]
                for name, facets in self.facets.items()
            },
        }


def search(client: Elasticsearch, query: Query, *, prefix: str = "") -> SearchResult:
    """Search the archive. Raises `UserError` when Elasticsearch does not answer or has no index."""
    names = Names(prefix)
    try:
        fields = index_meta(client, names.news).get("language_fields", {})
        body = request(query, fields)
        answer = client.search(index=names.news, **body)
    except ApiError as refused:
        raise UserError(
            f"Elasticsearch refuses the search: {refused}", "newsdex doctor says what is wrong"
        ) from refused
    except TransportError as silent:
        raise UserError(
            "Elasticsearch does not answer", "newsdex up starts it; newsdex status says what runs"
        ) from silent
    found = answer["aggregations"]
    return SearchResult(
        total=answer["hits"]["total"]["value"],
        clusters=found["clusters"]["count"]["value"],
        hits=tuple(_hit(hit, bool(query.text.strip())) for hit in answer["hits"]["hits"]),
        facets={name: _facets(found[name]["values"]["buckets"]) for name in _FACETS},
        milliseconds=answer["took"],
    )


def request(query: Query, language_fields: dict[str, str]) -> dict[str, Any]:
    """Write a query as an Elasticsearch search request."""
    filters = _filters(query)
    every = [clause for clauses in filters.values() for clause in clauses]
    newest = [{"@timestamp": "desc"}]
    body: dict[str, Any] = {
        "query": _scored(query, language_fields),
        "post_filter": {"bool": {"filter": every}},
        "sort": ["_score", *newest] if query.text.strip() else newest,
        "track_scores": True,
        "from_": query.offset,
        "size": query.size,
        "track_total_hits": True,
        "source_includes": [*_HIT_FIELDS, *_MORE_FIELDS],
        "highlight": _highlight(query),
        "aggs": {
            "clusters": {
                "filter": {"bool": {"filter": every}},
                "aggs": {"count": {"cardinality": {"field": "cluster_id"}}},
            },
            **{
                name: {
                    "filter": {"bool": {"filter": _others(filters, name)}},
                    "aggs": {"values": _values(field)},
                }
                for name, field in _FACETS.items()
            },
        },
    }
    if query.collapse:
        body["collapse"] = {"field": "cluster_id", "inner_hits": _copies()}
    return body


def _copies() -> dict[str, Any]:
    return {
        "name": "copies",
        "size": _PLACES + 1,
        "sort": [{"@timestamp": "desc"}],
        "_source": ["headline", "publisher", "published_at", "url", "origin.uri"],
    }


def _scored(query: Query, language_fields: dict[str, str]) -> dict[str, Any]:
    if not query.text.strip():
        return {"match_all": {}}
    fields = _searched_fields(query, language_fields)
    must: list[dict[str, Any]] = [
        {"multi_match": {"query": phrase, "type": "phrase", "fields": fields}} for phrase in query.phrases
    ]
    if query.words:
        words = {"query": query.words, "fields": fields, "type": "best_fields", "tie_breaker": 0.2}
        must.append({"multi_match": {**words, "minimum_should_match": "2<75%"}})
    nearby = {"query": query.words or query.text, "type": "phrase", "slop": 2, "fields": fields}
    return {"bool": {"must": must, "should": [{"multi_match": nearby}]}}


def _searched_fields(query: Query, language_fields: dict[str, str]) -> list[str]:
    # With the language chosen, only its own analyzer reads the query: "die" is no article in English.
    chosen = {language_field(language, language_fields) for language in query.language}
    objects = sorted(name for name in chosen if name) if chosen and None not in chosen else ["text_*"]
    return [f"{prefix}{name}^{weight}" for prefix in ("", *(f"{o}." for o in objects)) for name, weight in _WEIGHTS]


def _others(filters: dict[str, list[dict[str, Any]]], facet: str) -> list[dict[str, Any]]:
    others = [clause for name, clauses in filters.items() if name != facet for clause in clauses]
    return [*others, _DATED] if facet == "published" else others


def _filters(query: Query) -> dict[str, list[dict[str, Any]]]:
    filters: dict[str, list[dict[str, Any]]] = {}
    if query.language:
        either = [
            clause
            for language in query.language
            for clause in (
                _equals("language", language),
                {"prefix": {"language": {"value": f"{language}-", "case_insensitive": True}}},
            )
        ]
        filters["language"] = [{"bool": {"should": either}}]
    for name, values in (("publisher", query.publisher), ("agencies", query.agency)):
        if values:
            filters[name] = [{"bool": {"should": [_equals(name, value) for value in values]}}]
    if limits := date_range(query.since, query.until):
        filters["published"] = [{"range": {"@timestamp": limits}}, _DATED]
    return filters


def _equals(field: str, value: str) -> dict[str, Any]:
    return {"term": {field: {"value": value, "case_insensitive": True}}}


def _values(field: str) -> dict[str, Any]:
    if field == "@timestamp":
        month = {"field": field, "calendar_interval": "month", "format": "yyyy-MM", "min_doc_count": 1}
        return {"date_histogram": {**month, "order": {"_key": "desc"}}}
    return {"terms": {"field": field, "size": _FACET_SIZE}}


def _highlight(query: Query) -> dict[str, Any]:
    whole = {"number_of_fragments": 0}
    parts = {"number_of_fragments": 2, "fragment_size": 180}
    return {
        "pre_tags": [query.tags[0]],
        "post_tags": [query.tags[1]],
        "max_analyzed_offset": _HIGHLIGHTED_CHARACTERS,
        "order": "score",
        "fields": {
            "headline": whole,
            "text_*.headline": whole,
            # Where nothing matched, the body's beginning says what the article is about.
            "body": {**parts, "no_match_size": 180},
            "text_*.body": parts,
        },
    }


def _hit(hit: dict[str, Any], ranked: bool) -> Hit:
    source = hit["_source"]
    marked: dict[str, list[str]] = hit.get("highlight", {})
    cluster = hit.get("inner_hits", {}).get("copies", {}).get("hits", {})
    headline = _marked(marked, "headline")
    return Hit(
        id=hit["_id"],
        score=hit["_score"] if ranked else None,
        headline=headline[0] if headline else source.get("headline"),
        fragments=tuple(" ".join(fragment.split()) for fragment in _marked(marked, "body")),
        copies=cluster.get("total", {}).get("value", 1),
        source=source,
        elsewhere=tuple(_copy(other) for other in cluster.get("hits", ()) if other["_id"] != hit["_id"])[:_PLACES],
    )


def _copy(hit: dict[str, Any]) -> Copy:
    source = hit["_source"]
    fields = {name: source.get(name) for name in ("headline", "publisher", "published_at", "url")}
    return Copy(hit["_id"], **fields, uri=source.get("origin", {}).get("uri"))


def _marked(marked: dict[str, list[str]], name: str) -> list[str]:
    # The language's own analyzer marks every form of the word, the neutral one only the form that was typed.
    own = (found for field, found in marked.items() if field.endswith(f".{name}"))
    return next(own, marked.get(name, []))


def _facets(buckets: list[dict[str, Any]]) -> tuple[Facet, ...]:
    return tuple(Facet(bucket.get("key_as_string") or str(bucket["key"]), bucket["doc_count"]) for bucket in buckets)
