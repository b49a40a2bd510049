"""Measure the quality of everything that Newsdex infers, beside its peers: `python -m bench.quality SETS`.

SETS is a folder of labelled sets (bench/README.md has the layout); a kind of set that it lacks is told and skipped.
Each table's figures go to bench/results/quality-NAME.json as soon as they are there. Then docs/quality.md gets its
tables and docs/images its charts, which `--render` does alone. `--sample N` takes N documents of each set, for a look:
with it nothing is stored unless `--out FOLDER` says where.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.quality_page import TABLES, Places, render
from bench.sets import Sets, find_sets, machine, versions

_ROOT = Path(__file__).resolve().parents[1]
_SEED = 20_261_101

Figures = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One table: the sets it wants, how it is measured, and the packages that are compared."""

    wants: str
    measure: Callable[[Sets, int | None], Figures]
    packages: tuple[str, ...]


def measure_text(sets: Sets, sample: int | None) -> Figures:
    """Measure plain texts."""
    from bench.quality_text import measure_texts

    return measure_texts(sets.texts, sample)


def measure_html(sets: Sets, sample: int | None) -> Figures:
    """Measure main texts of pages, in-sample and held out."""
    from bench.quality_html import add_held_out, measure_tables

    figures = measure_tables(sets.pages, sample)
    if figures:
        add_held_out(figures, sets.pages, sample)
    return figures


def measure_dates(sets: Sets, sample: int | None) -> Figures:
    """Measure days of publication of pages."""
    from bench.quality_dates import measure_tables

    return measure_tables(sets.pages, sample)


def measure_metadata(sets: Sets, sample: int | None) -> Figures:
    """Measure headlines and authors of pages."""
    from bench.quality_metadata import measure_tables

    return measure_tables(sets.pages, sample)


def measure_language(sets: Sets, sample: int | None) -> Figures:
    """Measure languages."""
    from bench.quality_language import measure_lists

    return measure_lists(sets.languages, sample)


def measure_duplicates(sets: Sets, sample: int | None) -> Figures:
    """Measure near-duplicates, on the gold bodies of texts and pages."""
    from bench.quality_duplicates import measure_texts

    lists = [*(folder / "gold.jsonl" for folder in sets.texts), *sets.pages]
    return {"all": measure_texts(lists, sample, _SEED)} if lists else {}


TASKS = {
    "text": Task("text*/gold.jsonl", measure_text, ("trafilatura", "justext")),
    "language": Task("lang/*.jsonl", measure_language, ("langdetect", "py3langid", "pycld2")),
    "duplicates": Task("text*/gold.jsonl or html/*.jsonl", measure_duplicates, ("rensa", "datasketch")),
    "dates": Task("html/*.jsonl", measure_dates, ("htmldate", "beautifulsoup4")),
    "metadata": Task("html/*.jsonl", measure_metadata, ("trafilatura", "beautifulsoup4")),
    "html": Task("html/*.jsonl", measure_html, ("trafilatura", "resiliparse", "readability-lxml", "lightgbm")),
}


def main() -> int:
    """Measure what the folder has, store it, and render. Exit code 1 when there was nothing to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given = os.environ.get("NEWSDEX_SETS")
    parser.add_argument("sets", nargs="?", type=Path, default=given and Path(given), help="else NEWSDEX_SETS")
    parser.add_argument("--only", nargs="+", choices=TASKS, default=list(TASKS), metavar="TABLE")
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="put everything there instead of into the project")
    parser.add_argument("--render", action="store_true", help="only render what is stored")
    options = parser.parse_args()
    if not options.render:
        if options.sets is None or not options.sets.is_dir():
            parser.error("name the folder of your labelled sets: make bench-quality SETS=path (see bench/README.md)")
        figures = measure(options.sets, options.only, options.sample, options.out)
        if not any(figures.values()):
            print("nothing was measured", file=sys.stderr)
            return 1
        if options.sample and not options.out:
            print(json.dumps(figures, indent=1, ensure_ascii=False))
            return 0
    for path in render(Places.below(options.out) if options.out else Places.of_project(_ROOT), _ROOT):
        print(path)
    return 0


def measure(root: Path, only: list[str], sample: int | None, out: Path | None) -> dict[str, Figures]:
    """Measure table by table, and store each."""
    sets, measured = find_sets(root), {}
    results = (Places.below(out) if out else Places.of_project(_ROOT)).results
    for name in only:
        started = time.monotonic()
        print(f"{TABLES[name]} ...", file=sys.stderr, flush=True)
        measured[name] = TASKS[name].measure(sets, sample)
        took = time.monotonic() - started
        if not measured[name]:
            print(f"  {root} has no {TASKS[name].wants} for it: skipped", file=sys.stderr, flush=True)
            continue
        print(f"  done in {took:.0f} s", file=sys.stderr, flush=True)
        if out or not sample:
            shape = {
                "table": name,
                "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "seconds": round(took),
                "sample": sample,
                "machine": machine(),
                "versions": versions(*TASKS[name].packages),
                "sets": measured[name],
            }
            results.mkdir(parents=True, exist_ok=True)
            path = results / f"quality-{name}.json"
            path.write_text(json.dumps(shape, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return measured


if __name__ == "__main__":
    raise SystemExit(main())
