"""Labelled pages: JSON lines with `id`, `url`, `html` (a gzip file beside the list) and the labels."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_TOKEN = re.compile(r"\w+")
_RUN = 4


@dataclass(frozen=True)
class LabelledPage:
    """A page and its labels: `body` is a list of acceptable texts; `with` and `without` are snippets; `date` a day."""

    table: str
    id: str
    url: str
    markup: str
    labels: dict[str, Any]

    @property
    def publisher(self) -> str:
        """The last two parts of the host, by which pages are held out together."""
        return ".".join((urlsplit(self.url).hostname or "").split(".")[-2:])


def read_pages(table: Path) -> list[LabelledPage]:
    """Read one table of labelled pages."""
    pages = []
    for line in table.read_text("utf-8").splitlines():
        row = json.loads(line)
        markup = gzip.decompress((table.parent / row["html"]).read_bytes()).decode("utf-8", "replace")
        pages.append(LabelledPage(table.stem, row["id"], row["url"], markup, row))
    return pages


def agreement(gold: str, found: str) -> tuple[float, float]:
    """Give the precision and recall of a text in runs of four words, as the public extraction benchmarks count them."""
    wanted, given = _runs(gold), _runs(found)
    common = sum((wanted & given).values())
    return (common / max(1, sum(given.values())), common / max(1, sum(wanted.values())))


def best_agreement(golds: list[str], found: str) -> tuple[float, float]:
    """Compare with the acceptable text that fits best."""
    return max((agreement(gold, found) for gold in golds), key=lambda pair: harmonic(*pair))


def harmonic(precision: float, recall: float) -> float:
    """Give the F1 of a precision and a recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    return Counter(tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1)) if words)
