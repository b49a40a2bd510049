"""Unicode scripts and telltale letters: what the letters alone say about a text's language."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

HAN, KANA, HANGUL = "Han", "Kana", "Hangul"
LATIN, CYRILLIC, ARABIC = "Latin", "Cyrillic", "Arabic"

_EAST_ASIAN = (HAN, KANA, HANGUL, "Bopomofo")
_LETTERS_EACH = {LATIN: 1.0, HAN: 3.0, KANA: 2.5, HANGUL: 2.5, "Bopomofo": 2.5, "Ethiopic": 2.5}
_OTHER_LETTER = 1.5
"""Foreign names stand in Latin letters in a text of another script far more often than the other way round."""
_SCRIPT_BY_NAME = {"CJK": HAN, "HIRAGANA": KANA, "KATAKANA": KANA, "HANGUL": HANGUL}

ONE_LANGUAGE = {
    "Armenian": "hy",
    "Georgian": "ka",
    "Greek": "el",
    HANGUL: "ko",
    KANA: "ja",
    "Thai": "th",
    "Lao": "lo",
    "Khmer": "km",
    "Myanmar": "my",
    "Sinhala": "si",
    "Tibetan": "bo",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Gujarati": "gu",
    "Gurmukhi": "pa",
    "Oriya": "or",
    "Thaana": "dv",
    "Ethiopic": "am",
    "Bengali": "bn",
    "Mongolian": "mn",
    "Syriac": "syr",
    "Cherokee": "chr",
    "Canadian": "iu",
    "Hebrew": "he",
    "Nko": "nqo",
    "Tifinagh": "zgh",
    "Ol": "sat",
    "Meetei": "mni",
    "Javanese": "jv",
    "Balinese": "ban",
    "Adlam": "ff",
}
"""Scripts that one language's press writes; a few have smaller neighbours, told apart by `TELLTALES`."""

TELLTALES: dict[str, tuple[tuple[str, str, float], ...]] = {
    "Ethiopic": (("ti", "ኣቐቑቒቓቔቕቖ", 0.01),),
    "Hebrew": (("yi", "װױײ", 0.004),),
    "Bengali": (("as", "ৰৱ", 0.004),),
    ARABIC: (
        ("ps", "ټډړښځڅګۍ", 0.01),
        ("ckb", "ڕڵێ", 0.01),
        ("ug", "ۇۈ", 0.02),
        ("sd", "ٻڀٺٿڃڄڇڊڌڍڏڙڦڪڱڳڻ", 0.02),
    ),
}
"""By script: smaller languages that identifiers miss, letters only they use, and the share of letters that tells."""


def _codes(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


SEVERAL_LANGUAGES: dict[str, frozenset[str]] = {
    CYRILLIC: _codes("ab ba be bg ce cv kk ky mk mn os ru sah sr tg tk tt uk uz"),
    ARABIC: _codes("ar ckb fa ks ps sd ug ur"),
    "Devanagari": _codes("bh gom hi mr ne sa"),
    "Ethiopic": frozenset({"am", "ti"}),
}
"""By script: what the identifiers may answer. An answer in another script is an invention."""

_BY_NO_LATIN = frozenset().union(*SEVERAL_LANGUAGES.values(), ONE_LANGUAGE.values()) - _codes("sr tk uz ff")


def may_write(language: str, script: str) -> bool:
    """Tell whether a language's press writes in a script, as far as that is known.

    >>> may_write("sr", "Cyrillic"), may_write("sr", "Latin"), may_write("ru", "Latin")
    (True, True, False)
    """
    if script == LATIN:
        return language not in _BY_NO_LATIN and not language.startswith("zh")
    if script in (HAN, KANA):
        return language == "ja" or language.startswith("zh")
    if script in SEVERAL_LANGUAGES:
        return language in SEVERAL_LANGUAGES[script]
    return language == ONE_LANGUAGE.get(script) or language in {name for name, *_ in TELLTALES.get(script, ())}


@lru_cache(maxsize=65_536)
def script_of(character: str) -> str | None:
    """Name a letter's script after its Unicode name; None for anything that is no letter.

    >>> script_of("ж"), script_of("ª"), script_of("7")
    ('Cyrillic', None, None)
    """
    if unicodedata.category(character) not in ("Lu", "Ll", "Lt", "Lo", "Mc"):
        return None
    first = unicodedata.name(character, "").partition(" ")[0]
    return _SCRIPT_BY_NAME.get(first, first.capitalize()) if first.isupper() and first != "FEMININE" else None


def count_scripts(text: str) -> Counter[str]:
    """Count a text's letters by script, most frequent first."""
    counts = Counter(text)
    scripts: Counter[str] = Counter()
    for character, times in counts.items():
        script = script_of(character)
        if script is not None:
            scripts[script] += times
    return Counter(dict(sorted(scripts.items(), key=lambda item: (-item[1], item[0]))))


def weigh_scripts(scripts: Counter[str]) -> dict[str, float]:
    """Give the weight of each writing system, heaviest first: a Chinese character is worth several letters.

    Chinese characters, kana and Hangul count as the one of them that is most frequent.

    >>> weigh_scripts(Counter({"Latin": 20, "Kana": 6, "Han": 4}))
    {'Kana': 27.0, 'Latin': 20.0}
    """
    weights: dict[str, float] = {}
    leader = next((script for script in scripts if script in _EAST_ASIAN), None)
    for script, letters in scripts.items():
        system = leader if leader and script in _EAST_ASIAN else script
        weights[system] = weights.get(system, 0.0) + letters * _LETTERS_EACH.get(script, _OTHER_LETTER)
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))


def telltale_language(text: str, script: str, letters: int) -> str | None:
    """Name the language whose own letters a text uses, if any.

    >>> telltale_language("ولسمشر وویل چې پرېکړه به نن اعلان شي، خو ښوونځي تړلي دي", "Arabic", 42)
    'ps'
    """
    for language, own, share in TELLTALES.get(script, ()):
        if sum(text.count(letter) for letter in own) >= max(2, share * letters):
            return language
    return None


def chinese_script(text: str) -> str:
    """Tell simplified from traditional Chinese by the characters that one of the two writes and the other not.

    >>> chinese_script("双方同意恢复军事交流"), chinese_script("雙方同意恢復軍事交流")
    ('zh-Hans', 'zh-Hant')
    """
    lean = sum(map(_leaning, text))
    return "zh-Hant" if lean < 0 else "zh-Hans"


@lru_cache(maxsize=65_536)
def _leaning(character: str) -> float:
    """Weigh a character: above 0 for simplified, below for traditional writing.

    The old character sets of the mainland and of Taiwan tell: each holds one kind, its common characters apart from
    its rare ones. Rare in one and common in the other is a sign too, but names have such characters in both.
    """
    if character in "「」『』":
        return -0.3
    simplified, traditional = _rank(character, "gb2312", b"\xd8"), _rank(character, "big5", b"\xc9")
    if simplified and traditional:
        return {(1, 2): 0.7, (2, 1): -0.1}.get((simplified, traditional), 0.0)
    return {1: 1.0, 2: 0.5}.get(simplified, 0.0) - {1: 1.0, 2: 0.3}.get(traditional, 0.0)


def _rank(character: str, charset: str, rare_from: bytes) -> int:
    """Give 1 for a common character of a character set, 2 for a rare one, 0 for none of it."""
    try:
        code = character.encode(charset)
    except UnicodeEncodeError:
        return 0
    return 0 if len(code) == 1 else 1 if code < rare_from else 2
