"""The labelled sets that quality is measured on, found by their places in one folder (bench/README.md says which)."""

from __future__ import annotations

import gzip
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import psutil

_Item = TypeVar("_Item")
_TELL_EVERY = 15.0


@dataclass(frozen=True)
class Sets:
    """What a folder has: folders of texts with a `gold.jsonl`, tables of pages, and lists of texts with a language."""

    texts: tuple[Path, ...]
    pages: tuple[Path, ...]
    languages: tuple[Path, ...]


def find_sets(root: Path) -> Sets:
    """Find the sets: `text*/gold.jsonl`, `html/*.jsonl`, `lang/*.jsonl` and `lang/*.jsonl.gz`."""
    return Sets(
        texts=tuple(sorted(gold.parent for gold in root.glob("text*/gold.jsonl"))),
        pages=tuple(sorted(root.glob("html/*.jsonl"))),
        languages=tuple(sorted((*root.glob("lang/*.jsonl"), *root.glob("lang/*.jsonl.gz")))),
    )


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines, gzip if the name ends in .gz."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def thin_out(items: Sequence[_Item], sample: int | None) -> list[_Item]:
    """Take so many of the items, evenly from beginning to end; all of them without a number.

    >>> thin_out("abcdefgh", 4)
    ['a', 'c', 'e', 'g']
    """
    if sample is None or sample >= len(items):
        return list(items)
    return [items[number * len(items) // sample] for number in range(sample)]


def told(items: Sequence[_Item], name: str) -> Iterator[_Item]:
    """Go through the items, and say on stderr how far it is."""
    started = last = time.monotonic()
    for number, item in enumerate(items):
        yield item
        if time.monotonic() - last > _TELL_EVERY:
            last = time.monotonic()
            print(f"  {name}: {number + 1} of {len(items)}, {last - started:.0f} s", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """Say what the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def versions(*names: str) -> dict[str, str]:
    """Give the versions of the packages that were compared."""
    return {name: metadata.version(name) for name in names}
