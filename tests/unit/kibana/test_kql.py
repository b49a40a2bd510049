"""Kibana's query language, read as far as saved queries need it."""

from __future__ import annotations

import pytest

from newsdex.kibana.kql import Asked, Joined, KqlError, Negated, Words, asked_fields, parse_kql

EN = Asked("language", ":", Words("en"))
DE = Asked("language", ":", Words("de"))


@pytest.mark.parametrize(
    ("query", "question"),
    [
        ("", None),
        ("  ", None),
        ("bridge opens", Words("bridge opens")),
        ('"bridge opens"', Words("bridge opens", quoted=True)),
        ("language:en", EN),
        ("language : en", EN),
        ("agencies : *", Asked("agencies", ":", Words("*"))),
        ('publisher : "The Example"', Asked("publisher", ":", Words("The Example", quoted=True))),
        ("publisher : The Example", Asked("publisher", ":", Words("The Example"))),
        ("word_count >= 100", Asked("word_count", ">=", Words("100"))),
        ("language : (en or de)", Joined("or", (EN, DE))),
        ("not language : en", Negated(EN)),
        ("language : (not en)", Negated(EN)),
        ("language : en AND bridge", Joined("and", (EN, Words("bridge")))),
        ("bridge and language : en or language : de", Joined("or", (Joined("and", (Words("bridge"), EN)), DE))),
        ("bridge and (language : en or language : de)", Joined("and", (Words("bridge"), Joined("or", (EN, DE))))),
        (r"a\:b", Words("a:b")),
        (r'"say \"no\""', Words('say "no"', quoted=True)),
        ("@timestamp > now-1d", Asked("@timestamp", ">", Words("now-1d"))),
    ],
)
def test_a_query_is_read(query: str, question: object) -> None:
    """As Kibana reads it: `and` before `or`, words side by side are one value."""
    assert parse_kql(query) == question


@pytest.mark.parametrize(
    "query", ["a :", "(a", "a and", '"abc', "a : : b", "a b) c", "or", "a not b", 'a "b"', "a < ", "a {b}", "not"]
)
def test_what_kibana_would_not_read_is_refused(query: str) -> None:
    """Each is a syntax error there too."""
    with pytest.raises(KqlError):
        parse_kql(query)


def test_the_fields_of_a_query_are_named_once() -> None:
    """In the order in which they are asked."""
    assert asked_fields("b : 1 and (a : 2 or not b : 3) and words") == ["b", "a"]
