"""What is told of two versions of the index, article by article."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newsdex.index.comparison import Comparison

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def article(fetched_at: str) -> dict[str, Any]:
    """Give what the new index answers of an article that the old one does not have."""
    return {"headline": "Ferry sails", "origin": {"uri": "inbox/ferry.txt", "fetched_at": fetched_at}}


def test_an_article_that_is_just_being_written_is_not_called_new() -> None:
    """Its bytes are in the archive already, and the old index has it a moment later."""
    comparison = Comparison(began=BEGAN)
    comparison.enter_added("a", article("2026-03-01T12:00:00.000001Z"))
    comparison.enter_added("b", article("2026-03-01T11:59:59Z"))
    told = comparison.as_dict()
    assert (told["added"], told["arriving"]) == (1, 1)
    assert [example["id"] for example in comparison.added_examples] == ["b"]
    assert told["publishers"]["(none)"]["added"] == 1
