"""What `newsdex explain` shows: each field with its evidence and rivals, and why a line was taken out."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from newsdex.cli.explanation import explanation
from newsdex.pipeline import process
from newsdex.read import read_bytes
from newsdex.records import Article
from newsdex.rules import load_rules
from newsdex.settings import PROJECT

PAGE = b"""<html lang="en"><head><title>Bridge reopens - Gazette</title>
<meta property="og:site_name" content="Gazette">
<meta property="article:published_time" content="2025-03-04T06:40:00Z">
<meta property="article:modified_time" content="2031-03-04T06:40:00Z"></head>
<body><article><h1>The bridge at Skerrow reopens</h1>
<p>SKERROW, March 4 (Reuters) - The swing bridge at the mouth of the river turned again on Monday.</p>
<p>It had been shut since a bearing cracked eleven years ago, and walkers had to go round by the ring road.</p>
<p>Read also: Ferry captain retires after forty years</p>
</article></body></html>"""
STORY = b"""Harbour bridge shuts for repairs

By Jane Roe

The old harbour bridge in Port Ellery will shut for eleven weeks from Monday, the city council said.

Engineers found cracks in two of the bearings during an inspection, and drivers were told to use the ferry.
"""


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """Process a page and a plain text."""
    rules = load_rules(PROJECT / "config")
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    made: dict[str, Any] = {
        name: process(read_bytes(content, uri=name, fetched_at=moment, limit=10_000), rules)
        for name, content in (("page", PAGE), ("text", STORY))
    }
    return made


def shown(article: Article, width: int = 140) -> str:
    """Draw an explanation as a terminal of so many columns shows it."""
    console = Console(width=width, file=StringIO())
    whys = dict.fromkeys(("en-also", "en-read-also"), "because we said so")
    console.print(explanation(article, whys, width))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_date_is_shown_with_where_it_stood_and_the_one_that_was_refused(articles: dict[str, Article]) -> None:
    """The page claims to have been changed years after it was fetched."""
    text = shown(articles["page"])
    assert "meta: 2025-03-04T06:40:00Z" in text
    assert "not meta: 2031-03-04T06:40:00Z" in text


def test_a_byline_is_shown_with_the_line_that_told_it(articles: dict[str, Article]) -> None:
    """The line itself was taken out."""
    (line,) = [line for line in shown(articles["text"]).splitlines() if "authors" in line]
    assert line.rstrip("│ ").endswith(": By Jane Roe")


def test_a_removed_line_is_shown_with_its_rule_and_why(articles: dict[str, Article]) -> None:
    """So that a reader need not look the rule up."""
    assert "because we said so" in shown(articles["page"])


@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("name", ["page", "text"])
def test_no_line_is_wider_than_the_terminal(articles: dict[str, Article], name: str, width: int) -> None:
    """And the whole story is there at any width."""
    text = shown(articles[name], width)
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.replace("│", " ").split())
    assert "bearing" in words
