"""Lines put together again, with the words that wrapping broke.

A hyphen at a line's end either breaks a word (`pre-/sented`) or belongs to it (`long-/term`). No dictionary settles it
for every language, so the rest of the text does where it can, and else the habits of compounds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BROKEN = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)[-\u2010]$")
_CONTINUED = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u0e00-\u0e7f]")

_FIRST_ELEMENTS_TEXT = """
long short half self well ill high low ex anti co mid all full part cross post pre-war non quasi semi two
three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety one first
second third old new hard soft deep fast slow left right near far open close top best better cold hot big
small great grand vice north south east west state world whole single double triple laser solar water wind air
sea land oil gas coal coast year day week month hour minute mile foot metre meter data user child car home job
tax cost price ready record time age art avant contre nord sud est ouest demi mi peut celui celle ceux c'est
lui elle moi nous vous eux au ci là quelque из по кое во в как кто что где когда какой чей
"""
_FIRST_ELEMENTS = frozenset(_FIRST_ELEMENTS_TEXT.split())
_SECOND_ELEMENTS_TEXT = """
based led backed driven equipped made term year old wide like free related owned run built funded powered
sized scale level range time day night speed quality profile rise income class party line in out up off down
over law to-day born speaking looking style known paid educated trained controlled sponsored friendly proof
resistant elect general chief being il elle on ils elles ci là même mêmes vous nous je tu moi toi lui leur
être dire то либо нибудь таки за под
"""
_SECOND_ELEMENTS = frozenset(_SECOND_ELEMENTS_TEXT.split())


_NEVER_WORDS_TEXT = """
re un dis con com pro de en em im be per sub trans inter intro ab ad ac ag al ap ar as at
"""
_NEVER_WORDS = frozenset(_NEVER_WORDS_TEXT.split())
"""Syllables that begin many words and no compound."""


def join_lines(lines: Sequence[str]) -> str:
    """Join wrapped lines into one paragraph.

    >>> join_lines(["The survey was pre-", "sented as a long-", "term plan."])
    'The survey was presented as a long-term plan.'
    """
    text = lines[0]
    known = {word.casefold() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)+", line)}
    for line in lines[1:]:
        text = _join(text, line, known)
    return text


def _join(text: str, line: str, known: set[str]) -> str:
    if text.endswith("\u00ad"):
        return text[:-1] + line
    broken, continued = _BROKEN.search(text), _CONTINUED.match(line)
    if broken and continued:
        return text + line if _keeps_hyphen(broken.group(1), continued.group(), known) else text[:-1] + line
    if _UNSPACED.match(text[-1:]) and _UNSPACED.match(line[:1]):
        return text + line
    return f"{text} {line}"


def _keeps_hyphen(first: str, second: str, known: set[str]) -> bool:
    if not second[0].islower() or "-" in first:
        return True
    if f"{first}-{second}".casefold() in known:
        return True
    if first.casefold() in _NEVER_WORDS:
        return False
    return first.casefold() in _FIRST_ELEMENTS or second in _SECOND_ELEMENTS
