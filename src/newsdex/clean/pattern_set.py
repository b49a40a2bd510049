"""Many patterns tried on a text at once: a set of wider patterns, small and quick, says which are worth trying."""

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
_PROBE = "\ue001"


class PatternSet:
    """The patterns of some rules; `whole` when each has to match all of a text, not a piece."""

    def __init__(self, rules: list[Rule], agencies: tuple[str, ...], *, whole: bool) -> None:
        self._entries = [(rule, place) for rule in rules for place in range(len(rule.patterns))]
        self._agencies = agencies
        self._whole = whole
        self._compiled: dict[int, Any] = {}
        expanded = [expand_pattern(rule.patterns[place], agencies) for rule, place in self._entries]
        self._set = _compile_set(expanded, whole)
        self._remembered = lru_cache(_REMEMBERED)(self._find)

    def matches(self, text: str) -> tuple[tuple[Rule, int, Any], ...]:
        """Find the rules that match, in order, with the pattern's place in its rule and the RE2 match."""
        return self._remembered(text) if len(text) <= _LONGEST_REMEMBERED else self._find(text)

    def _find(self, text: str) -> tuple[tuple[Rule, int, Any], ...]:
        matches = []
        for index in sorted(self._set.Match(text) or ()):
            pattern = self._pattern(index)
            found = pattern.fullmatch(text) if self._whole else pattern.search(text)
            if found:
                matches.append((*self._entries[index], found))
        return tuple(matches)

    def _pattern(self, index: int) -> Any:
        if index not in self._compiled:
            rule, place = self._entries[index]
            self._compiled[index] = compile_pattern(rule.patterns[place], self._agencies)
        return self._compiled[index]


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


def _compile_set(patterns: list[str], whole: bool) -> Any:
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
