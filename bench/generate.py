"""Make raw articles for the benchmarks: the same seed gives the same bytes on every machine."""

from __future__ import annotations

import argparse
import html
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

_SYLLABLES = [
    "ka",
    "lo",
    "ver",
    "min",
    "dor",
    "sel",
    "tan",
    "bri",
    "mor",
    "hal",
    "ost",
    "wen",
    "lim",
    "gar",
    "fen",
    "nor",
    "ral",
    "tis",
    "und",
    "ber",
]
_FIRST = [
    "Anna",
    "Jonas",
    "Mira",
    "Otto",
    "Lena",
    "Pavel",
    "Ines",
    "Ruben",
    "Clara",
    "Teodor",
    "Sofia",
    "Emil",
    "Nadia",
    "Hugo",
    "Vera",
    "Tomas",
]
_HTML_SHARE = 0.3
_TARGET_CHARACTERS = 2_600
"""Of story text: with furniture and markup a file has about 3 kB, more bytes in Cyrillic."""


def generate(folder: Path, count: int, seed: int = 20_261_101) -> list[Path]:
    """Write `count` articles into `folder`, in folders of their publishers, and give their paths in order."""
    phrases = yaml.safe_load(Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8"))
    paths = []
    for number, (publisher, suffix, text) in enumerate(_articles(phrases, count, random.Random(seed))):
        path = folder / publisher / f"{number:06d}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def _articles(phrases: dict[str, Any], count: int, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    languages = list(phrases)
    shares = [phrases[language]["share"] for language in languages]
    for number in range(count):
        language = chance.choices(languages, shares)[0]
        publisher = f"{language}-paper-{chance.randrange(8)}"
        writer = _Writer(phrases[language], chance)
        if chance.random() < _HTML_SHARE:
            yield publisher, "html", writer.page(language, publisher, number)
        else:
            yield publisher, "txt", writer.text()


class _Writer:
    """One article of one language, with its own places, people and date."""

    def __init__(self, phrases: dict[str, Any], chance: random.Random) -> None:
        self._phrases = phrases
        self._chance = chance
        self._moment = datetime(2023, 1, 1) + timedelta(minutes=chance.randrange(60 * 24 * 1_370))  # noqa: DTZ001
        self._places = [self._word() for _ in range(3)]
        self._names = [f"{chance.choice(_FIRST)} {self._word()}" for _ in range(3)]
        self._deck: list[str] = []

    def text(self) -> str:
        """Give a plain text: furniture above, within and below the story."""
        headline, story = self._story()
        middle = self._chance.randrange(2, len(story) - 1)
        lines = [
            *([self._pick("head")] if self._chance.random() < 0.5 else []),
            headline,
            self._fill(self._phrases["byline"]),
            self._fill(self._phrases["date"]),
            self._fill(self._phrases["caption"]),
            *story[:middle],
            self._pick("middle"),
            *story[middle:],
            *(self._fill(line) for line in self._phrases["tail"]),
        ]
        return "\n".join(lines) + "\n"

    def page(self, language: str, publisher: str, number: int) -> str:
        """Give a page: metadata in the head, the furniture in its own elements."""
        headline, story = self._story()
        paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in story)
        tail = "\n".join(f"<p>{html.escape(self._fill(line))}</p>" for line in self._phrases["tail"])
        return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(headline)}</title>
<link rel="canonical" href="https://{publisher}.example/news/{number}">
<meta property="og:title" content="{html.escape(headline)}">
<meta property="article:published_time" content="{self._moment:%Y-%m-%dT%H:%M:00Z}"></head>
<body><nav><a href="/">{html.escape(self._pick("head"))}</a></nav><article><h1>{html.escape(headline)}</h1>
{paragraphs}
</article><footer>{tail}</footer></body></html>
"""

    def _story(self) -> tuple[str, list[str]]:
        headline = self._fill(self._chance.choice(self._phrases["headlines"]))
        paragraphs: list[str] = []
        written = 0
        while written < _TARGET_CHARACTERS:
            if len(paragraphs) in (4, 9):
                paragraphs.append(self._pick("sections"))
            several = [self._next_sentence() for _ in range(self._chance.randint(1, 3))]
            paragraphs.append(" ".join(self._fill(sentence) for sentence in several))
            written += len(paragraphs[-1])
        return headline, [self._fill(self._phrases["dateline"]) + paragraphs[0], *paragraphs[1:]]

    def _next_sentence(self) -> str:
        """Deal the sentences like cards: none comes again before all have been told."""
        if not self._deck:
            self._deck = self._chance.sample(self._phrases["sentences"], len(self._phrases["sentences"]))
        return self._deck.pop()

    def _pick(self, key: str) -> str:
        return self._fill(self._chance.choice(self._phrases[key]))

    def _fill(self, sentence: str) -> str:
        while "{" in sentence:
            before, _, rest = sentence.partition("{")
            slot, _, after = rest.partition("}")
            sentence = before + self._slot(slot) + after
        return sentence

    def _slot(self, slot: str) -> str:
        moment, chance = self._moment, self._chance
        known = {
            "day": str(moment.day),
            "day2": f"{moment:%d}",
            "month2": f"{moment:%m}",
            "time": f"{moment:%H:%M}",
        }
        if slot in known:
            return known[slot]
        if slot == "month":
            return str(self._phrases["months"][moment.month - 1])
        if slot == "weekday":
            return str(self._phrases["weekdays"][moment.weekday()])
        if slot == "place":
            return chance.choice(self._places)
        if slot == "PLACE":
            return self._places[0].upper()
        if slot == "name":
            return chance.choice(self._names)
        if slot == "number":
            return str(chance.randrange(12, 4_000))
        if slot == "money":
            return f"{chance.randrange(2, 900)}.{chance.randrange(10)} million"
        if slot == "year":
            return str(moment.year)
        raise KeyError(slot)

    def _word(self) -> str:
        return "".join(self._chance.sample(_SYLLABLES, self._chance.randint(2, 3))).capitalize()


def main() -> None:
    """Write articles into a folder: `python -m bench.generate FOLDER --count 1000`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20_261_101)
    arguments = parser.parse_args()
    paths = generate(arguments.folder, arguments.count, arguments.seed)
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} articles, {size / len(paths):,.0f} bytes each, in {arguments.folder}")


if __name__ == "__main__":
    main()
