"""Which language an article is in: the letters first, then a vote of three identifiers, and the page's own word."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from newsdex.enrich.close_languages import RIVALS, group_of, weigh_signs
from newsdex.enrich.prose import is_code, is_garbled, readable_prose, resembles_names
from newsdex.enrich.scripts import (
    CYRILLIC,
    HAN,
    KANA,
    ONE_LANGUAGE,
    SEVERAL_LANGUAGES,
    chinese_script,
    count_scripts,
    may_write,
    telltale_language,
    weigh_scripts,
)
from newsdex.enrich.voices import CLD2, LANGDETECT, LANGID, ask_cld2, ask_langdetect, ask_langid, code_of, known_to
from newsdex.records import Language

UNDETERMINED = "und"
"""BCP 47's tag for a language nobody could tell."""
LETTERS = "letters"
"""The voice of the script and of letters that one language has."""

_READ_CHARACTERS = 1_000
_MIN_LETTERS, _MIN_LETTERS_OF_ONE = 6, 2
_BY_SCRIPT_CONFIDENCE = 0.99
_DECLARED_CONFIDENCE = 0.6
_MIXED_SHARE = 0.25
_MIXED_CHARACTERS = 200
_LIKELY, _MATCHED = 0.32, 0.5

_WEIGHT = {LANGDETECT: 0.6, LANGID: 1.0, CLD2: 1.0}
_WEIGHT_WITHIN = {LANGDETECT: 0.0, LANGID: 1.0, CLD2: 0.15}
"""Within a group of close languages CLD2 is sure and often wrong, and langdetect knows but one of them."""
_FLOOR = {LANGDETECT: 0.02, LANGID: 0.003, CLD2: 0.02}
_FLOOR_WITHIN = 0.02
_UNKNOWN = {LANGDETECT: 0.2, LANGID: 0.3, CLD2: 0.1}
"""What an identifier grants a language it does not know: more than one it knows and did not name."""
_SIGN_WEIGHT = 2.0
_DECLARED_WEIGHT = 3.0
_RARE_PENALTY = 3.0
_PRESS = frozenset(
    code
    for line in (
        "af am ar as az ba be bg bn bo br bs ca ckb cs cy da de dv el en eo es et eu fa fi fil fo fr fy ga gd gl gu",
        "ha he hi hr ht hu hy id ig is it ja jv ka kk km kn ko ku ky la lb lg ln lo lt lv mg mi mk ml mn mr ms mt my",
        "nb ne nl nn nso ny oc om or pa pl ps pt ro ru rw sa sd si sk sl sn so sq sr st su sv sw ta te tg th ti tk tn",
        "tr ts tt ug uk ur uz vi wo xh yi yo zu",
    )
    for code in line.split()
)
"""Languages with a daily press. The others an identifier names mostly in error, so they need better evidence."""


def detect_language(text: str, declared: str | None = None) -> Language:
    """Tell a text's language as a BCP 47 tag, the same in any order and any process; `und` when not sure.

    Reads the first 1,000 characters: more adds nothing. A script that one language writes decides alone; Han without
    kana is Chinese. Else langdetect, py3langid and CLD2 vote, each silent on languages it does not know; words that
    one of several close languages writes settle the rest. What the page declares is one more voice, wrong on two
    pages in a hundred; it decides where the others cannot.

    >>> detect_language("The council voted on Monday to keep the old bridge open to walkers.").code
    'en'
    >>> detect_language("12:30 | 7").code
    'und'
    """
    declared_code = normalize_tag(declared)
    text = text[:_READ_CHARACTERS]
    if is_code(text):
        return Language(UNDETERMINED, 0.0, declared=declared_code)
    prose = readable_prose(text)
    scripts = count_scripts(prose)
    weights = weigh_scripts(scripts)
    script = next(iter(weights), None)
    if script is None or _too_short(script, scripts) or is_garbled(scripts) or resembles_names(text):
        return Language(UNDETERMINED, 0.0, declared=declared_code)
    share = weights[script] / sum(weights.values())
    mixed = 1 - share >= _MIXED_SHARE
    by_letters = _by_letters(prose, script, scripts)
    if by_letters is not None:
        heard = ask_langdetect(prose) if by_letters in known_to(LANGDETECT) else {}
        votes = {LETTERS: by_letters, **({LANGDETECT: next(iter(heard))} if heard else {})}
        confidence = round(_BY_SCRIPT_CONFIDENCE * share, 4)
        return Language(by_letters, confidence, by_letters, declared_code, votes, mixed)
    heard_by_voice = {LANGDETECT: ask_langdetect(prose), LANGID: ask_langid(prose), CLD2: ask_cld2(prose)}
    answers = {voice: _possible(voice, answer, script) for voice, answer in heard_by_voice.items()}
    return _decide(prose, script, answers, declared_code, mixed=mixed or _two_matched(prose, answers[CLD2]))


def load_detectors() -> None:
    """Load the identifiers' models, some 200 MB and a second: before threads begin and before processes fork."""
    for ask in (ask_langdetect, ask_langid, ask_cld2):
        ask("loading")
    known_to(LANGID)


def normalize_tag(tag: str | None) -> str | None:
    """Give a declared tag in the form we use: the language, with the script for Chinese and where Serbian has one.

    >>> normalize_tag("en_GB"), normalize_tag("zh-TW"), normalize_tag("no"), normalize_tag("English, US")
    ('en', 'zh-Hant', 'nb', None)
    """
    parts = (tag or "").strip().replace("_", "-").lower().split("-")
    primary = parts[0]
    if not (primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3) or primary in ("und", "mul", "zxx"):
        return None
    if primary == "zh":
        return "zh-Hant" if {"tw", "hk", "mo", "hant"} & set(parts) else "zh-Hans"
    if primary == "sr" and {"latn", "cyrl"} & set(parts):
        return "sr-Latn" if "latn" in parts else "sr-Cyrl"
    return code_of(primary)


