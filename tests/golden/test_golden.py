"""Whole raw texts and what must become of them: `input.txt` beside `article.json` or `rejection.json`.

A case's folder lies in its language's or its publisher's: below `golden/bbc` all are read as the BBC's documents.
A case may also write down what is inferred: `language`, `published_at`, `modified_at`.
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
from newsdex.run.new_publisher import golden_shape

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "config"
TEXT_CASES = sorted(path.parent for path in HERE.glob("*/*/input.txt"))


def read_case(folder: Path) -> RawDocument:
    content = (folder / "input.txt").read_bytes()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    known = folder.parent.name if (CONFIG / "publishers" / f"{folder.parent.name}.yaml").exists() else None
    origin = Origin(folder.name, moment, "text/plain", hashlib.sha256(content).hexdigest(), publisher=known)
    return RawDocument(origin, content)


def inferred(article: Article) -> dict[str, Any]:
    moments = {"published_at": article.published.value, "modified_at": article.modified.value}
    return {
        "language": article.language.code,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }


@pytest.mark.parametrize("folder", TEXT_CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_raw_text_becomes_what_an_editor_would_make_of_it(folder: Path, rules: Rules) -> None:
    """A case's article has every field as written down, or the document is refused for the reason written down."""
    outcome = process(read_case(folder), rules)
    if (folder / "rejection.json").exists():
        assert isinstance(outcome, Rejection)
        assert json.loads((folder / "rejection.json").read_text("utf-8")) == {"reason": str(outcome.reason)}
        return
    assert isinstance(outcome, Article)
    expected = json.loads((folder / "article.json").read_text("utf-8"))
    told = {name: value for name, value in inferred(outcome).items() if name in expected}
    assert {**golden_shape(outcome.clean), **told} == expected
