"""Rules say what is wrong with them before they do harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from newsdex.errors import UserError
from newsdex.patterns import compile_pattern
from newsdex.rules import Rule, load_rules

KEPT = {"text": "A sentence that stays.", "removed": False}
TAKEN = {"text": "Advertisement", "removed": True}


def rule(**changes: object) -> Rule:
    values = {"id": "an-advert", "match": "advertisement", "why": "an advert", "examples": [TAKEN, KEPT], **changes}
    return Rule.model_validate(values)


def test_a_rule_needs_an_example_that_must_stay() -> None:
    """A rule without a must-keep example is refused."""
    with pytest.raises(ValidationError, match="must stay"):
        rule(examples=[TAKEN])


def test_a_pattern_has_to_be_re2() -> None:
    """Look-behind and back-references are refused when the rule loads."""
    with pytest.raises(ValidationError, match="RE2"):
        rule(match="(?<=a)b")


def test_a_group_has_to_be_named_after_a_field() -> None:
    """A misspelt group would lose what it holds."""
    with pytest.raises(ValidationError, match="unknown group"):
        rule(match="by (?P<autor>.+)")


def test_names_begin_with_a_capital_though_matching_ignores_case() -> None:
    """`{name}` is a name, not any word."""
    pattern = compile_pattern("by {name}")
    assert pattern.fullmatch("BY Jane Roe")
    assert not pattern.fullmatch("by the river")


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    """The error tells the file and the key."""
    (tmp_path / "languages").mkdir()
    (tmp_path / "publishers").mkdir()
    (tmp_path / "agencies.yaml").write_text("agencies: []\n")
    (tmp_path / "languages" / "xx.yaml").write_text("language: xx\nrules:\n  - id: Bad Id\n")
    with pytest.raises(UserError, match=r"xx\.yaml: rules\.0"):
        load_rules(tmp_path)