def _by_letters(text: str, script: str, scripts: Counter[str]) -> str | None:
    if script in (HAN, KANA):
        # Japanese prose is a third kana at least; a name or a quotation in Chinese is far less.
        if scripts.get(KANA, 0) * 20 >= scripts.get(HAN, 0) + scripts.get(KANA, 0):
            return "ja"
        return chinese_script(text)
    telltale = telltale_language(text, script, scripts[script])
    return telltale or (None if script in SEVERAL_LANGUAGES else ONE_LANGUAGE.get(script))


def _possible(voice: str, answer: dict[str, float], script: str) -> dict[str, float]:
    """Keep what is written in the script; nothing of a voice that knows but one of the script's languages."""
    if script in SEVERAL_LANGUAGES and len(known_to(voice) & SEVERAL_LANGUAGES[script]) < 2:
        return {}
    return {code: share for code, share in answer.items() if may_write(code, script)}


def _decide(
    text: str, script: str, answers: dict[str, dict[str, float]], declared: str | None, *, mixed: bool
) -> Language:
    votes = {voice: next(iter(answer)) for voice, answer in answers.items() if answer}
    believable = declared is not None and may_write(_spoken(declared), script)
    scores = _count(text, answers)
    if not scores:
        code = declared if declared is not None and believable else ONE_LANGUAGE.get(script, UNDETERMINED)
        confidence = 0.0 if code == UNDETERMINED else _DECLARED_CONFIDENCE
        return Language(_with_script(code, script), confidence, None, declared, votes, mixed)
    detected = _with_script(_first(scores), script)
    if believable and declared is not None:
        spoken = _spoken(declared)
        scores[spoken] = scores.get(spoken, _score_of(spoken, answers)) + _DECLARED_WEIGHT
    first = _first(scores)
    if _in_doubt(first, script, answers):
        if believable and declared is not None:
            return Language(declared, _DECLARED_CONFIDENCE, detected, declared, votes, mixed)
        return Language(UNDETERMINED, 0.0, detected, declared, votes, mixed)
    confidence = 1 / sum(math.exp(score - scores[first]) for score in scores.values())
    return Language(_with_script(first, script), round(confidence, 4), detected, declared, votes, mixed)


def _count(text: str, answers: dict[str, dict[str, float]]) -> dict[str, float]:
    """Add up what the voices make of each language that any of them, or its close neighbour, was named."""
    named = {code for answer in answers.values() for code in answer}
    candidates = sorted({member for code in named for member in group_of(code)})
    scores = {code: _score_of(code, answers) for code in candidates}
    for rivals in RIVALS:
        if not rivals.issubset(scores):
            continue
        signs = weigh_signs(text, rivals)
        for code in rivals:
            scores[code] += _SIGN_WEIGHT * (signs[code] - max(signs.values()))
    return scores


def _score_of(code: str, answers: dict[str, dict[str, float]]) -> float:
    """Weigh what each voice says of a language's group, and then, more carefully, of the language within it."""
    group = group_of(code)
    score = 0.0 if code in _PRESS else -_RARE_PENALTY
    for voice, answer in answers.items():
        known = known_to(voice)
        if not known & group:
            score += _WEIGHT[voice] * math.log(_UNKNOWN[voice]) if known else 0.0
            continue
        # What a voice is not sure of, it leaves to the languages that it did not name.
        floor = max(_FLOOR[voice], (1 - sum(answer.values())) * _UNKNOWN[voice])
        total = sum(answer.get(member, 0.0) for member in group)
        score += _WEIGHT[voice] * math.log(max(total, floor))
        if len(group) > 1 and total > floor:
            own = answer.get(code, 0.0) / total if code in known else 1 / len(group)
            score += _WEIGHT_WITHIN[voice] * math.log(max(own, _FLOOR_WITHIN))
    return score


def _in_doubt(code: str, script: str, answers: dict[str, dict[str, float]]) -> bool:
    """Tell whether both peers reject a language: neither is half sure of it or of one close to it."""
    if script in SEVERAL_LANGUAGES and not answers[LANGID]:
        return False  # the letters are sound, and CLD2 alone knows the languages that write them
    group = group_of(code)
    likely = sum(answers[LANGID].get(member, 0.0) for member in group)
    matched = sum(answers[CLD2].get(member, 0.0) for member in group)
    return likely < _LIKELY and matched < _MATCHED


def _first(scores: Mapping[str, float]) -> str:
    return min(scores, key=lambda code: (-scores[code], code))


def _two_matched(text: str, matched: dict[str, float]) -> bool:
    """Tell whether CLD2 found a good part of the text in a second language, not one that it mixes up with the first."""
    if len(text) < _MIXED_CHARACTERS or len(matched) < 2:
        return False
    first, second = list(matched)[:2]
    close = any({first, second} <= rivals for rivals in RIVALS)
    return not close and {first, second} <= _PRESS and matched[second] >= _MIXED_SHARE


def _spoken(tag: str) -> str:
    return "sr" if tag.startswith("sr") else tag


def _with_script(code: str, script: str) -> str:
    return f"sr-{'Cyrl' if script == CYRILLIC else 'Latn'}" if code == "sr" else code


def _too_short(script: str, scripts: Counter[str]) -> bool:
    several = script in SEVERAL_LANGUAGES or script not in ONE_LANGUAGE
    return sum(scripts.values()) < (_MIN_LETTERS if several and script != HAN else _MIN_LETTERS_OF_ONE)
