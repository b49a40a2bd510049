"""Recognising one text in two wordings: agency copy edited here and there, under another headline, between other lines.

A body is reduced to a signature of 128 small numbers (MinHash over its character 5-grams), such that the share of equal
numbers in two signatures estimates the share of 5-grams that the texts have in common. Characters, not words, because
Chinese, Japanese and Thai do not space theirs. See docs/adr/0012-near-duplicates.md.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from operator import eq

from rensa import RMinHash

from newsdex.enrich.folding import fold
from newsdex.records import Signature

GRAM = 5
PERMUTATIONS = 128
ROWS = 4
"""Numbers in a band: 32 bands of 4 meet with 87 % for texts that share half of their 5-grams, 99.9 % for two thirds."""

SHORTEST_WORDS = 50
SHORTEST_GRAMS = 30
"""Shorter texts resemble each other by chance: only exact copies of them are copies."""

ALIKE = 0.6
"""So much in common makes near-duplicates whatever their lengths: one of them may be cut."""
ALIKE_IN_LENGTH = 0.42
"""So much is enough for texts of one length: editing throughout keeps it, a list quoted in another story does not."""
SAME_LENGTH = 0.8

_SEED = 1
ALGORITHM = f"rensa-{RMinHash.ALGORITHM_VERSION}/fold-1/char-{GRAM}/{PERMUTATIONS}x8/seed-{_SEED}"
"""Signatures compare only when all of this was the same."""

_MARK = hashlib.blake2b(ALGORITHM.encode(), digest_size=1).digest()
_COUNT_BYTES = 4
_TERM = 8
_PLACES = [(_COUNT_BYTES + start, _MARK + start.to_bytes(1, "big")) for start in range(0, PERMUTATIONS, ROWS)]
_BY_CHANCE = 1 / 256
"""Of each number only the low byte is kept, so that this share of the bytes is equal by chance."""

_PUNCTUATION = re.compile(
    r"[\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u2000-\u206f\u3001-\u3003\u3008-\u3011"
    r"\u3014-\u301f\u30fb\u060c\u061b\u061f\u06d4\u0964\u0965]+"
)


def sign(body: Iterable[str], words: int) -> Signature | None:
    """Give the signature of a body of so many words; None for one too short to be told from others.

    Case, width, spacing and punctuation do not take part: they are what a copying editor's typography changes.

    >>> sign(["Too short to say."], words=4) is None
    True
    """
    if words < SHORTEST_WORDS:
        return None
    # A lone surrogate is no character, and has no bytes to hash.
    text = _PUNCTUATION.sub(" ", fold(body)).strip().encode("utf-8", "replace").decode("utf-8")
    grams = {text[start : start + GRAM] for start in range(len(text) - GRAM + 1)}
    if len(grams) < SHORTEST_GRAMS:
        return None
    minhash = RMinHash(PERMUTATIONS, _SEED)
    minhash.update(grams)
    low = bytes(number & 0xFF for number in minhash.digest())
    return read_signature(ALGORITHM, len(grams).to_bytes(_COUNT_BYTES, "big") + low)


def read_signature(algorithm: str, sketch: bytes) -> Signature:
    """Complete a stored signature by its bands, of which near-duplicates share at least one.

    A band is four of the numbers with their place, so that bands of two algorithms never meet; a sketch of another
    algorithm has none.
    """
    if algorithm != ALGORITHM:
        return Signature(algorithm, sketch, ())
    # Six bytes are eight letters of base64, so that all bands are encoded in one go and cut afterwards.
    terms = base64.b64encode(b"".join([place + sketch[start : start + ROWS] for start, place in _PLACES])).decode(
        "ascii"
    )
    bands = tuple([terms[start : start + _TERM] for start in range(0, len(terms), _TERM)])
    return Signature(algorithm, sketch, bands)


def similarity(one: Signature, other: Signature) -> float:
    """Estimate which share of the 5-grams of two texts is in both, 0 to 1, with a standard error of at most 0.045.

    >>> text = ["The swing bridge at the mouth of the river turned again on Monday, eleven years after it had stuck."]
    >>> similarity(sign(text, words=60), sign([text[0].upper()], words=60))
    1.0
    """
    if one.algorithm != other.algorithm:
        return 0.0
    equal: float = sum(map(eq, one.sketch[_COUNT_BYTES:], other.sketch[_COUNT_BYTES:])) / PERMUTATIONS
    return max(0.0, (equal - _BY_CHANCE) / (1 - _BY_CHANCE))


def are_near_duplicates(one: Signature, other: Signature) -> bool:
    """Tell whether two texts are one text, edited or cut."""
    common = similarity(one, other)
    if common >= ALIKE:
        return True
    shorter, longer = sorted((_count(one), _count(other)))
    return common >= ALIKE_IN_LENGTH and shorter >= SAME_LENGTH * longer


def _count(signature: Signature) -> int:
    return int.from_bytes(signature.sketch[:_COUNT_BYTES], "big")
