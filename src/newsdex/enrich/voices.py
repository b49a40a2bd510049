"""The three identifiers that language detection asks, each made to give one answer for one text."""

from __future__ import annotations

import random
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy
from langdetect.detector import Detector
from langdetect.detector_factory import DetectorFactory
from langdetect.utils.ngram import NGram
from langdetect.utils.unicode_block import unicode_block
from py3langid.langid import MODEL_FILE, LanguageIdentifier

try:
    import pycld2
except ImportError:  # no wheel for this Python or machine: the other two vote
    pycld2 = None

LANGDETECT, LANGID, CLD2 = "langdetect", "py3langid", "cld2"

_CODES = dict(
    pair.split(":")
    for pair in (
        *("no:nb", "iw:he", "hbo:he", "in:id", "jw:jv", "tl:fil", "sdh:ckb", "uzs:uz", "grc:el", "kmr:ku", "mo:ro"),
        *("zh:zh-Hans", "zh-cn:zh-Hans", "wuu:zh-Hans", "zh-tw:zh-Hant", "yue:zh-Hant", "arz:ar", "ary:ar"),
    )
)
_NO_LANGUAGE = frozenset({"un", "zxx", "zzp", "tlh"})
"""Answers that name no language, or none that people have."""
_TRIALS, _ALPHA, _ALPHA_WIDTH, _CONVERGED, _BASE = 7, 0.5, 0.05, 0.99999, 10_000
_DRAWS = (1, *(200 * [5]))
"""How many letter sequences langdetect draws before it looks again whether it is sure."""
_WEAK_SCORE, _STRONG_SCORE = 100.0, 400.0
_SURE_AT_LEAST = 0.05


def code_of(name: str) -> str:
    """Give the BCP 47 tag of a name that one of the identifiers uses.

    >>> code_of("no"), code_of("zh-tw"), code_of("iw")
    ('nb', 'zh-Hant', 'he')
    """
    return _CODES.get(name, name)


def ask_langdetect(text: str) -> dict[str, float]:
    """Ask langdetect: languages with their probability, none when it finds no letters it knows.

    Its own profiles, letter folding and seven seeded trials, with the same answer as its own code gives for the same
    seed; the sums are done on arrays, which takes a fifth of the time.

    >>> ask_langdetect("The old bridge stays open to walkers until autumn.")
    {'en': 1.0}
    """
    profiles = _profiles()
    rows = profiles.rows_of(text)
    if not rows:
        return {}
    draw = random.Random(0)  # noqa: S311 - the trials' draws, seeded so that a text has one answer
    total = numpy.zeros(len(profiles.languages))
    for _ in range(_TRIALS):
        weight = (_ALPHA + draw.gauss(0.0, 1.0) * _ALPHA_WIDTH) / _BASE
        chances = numpy.full(len(profiles.languages), 1.0 / len(profiles.languages))
        for draws in _DRAWS:
            chances *= (profiles.table[[draw.choice(rows) for _ in range(draws)]] + weight).prod(axis=0)
            chances /= chances.sum()
            if chances.max() > _CONVERGED:
                break
        total += chances / _TRIALS
    return _by_code(zip(profiles.languages, total.tolist(), strict=True))


def ask_langid(text: str) -> dict[str, float]:
    """Ask py3langid: languages with their probability, spread out where it does not know the language.

    >>> next(iter(ask_langid("Міська рада вирішила залишити міст відкритим.")))
    'uk'
    """
    return _by_code(_langid().rank(text))


def ask_cld2(text: str) -> dict[str, float]:
    """Ask CLD2: its share of the text by language, the less the weaker it matched; nothing where it is not installed.

    A match weaker than its tables expect is how it answers for a language that it does not know.

    >>> ask_cld2("")
    {}
    """
    if pycld2 is None or not text:
        return {}
    try:
        _, _, details = pycld2.detect(text.encode("utf-8", "replace"), isPlainText=True, bestEffort=True)
    except pycld2.error:  # it refuses some code points that are not for interchange
        return {}
    return _by_code((code, share / 100 * _sureness(score)) for _, code, share, score in details)


