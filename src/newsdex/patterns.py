r"""The patterns of rules: RE2, ignoring case, with words for what no rule should spell out.

RE2 (github.com/google/re2/wiki/Syntax) matches in a time that grows with the text and nothing else, so no rule, however
careless, can hang the line. Write letters as `\pL`: RE2's `\w` and `\b` know ASCII only. All matching ignores case;
`(?-i:...)` is exact. Before matching, curly quotes are made straight, every kind of space plain and every script's
digits 0 to 9, so write patterns with ' and " and \d.

Five words in braces stand for what no pattern should spell out: `{date}` a printed date or time, `{name}` one person's
name, `{names}` several, `{paper}` a paper's name in words with large letters, as short as the rest of the pattern
allows, `{agency}` any name of an agency in config/agencies.yaml.

Write letters with their marks, as a careful newsroom prints them. What a careless one drops is matched too: accents on
capitals (`A LIRE AUSSI`, `ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ`), `ss` for `ß`, `е` for `ё`, the dot that tells the Turkish i's apart, the
hamza and the dots that tell Arabic letters apart, and Persian's zero-width non-joiner.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import re2

DATE_MARK = "\ue000"
"""What stands for a printed date in the text that rules see."""

_CAPITAL = r"(?-i:[\p{Lu}\p{Lt}\p{Lo}])[\pL\pM.'\-\x{200c}\x{200d}]*"
_PARTICLE = r"(?-i:de|da|do|dos|das|del|la|le|di|du|van|der|den|von|zu|ten|ter|el|al|bin|y|e)"
_NAME = rf"{_CAPITAL}(?: (?:{_CAPITAL}|{_PARTICLE})){{0,5}}"
_COMMA = r" ?[,/] ?|، ?|、|，"
_AND = r" & | and | und | et | y | e | en | och | i | и | та | và | dan | ve | și | a | και | و"
_NAMES = rf"{_NAME}(?:(?:{_COMMA}|{_AND}) ?{_NAME})*"
_IN_PAPER = r"[\pL\pM\d&.'-]*"
_SMALL = "&|of|and|the|de|la|las|le|les|des|du|del|do|da|di"
_PAPER = rf"(?-i:\p{{Lu}}){_IN_PAPER}(?: (?:{_SMALL}|(?-i:[\p{{Lu}}\d]){_IN_PAPER})){{0,4}}?"

_DROPPED_ON_CAPITALS = "àâéèêëîïôùûçáíóúãõάέήίόύώϊϋΐΰ"
_SPELLINGS = {
    **{
        letter: f"(?:{letter}|(?-i:{unicodedata.normalize('NFD', letter)[0].upper()}))"
        for letter in _DROPPED_ON_CAPITALS
    },
    "ß": "(?:ß|ss)",
    "ı": "[ıi]",
    "İ": "[İi]",
    "ё": "[ёе]",
    "أ": "[أإا]",
    "إ": "[أإا]",
    "آ": "[آا]",
    "ة": "[ةه]",
    "ي": "[يیى]",
    "ی": "[یيى]",
    "ى": "[ىيی]",
    "ك": "[كک]",
    "ک": "[کك]",
    "\u200c": r"[\x{200c} ]?",
}
_SPELLED = re.compile(rf"\\.|\[(?:\\.|[^\]\\])*\]|[{''.join(_SPELLINGS)}]")
"""An escape, a class, or a letter that is spelled in several ways: within a class a rule says itself what it means."""
_GROUP = re.compile(r"\(\?P?<(\w+)>")


def expand_pattern(pattern: str, agencies: Iterable[str] = ()) -> str:
    """Put real patterns in place of `{date}`, `{name}`, `{names}`, `{paper}`, `{agency}`, and allow careless spelling.

    >>> compile_pattern("written for (?P<publisher>{paper})[.]").search("Written for The Marsh of Porto.")["publisher"]
    'The Marsh of Porto'
    """
    pattern = _SPELLED.sub(lambda found: _SPELLINGS.get(found.group(), found.group()), pattern)
    for word, real in (
        ("{date}", DATE_MARK),
        ("{names}", f"(?:{_NAMES})"),
        ("{name}", f"(?:{_NAME})"),
        ("{paper}", _PAPER),
        ("{agency}", f"(?:{_either(tuple(agencies))})"),
    ):
        pattern = pattern.replace(word, real)
    return pattern


@lru_cache(maxsize=8)
def _either(agencies: tuple[str, ...]) -> str:
    names = sorted({name for name in agencies if len(name) > 1}, key=len, reverse=True)
    either = (f"(?-i:{re2.escape(name)})" if len(name) < 5 else re2.escape(name) for name in names)
    return "|".join(either) or "an agency"


def pattern_options() -> Any:
    """Give the RE2 options all patterns are compiled with."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 64 << 20
    return options


def group_names(pattern: str) -> frozenset[str]:
    """Give the names of a pattern's groups. Raises `ValueError` for what RE2 does not read.

    The pattern is only parsed: to compile all of config/ would cost each process half a second before it begins.
    """
    try:
        re2.Set.SearchSet(pattern_options()).Add(expand_pattern(pattern))
    except re2.error:
        compile_pattern(pattern)  # says what is wrong, which a set does not
        raise
    return frozenset(_GROUP.findall(pattern))


def compile_pattern(pattern: str, agencies: Iterable[str] = ()) -> Any:
    """Compile a rule's pattern. Raises `ValueError` for what RE2 does not read.

    >>> compile_pattern("lees ook:? .+").fullmatch("Lees ook: Brug dicht") is not None
    True
    >>> compile_pattern("διαβάστε επίσης").fullmatch("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ") is not None
    True
    """
    try:
        return re2.compile(expand_pattern(pattern, agencies), pattern_options())
    except re2.error as wrong:
        raise ValueError(f"not an RE2 pattern: {wrong}") from wrong
