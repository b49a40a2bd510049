"""Near-duplicates: how many edited copies are found, how many pairs are invented, and how fast, beside two peers.

    python -m bench.quality_duplicates [FOLDER ...] [--json FILE]

The texts are the bodies of the articles in FOLDER (`samples` without one; `.txt` and `.html` go through the line, of
a `.jsonl` the `body` of each row is taken). Each text of 1,000 characters or more is edited in five ways, and every way
of recognising copies is given the same pairs, in the same run: ours, datasketch's MinHash (128 numbers over the same
character 5-grams, with its own plan of bands for a similarity of 0.5), and a 64-bit SimHash of them, at most three bits
apart. Which of the texts are called one as they are is counted too; ours are printed, because sets have real copies.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.sets import read_rows, thin_out, told
from newsdex.enrich.fingerprint import count_words
from newsdex.enrich.folding import fold
from newsdex.enrich.near_duplicates import are_near_duplicates, sign
from newsdex.errors import Rejected
from newsdex.pipeline import process
from newsdex.read import read_file
from newsdex.records import Article
from newsdex.rules import Rules, load_rules

ROOT = Path(__file__).parents[1]
SHORTEST = 1_000
UNSPACED = 12
"""A text with fewer spaces than one in so many characters does not space its words."""
BITS = 64
APART = 3
_COMMON = 0.42
"""Texts with less in common are no copies of each other, whoever calls them alike."""


@dataclass(frozen=True)
class Way:
    """A way to recognise copies: what it keeps of a text, and what it says of two."""

    name: str
    sign: Callable[[str], Any]
    alike: Callable[[Any, Any], bool]


def ours() -> Way:
    """Newsdex: a shared band, and the verified similarity."""

    def alike(one: Any, other: Any) -> bool:
        return bool(one and other and set(one.bands) & set(other.bands)) and are_near_duplicates(one, other)

    return Way("newsdex", lambda text: sign([text], count_words([text])), alike)


def datasketch() -> Way:
    """Give datasketch's MinHash and MinHashLSH, as their documentation uses them."""
    from datasketch import MinHash, MinHashLSH

    plan = MinHashLSH(threshold=0.5, num_perm=128)

    def signature(text: str) -> Any:
        minhash = MinHash(num_perm=128)
        minhash.update_batch([gram.encode() for gram in grams(text)])
        return minhash

    def alike(one: Any, other: Any) -> bool:
        rows = plan.r
        first, second = one.hashvalues, other.hashvalues
        shared = any(
            (first[n * rows : n * rows + rows] == second[n * rows : n * rows + rows]).all() for n in range(plan.b)
        )
        return shared and one.jaccard(other) >= 0.5

    return Way("datasketch", signature, alike)


def simhash() -> Way:
    """SimHash as Charikar and Manku have it: the sign of the sum of the 5-grams' hashes, bit by bit."""

    def signature(text: str) -> int:
        sums = [0] * BITS
        for gram in grams(text):
            number = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest(), "big")
            for bit in range(BITS):
                sums[bit] += 1 if number >> bit & 1 else -1
        return sum(1 << bit for bit in range(BITS) if sums[bit] > 0)

    return Way("simhash", signature, lambda one, other: (one ^ other).bit_count() <= APART)


def grams(text: str) -> set[str]:
    """Give the character 5-grams of a folded text."""
    folded = fold([text])
    return {folded[start : start + 5] for start in range(len(folded) - 4)}


def overlap(one: str, other: str) -> float:
    """Give the share of 5-grams that two texts really have in common."""
    first, second = grams(one), grams(other)
    return len(first & second) / max(1, len(first | second))


def edit_words(text: str, share: float, chance: random.Random) -> str:
    """Replace (half of the time), drop or add a share of the words; of unspaced text, of pairs of characters."""
    spaced = text.count(" ") * UNSPACED >= len(text)
    units = text.split() if spaced else [text[start : start + 2] for start in range(0, len(text), 2)]
    kept: list[str] = []
    for unit in units:
        if chance.random() >= share:
            kept.append(unit)
        else:
            other = chance.choice(units)
            kept += ([other], [other], [], [unit, other])[chance.randrange(4)]
    return (" " if spaced else "").join(kept)


def edit_characters(text: str, share: float, chance: random.Random) -> str:
    """Replace (half of the time), drop or add a share of the characters: harsher than any editor."""
    letters = sorted(set(text))
    return "".join(
        character
        if chance.random() >= share
        else (chance.choice(letters), chance.choice(letters), "", character + chance.choice(letters))[
            chance.randrange(4)
        ]
        for character in text
    )


