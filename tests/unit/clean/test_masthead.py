"""What stands there twice: the paragraph a page's template prints once more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsdex.clean.cleaning import clean
from newsdex.clean.masthead import take_repeated_paragraphs
from newsdex.clean.own_rules import REPEATED_PARAGRAPH
from newsdex.clean.sheet import Sheet
from newsdex.records import ExtractedArticle, Paragraph
from newsdex.rules import Rules
from tests.unit.clean.conftest import ORIGIN

LONG = "The ferry crossed the river on Monday for the first time in three years, and nobody cheered."
OTHER = "Its captain said that the river had been waiting for him and that so had the unpaid bill."
REFRAIN = "Row on, the river is wide."


def rules_of(sheet: Sheet) -> list[str | None]:
    take_repeated_paragraphs(sheet)
    return [line.rule for line in sheet.lines]


def test_a_paragraph_right_below_itself_goes(lay_out: Callable[..., Sheet]) -> None:
    """The first of them stays."""
    assert rules_of(lay_out(OTHER, LONG, LONG)) == [None, None, REPEATED_PARAGRAPH]


def test_of_three_in_a_row_one_stays(lay_out: Callable[..., Sheet]) -> None:
    """What was taken is still what the next one repeats."""
    assert rules_of(lay_out(LONG, LONG, LONG)) == [None, REPEATED_PARAGRAPH, REPEATED_PARAGRAPH]


def test_what_was_taken_between_them_parts_them_no_more(lay_out: Callable[..., Sheet]) -> None:
    """In the clean text they would stand below each other."""
    sheet = lay_out(LONG, "###", LONG)
    sheet.lines[1].rule = "test-sign"
    assert rules_of(sheet) == [None, "test-sign", REPEATED_PARAGRAPH]


def test_signs_and_capitals_make_no_other_paragraph(lay_out: Callable[..., Sheet]) -> None:
    """Letters and figures are compared."""
    assert rules_of(lay_out(LONG, f"»{LONG.upper()}«"))[1] == REPEATED_PARAGRAPH


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((LONG, OTHER, LONG), id="another one between them"),
        pytest.param((REFRAIN, REFRAIN), id="a refrain"),
        pytest.param((LONG, LONG.replace("Monday", "Sunday")), id="another word"),
    ],
)
def test_what_may_be_meant_stays(lay_out: Callable[..., Sheet], lines: tuple[str, ...]) -> None:
    """A writer comes back to a sentence; a template prints the paragraph right below."""
    assert rules_of(lay_out(*lines)) == [None] * len(lines)


def test_the_only_paragraph_of_a_story_stays_below_a_standfirst_of_its_words(shipped: Rules) -> None:
    """Else nothing would be left."""
    lines = ("The old ferry crosses the river again", LONG, "By Jane Roe", LONG, LONG)
    article = clean(ExtractedArticle(ORIGIN, tuple(Paragraph(line) for line in lines)), shipped)
    assert (article.standfirst, article.body) == (LONG, (LONG,))
