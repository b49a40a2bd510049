"""Words that a broken page spliced together: "HaInternalmas" is Hamas with a link's word in its middle."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+[A-ZÀ-Þ][a-zß-ÿ]{3,}")
_WORD = re.compile(r"[^\W\d_]+")


def has_garbled_word(paragraphs: tuple[str, ...], spliced: tuple[str, ...] = ()) -> bool:
    """Tell whether a capitalised word has another spliced into it.

    A capital inside a word is no sign (McDonald, YouTube, JPMorgan). It is one when the word without the inner one
    stands elsewhere in the text, or when the inner one is a word that pages splice in (`spliced`) with half a word
    left over behind it.

    >>> has_garbled_word(("The HaInternalmas group.", "Hamas said so.")), has_garbled_word(("McDonald likes YouTube.",))
    (True, False)
    """
    suspects = {word for text in paragraphs for word in _CAMEL.findall(text)}
    if not suspects:
        return False
    known = {word for text in paragraphs for word in _WORD.findall(text)}
    return any(_is_spliced(word, known, spliced) for word in suspects)


def _is_spliced(word: str, known: set[str], spliced: tuple[str, ...]) -> bool:
    inner_at = next(at for at in range(1, len(word)) if word[at].isupper())
    before, rest = word[:inner_at], word[inner_at:]
    for site_word in spliced:
        if rest.startswith(site_word) and len(rest) - len(site_word) >= 2 and rest[len(site_word)].islower():
            return True
    return any(before + rest[cut:] in known and len(before) + len(rest) - cut >= 4 for cut in range(4, len(rest) - 1))
