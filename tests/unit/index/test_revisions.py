"""What changed between two versions of an article."""

from __future__ import annotations

import random

import pytest
from example_articles import NOW, make_article
from hypothesis import given
from hypothesis import strategies as st

from newsdex.index.document import document
from newsdex.index.revisions import change, changed_share

WORDS = st.lists(st.sampled_from(["the", "bridge", "is", "shut", "open", "again"]), max_size=30)


def shape(**fields: object) -> dict[str, object]:
    """Make the index document of an article."""
    return document(make_article(**fields), NOW, {"en": "text_en"})  # type: ignore[arg-type]


def test_a_new_headline_is_told_as_such() -> None:
    """The text below it is the same."""
    told = change(shape(headline="Bridge shut"), shape(headline="Bridge open"))
    assert (told.headline, told.words, told.fields) == (True, 0.0, ("headline",))


def test_an_edit_is_told_by_its_share_of_the_words() -> None:
    """What follows from the text (its hash, its length, its analysed copy) is no change of its own."""
    told = change(shape(body="The bridge is shut."), shape(body="The bridge is open."))
    assert (told.headline, told.words, told.fields) == (False, 0.25, ("body",))


def test_a_field_that_appears_is_a_change() -> None:
    """So is one that goes."""
    assert change(shape(), shape(byline="By Jane Roe")).fields == ("byline",)
    assert change(shape(publisher="The Example"), shape(publisher=None)).fields == ("publisher",)


@given(WORDS, WORDS)
def test_the_share_lies_between_nothing_and_everything(former: list[str], later: list[str]) -> None:
    """It is nothing for equal texts only."""
    share = changed_share(former, later)
    assert 0.0 <= share <= 1.0
    assert (share == 0.0) == (former == later)


@pytest.mark.parametrize("words", [100, 20_000])
def test_a_long_text_is_measured_like_a_short_one(words: int) -> None:
    """Beyond a bound words are counted and no longer aligned; an edit here and there gives the same share."""
    chance = random.Random(1)
    former = [f"word{number}" for number in range(words)]
    later = list(former)
    for place in chance.sample(range(words), words // 10):
        later[place] = f"other{place}"
    assert changed_share(former, later) == pytest.approx(0.1)
