"""What the tests of cleaning share: the shipped rules, and sheets laid out from lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.clean.rulebook import rulebook_for
from newsdex.clean.sheet import Sheet, open_sheet
from newsdex.records import ExtractedArticle, Origin, Paragraph
from newsdex.rules import Rules, load_rules

ORIGIN = Origin("a.txt", datetime(2026, 1, 1, tzinfo=UTC), "text/plain", "")


@pytest.fixture(scope="session")
def shipped() -> Rules:
    """Load the rules of config/."""
    return load_rules(Path(__file__).parents[3] / "config")


@pytest.fixture(scope="session")
def lay_out(shipped: Rules) -> Callable[..., Sheet]:
    """Lay lines out for cleaning."""

    def laid_out(*lines: str) -> Sheet:
        extracted = ExtractedArticle(ORIGIN, tuple(Paragraph(line) for line in lines))
        return open_sheet(extracted, rulebook_for(shipped, None), shipped)

    return laid_out
