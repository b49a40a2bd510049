"""The rules that apply to one document, compiled: which of them match a line, in one pass over all patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from newsdex.clean.appeals import Appeals
from newsdex.clean.dateline import Datelines
from newsdex.clean.pattern_set import PatternSet, compile_set
from newsdex.clean.printed_dates import DateWords, Masked
from newsdex.clean.vocabulary import Words
from newsdex.patterns import compile_pattern, expand_pattern
from newsdex.rules import Publisher, Rule, Rules, Vocabulary

_MOST_BOOKS = 64
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
        self.blocks = tuple(rule for rule in rules if rule.where == "block")
        self.lines = PatternSet([rule for rule in rules if rule.where != "inline"], agencies, whole=True)
        self.inline = PatternSet([rule for rule in rules if rule.where == "inline"], agencies, whole=False)


def rule_language(rule: str | None) -> str | None:
    """Give the language whose pack a rule is from, by its id; None for what every language shares."""
    code = (rule or "").partition("-")[0]
    return code if len(code) == 2 else None


class RuleBook:
    """The compiled rules for documents of any publisher; `for_publisher` adds one's own rules, which come first."""

    def __init__(self, rules: Rules) -> None:
        self.words, self.appeals = _compile_words(rules)
        languages = tuple(pack.language for pack in rules.languages)
        self.date_words = _date_words(languages, frozenset(self.words.date_words), frozenset(self.words.clock_words))
        self.datelines = Datelines(rules, self.words, self.date_words)
        self._owners = tuple(dict.fromkeys(shape for pack in rules.languages for shape in pack.owners))
        self._agencies = tuple(name for agency in rules.agencies for name in (agency.name, *agency.aliases))
        self._patterns: tuple[_Patterns, ...] = (_Patterns(rules.everywhere, self._agencies),)

    def for_publisher(self, publisher: Publisher) -> RuleBook:
        """Give a book with a publisher's rules before the others, which both books share."""
        book = copy(self)
        book._patterns = (_Patterns(publisher.rules, self._agencies), *self._patterns)
        return book

    def find_owners(self, folded: str) -> Iterator[tuple[int, int]]:
        """Find where a line calls its paper by name, by the phrases of language packs."""
        matcher, patterns = self._owner_patterns
        for index in sorted(matcher.Match(folded) or ()):
            found = patterns[index].search(folded)
            if found:
                yield found.span(patterns[index].groupindex["publisher"])

    @cached_property
    def _owner_patterns(self) -> tuple[Any, tuple[Any, ...]]:
        return _compile_owners(self._owners, self._agencies)

    def match_line(self, masked: Masked, allowed: Callable[[Rule], bool], own: str | None = None) -> Match | None:
        """Find the rule of a line's kind that takes the whole text, the first; but one of `own` before others'."""
        for patterns in self._patterns:
            matches = patterns.lines.matches(masked.text)
            fitting = [(rule, found) for rule, _, found in matches if rule.where != "block" and allowed(rule)]
            if fitting:
                rule, found = fitting[0]
                if own and rule_language(rule.id) not in (None, own):
                    same = (pair for pair in fitting if rule_language(pair[0].id) == own and pair[0].to == rule.to)
                    rule, found = next(same, fitting[0])
                return Match(rule, _groups(masked, found), 0, len(masked.source))
        return None

    def open_blocks(self, masked: Masked) -> Iterator[Match]:
        """Find the block rules of which the first pattern takes the whole text."""
        for patterns in self._patterns:
            for rule, _, found in patterns.lines.matches(masked.text):
                if rule.where == "block":
                    yield Match(rule, _groups(masked, found), 0, len(masked.source))

    def match_in_block(self, rule: Rule, place: int, masked: Masked) -> Match | None:
        """Try one pattern of a block rule on the whole text."""
        found = _compile_in_block(rule.patterns[place], self._agencies).fullmatch(masked.text)
        return Match(rule, _groups(masked, found), 0, len(masked.source)) if found else None

    def match_blocks(self, masked: Masked) -> Iterator[tuple[int, Match]]:
        """Find the block rules of which any pattern takes the whole text, with the pattern's place; slow."""
        for patterns in self._patterns:
            for rule in patterns.blocks:
                for place in range(len(rule.patterns)):
                    if match := self.match_in_block(rule, place, masked):
                        yield place, match

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


@lru_cache(maxsize=1_024)
def _compile_in_block(pattern: str, agencies: tuple[str, ...]) -> Any:
    return compile_pattern(pattern, agencies)


@lru_cache(maxsize=8)
def _compile_owners(owners: tuple[str, ...], agencies: tuple[str, ...]) -> tuple[Any, tuple[Any, ...]]:
    patterns = tuple(compile_pattern(pattern, agencies) for pattern in owners)
    return compile_set([expand_pattern(pattern, agencies) for pattern in owners], whole=False), patterns


@lru_cache(maxsize=8)
def _date_words(languages: tuple[str, ...], between: frozenset[str], clock: frozenset[str]) -> DateWords:
    return DateWords(languages, between, clock)


_NO_WORDS = Vocabulary()
_compiled_words: dict[tuple[tuple[str, int], ...], tuple[Rules, Words, Appeals]] = {}


def _compile_words(rules: Rules) -> tuple[Words, Appeals]:
    """Compile the packs' words, once for all `Rules` that share the same vocabularies: a rule is tried alone, too."""
    packs = [pack for pack in rules.languages if pack.vocabulary != _NO_WORDS]
    key = tuple((pack.language, id(pack.vocabulary)) for pack in packs)
    if key not in _compiled_words:
        if len(_compiled_words) >= _MOST_BOOKS:
            _compiled_words.clear()
        _compiled_words[key] = (rules, Words(rules), Appeals(rules))  # keeps the vocabularies, and so their ids
    return _compiled_words[key][1:]


_books: dict[tuple[int, str | None], tuple[Rules, RuleBook]] = {}


def rulebook_for(rules: Rules, publisher: Publisher | None) -> RuleBook:
    """Give the compiled rules, made once for each `Rules` object and each publisher that has rules of its own."""
    own = publisher if publisher and publisher.rules and not publisher.aggregator else None
    key = (id(rules), own.id if own else None)
    kept = _books.get(key)
    if kept is None or kept[0] is not rules:
        if len(_books) >= _MOST_BOOKS:
            _books.clear()
        kept = (rules, rulebook_for(rules, None).for_publisher(own) if own else RuleBook(rules))
        _books[key] = kept
    return kept[1]
