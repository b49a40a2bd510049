"""A query written as Elasticsearch reads it: what is searched, what is filtered, and in which order hits come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from newsdex.index.document import language_field
from newsdex.index.query import FILTERS, Order, Query, date_range
from newsdex.index.query_language import FIELDS, Kind, Term

Clause = dict[str, Any]

DATED: Clause = {"bool": {"must_not": [{"term": {"timestamp_source": "fetched_at"}}]}}
"""An article filed under the day it was fetched was not published on that day, as far as anyone knows."""

_WEIGHTS = {"headline": 3, "standfirst": 2, "body": 1}

_HIGHLIGHTED_CHARACTERS = 200_000
"""Of a longer body only the beginning is searched for what to highlight; without a limit the search would fail."""

_TIEBREAK: tuple[Clause, ...] = (
    {"origin.sha256": {"order": "asc", "unmapped_type": "keyword"}},
    {"canonical_url": {"order": "asc", "missing": "_last", "unmapped_type": "keyword"}},
)
"""Together they tell any two articles apart, as the ids are made of them."""


def scored(query: Query, language_fields: Mapping[str, str]) -> Clause:
    """Write what is asked of the text, and the fields named in it; the filters are apart."""
    terms = query.terms
    must = [_term(term, query, language_fields) for term in query.scoring if term.field or term.phrase]
    if query.words:
        must += _words(query.words, searched_fields(query, language_fields))
    must_not = [_term(term, query, language_fields) for term in terms if term.excluded]
    named = [term for term in terms if term.field and term.field.kind is not Kind.TEXT and not term.excluded]
    if not (must or must_not or named):
        return {"match_all": {}}
    # One publisher or the other; but since a day and until another.
    either: dict[str, list[Clause]] = {}
    for term in named:
        assert term.field is not None  # noqa: S101
        either.setdefault(term.field.name, []).append(_term(term, query, language_fields))
    found: Clause = {"must": must, "must_not": must_not}
    found["filter"] = [{"bool": {"should": clauses}} for clauses in either.values()]
    if query.words or query.phrases:
        nearby = {"query": query.words or " ".join(query.phrases), "type": "phrase", "slop": 2}
        found["should"] = [{"multi_match": {**nearby, "fields": searched_fields(query, language_fields)}}]
    return {"bool": found}


def filters(query: Query) -> dict[str, list[Clause]]:
    """Write the chosen filters, each under its name; the limits of time are `published`."""
    chosen: dict[str, list[Clause]] = {}
    for name in FILTERS:
        if values := getattr(query, name):
            chosen[name] = [{"bool": {"should": [value_clause(name, value) for value in values]}}]
    if limits := date_range(query.since, query.until):
        chosen["published"] = [{"range": {"@timestamp": limits}}, DATED]
    return chosen


def but(chosen: Mapping[str, Sequence[Clause]], name: str | None = None) -> Clause:
    """Join all filters but one."""
    return {"bool": {"filter": [clause for other, clauses in chosen.items() if other != name for clause in clauses]}}


def value_clause(name: str, value: str) -> Clause:
    """Write that a field of the query language has a value, in any case; `en` has `en-GB` in it."""
    path = FIELDS[name].path
    equal: Clause = {"term": {path: {"value": value, "case_insensitive": True}}}
    if name != "language":
        return equal
    within = {"prefix": {path: {"value": f"{value}-", "case_insensitive": True}}}
    return {"bool": {"should": [equal, within]}}


def begun_clause(name: str, beginning: str) -> Clause:
    """Write that a field of the query language has a value that begins so, in any case."""
    return {"prefix": {FIELDS[name].path: {"value": beginning, "case_insensitive": True}}}


def searched_fields(query: Query, language_fields: Mapping[str, str], only: str | None = None) -> list[str]:
    """List the fields to search, weighed; `only` one of headline, standfirst and body.

    With the language chosen, only its own analyzer reads the query: "die" is no article in English.
    """
    named = (term.text for term in query.terms if term.field is FIELDS["language"] and not term.excluded)
    chosen = {language_field(language, language_fields) for language in (*query.language, *named)}
    objects = sorted(name for name in chosen if name) if chosen and None not in chosen else ["text_*"]
    names = [(name, weight) for name, weight in _WEIGHTS.items() if only in (None, name)]
    return [f"{prefix}{name}^{weight}" for prefix in ("", *(f"{o}." for o in objects)) for name, weight in names]


def order(query: Query, *, reverse: bool = False) -> list[Clause]:
    """Write the order of the hits, so that no two are in the same place."""
    time: Clause = {"@timestamp": {"order": "asc" if query.sorted_by is Order.OLDEST else "desc"}}
    if query.sorted_by is Order.ARRIVAL:
        time = {"indexed_at": {"order": "desc", "missing": "_last"}}
    best = ({"_score": {"order": "desc"}},) if query.sorted_by is Order.RELEVANCE else ()
    keys = [*best, time, *_TIEBREAK]
    return [{name: _reversed(how) for name, how in key.items()} for key in keys] if reverse else keys


def highlight(query: Query, matching: Clause) -> Clause:
    """Write what of a hit is shown, with `query.tags` around what matched."""
    whole = {"number_of_fragments": 0}
    parts = {"number_of_fragments": 2, "fragment_size": 180}
    return {
        "pre_tags": [query.tags[0]],
        "post_tags": [query.tags[1]],
        "max_analyzed_offset": _HIGHLIGHTED_CHARACTERS,
        "order": "score",
        "highlight_query": matching,
        "fields": {
            "headline": whole,
            "text_*.headline": whole,
            # Where nothing matched, the body's beginning says what the article is about.
            "body": {**parts, "no_match_size": 180},
            "text_*.body": parts,
        },
    }


def _reversed(how: Clause) -> Clause:
    turned = {**how, "order": "asc" if how["order"] == "desc" else "desc"}
    return {**turned, "missing": "_first"} if how.get("missing") == "_last" else turned


def _words(words: str, fields: list[str]) -> list[Clause]:
    whole = " ".join(word for word in words.split() if not word.endswith("*"))
    clauses: list[Clause] = []
    if whole:
        asked = {"query": whole, "fields": fields, "type": "best_fields", "tie_breaker": 0.2}
        clauses.append({"multi_match": {**asked, "minimum_should_match": "2<75%"}})
    return clauses + [_begun(word, fields) for word in words.split() if word.endswith("*")]


def _begun(word: str, fields: list[str]) -> Clause:
    # A language's own analyzer would cut the ending off what is only the beginning of a word.
    neutral = [field for field in fields if not field.startswith("text_")]
    return {"multi_match": {"query": word.rstrip("*"), "fields": neutral, "type": "bool_prefix"}}


def _term(term: Term, query: Query, language_fields: Mapping[str, str]) -> Clause:
    field, text = term.field, term.text
    begun = text.endswith("*") and not term.phrase
    if field is None or field.kind is Kind.TEXT:
        fields = searched_fields(query, language_fields, field.path if field else None)
        if begun:
            return _begun(text, fields)
        # What is written as one word may be several: 10:30, anything in Chinese.
        return {"multi_match": {"query": text, "type": "phrase", "fields": fields}}
    if field.kind is Kind.DATE:
        since = text if field.name in ("since", "date") else None
        until = text if field.name in ("until", "date") else None
        return {"bool": {"filter": [{"range": {"@timestamp": date_range(since, until)}}, DATED]}}
    if begun:
        return begun_clause(field.name, text.rstrip("*"))
    # A name's part is enough: the family name is what a byline always has.
    return {"match_phrase": {"authors.text": text}} if field.name == "author" else value_clause(field.name, text)
