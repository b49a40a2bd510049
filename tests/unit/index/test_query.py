"""What a reader may ask."""

from __future__ import annotations

from typing import Any

import pytest

from newsdex.errors import UserError
from newsdex.index.query import Query
from newsdex.index.search import request

FIELDS = {"en": "text_en", "zh": "text_cjk"}


@pytest.mark.parametrize(
    ("text", "phrases", "words"),
    [
        ("ferry", (), "ferry"),
        ('"new bridge"', ("new bridge",), ""),
        ('Lima "new bridge" ferry "two boats"', ("new bridge", "two boats"), "Lima ferry"),
        ("„neue Brücke“ Lima", ("neue Brücke",), "Lima"),
        ('a "quote left open', (), "a quote left open"),
        ('""', (), ""),
    ],
)
def test_quotes_make_phrases(text: str, phrases: tuple[str, ...], words: str) -> None:
    """Straight and typographic ones; a quote left open is only a character."""
    assert (Query(text).phrases, Query(text).words) == (phrases, words)


@pytest.mark.parametrize("day", ["2024", "2024-11", "2024-11-19", "2024-11-19T08:00:00Z"])
def test_a_date_may_be_a_year_a_month_a_day_or_a_time(day: str) -> None:
    """As ISO 8601 writes them."""
    assert Query(since=day, until=day).since == day


@pytest.mark.parametrize("day", ["yesterday", "2024-13", "2024-02-30", "19.11.2024", "24", ""])
def test_what_is_no_date_is_refused(day: str) -> None:
    """With the way to write it."""
    with pytest.raises(UserError, match="write it like 2024-11-19"):
        Query(since=day)


@pytest.mark.parametrize("page", [{"size": -1}, {"offset": -1}, {"size": 10_001}, {"offset": 9_995}])
def test_a_page_beyond_reach_is_refused(page: dict[str, Any]) -> None:
    """Elasticsearch pages to the 10,000th hit."""
    with pytest.raises(UserError, match="10,000"):
        Query(**page)


def test_a_chosen_language_is_searched_with_its_own_analyzer_only() -> None:
    """And a language without one with all of them."""
    (words,) = request(Query("die", language=("en",)), FIELDS)["query"]["bool"]["must"]
    assert {field.partition(".")[0] for field in words["multi_match"]["fields"] if "." in field} == {"text_en"}
    (words,) = request(Query("die", language=("en", "eo")), FIELDS)["query"]["bool"]["must"]
    assert "text_*.body^1" in words["multi_match"]["fields"]


def test_a_headline_weighs_more_than_a_body() -> None:
    """Three times, and a standfirst twice."""
    (words,) = request(Query("bridge"), FIELDS)["query"]["bool"]["must"]
    assert {"headline^3", "standfirst^2", "body^1"} <= set(words["multi_match"]["fields"])
