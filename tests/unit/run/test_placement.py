"""What cleaning took stands where it stood: the text with its furniture put back is the document."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.clean import clean
from newsdex.errors import Rejected
from newsdex.extract import extract
from newsdex.read import read_file
from newsdex.records import CleanArticle, ExtractedArticle, Kind, Origin, Paragraph, Removed
from newsdex.rules import Rules, load_rules
from newsdex.run.placement import Part, Placement, Role, place
from newsdex.settings import PROJECT

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ORIGIN = Origin(uri="text", fetched_at=NOW, media_type="text/plain", sha256="")
SAMPLES = sorted(path for path in (PROJECT / "samples").rglob("*") if path.suffix in (".txt", ".html", ".gz"))


@pytest.fixture(scope="module")
def rules() -> Rules:
    """Load the shipped rules."""
    return load_rules(PROJECT / "config")


def put_back(
    texts: tuple[str, ...], body: tuple[str, ...], *removed: Removed, headline: str | None = None
) -> Placement:
    """Place a cleaned article's pieces among the paragraphs it was made of."""
    extracted = ExtractedArticle(ORIGIN, tuple(Paragraph(text, Kind.TEXT) for text in texts))
    return place(extracted, CleanArticle(ORIGIN, body, removed, headline))


def letters(text: str) -> str:
    """Give a text without its white space."""
    return "".join(text.split())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_what_stays_of_the_paragraphs_is_the_body(path: Path, rules: Rules) -> None:
    """In its order, and nothing that was taken is left over; tried on every sample."""
    try:
        extracted = extract(read_file(path, fetched_at=NOW, limit=1_000_000))
        cleaned = clean(extracted, rules)
    except Rejected:
        return
    placement = place(extracted, cleaned)
    kept = (
        "".join(part.text for part in each.parts if part.rule is None)
        for each in placement.paragraphs
        if each.role is Role.BODY
    )
    assert [letters(text) for text in kept] == [letters(text) for text in cleaned.body]
    assert [each.text for each in placement.paragraphs] == [each.text for each in extracted.paragraphs]
    taken = [part for each in placement.paragraphs for part in each.parts if part.rule is not None]
    assert len(taken) + len(placement.elsewhere) == len(cleaned.removed)


def test_a_piece_stands_within_its_paragraph() -> None:
    """Between what stayed on both sides of it."""
    placement = put_back(
        ("It rained. Read also: Snow. It thawed.",), ("It rained. It thawed.",), Removed("Read also: Snow.", "also")
    )
    assert placement.paragraphs[0].parts == (Part("It rained. "), Part("Read also: Snow.", "also"), Part(" It thawed."))
    assert placement.paragraphs[0].role is Role.BODY


def test_two_rules_may_share_a_paragraph() -> None:
    """One took a piece of it, another what was left."""
    placement = put_back(
        ("Photo: Roe. Share", "It rained."), ("It rained.",), Removed("Share", "b"), Removed("Photo: Roe.", "a")
    )
    assert placement.paragraphs[0].role is Role.REMOVED
    assert placement.paragraphs[0].rules == ("a", "b")


def test_a_line_that_was_taken_twice_is_taken_twice() -> None:
    """And one that stands once more in the text stays there."""
    placement = put_back(
        ("Share", "It rained.", "Share"), ("It rained.",), Removed("Share", "x"), Removed("Share", "y")
    )
    assert [each.rules for each in placement.paragraphs] == [("x",), (), ("y",)]


def test_the_headline_of_a_plain_text_is_among_its_paragraphs() -> None:
    """It was neither taken out nor left in the body."""
    placement = put_back(("Rain", "It rained."), ("It rained.",), headline="Rain")
    assert placement.paragraphs[0].role is Role.HEADLINE


def test_what_stood_in_no_paragraph_is_told_apart() -> None:
    """A site's name behind the title of a page, for one."""
    gone = Removed("| The Gazette", "site-name")
    assert put_back(("It rained.",), ("It rained.",), gone).elsewhere == (gone,)
