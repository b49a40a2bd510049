"""Which language an article is in: langdetect, seeded, guarded by what the letters themselves say."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from newsdex.enrich.scripts import (
    HAN,
    HANGUL,
    KANA,
    LATIN,
    ONE_LANGUAGE,
    chinese_script,
    count_scripts,
    telltale_language,
)
from newsdex.records import Language

UNDETERMINED = "und"
"""BCP 47's tag for a language nobody could tell."""

_READ_CHARACTERS = 1_000
_MIN_LETTERS = 12
_MIN_CHARACTER_LETTERS = 4
_MIN_CONFIDENCE = 0.80
_MIXED_SHARE = 0.25
_DECLARED_CONFIDENCE = 0.6
_BY_SCRIPT_CONFIDENCE = 0.99
_BCP47 = {"no": "nb", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "tl": "fil", "iw": "he", "in": "id", "nn": "nn"}
_PROFILE_SCRIPTS = {
    LATIN: (
        *("af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nl"),
        *("no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi"),
    ),
    "Cyrillic": ("bg", "mk", "ru", "uk"),
    "Arabic": ("ar", "fa", "ur"),
    "Devanagari": ("hi", "mr", "ne"),
    "Bengali": ("bn",),
}
"""The languages langdetect may answer, by script: an answer in another script is an invention."""


def detect_language(text: str, declared: str | None = None) -> Language:
    """Tell a text's language as a BCP 47 tag, the same in any order and any process; `und` when not sure.

    Reads the first 1,000 characters: more adds nothing. langdetect always answers, so the letters are asked first: a
    script that one language writes decides alone, Han without kana is Chinese, and letters no profile covers overrule
    it. What the page declares is believed where the detector cannot know the language, or is not sure.

    >>> detect_language("The council voted on Monday to keep the old bridge open to walkers.").code
    'en'
    >>> detect_language("12:30 | 7").code
    'und'
    """
    declared_code = normalize_tag(declared)
    text = text[:_READ_CHARACTERS]
    scripts = count_scripts(text)
    letters = sum(scripts.values())
    script = next(iter(scripts), None)
    if script is None or letters < (_MIN_LETTERS if script not in (HAN, HANGUL, KANA) else _MIN_CHARACTER_LETTERS):
        return Language(UNDETERMINED, 0.0, declared=declared_code)
    mixed = _is_mixed(scripts, letters)
    by_letters = _by_letters(text, script, scripts)
    if by_letters is not None:
        confidence = round(_BY_SCRIPT_CONFIDENCE * _share(script, scripts), 4)
        return Language(by_letters, confidence, by_letters, declared_code, {"script": by_letters}, mixed)
    detected, confidence = _langdetect(text, script)
    code = _choose(detected, confidence, declared_code, script)
    if code not in (detected, UNDETERMINED):
        confidence = _DECLARED_CONFIDENCE
    return Language(code, confidence, detected, declared_code, {"langdetect": detected} if detected else {}, mixed)


def normalize_tag(tag: str | None) -> str | None:
    """Give a declared tag in the form we use: the language, with the script only for Chinese; None if it is no tag.

    >>> normalize_tag("en_GB"), normalize_tag("zh-TW"), normalize_tag("no"), normalize_tag("English, US")
    ('en', 'zh-Hant', 'nb', None)
    """
    parts = (tag or "").strip().replace("_", "-").lower().split("-")
    primary = parts[0]
    if not (primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3) or primary in ("und", "mul", "zxx"):
        return None
    if primary == "zh":
        return "zh-Hant" if {"tw", "hk", "mo", "hant"} & set(parts) else "zh-Hans"
    return _BCP47.get(primary, primary)


def _by_letters(text: str, script: str, scripts: dict[str, int]) -> str | None:
    if script in (HAN, KANA):
        # Japanese prose is a third kana at least; a name or a quotation in Chinese is far less.
        if scripts.get(KANA, 0) * 20 >= scripts.get(HAN, 0) + scripts.get(KANA, 0):
            return "ja"
        return chinese_script(text)
    return telltale_language(text, script, scripts[script]) or ONE_LANGUAGE.get(script)


def _choose(detected: str | None, confidence: float, declared: str | None, script: str) -> str:
    known = {_BCP47.get(name, name) for name in _PROFILE_SCRIPTS.get(script, ())}
    unknowable = declared is not None and declared not in known and _may_be_written_in(declared, script)
    if declared is not None and (unknowable or (declared in known and confidence < _MIN_CONFIDENCE)):
        return declared
    return detected if detected is not None and confidence >= _MIN_CONFIDENCE else UNDETERMINED


def _may_be_written_in(declared: str, script: str) -> bool:
    """Tell whether the page may be right: a language langdetect has a profile of is in that profile's script."""
    profiled = {name for names in _PROFILE_SCRIPTS.values() for name in names} | set(_BCP47.values())
    return declared not in profiled | set(ONE_LANGUAGE.values()) and not declared.startswith("zh")


def _langdetect(text: str, script: str) -> tuple[str | None, float]:
    possible = _PROFILE_SCRIPTS.get(script)
    if possible is None:
        return None, 0.0
    if text.isupper():
        text = text.lower()
    detector = _factory().create()
    detector.append(text)
    try:
        answers = detector.get_probabilities()
    except LangDetectException:
        return None, 0.0
    for answer in answers:
        if answer.lang in possible:
            return _BCP47.get(answer.lang, answer.lang), round(float(answer.prob), 4)
    return None, 0.0


@cache
def _factory() -> DetectorFactory:
    """Load the profiles once, in the order of their names: the order of a folder listing differs between machines."""
    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = sorted(files("langdetect").joinpath("profiles").iterdir(), key=lambda profile: profile.name)
    factory.load_json_profile([p.read_text(encoding="utf-8") for p in profiles if not p.name.startswith((".", "_"))])
    return factory


def _share(script: str, scripts: dict[str, int]) -> float:
    """Give the share of a script's letters; Chinese characters and kana are one writing system."""
    family = (HAN, KANA, HANGUL) if script in (HAN, KANA, HANGUL) else (script,)
    return sum(scripts.get(name, 0) for name in family) / sum(scripts.values())


def _is_mixed(scripts: dict[str, int], letters: int) -> bool:
    first = next(iter(scripts))
    return (1 - _share(first, scripts)) >= _MIXED_SHARE and letters >= _MIN_LETTERS