def known_to(voice: str) -> frozenset[str]:
    """Give the languages that an identifier can answer: where it knows one not, its silence says nothing.

    >>> "mi" in known_to(LANGDETECT), "nb" in known_to(LANGDETECT)
    (False, True)
    """
    return _known()[voice]


@cache
def _known() -> dict[str, frozenset[str]]:
    detectable = {name.upper() for name in pycld2.DETECTED_LANGUAGES} if pycld2 else set()
    tabled = [code for name, code in pycld2.LANGUAGES if name.upper() in detectable] if pycld2 else []
    return {
        LANGDETECT: frozenset(map(code_of, _profiles().languages)),
        LANGID: frozenset(map(code_of, _langid().labels)),
        CLD2: frozenset(map(code_of, tabled)),
    }


def _by_code(answers: Any) -> dict[str, float]:
    """Sum an identifier's answers by our tags, rounded, so that no last digit of a machine shows; likeliest first."""
    shares: dict[str, float] = {}
    for name, share in answers:
        code = code_of(name)
        if name in _NO_LANGUAGE:
            continue
        shares[code] = shares.get(code, 0.0) + share
    rounded = [(code, min(1.0, round(share, 4))) for code, share in shares.items() if share >= 0.0001]
    return dict(sorted(rounded, key=lambda item: (-item[1], item[0])))


def _sureness(score: float) -> float:
    return max(_SURE_AT_LEAST, min(1.0, (score - _WEAK_SCORE) / (_STRONG_SCORE - _WEAK_SCORE)))


@cache
def _langid() -> Any:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


class _Profiles:
    """langdetect's profiles: one row of frequencies by language for each sequence of one to three letters."""

    def __init__(self) -> None:
        factory = DetectorFactory()
        # In the order of their names: the order of a folder listing differs between machines.
        profiles = sorted(files("langdetect").joinpath("profiles").iterdir(), key=lambda profile: profile.name)
        factory.load_json_profile(
            [profile.read_text(encoding="utf-8") for profile in profiles if not profile.name.startswith((".", "_"))]
        )
        self.languages: list[str] = factory.langlist
        self._row = {gram: number for number, gram in enumerate(factory.word_lang_prob_map)}
        self.table = numpy.array(list(factory.word_lang_prob_map.values()))

    def rows_of(self, text: str) -> list[int]:
        """Give the rows of a text's letter sequences, in langdetect's order: its draws are by position."""
        row, rows, grams, shouted, last = self._row, list[int](), " ", False, " "
        for character in _letters(text):
            if last == " ":
                grams, shouted = " ", False
                if character == " ":
                    continue
            grams = grams[-2:] + character
            shouted = character.isupper() and (shouted or last.isupper())
            last = character
            if shouted:
                continue
            for length in range(1, len(grams) + 1):
                number = row.get(grams[-length:])
                if number is not None and grams[-length:] != " ":
                    rows.append(number)
        return rows


@cache
def _profiles() -> _Profiles:
    return _Profiles()


def _letters(text: str) -> list[str]:
    """Fold a text as langdetect does: no addresses, no Latin letters in a text mostly of others, no rare letters."""
    text = Detector.MAIL_RE.sub(" ", Detector.URL_RE.sub(" ", text))
    text = re.sub(" {2,}", " ", NGram.normalize_vi(text))
    latin = sum("A" <= character <= "z" for character in text)
    if latin * 2 < sum(map(_is_other, text)):
        text = "".join(character for character in text if not "A" <= character <= "z")
    return [_fold(character) for character in text]


@lru_cache(maxsize=65_536)
def _is_other(character: str) -> bool:
    return character >= "\u0300" and unicode_block(character) != "Latin Extended Additional"


@lru_cache(maxsize=65_536)
def _fold(character: str) -> str:
    return str(NGram.normalize(character))
