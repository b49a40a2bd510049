"""Whole pages and the articles in them: `page.html` beside `page.json` or `rejection.json`.

A case may also write down `modified_at`, `language` and `publisher`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsdex.pipeline import process
from newsdex.records import Article, Origin, RawDocument, Rejection
from newsdex.rules import Rules

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/page.html"))
ADDRESS = "https://news.example/a"
OPTIONAL = ("modified_at", "language", "publisher")


def read_case(folder: Path, uri: str) -> RawDocument:
    content = (folder / "page.html").read_bytes()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return RawDocument(Origin(uri, moment, "text/html", hashlib.sha256(content).hexdigest()), content)


def page_shape(article: Article) -> dict[str, Any]:
    clean = article.clean
    published, modified = article.published.value, article.modified.value
    return {
        "uri": clean.origin.uri,
        "headline": clean.headline,
        "text": [clean.standfirst, *clean.body] if clean.standfirst else list(clean.body),
        "authors": list(clean.authors),
        "captions": [caption.text for caption in clean.captions],
        "published_at": published.isoformat() if published else None,
        "modified_at": modified.isoformat() if modified else None,
        "language": article.language.code,
        "publisher": clean.publisher,
    }


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_page_becomes_the_article_that_is_on_it(folder: Path, rules: Rules) -> None:
    """The article has every field as written down, or the page is refused for the reason written down."""
    if (folder / "rejection.json").exists():
        outcome = process(read_case(folder, ADDRESS), rules)
        assert isinstance(outcome, Rejection)
        assert json.loads((folder / "rejection.json").read_text("utf-8")) == {"reason": str(outcome.reason)}
        return
    expected = json.loads((folder / "page.json").read_text("utf-8"))
    article = process(read_case(folder, expected["uri"]), rules)
    assert isinstance(article, Article)
    untold = [name for name in OPTIONAL if name not in expected]
    assert {name: value for name, value in page_shape(article).items() if name not in untold} == expected
