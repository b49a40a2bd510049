"""What may be typed into the search box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdex.index.query import Order, Query
from newsdex.index.query_language import parse, write_term
from newsdex.index.request import scored
from newsdex.index.suggestions import last_term


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("state-owned", [(None, "state-owned", False)]),
        ("-ferry", [(None, "ferry", True)]),
        ("- ferry", [(None, "-", False), (None, "ferry", False)]),
        ("Publisher:BBC", [("publisher", "BBC", False)]),
        ('-by:"Jane Roe"', [("author", "Jane Roe", True)]),
        ("https://example.org/a", [(None, "https://example.org/a", False)]),
        ('foo:"a b"', [(None, "foo:a b", False)]),
        ("publisher: BBC", [(None, "publisher:", False), (None, "BBC", False)]),
        ('publisher:"BBC', [(None, "publisher:", False), (None, "BBC", False)]),
        ("Re:uters", [(None, "Re:uters", False)]),
        ("*", []),
    ],
)
def test_terms_are_read_as_they_are_meant(typed: str, read: list[tuple[str | None, str, bool]]) -> None:
    """A minus and a field count only where they can be meant."""
    assert [(term.field.name if term.field else None, term.text, term.excluded) for term in parse(typed)] == read


@given(
    st.sampled_from(["publisher", "author", "keyword"]),
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1),
)
def test_a_written_term_is_read_back(field: str, value: str) -> None:
    """As far as its quotation marks allow."""
    if set(value) & set('"“”„') or not value.strip("*"):
        return
    (term,) = parse(write_term(field, value))
    assert (term.field.name if term.field else None, term.text) == (field, value)


@given(st.text(max_size=80))
def test_whatever_is_typed_can_be_asked(typed: str) -> None:
    """There is no syntax to get wrong, but for dates."""
    if any(limit in typed.lower() for limit in ("since:", "until:", "date:", "after:", "before:")):
        return
    assert scored(Query(typed), {"en": "text_en"})
    last_term(typed)


def test_without_words_nothing_is_more_relevant() -> None:
    """So the newest come first, whatever was chosen; what is not wanted ranks nothing."""
    assert Query("-ferry publisher:x", order=Order.RELEVANCE).sorted_by is Order.NEWEST
    assert Query("ferry").sorted_by is Order.RELEVANCE
    assert Query("headline:ferry").sorted_by is Order.RELEVANCE
