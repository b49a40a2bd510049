"""Many patterns at once find what each finds alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import re2

from newsdex.clean import pattern_set
from newsdex.clean.paragraphs import fold
from newsdex.clean.pattern_set import PatternSet, widen_pattern
from newsdex.patterns import compile_pattern, pattern_options
from newsdex.rules import Rule, all_rules, load_rules

CONFIG = Path(__file__).parents[3] / "config"


def test_a_set_finds_what_each_pattern_finds_alone() -> None:
    """Widening only saves work: on the examples of all rules, the answer is that of the patterns themselves.

    Every pattern is tried alone on every fifth text, and on each text those that it is an example of or that the set
    finds. Of a block only the first pattern is asked, as the others wait for it.
    """
    every = [rule for rule in all_rules(load_rules(CONFIG)) if rule.where != "inline"]
    examples: dict[str, set[str]] = {}
    for rule in every:
        for line in (line for example in rule.examples for line in example.text.splitlines()):
            examples.setdefault(fold(line), set()).add(rule.id)
    together = PatternSet(every, (), whole=True)
    alone = [(rule.id, place, compile_pattern(p)) for rule in every for place, p in enumerate(_asked(rule))]
    for number, (text, ids) in enumerate(sorted(examples.items())):
        found = [(rule.id, place) for rule, place, _ in together.matches(text)]
        near = ids | {id_ for id_, _ in found}
        tried = alone if number % 5 == 0 else [each for each in alone if each[0] in near]
        assert found == [(id_, place) for id_, place, pattern in tried if pattern.fullmatch(text)]


def _asked(rule: Rule) -> tuple[str, ...]:
    return rule.patterns[:1] if rule.where == "block" else rule.patterns


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\p{Lu}\p{Ll}+", "Érik"),
        (r"[\pL\pM.-]{2,4}", "नदी"),
        (r"[^\pL]{1,3}", "12"),
        (r"[[:alpha:]\pL]{2}", "aé"),
        (r"\{\d{1,2}\}", "{12}"),
        (r"(?-i:[\p{Lu}\p{Lo}])\x{2019}", "É’"),
    ],
)
def test_a_widened_pattern_matches_all_that_the_pattern_does(pattern: str, text: str) -> None:
    """Classes, escapes and repetitions keep what they match, and a class of exclusions excludes no more."""
    assert re2.compile(pattern, pattern_options()).fullmatch(text)
    assert re2.compile(widen_pattern(pattern), pattern_options()).fullmatch(text)


def test_a_class_of_exclusions_is_not_widened() -> None:
    """Any character but a letter: with more letters it would match less."""
    assert widen_pattern(r"[^\pL ]+") == r"[^\pL ]+"


def test_patterns_that_do_not_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A set without room would say that nothing matches, and furniture would stay without a word: it is not made."""
    options = pattern_options()
    options.max_mem = 1 << 18
    monkeypatch.setattr(pattern_set, "pattern_options", lambda: options)
    rules = tuple(all_rules(load_rules(CONFIG)))
    with pytest.raises(MemoryError, match="raise max_mem"):
        PatternSet(list(rules), (), whole=True)
