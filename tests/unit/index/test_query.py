"""What a reader may ask."""

from __future__ import annotations

from typing import Any

import pytest

from newsdex.errors import UserError
from newsdex.index.query import BadQuery, Query
from newsdex.index.request import scored

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


@pytest.mark.parametrize(
    "beyond",
    [
        {"size": -1},
        {"size": 1_001},
        {"text": "x" * 1_001},
        {"text": "a " * 41},
        {"publisher": ("x",) * 51},
        {"author": ("x" * 1_001,)},
        {"after": "x", "before": "x"},
    ],
)
def test_a_search_that_would_cost_too_much_is_refused(beyond: dict[str, Any]) -> None:
    """Characters, words, chosen values and hits of a page have a limit each."""
    with pytest.raises(BadQuery):
        Query(**beyond)


def test_a_chosen_language_is_searched_with_its_own_analyzer_only() -> None:
    """And a language without one with all of them."""
    (words,) = scored(Query("die", language=("en",)), FIELDS)["bool"]["must"]
    assert {field.partition(".")[0] for field in words["multi_match"]["fields"] if "." in field} == {"text_en"}
    (words,) = scored(Query("die", language=("en", "eo")), FIELDS)["bool"]["must"]
    assert "text_*.body^1" in words["multi_match"]["fields"]


def test_a_headline_weighs_more_than_a_body() -> None:
    """Three times, and a standfirst twice."""
    (words,) = scored(Query("bridge"), FIELDS)["bool"]["must"]
    assert {"headline^3", "standfirst^2", "body^1"} <= set(words["multi_match"]["fields"])
