"""The rules as shipped, loaded once for texts and pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdex.rules import Rules, load_rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules(Path(__file__).parents[2] / "config")
