"""The rules that apply to one document, compiled: which of them match a line, in one pass over all patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import re2

from newsdex.clean.printed_dates import DateWords, Masked
from newsdex.clean.vocabulary import Words
from newsdex.rules import Publisher, Rule, Rules, compile_pattern, expand_pattern, pattern_options

LONGEST_FURNITURE = 700
"""Characters. A longer paragraph is never taken as a whole."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matches a text, and what its named groups hold, as printed. `start` and `end` are in the source."""

    rule: Rule
    groups: dict[str, str]
    start: int
    end: int


class RuleBook:
    """The compiled rules for documents of one publisher (None: of any)."""

    def __init__(self, rules: Rules, publisher: Publisher | None) -> None:
        own = publisher.rules if publisher and not publisher.aggregator else ()
        self.rules = (*own, *rules.everywhere)
        self.agencies = tuple(name for agency in rules.agencies for name in (agency.name, *agency.aliases))
        self.words = Words(rules)
        self.date_words = DateWords((pack.language for pack in rules.languages), self.words.date_words)
        lines = [rule for rule in self.rules if rule.where in ("line", "head", "tail", "edge")]
        self._lines = _Patterns(lines, self.agencies, whole=True)
        self._blocks = _Patterns([rule for rule in self.rules if rule.where == "block"], self.agencies, whole=True)
        self._inline = _Patterns([rule for rule in self.rules if rule.where == "inline"], self.agencies, whole=False)

    def match_line(self, masked: Masked, allowed: Callable[[Rule], bool]) -> Match | None:
        """Find the first rule of a line's kind that takes the whole text."""
        for rule, position in self._lines.hits(masked.text):
            if allowed(rule):
                return self._lines.matched(rule, position, masked)
        return None

    def match_blocks(self, masked: Masked) -> Iterator[tuple[int, Match]]:
        """Find the block rules of which one pattern takes the whole text, with the pattern's place in the block."""
        for rule, position in self._blocks.hits(masked.text):
            yield position, self._blocks.matched(rule, position, masked)

    def match_inline(self, masked: Masked) -> Iterator[Match]:
        """Find the rules that take a piece of the text."""
        for rule, position in self._inline.hits(masked.text):
            yield self._inline.matched(rule, position, masked)


class _Patterns:
    def __init__(self, rules: list[Rule], agencies: tuple[str, ...], *, whole: bool) -> None:
        self._entries = [(rule, place) for rule in rules for place in range(len(rule.patterns))]
        self._agencies = agencies
        self._whole = whole
        self._compiled: dict[tuple[str, int], Any] = {}
        options = pattern_options()
        self._set = re2.Set.FullMatchSet(options) if whole else re2.Set.SearchSet(options)
        for rule, place in self._entries:
            self._set.Add(expand_pattern(rule.patterns[place], agencies))
        if self._entries:
            self._set.Compile()

    def hits(self, text: str) -> list[tuple[Rule, int]]:
        if not self._entries:
            return []
        return [self._entries[index] for index in sorted(self._set.Match(text) or ())]

    def matched(self, rule: Rule, place: int, masked: Masked) -> Match:
        key = (rule.id, place)
        if key not in self._compiled:
            self._compiled[key] = compile_pattern(rule.patterns[place], self._agencies)
        pattern = self._compiled[key]
        found = pattern.fullmatch(masked.text) if self._whole else pattern.search(masked.text)
        groups = {
            name: masked.original(*found.span(number)).strip()
            for name, number in pattern.groupindex.items()
            if found.group(number)
        }
        start, end = found.span()
        size = len(masked.source)
        return Match(rule, groups, *((0, size) if self._whole else _positions(masked, start, end)))


def _positions(masked: Masked, start: int, end: int) -> tuple[int, int]:
    before = len(masked.original(0, start))
    return before, before + len(masked.original(start, end))


_books: dict[tuple[int, str | None], tuple[Rules, RuleBook]] = {}


def rulebook_for(rules: Rules, publisher: Publisher | None) -> RuleBook:
    """Give the compiled rules, made once for each `Rules` object and each publisher that has rules of its own."""
    own = publisher.id if publisher and publisher.rules and not publisher.aggregator else None
    key = (id(rules), own)
    kept = _books.get(key)
    if kept is None or kept[0] is not rules:
        if len(_books) >= 64:
            _books.clear()
        kept = (rules, RuleBook(rules, publisher))
        _books[key] = kept
    return kept[1]