def furnish(text: str, others: Sequence[str], chance: random.Random) -> str:
    """Put another headline above, and a fifth of a text's length of others' sentences as furniture above and below."""
    donors = " ".join(chance.sample(others, min(4, len(others))))
    start = chance.randrange(max(1, len(donors) - len(text) // 5))
    furniture = donors[start : start + len(text) // 5]
    middle = len(furniture) // 3
    return f"{furniture[:middle]}\n{text}\n{furniture[middle:]}"


EDITS: dict[str, Callable[[str, Sequence[str], random.Random], str]] = {
    "2 % of words": lambda text, _, chance: edit_words(text, 0.02, chance),
    "headline and furniture": furnish,
    "10 % of words": lambda text, _, chance: edit_words(text, 0.1, chance),
    "2 % of characters": lambda text, _, chance: edit_characters(text, 0.02, chance),
    "10 % of characters": lambda text, _, chance: edit_characters(text, 0.1, chance),
}


def read_texts(paths: Iterable[Path], rules: Rules) -> Iterator[str]:
    """Give the bodies of all articles under these paths, long enough to be told from each other."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix == ".jsonl":
                for line in file.read_text(encoding="utf-8").splitlines():
                    body = json.loads(line).get("body") or ""
                    # Some sets give a list of acceptable bodies, others a list of paragraphs.
                    first = body[0] if isinstance(body, list) and body else body
                    yield "\n".join(body) if isinstance(body, list) and len(str(first)) < SHORTEST else str(first)
            elif file.suffix in (".txt", ".html", ".gz") and file.is_file():
                try:
                    raw = read_file(file, fetched_at=datetime(2026, 11, 1, tzinfo=UTC), limit=10_000_000)
                except Rejected:
                    continue
                article = process(raw, rules)
                if isinstance(article, Article):
                    yield "\n".join(article.clean.body)


def measure_texts(lists: Sequence[Path], sample: int | None, seed: int) -> dict[str, Any]:
    """Measure all ways on the gold bodies of these lists; of the pairs found, only how many are kept, no text."""
    rules = load_rules(ROOT / "config")
    texts = list(dict.fromkeys(text for text in read_texts(lists, rules) if len(text) >= SHORTEST))
    texts = thin_out(texts, sample)
    chance = random.Random(seed)
    edited = {name: [make(text, texts, chance) for text in texts] for name, make in EDITS.items()}
    systems = {}
    for way in told((ours(), datasketch(), simhash()), "near-duplicates"):
        result = measure(way, texts, edited)
        alike = result["alike_as_they_are"]
        result["alike_as_they_are"] = len(alike)
        result["false"] = sum(overlap(texts[one], texts[other]) < _COMMON for one, other in alike)
        systems[result.pop("name")] = result
    copies, apart = _judge_groups(lists)
    return {
        "texts": len(texts),
        "characters": sum(map(len, texts)) // max(1, len(texts)),
        "pairs": len(texts) * (len(texts) - 1) // 2,
        "labelled_copies": copies,
        "labelled_events": apart,
        "systems": systems,
    }


def _judge_groups(lists: Sequence[Path]) -> tuple[dict[str, int], dict[str, int]]:
    """Count, of the pairs labelled copies of one text and texts on one event, those that Newsdex calls alike."""
    way, rows = ours(), [row for path in lists for row in read_rows(path)]
    counts = []
    for label in ("syndication_group", "event_group"):
        grouped = [(row[label], way.sign("\n".join(row["body"]))) for row in rows if row.get(label)]
        pairs = [(one, other) for (a, one), (b, other) in itertools.combinations(grouped, 2) if a == b]
        counts.append({"pairs": len(pairs), "alike": sum(way.alike(one, other) for one, other in pairs)})
    return counts[0], counts[1]


def measure(way: Way, texts: Sequence[str], edited: dict[str, list[str]]) -> dict[str, Any]:
    """Sign all texts and their edits, and count pairs found and pairs invented."""
    start = time.process_time()
    signed = [way.sign(text) for text in texts]
    seconds = time.process_time() - start
    found = {
        name: sum(way.alike(one, way.sign(copy)) for one, copy in zip(signed, copies, strict=True)) / len(texts)
        for name, copies in edited.items()
    }
    invented = [
        (first, second)
        for (first, one), (second, other) in itertools.combinations(enumerate(signed), 2)
        if way.alike(one, other)
    ]
    return {
        "name": way.name,
        "found": {name: round(share, 4) for name, share in found.items()},
        "alike_as_they_are": invented,
        "per_cpu_second": round(len(texts) / seconds, 1),
    }


def main() -> int:
    """Print the table, and write it as JSON on demand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[ROOT / "samples"])
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=20_261_101)
    options = parser.parse_args()
    rules = load_rules(ROOT / "config")
    texts = list(dict.fromkeys(text for text in read_texts(options.paths, rules) if len(text) >= SHORTEST))
    chance = random.Random(options.seed)
    edited = {name: [make(text, texts, chance) for text in texts] for name, make in EDITS.items()}
    results = [measure(way, texts, edited) for way in (ours(), datasketch(), simhash())]
    pairs = len(texts) * (len(texts) - 1) // 2
    print(
        f"{len(texts)} texts of {sum(map(len, texts)) // len(texts):,} characters, {pairs:,} pairs of different texts"
    )
    print(f"{'':12}" + "".join(f"{name:>24}" for name in EDITS) + f"{'alike as they are':>20}{'texts/s':>10}")
    for result in results:
        shares = "".join(f"{result['found'][name]:>23.1%} " for name in EDITS)
        print(f"{result['name']:12}{shares}{len(result['alike_as_they_are']):>20}{result['per_cpu_second']:>10,.0f}")
    for pair in results[0]["alike_as_they_are"]:
        one, other = (texts[at] for at in pair)
        print(f"  alike, {overlap(one, other):.2f} in common: {one[:60]!r} and {other[:60]!r}")
    if options.json:
        shape = {"texts": len(texts), "pairs": pairs, "seed": options.seed, "results": results}
        options.json.write_text(json.dumps(shape, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
