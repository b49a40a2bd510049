"""Whole pages and the articles in them: `page.html` beside `page.json`."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.pipeline import process
from newsdex.records import Article, Origin, RawDocument
from newsdex.rules import Rules, load_rules

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/page.html"))


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(HERE.parents[1] / "config")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_page_becomes_the_article_that_is_on_it(folder: Path, rules: Rules) -> None:
    """Headline, standfirst and body together, authors, dates and captions are as written down, and nothing else is."""
    content = (folder / "page.html").read_bytes()
    expected = json.loads((folder / "page.json").read_text("utf-8"))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    digest = hashlib.sha256(content).hexdigest()
    article = process(RawDocument(Origin(expected["uri"], moment, "text/html", digest), content), rules)
    assert isinstance(article, Article)
    published = article.published.value
    standfirst = [article.clean.standfirst] if article.clean.standfirst else []
    assert {
        "uri": expected["uri"],
        "headline": article.clean.headline,
        "text": [*standfirst, *article.clean.body],
        "authors": list(article.clean.authors),
        "captions": [caption.text for caption in article.clean.captions],
        "published_at": published.isoformat() if published else None,
    } == expected
