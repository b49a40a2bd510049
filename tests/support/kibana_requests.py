"""The requests that Kibana sends to Elasticsearch for what people type and look at, written as Kibana writes them."""

from __future__ import annotations

from typing import Any

from newsdex.kibana.dashboard_shape import Column, Layer
from newsdex.kibana.kql import Asked, Joined, Negated, Question, Words, parse_kql
from newsdex.kibana.lens import RECORDS

_RANGES = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_AGGREGATIONS = {"sum": "sum", "average": "avg", "max": "max", "min": "min", "unique_count": "cardinality"}


def kql_to_dsl(query: str) -> dict[str, Any]:
    """Write a query of the search bar as Kibana does: words of no field are a `multi_match` without fields, lenient."""
    question = parse_kql(query)
    return {"match_all": {}} if question is None else _written(question)


def discover(query: str, time: str, since: str = "now-100y", until: str = "now+1d") -> dict[str, Any]:
    """Write what Discover asks for a table of documents: every field, and what matched of each highlighted."""
    within = {time: {"format": "strict_date_optional_time", "gte": since, "lte": until}}
    return {
        "query": {"bool": {"must": [], "filter": [kql_to_dsl(query), {"range": within}], "should": [], "must_not": []}},
        "sort": [
            {time: {"order": "desc", "format": "strict_date_optional_time", "unmapped_type": "boolean"}},
            {"_doc": {"order": "desc", "unmapped_type": "boolean"}},
        ],
        "fields": [{"field": "*", "include_unmapped": True}],
        "size": 500,
        "version": True,
        "stored_fields": ["*"],
        "_source": False,
        "highlight": {
            "pre_tags": ["@kibana-highlighted-field@"],
            "post_tags": ["@/kibana-highlighted-field@"],
            "fields": {"*": {}},
            "fragment_size": 2147483647,
        },
    }


def chart(layer: Layer, query: str) -> dict[str, Any]:
    """Write what Lens asks for a chart: numbers within what they are counted by."""
    columns = {name: layer.columns[name] for name in layer.column_order}
    inner = {name: _number(column) for name, column in columns.items() if not column.is_bucketed}
    aggs = {name: each for name, each in inner.items() if each}
    for name, column in reversed(columns.items()):
        if column.is_bucketed:
            aggs = {name: {**_bucket(column, inner), **({"aggs": aggs} if aggs else {})}}
    return {"size": 0, "track_total_hits": True, "query": kql_to_dsl(query), **({"aggs": aggs} if aggs else {})}


def _number(column: Column) -> dict[str, Any]:
    field = column.source_field
    if column.operation_type == "count":
        assert field == RECORDS
        asked: dict[str, Any] = {}
    elif column.operation_type in ("median", "percentile"):
        asked = {"percentiles": {"field": field, "percents": [column.params.get("percentile", 50)]}}
    else:
        asked = {_AGGREGATIONS[column.operation_type]: {"field": field}}
    if column.filter is None:
        return asked
    return {"filter": kql_to_dsl(column.filter.query), **({"aggs": {"value": asked}} if asked else {})}


def _bucket(column: Column, numbers: dict[str, Any]) -> dict[str, Any]:
    if column.operation_type == "date_histogram":
        return {"date_histogram": {"field": column.source_field, "fixed_interval": "1d", "time_zone": "UTC"}}
    by = column.params["orderBy"]["columnId"]
    order = {by: "desc"} if numbers[by] else {"_count": "desc"}
    return {"terms": {"field": column.source_field, "size": column.params["size"], "order": order}}


def _written(question: Question) -> dict[str, Any]:
    if isinstance(question, Words):
        if question.text == "*" and not question.quoted:
            return {"match_all": {}}
        kind = "phrase" if question.quoted else "best_fields"
        return {"multi_match": {"type": kind, "query": question.text, "lenient": True}}
    if isinstance(question, Negated):
        return {"bool": {"must_not": _written(question.part)}}
    if isinstance(question, Joined):
        parts = [_written(part) for part in question.parts]
        if question.joint == "and":
            return {"bool": {"filter": parts}}
        return {"bool": {"should": parts, "minimum_should_match": 1}}
    return {"bool": {"should": [_asked(question)], "minimum_should_match": 1}}


def _asked(question: Asked) -> dict[str, Any]:
    field, value = question.field, question.value
    if question.comparison != ":":
        return {"range": {field: {_RANGES[question.comparison]: value.text}}}
    if value.quoted:
        return {"match_phrase": {field: value.text}}
    if value.text == "*":
        return {"exists": {"field": field}}
    if "*" in value.text:
        return {"query_string": {"fields": [field], "query": value.text}}
    return {"match": {field: value.text}}
