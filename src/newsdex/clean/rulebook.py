"""The rules that apply to one document, compiled: which of them match a line, in one pass over all patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from newsdex.clean.pattern_set import PatternSet
from newsdex.clean.printed_dates import DateWords, Masked
from newsdex.clean.vocabulary import Words
from newsdex.rules import Publisher, Rule, Rules

LONGEST_FURNITURE = 700
"""Characters. A longer paragraph is never taken as a whole."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matches a text, and what its named groups hold, as printed. `start` and `end` are in the source."""

    rule: Rule
    groups: dict[str, str]
    start: int
    end: int


class _Patterns:
    """The patterns of some rules, by what they are matched with."""

    def __init__(self, rules: tuple[Rule, ...], agencies: tuple[str, ...]) -> None:
        kinds: dict[str, list[Rule]] = {"line": [], "block": [], "inline": []}
        for rule in rules:
            kinds[rule.where if rule.where in kinds else "line"].append(rule)
        self.lines = PatternSet(kinds["line"], agencies, whole=True)
        self.blocks = PatternSet(kinds["block"], agencies, whole=True)
        self.inline = PatternSet(kinds["inline"], agencies, whole=False)


def rule_language(rule: Rule) -> str | None:
    """Give the language whose pack a rule is from, by its id; None for what every language shares."""
    code = rule.id.partition("-")[0]
    return code if len(code) == 2 else None


class RuleBook:
    """The compiled rules for documents of any publisher; `for_publisher` adds one's own rules, which come first."""

    def __init__(self, rules: Rules) -> None:
        self.words = Words(rules)
        self.date_words = DateWords((pack.language for pack in rules.languages), self.words.date_words)
        self._agencies = tuple(name for agency in rules.agencies for name in (agency.name, *agency.aliases))
        self._patterns: tuple[_Patterns, ...] = (_Patterns(rules.everywhere, self._agencies),)

    def for_publisher(self, publisher: Publisher) -> RuleBook:
        """Give a book with a publisher's rules before the others, which both books share."""
        book = copy(self)
        book._patterns = (_Patterns(publisher.rules, self._agencies), *self._patterns)
        return book

    def match_line(self, masked: Masked, allowed: Callable[[Rule], bool], own: str | None = None) -> Match | None:
        """Find the rule of a line's kind that takes the whole text, the first; but one of `own` before others'."""
        for patterns in self._patterns:
            fitting = [(rule, found) for rule, _, found in patterns.lines.matches(masked.text) if allowed(rule)]
            if fitting:
                rule, found = fitting[0]
                if own and rule_language(rule) not in (None, own):
                    same = (pair for pair in fitting if rule_language(pair[0]) == own and pair[0].to == rule.to)
                    rule, found = next(same, fitting[0])
                return Match(rule, _groups(masked, found), 0, len(masked.source))
        return None

    def match_blocks(self, masked: Masked) -> Iterator[tuple[int, Match]]:
        """Find the block rules of which one pattern takes the whole text, with the pattern's place in the block."""
        for patterns in self._patterns:
            for rule, place, found in patterns.blocks.matches(masked.text):
                yield place, Match(rule, _groups(masked, found), 0, len(masked.source))

    def match_inline(self, masked: Masked) -> Iterator[Match]:
        """Find the rules that take a piece of the text."""
        for patterns in self._patterns:
            for rule, _, found in patterns.inline.matches(masked.text):
                yield Match(rule, _groups(masked, found), *_positions(masked, *found.span()))


def _groups(masked: Masked, found: Any) -> dict[str, str]:
    return {
        name: masked.original(*found.span(number)).strip()
        for name, number in found.re.groupindex.items()
        if found.group(number)
    }


def _positions(masked: Masked, start: int, end: int) -> tuple[int, int]:
    before = len(masked.original(0, start))
    return before, before + len(masked.original(start, end))


_books: dict[tuple[int, str | None], tuple[Rules, RuleBook]] = {}


def rulebook_for(rules: Rules, publisher: Publisher | None) -> RuleBook:
    """Give the compiled rules, made once for each `Rules` object and each publisher that has rules of its own."""
    own = publisher if publisher and publisher.rules and not publisher.aggregator else None
    key = (id(rules), own.id if own else None)
    kept = _books.get(key)
    if kept is None or kept[0] is not rules:
        if len(_books) >= 64:
            _books.clear()
        kept = (rules, rulebook_for(rules, None).for_publisher(own) if own else RuleBook(rules))
        _books[key] = kept
    return kept[1]
