"""The head of a plain text by its shape: dated lines, reporters and labels above the story, whatever their words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsdex.clean.cleaning import clean
from newsdex.records import CleanArticle, ExtractedArticle, Paragraph
from newsdex.rules import Rules
from tests.unit.clean.conftest import ORIGIN

HEADLINE = "The old ferry crosses the river again"
STORY = (
    "The ferry crossed the river on Monday for the first time in three years, and nobody cheered.",
    "Its captain said that the river had been waiting and that so had the bill.",
    "The next crossing is planned for a day when the fog has gone.",
)


def cleaned(rules: Rules, *lines: str, media_type: str = "text/plain") -> CleanArticle:
    """Clean lines as a document of their own."""
    origin = replace(ORIGIN, media_type=media_type)
    return clean(ExtractedArticle(origin, tuple(Paragraph(line) for line in lines)), rules)


def test_a_line_of_a_day_and_a_few_words_is_no_headline(shipped: Rules) -> None:
    """It gives the day, and the reporter's name where it holds one."""
    article = cleaned(shipped, "Brinfold wool 3 March 2024, 08:15 | Mara Lindqvist", HEADLINE, *STORY)
    assert (article.headline, article.authors, article.body) == (HEADLINE, ("Mara Lindqvist",), STORY)
    assert [date.text for date in article.dates] == ["3 March 2024, 08:15"]


def test_a_sentence_with_a_day_above_the_story_stays(shipped: Rules) -> None:
    """More words together than a label has are a sentence, stopped or not."""
    line = "The ferry sank for the first time in May 2021"
    article = cleaned(shipped, HEADLINE, line, *STORY)
    assert line in (*article.body, article.standfirst)


def test_a_label_between_headline_and_story_goes(shipped: Rules) -> None:
    """A short line without a stop is none of the story's paragraphs."""
    article = cleaned(shipped, HEADLINE, "3 March 2024", "Brinfold wool", "+6", *STORY)
    assert article.body == STORY


def test_a_heading_above_the_story_stays_when_it_has_more_of_them(shipped: Rules) -> None:
    """What stands alike between later paragraphs is a heading here, too."""
    article = cleaned(shipped, HEADLINE, "3 March 2024", "First morning", STORY[0], "Second morning", *STORY[1:])
    assert article.body == ("First morning", STORY[0], "Second morning", *STORY[1:])


def test_the_time_of_a_live_blogs_first_entry_stays(shipped: Rules) -> None:
    """So does the entry's heading under it."""
    entry = ("18:12 CEST", "Ferry at the quay", STORY[0])
    article = cleaned(shipped, HEADLINE, "3 March 2024", *entry, "17:05 CEST", *STORY[1:])
    assert article.body == (*entry, "17:05 CEST", *STORY[1:])


def test_what_a_colon_announces_stays(shipped: Rules) -> None:
    """Short lines under it are its list."""
    listed = ("What the ferry carried:", "Two goats", "A piano")
    assert cleaned(shipped, HEADLINE, "3 March 2024", *listed, *STORY).body == (*listed, *STORY)


def test_markup_says_more_than_shape(shipped: Rules) -> None:
    """Where a page's markup chose the text, a short line above the story stays."""
    lines = ("First morning", "Second morning", *STORY)
    page = ExtractedArticle(
        replace(ORIGIN, media_type="text/html"), tuple(Paragraph(line) for line in lines), headline=HEADLINE
    )
    assert clean(page, shipped).body == lines


def test_a_slogan_is_no_headline(shipped: Rules) -> None:
    """A headline shares words with its story; the refused line stands in the evidence."""
    article = cleaned(shipped, "Gentle words, honest wool", HEADLINE, "3 March 2024", *STORY)
    assert article.headline == HEADLINE
    assert [rival["value"] for rival in article.evidence["headline"]["rejected"]] == ["Gentle words, honest wool"]


@pytest.mark.parametrize("line", ["Mara Lindqvist", "Mara Lindqvist and Jon Aasen", "Mara Lindqvist (Brinfold)"])
def test_names_alone_above_the_story_are_the_byline(shipped: Rules, line: str) -> None:
    """With a place beside them or without."""
    assert cleaned(shipped, HEADLINE, "3 March 2024", line, *STORY).authors[0] == "Mara Lindqvist"
