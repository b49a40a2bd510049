"""One text, edited or cut, is recognised; texts that only resemble each other are told apart."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.enrich.near_duplicates import ALGORITHM, are_near_duplicates, read_signature, sign, similarity
from newsdex.errors import Rejected
from newsdex.pipeline import process
from newsdex.read import read_file
from newsdex.records import Article, Signature
from newsdex.rules import load_rules
from newsdex.settings import PROJECT

FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)
FIRST_NUMBERS = "ffe21744fe5be5be"
FIRST_BAND = "PAD/4hdE"

SCRIPTS = {
    "en": "abcdefghijklmnoprstuvwy",
    "ru": "абвгдежзийклмнопрстуфхчшыя",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "zh": "".join(chr(0x4E00 + 7 * n) for n in range(1500)),
    "ja": "".join(chr(0x3042 + n) for n in range(80)) + "".join(chr(0x5000 + 11 * n) for n in range(400)),
    "th": "กขคงจฉชซญดตถทธนบปผพฟมยรลวสหอะาิีุูเแโใไ่้",
}


def text(script: str, seed: int, length: int = 3_000) -> str:
    """Make up a text; Chinese, Japanese and Thai without spaces."""
    chance = random.Random(seed)
    letters = SCRIPTS[script]
    if script in ("zh", "ja", "th"):
        return "".join(chance.choices(letters, k=length))
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(length // 6)]
    return " ".join(words)


def edit(original: str, share: float, seed: int) -> str:
    """Replace, drop or repeat a share of the words, or of pairs of characters where words are not spaced."""
    chance = random.Random(seed)
    spaced = " " in original
    units = original.split() if spaced else re.findall("..?", original)
    kept = []
    for unit in units:
        if chance.random() >= share:
            kept.append(unit)
        else:
            kept.extend(chance.choice(([chance.choice(units)], [], [unit, chance.choice(units)])))
    return (" " if spaced else "").join(kept)


def signed(body: str) -> Signature:
    """Sign a text that is long enough."""
    signature = sign([body], words=500)
    assert signature is not None
    return signature


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("seed", range(5))
def test_an_edited_text_is_found_and_verified(script: str, seed: int) -> None:
    """Every tenth word changed: the two share a band, and the signatures say that they are one text."""
    original = text(script, seed)
    one, other = signed(original), signed(edit(original, 0.1 if script not in ("zh", "ja", "th") else 0.05, seed))
    assert set(one.bands) & set(other.bands)
    assert are_near_duplicates(one, other)


@pytest.mark.parametrize("script", SCRIPTS)
def test_texts_in_one_script_are_not_one_text(script: str) -> None:
    """However small the alphabet."""
    assert not any(
        are_near_duplicates(signed(text(script, seed)), signed(text(script, seed + 1))) for seed in range(10)
    )


def test_typography_spacing_and_case_do_not_take_part() -> None:
    """What a copying editor's system changes is not the text."""
    printed = '"The bridge," she said, "is open - at last." ' + text("en", 1)
    copied = printed.replace('"The', "“The").replace(',"', ",”").replace(" - ", " — ").upper()
    assert similarity(signed(printed), signed(copied)) == 1.0


def test_a_cut_text_is_recognised_and_a_quoted_part_is_not_the_whole() -> None:
    """A copy that lost its last fifth is a copy; a story that quotes a third of another is another."""
    whole = text("en", 1)
    assert are_near_duplicates(signed(whole), signed(whole[: len(whole) * 4 // 5]))
    assert not are_near_duplicates(signed(whole), signed(whole[: len(whole) // 3] + " " + text("en", 2)))


def test_half_in_common_is_enough_only_for_texts_of_one_length() -> None:
    """An edit throughout keeps the length; a text that contains half as much again is more than an edit."""
    shared, rest = text("en", 1, 4_000), text("en", 2, 4_000)
    same_length = signed(shared + rest[:1_200]), signed(shared + text("en", 3, 1_200))
    longer = signed(shared), signed(shared + rest[:3_600])
    assert all(0.45 < similarity(*pair) < 0.75 for pair in (same_length, longer))
    assert are_near_duplicates(*same_length)
    assert not are_near_duplicates(*longer)


@pytest.mark.parametrize(("body", "words"), [("word " * 60, 60), (text("en", 1, 280), 49), ("", 0)])
def test_short_and_monotonous_texts_have_no_signature(body: str, words: int) -> None:
    """Under 50 words or 30 different 5-grams chance decides."""
    assert sign([body], words) is None


def test_a_signature_is_the_same_in_every_process_and_on_every_machine() -> None:
    """It is stored, so it may only change together with the name of its algorithm."""
    signature = signed(text("en", 1))
    assert signature.algorithm == ALGORITHM == "rensa-2/fold-1/char-5/128x8/seed-1"
    assert len(signature.sketch) == 132
    assert signature.sketch[4:12].hex() == FIRST_NUMBERS
    assert signature.bands[0] == FIRST_BAND


def test_signatures_of_two_algorithms_do_not_compare() -> None:
    """Their numbers mean different things."""
    signature = signed(text("en", 1))
    assert similarity(signature, read_signature("another", signature.sketch)) == 0.0


def test_a_text_that_cannot_be_encoded_is_signed_all_the_same() -> None:
    """A lone surrogate is replaced."""
    assert sign(["\ud800" + text("en", 1)], words=500) is not None


def test_the_agency_copies_among_the_samples_are_near_duplicates_and_no_others() -> None:
    """Two papers print one agency text under different headlines; all other samples are stories of their own."""
    articles = sample_articles(PROJECT / "samples")
    pairs = {
        frozenset((one, other))
        for one, first in articles.items()
        for other, second in articles.items()
        if one < other
        and first.signature
        and second.signature
        and first.content_hash != second.content_hash
        and are_near_duplicates(first.signature, second.signature)
    }
    assert pairs == {frozenset(("Harbour Post/ferry-timetable.txt", "Northmoor Gazette/night-ferries.txt"))}


def sample_articles(folder: Path) -> dict[str, Article]:
    """Take the samples through the line."""
    rules = load_rules(PROJECT / "config")
    articles = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            result = process(read_file(path, fetched_at=FETCHED_AT, limit=1_000_000), rules)
        except Rejected:
            continue
        if isinstance(result, Article):
            articles[path.relative_to(folder).as_posix()] = result
    return articles
