"""Whose a document is, by all that its lines say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from newsdex.clean import clean
from newsdex.clean.owner import owner_in_claim
from newsdex.clean.publisher import _is_common
from newsdex.clean.rulebook import rulebook_for
from newsdex.clean.sheet import Sheet
from newsdex.records import CleanArticle, ExtractedArticle, Origin, Paragraph
from newsdex.rules import Rules

ORIGIN = Origin("a.txt", datetime(2026, 1, 1, tzinfo=UTC), "text/plain", "")
HEAD = ("Old bridge opens to walkers after nine years", "Tuesday 19 March 2024 | 08:15")
STORY = tuple(
    f"The council met for the {nth} time and heard what the engineers had found."
    for nth in ("first", "second", "third", "fourth")
)


def cleaned(rules: Rules, *lines: str) -> CleanArticle:
    return clean(ExtractedArticle(ORIGIN, tuple(Paragraph(line) for line in lines)), rules)


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("© 2025 Marsh Live – All rights reserved", "Marsh Live"),
        ("Copyright 2024 Marsh Media Ltd.", "Marsh Media"),
        ("Marsh Herald – All rights reserved", "Marsh Herald"),
        ("Alle Rechte © 2024", None),
        ("© Todos los derechos reservados", None),
        ("Copyright © 2024 सर्वाधिकार सुरक्षित", None),
        ("The lawyer said that all rights are reserved.", None),
    ],
)
def test_a_copyright_line_names_its_owner(shipped: Rules, line: str, owner: str | None) -> None:
    """The words of the reservation, the year and the mark itself are no name."""
    assert owner_in_claim(line, rulebook_for(shipped, None).words) == owner


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("Sign up to the Marsh Herald newsletter", "Marsh Herald"),
        ("Folgen Sie dem Küstenblatt auf Facebook", "Küstenblatt"),
        ("Ikuti Suara Muara di Telegram", "Suara Muara"),
        ("הצטרפו לערוץ הוואטסאפ של קול הנמל", "קול הנמל"),
        ("Рассылка: сетевое издание «Речной вестник». 12+", "Речной вестник"),
        ("Marsh Lantern | Imprint | Contact us", "Marsh Lantern"),
    ],
)
def test_furniture_of_every_kind_names_the_paper(shipped: Rules, line: str, publisher: str) -> None:
    """An invitation, an imprint, a phrase of the language."""
    below = ("Comments (3)", line) if "|" in line or "«" in line else (line,)
    assert cleaned(shipped, *HEAD, *STORY, *below).publisher == publisher


def test_an_agency_in_the_copyright_line_is_no_publisher(shipped: Rules) -> None:
    """The agency supplied the story; whoever printed it is not named."""
    assert cleaned(shipped, *HEAD, *STORY, "© 2024 Reuters. All rights reserved.").publisher is None


def test_a_section_above_the_headline_is_no_publisher(shipped: Rules) -> None:
    """The path's root may be the start page's name or a section's."""
    assert cleaned(shipped, "Home > Culture > Bridges", *HEAD, *STORY).publisher is None


def test_several_lines_outweigh_a_single_one(shipped: Rules) -> None:
    """The photographer's paper is named once, the paper itself at every turn; the rival is told in the evidence."""
    article = cleaned(
        shipped,
        *HEAD,
        *STORY,
        "The old bridge at dawn, seen from the mill. Photo: John Doe/Dune Gazette",
        "Follow Marsh Herald on Facebook",
        "© 2024 The Marsh Herald",
    )
    assert article.publisher in ("Marsh Herald", "The Marsh Herald")
    evidence = article.evidence["publisher"]
    assert evidence["confidence"] > 0.8
    assert "Dune Gazette" in [rival["value"] for rival in evidence["rejected"]]


def test_what_the_operator_says_needs_no_line(shipped: Rules) -> None:
    """A folder's name settles it, and the evidence says so."""
    origin = Origin("a.txt", ORIGIN.fetched_at, "text/plain", "", publisher="Marsh Herald")
    lines = tuple(Paragraph(line) for line in (*HEAD, *STORY, "© 2024 Dune Gazette"))
    article = clean(ExtractedArticle(origin, lines), shipped)
    assert article.publisher == "Marsh Herald"
    assert article.evidence["publisher"]["found_in"] == "operator"


def test_each_author_has_the_line_that_names_him(shipped: Rules) -> None:
    """The evidence of a field holds the value, the rule that read it, and the line as printed."""
    article = cleaned(shipped, HEAD[0], "By Jane Roe, staff writer", HEAD[1], *STORY)
    assert article.evidence["authors"] == [
        {"value": "Jane Roe", "rule": "en-byline", "text": "By Jane Roe, staff writer"}
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("News | Sport", id="labels side by side"),
        pytest.param("the river and its ferries", id="no large letter"),
        pytest.param("News Facebook", id="words that pages are labelled with"),
        pytest.param("Our Readers", id="words to the reader"),
        pytest.param("Share", id="a button"),
    ],
)
def test_what_any_page_says_is_no_papers_name(lay_out: Callable[..., Sheet], name: str) -> None:
    """However often it stands there."""
    assert _is_common(lay_out("A line."), name)


@pytest.mark.parametrize("name", ["Marsh Herald", "Küstenblatt", "24sata", "Речной вестник"])
def test_a_name_of_its_own_may_be_a_papers(lay_out: Callable[..., Sheet], name: str) -> None:
    """Small letters do no harm where there are figures."""
    assert not _is_common(lay_out("A line."), name)
