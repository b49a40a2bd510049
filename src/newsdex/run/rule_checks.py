"""A drafted rule tried: does it load, does it do what its examples say, and what does it do to the very article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from newsdex.clean import clean
from newsdex.clean.examples import takes
from newsdex.clean.rulebook import LONGEST_FURNITURE
from newsdex.errors import Rejected, UserError
from newsdex.records import ExtractedArticle
from newsdex.rules import LanguagePack, Publisher, Rule, Rules
from newsdex.run.placement import Placed, Placement, Role, place

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried, and how it came out; None for what a person has to see to."""

    right: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft is tried on: an article as it was extracted, with all in place, and the rules as they are."""

    extracted: ExtractedArticle
    placement: Placement
    rules: Rules


def check_removing(draft: str, marked: Placed, publisher: Publisher | None, trial: Trial) -> Iterator[Check]:
    """Try a draft of a rule that is to take a paragraph out; with `publisher` it is among that one's own rules."""
    if len(marked.text) > LONGEST_FURNITURE:
        yield Check(False, f"A paragraph of more than {LONGEST_FURNITURE} characters is never taken as a whole.")
    try:
        rule = read_rule(draft)
    except UserError as wrong:
        yield Check(False, f"The rules do not load: {wrong.message}")
        return
    yield Check(True, "The rules load with it.")
    rules = trial.rules
    wrong_ones = [example for example in rule.examples if takes(rule, example.text, rules) != example.removed]
    for example in wrong_ones:
        wanted = "take out" if example.removed else "leave"
        yield Check(False, f"It should {wanted} the example: {_cut(example.text)}")
    if not wrong_ones:
        yield Check(True, "It does what its examples say.")
    yield from _clean_again(rule, marked, publisher, trial)


def check_keeping(draft: str, rule: Rule, text: str, rules: Rules) -> Iterator[Check]:
    """Try a draft of a rule that has one more text to leave."""
    try:
        read_rule(draft)
    except UserError as wrong:
        yield Check(False, f"The rules do not load: {wrong.message}")
        return
    yield Check(True, "The rules load with it.")
    if takes(rule, text, rules):
        yield Check(None, f"The new example fails until `match` is narrowed: newsdex rules test {rule.id} says when.")
    elif rule.cuts:
        yield Check(None, "The rule leaves this line alone: it went with all that stood below the line that matched.")
    else:
        yield Check(None, "Alone the rule leaves this line: it went because of where it stood, or of its neighbours.")


def read_rule(draft: str) -> Rule:
    """Read the one rule of a draft, checked as `load_rules` checks its file. Raises `UserError`."""
    try:
        shape = yaml.safe_load(draft)
        rules = Publisher(**shape).rules if "id" in shape else LanguagePack(**{"language": "und", **shape}).rules
    except (ValidationError, yaml.YAMLError) as wrong:
        raise UserError(str(wrong)) from wrong
    return rules[0]


def _clean_again(rule: Rule, marked: Placed, publisher: Publisher | None, trial: Trial) -> Iterator[Check]:
    """Clean the article once more with the rule and say what becomes of it."""
    try:
        again = place(trial.extracted, clean(trial.extracted, _with_rule(trial.rules, rule, publisher)))
    except Rejected as out:
        yield Check(False, f"With it the whole article would be refused: {out.reason}, {out.detail}")
        return
    pairs = zip(trial.placement.paragraphs, again.paragraphs, strict=True)
    others = [now for then, now in pairs if now.rules != then.rules and now.number != marked.number]
    gone = again.paragraphs[marked.number].role is Role.REMOVED
    if gone:
        yield Check(True, "In this article the paragraph goes.")
    elif publisher is not None:
        yield Check(False, "In this article the paragraph stays: does the page itself name its publisher?")
    else:
        yield Check(False, "In this article the paragraph stays.")
    if others:
        named = "; ".join(_cut(each.text, 80) for each in others[:_NAMED])
        yield Check(None, f"Something else changes for {len(others)} more of its paragraphs: {named}")
    elif gone:
        yield Check(True, "Nothing else in this article changes.")


def _with_rule(rules: Rules, rule: Rule, publisher: Publisher | None) -> Rules:
    """Give the rules with one more, after the others: where several match, the first counts."""
    if publisher is None:
        packs = (*rules.languages, LanguagePack(language="mul", rules=(rule,)))
        return Rules(languages=packs, publishers=rules.publishers, agencies=rules.agencies)
    own = publisher.model_copy(update={"rules": (*publisher.rules, rule)})
    others = tuple(each for each in rules.publishers if each.id != publisher.id)
    return Rules(languages=rules.languages, publishers=(*others, own), agencies=rules.agencies)


def _cut(text: str, length: int = 120) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
