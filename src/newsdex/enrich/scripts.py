"""Unicode scripts and telltale letters: what the letters alone say about a text's language."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

HAN, KANA, HANGUL = "Han", "Kana", "Hangul"
LATIN, CYRILLIC, ARABIC = "Latin", "Cyrillic", "Arabic"

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
    CYRILLIC: (
        ("be", "ў", 0.003),
        ("ba", "ҙҫҡ", 0.004),
        ("tg", "ӣӯҳҷ", 0.01),
        ("kk", "ұқ", 0.004),
        ("tt", "җә", 0.01),
        ("ky", "ң", 0.001),
        ("mn", "өү", 0.02),
        ("sr", "ђћ", 0.001),
        ("mk", "ѓќѕ", 0.001),
        ("sr", "јљњџ", 0.06),
    ),
    ARABIC: (
        ("ps", "ټډړښځڅګۍ", 0.01),
        ("ckb", "ڕڵێ", 0.01),
        ("ug", "ۇۈې", 0.03),
        ("sd", "ٻڀٺٿڃڄڇڊڌڍڏڙڦڪڱڳڻ", 0.02),
    ),
    LATIN: (("az", "əƏ", 0.01), ("is", "þÞ", 0.004), ("mt", "ħġĦĠ", 0.008), ("ha", "ƙɗɓ", 0.004)),
}
"""By script: languages langdetect has no profile of (or mistakes), letters only they use, and the share that tells."""


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


def telltale_language(text: str, script: str, letters: int) -> str | None:
    """Name the language whose own letters a text uses, if any.

    >>> telltale_language("Прэзідэнт заявіў, што ўлады гатовыя", "Cyrillic", 29)
    'be'
    """
    for language, own, share in TELLTALES.get(script, ()):
        if sum(text.count(letter) for letter in own) >= max(2, share * letters):
            return language
    return None


def chinese_script(text: str) -> str:
    """Tell simplified from traditional Chinese by the characters that only one of the two writes.

    >>> chinese_script("双方同意恢复军事交流"), chinese_script("雙方同意恢復軍事交流")
    ('zh-Hans', 'zh-Hant')
    """
    verdicts = Counter(map(_only_in, text))
    return "zh-Hant" if verdicts["zh-Hant"] > verdicts["zh-Hans"] else "zh-Hans"


@lru_cache(maxsize=65_536)
def _only_in(character: str) -> str | None:
    """Ask the old character sets of the mainland and of Taiwan: each holds, by design, one kind."""
    simplified, traditional = _encodes(character, "gb2312"), _encodes(character, "big5")
    if simplified == traditional:
        return None
    return "zh-Hans" if simplified else "zh-Hant"


def _encodes(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
