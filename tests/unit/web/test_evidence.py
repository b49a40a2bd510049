"""The metadata of an article, each with why we believe it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newsdex.pipeline import process
from newsdex.read import read_file
from newsdex.records import Article
from newsdex.rules import load_rules
from newsdex.settings import PROJECT
from newsdex.web.evidence import Row, metadata_rows


def rows(source: dict[str, Any]) -> dict[str, Row]:
    """Give the rows by their fields' names."""
    return {row.name: row for row in metadata_rows(source)}


def test_a_date_says_where_it_stood_and_how_it_was_printed() -> None:
    """And how finely, and whose offset it is."""
    evidence = {"precision": "day", "offset": "assumed", "found_in": "line", "text": "20 June 2023", "confidence": 0.9}
    row = rows({"published_at": "2023-06-20T00:00:00Z", "evidence": {"published_at": evidence}})["published_at"]
    assert row.value == "20 June 2023, day only"
    assert (row.proofs[0].place, row.proofs[0].text) == ("a line of the text", "20 June 2023")
    assert row.proofs[0].remark == "to the day, UTC offset assumed, 90 % sure"


def test_a_refused_date_is_shown_though_there_is_no_date() -> None:
    """What was not believed is as telling as what was."""
    rival = {"found_in": "url", "text": "2031/01/01", "refused": "after it was fetched", "confidence": 0.0}
    row = rows({"evidence": {"published_at": {"rejected": [rival]}}})["published_at"]
    assert row.value == ""
    assert (row.rivals[0].place, row.rivals[0].text) == ("its address", "2031/01/01")
    assert "after it was fetched" in row.rivals[0].remark


def test_a_value_without_evidence_is_found_among_what_was_taken_out() -> None:
    """The line that told it, and the rule that took that line."""
    source = {"authors": ["Jane Roe"], "removed": [{"text": "By Jane Roe", "rule": "en-byline"}]}
    (proof,) = rows(source)["authors"].proofs
    assert (proof.text, proof.rule) == ("By Jane Roe", "en-byline")


def test_a_feeds_word_that_lost_against_the_page_is_a_rival() -> None:
    """As the line wrote it down."""
    rival = {"found_in": "feed", "text": "Bridge", "refused": "the page says otherwise"}
    row = rows({"headline": "Bridge opens", "evidence": {"headline": {"rejected": [rival]}}})["headline"]
    assert [(each.place, each.text) for each in row.rivals] == [("the feed’s entry", "Bridge")]


def test_the_warnings_of_an_article_are_explained() -> None:
    """A flag alone says little."""
    row = rows({"flags": ["mojibake_repaired"]})["flags"]
    assert "put right" in row.proofs[0].remark


def test_a_megabyte_of_headline_is_cut() -> None:
    """A table is read by a person."""
    assert len(rows({"headline": "long " * 200_000})["headline"].value) <= 300


def test_everything_that_the_line_writes_can_be_set_out() -> None:
    """The shape of real articles, of every sample's kind of evidence."""
    rules = load_rules(PROJECT / "config")
    told = 0
    for path in sorted((PROJECT / "samples").rglob("*.txt")):
        raw = read_file(path, fetched_at=datetime(2026, 11, 1, tzinfo=UTC), limit=10**6)
        article = process(raw, rules)
        if isinstance(article, Article):
            found = rows(article.as_dict())
            assert {"origin", "language", "fetched_at"} <= found.keys()
            told += sum(bool(row.proofs) for row in found.values())
    assert told > 50
