"""Many patterns tried on a text at once: wider patterns, small and quick, say which are worth trying.

RE2 builds the automaton of a set of patterns while it reads, a state for each combination of places that it can be at
in all of them. Patterns that begin with fixed words agree after a few letters that nothing matches; those that begin
with any text (`.{6,400}? photo: ...`) stay alive together, and each new text makes new states. So these are first asked
for the fixed words they contain, all in one search, and only the few without any share an automaton of their own.

What does not fit into its memory an automaton forgets and builds again, ten times as slow; so the others are shared out
among several, each of which stays far below that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from newsdex.patterns import compile_pattern, expand_pattern, pattern_options
from newsdex.rules import Rule

_REMEMBERED = 4_096
_LONGEST_REMEMBERED = 700
"""So many texts of so many characters keep their answer: furniture comes again, in the next pass and document."""
_CLASS = r"\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]"
_LETTERS = re.compile(r"\\p(?:[LM]|\{L[ltuo]?\})")
_PARTS = re.compile(
    rf"(?P<repeat>\{{\d+,\d+\}})|(?P<excluded>\[\^{_CLASS})|(?P<included>\[{_CLASS})"
    rf"|(?P<letters>{_LETTERS.pattern})|(?P<escape>\\.)"
)
"""What widening looks at. A class of excluded characters stays as it is: widening it would exclude more."""
_ANY_CLASS = re.compile(rf"\[{_CLASS}|\\p(?:\w|\{{\w+\}})|\\[dDsSwW]")
_FLOATING = re.compile(r"(?:\\\(\??|\(\?P<\w+>|\(\?:)*(?:\.|\[|\\p|\{name|\{paper)")
"""Patterns that begin with any text, or with any of many characters."""
_PROBE = "\ue001"
_AUTOMATA = 4
_LEAST_SHARED = 100
"""So few patterns need not be shared out."""


class PatternSet:
    """The patterns of some rules; `whole` when each has to match all of a text, not a piece.

    Of a block's patterns only the first is here: the others are worth trying only below a line that it matches.
    """

    def __init__(self, rules: list[Rule], agencies: tuple[str, ...], *, whole: bool) -> None:
        self._entries = [
            (rule, place) for rule in rules for place in range(1 if rule.where == "block" else len(rule.patterns))
        ]
        self._agencies = agencies
        self._whole = whole
        self._compiled: dict[int, Any] = {}
        expanded = [expand_pattern(rule.patterns[place], agencies) for rule, place in self._entries]
        floating = [at for at, (rule, place) in enumerate(self._entries) if _FLOATING.match(rule.patterns[place])]
        wordless = _without_words([expanded[at] for at in floating])
        self._floating = [at for number, at in enumerate(floating) if number not in wordless]
        self._words = _compile_filter([expanded[at] for at in self._floating]) if self._floating else None
        self._sets = []
        loose = [at for number, at in enumerate(floating) if number in wordless]
        fixed = sorted(set(range(len(expanded))).difference(floating))
        for chosen in filter(None, (*_share_out(fixed), loose)):
            self._sets.append((chosen, compile_set([expanded[at] for at in chosen], whole=whole)))
        self._remembered = lru_cache(_REMEMBERED)(self._find)

    def matches(self, text: str) -> tuple[tuple[Rule, int, Any], ...]:
        """Find the rules that match, in order, with the pattern's place in its rule and the RE2 match."""
        return self._remembered(text) if len(text) <= _LONGEST_REMEMBERED else self._find(text)

    def _find(self, text: str) -> tuple[tuple[Rule, int, Any], ...]:
        encoded = text.encode()  # once, not once for each set
        worth = [chosen[number] for chosen, matcher in self._sets for number in matcher.Match(encoded) or ()]
        if self._words is not None:
            worth += [self._floating[number] for number in self._words.Match(encoded, potential=True) or ()]
        matches = []
        for index in sorted(worth):
            pattern = self._pattern(index)
            find = pattern.fullmatch if self._whole else pattern.search
            if find(encoded):  # bytes spare most the counting of characters
                matches.append((*self._entries[index], find(text)))
        return tuple(matches)

    def _pattern(self, index: int) -> Any:
        if index not in self._compiled:
            rule, place = self._entries[index]
            self._compiled[index] = compile_pattern(rule.patterns[place], self._agencies)
        return self._compiled[index]


def _share_out(entries: list[int]) -> list[list[int]]:
    """Share patterns out among automata, neighbours together: those of one language begin with the same words."""
    size = max(_LEAST_SHARED, -(-len(entries) // _AUTOMATA))
    return [entries[start : start + size] for start in range(0, len(entries), size)]


def widen_pattern(pattern: str) -> str:
    r"""Give a pattern that matches all the pattern does, and more, but compiles to a tenth of its size.

    A letter becomes any character beyond ASCII or an ASCII letter; a repetition has no upper bound.

    >>> print(widen_pattern(r"by \pL{2,40}"))
    by [A-Za-z\x{80}-\x{10ffff}]{2,}
    """
    return _PARTS.sub(_widen_part, pattern)


def _widen_part(part: re.Match[str]) -> str:
    text = part.group()
    if part["repeat"]:
        return text.partition(",")[0] + ",}"
    if part["letters"]:
        return f"[{_wide_letters(text)}]"
    if part["included"]:
        return _LETTERS.sub(lambda letters: _wide_letters(letters.group()), text)
    return text


def _wide_letters(name: str) -> str:
    return (r"A-Z" if name == r"\p{Lu}" else r"A-Za-z") + r"\x{80}-\x{10ffff}"


def compile_set(patterns: list[str], *, whole: bool) -> Any:
    """Compile the widened patterns. Raises `MemoryError` when they do not fit into RE2's memory.

    A compiled set that lacks room to match says that nothing does, so it is asked once for what it has to find.
    """
    options = pattern_options()
    matcher = re2.Set.FullMatchSet(options) if whole else re2.Set.SearchSet(options)
    for pattern in patterns:
        matcher.Add(widen_pattern(pattern))
    probe = matcher.Add(_PROBE)
    try:
        matcher.Compile()
        fits = probe in (matcher.Match(_PROBE) or ())
    except re2.error:
        fits = False
    if not fits:
        raise MemoryError(f"{len(patterns)} patterns do not fit into {options.max_mem} bytes: raise max_mem")
    return matcher


def _without_words(patterns: list[str]) -> frozenset[int]:
    """Tell which patterns contain no words that a text has to have: a filter never rules them out."""
    return frozenset(_compile_filter(patterns).Match(_PROBE, potential=True) or ())


def _compile_filter(patterns: list[str]) -> Any:
    """Compile what tells by fixed words which patterns may match; their classes do not matter, so each is any text."""
    words = re2.Filter()
    options = pattern_options()
    for pattern in [*patterns, _PROBE * 2]:  # a filter without patterns does not compile
        words.Add(_ANY_CLASS.sub(".", widen_pattern(pattern)), options)
    words.Compile()
    return words
