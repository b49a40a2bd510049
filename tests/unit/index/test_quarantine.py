"""What is asked of the quarantine, and what an entry says."""

from __future__ import annotations

from typing import Any

import pytest
from example_articles import NOW, make_rejection

from newsdex.errors import UserError
from newsdex.index.document import quarantine_document
from newsdex.index.quarantine import QuarantineEntry, Selection
from newsdex.records import FETCH_REASONS, Reason


def entry(**fields: Any) -> QuarantineEntry:
    """Make an entry."""
    source = quarantine_document(make_rejection(), NOW)
    source["origin"]["raw_ref"] = fields.pop("raw_ref", "2026/01/02/a.warc.gz#0")
    return QuarantineEntry("1", {**source, **fields})


def test_a_date_that_is_none_is_refused() -> None:
    """Before anything is asked, and with how to write it."""
    with pytest.raises(UserError, match="since: 'yesterday' is no date"):
        Selection(since="yesterday")


def test_a_selection_of_nothing_in_particular_says_so() -> None:
    """So that nobody empties the quarantine by leaving an option out."""
    assert Selection().everything
    assert not Selection(reason="binary").everything


def test_what_was_refused_for_its_content_can_be_released() -> None:
    """Its bytes are in the raw archive, and today's rules may think otherwise."""
    assert entry(reason="empty_body").unreleasable is None


@pytest.mark.parametrize("reason", sorted(FETCH_REASONS))
def test_what_was_never_fetched_has_to_be_fetched_again(reason: Reason) -> None:
    """There is an error page at most, and no rule makes an article of it."""
    assert "fetch it again" in str(entry(reason=reason).unreleasable)


def test_without_bytes_nothing_can_be_released() -> None:
    """Whatever the reason."""
    assert "fetch it again" in str(entry(reason="empty_body", raw_ref=None).unreleasable)
