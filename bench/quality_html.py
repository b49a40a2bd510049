"""How well pages become articles, beside the libraries: `python -m bench.quality_html TABLE... [--held-out] [--json]`.

Tables with `body` are judged by token F1: runs of four words, precision and recall each the mean over pages. Tables
with `with` and `without` by snippets: the F1 of finding those of the article and none of the others. The CPU time is
measured while the systems take turns, and told as a multiple of trafilatura's default.

The vote on the main text was fitted on such tables, so on these very pages its figure is in-sample. `--held-out` fits
it anew five times, each time without a fifth of the publishers, and has the whole of `extract` and `clean` read that
fifth with what the others taught.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

import trafilatura
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from bench.labelled import LabelledPage, best_agreement, harmonic, read_pages
from bench.sets import thin_out, told
from newsdex.clean import clean
from newsdex.errors import Rejected
from newsdex.extract import extract
from newsdex.records import ExtractedArticle, Kind, Origin, RawDocument
from newsdex.rules import load_rules

RULES = load_rules(Path(__file__).resolve().parents[1] / "config")
_FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
_PORTION = 20

System = Callable[[LabelledPage], str]


def main() -> None:
    """Run every system over every table and print what it got."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure_tables(arguments.tables, None)
    if arguments.held_out:
        add_held_out(figures, arguments.tables, None)
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    for name, table in figures.items():
        print(f"{name}: {table['pages']} pages")
        for system, result in table["systems"].items():
            print(f"  {system:34}", "  ".join(f"{key} {value}" for key, value in result.items()))


def measure_tables(tables: Sequence[Path], sample: int | None) -> dict[str, Any]:
    """Measure all systems on each table that has bodies or snippets."""
    figures = {}
    for table in tables:
        pages = [page for page in read_pages(table) if "body" in page.labels or "with" in page.labels]
        if pages:
            chosen = thin_out(pages, sample)
            by = "body" if "body" in pages[0].labels else "snippets"
            figures[table.stem] = {"pages": len(chosen), "by": by, "systems": measure(chosen, table.stem)}
    return figures


def measure(pages: Sequence[LabelledPage], name: str) -> dict[str, Any]:
    """Measure how well, and at what cost: the systems take turns, a few pages each, and each begins as often.

    Not page by page: libraries keep what they have just computed, and would find it again in their next mode.
    """
    systems = _systems()
    texts: dict[str, list[str]] = defaultdict(list)
    spent: dict[str, float] = defaultdict(float)
    failed: dict[str, int] = defaultdict(int)
    for system in systems.values():
        _try(system, pages[0])  # what is loaded at the first call is not the page's cost
    portions = [pages[start : start + _PORTION] for start in range(0, len(pages), _PORTION)]
    for number, portion in enumerate(told(portions, f"{name}, portions of {_PORTION} pages")):
        first = number % len(systems)
        for system_name in (*[*systems][first:], *[*systems][:first]):
            gc.collect()  # nobody pays for what another left behind
            start = time.process_time()
            found = [_try(systems[system_name], page) for page in portion]
            spent[system_name] += time.process_time() - start
            failed[system_name] += found.count(None)
            texts[system_name] += [text or "" for text in found]
    base = spent["trafilatura"]
    return {
        system: {
            **compare(pages, texts[system]),
            "cpu": round(spent[system], 2),
            "cost": round(spent[system] / base, 2),
            "failed": failed[system],
        }
        for system in systems
    }


def compare(pages: Sequence[LabelledPage], texts: Sequence[str]) -> dict[str, float]:
    """Give F1, precision and recall: of runs of words where pages have bodies, else of snippets."""
    if "body" in pages[0].labels:
        pairs = [best_agreement(page.labels["body"], text) for page, text in zip(pages, texts, strict=True)]
        precision, recall = mean(p for p, _ in pairs), mean(r for _, r in pairs)
    else:
        found = there = invented = 0
        for page, text in zip(pages, texts, strict=True):
            flat = _flat(text)
            found += sum(_flat(piece) in flat for piece in page.labels["with"])
            there += len(page.labels["with"])
            invented += sum(_flat(piece) in flat for piece in page.labels["without"])
        precision, recall = found / max(1, found + invented), found / max(1, there)
    return {"f1": round(harmonic(precision, recall), 4), "precision": round(precision, 4), "recall": round(recall, 4)}


def add_held_out(figures: dict[str, Any], tables: Sequence[Path], sample: int | None) -> None:
    """Add what Newsdex gets on publishers that the vote has not seen."""
    from bench.fit_main_text import fit_folds, held_out_tables
    from bench.sights import read_sights_of

    measured = {table.stem for table in tables if table.stem in figures}
    pages = [page for table in tables for page in thin_out(read_pages(table), sample)]
    sights = read_sights_of(told(pages, "held out, reading"))
    folds = fit_folds(sights)
    texts: dict[str, list[tuple[LabelledPage, str, str]]] = defaultdict(list)
    for page, fitted in held_out_tables(told(pages, "held out, judging"), folds):
        if page.table in measured:
            with fitted:
                texts[page.table].append((page, *both_texts(page)))
    for table, rows in texts.items():
        judged = [page for page, _, _ in rows]
        systems = figures[table]["systems"]
        systems["newsdex, extracted, held out"] = compare(judged, [text for _, text, _ in rows])
        systems["newsdex, cleaned, held out"] = compare(judged, [text for _, _, text in rows])


def _systems() -> dict[str, System]:
    def call_trafilatura(**options: Any) -> System:
        return lambda page: trafilatura.extract(page.markup, include_comments=False, **options) or ""

    return {
        "newsdex, extracted": extracted_text,
        "newsdex, cleaned": cleaned_text,
        "trafilatura": call_trafilatura(),
        "trafilatura, precision": call_trafilatura(favor_precision=True),
        "trafilatura, recall": call_trafilatura(favor_recall=True),
        "trafilatura, fast": call_trafilatura(fast=True),
        "resiliparse": lambda page: str(extract_plain_text(page.markup, main_content=True)),
        "readability-lxml": lambda page: str(extract_plain_text(Document(page.markup).summary(), main_content=False)),
    }


def _try(system: System, page: LabelledPage) -> str | None:
    try:
        return system(page)
    except Exception:  # noqa: BLE001 - whatever a library raises, the page counts as empty
        return None


def _raw(page: LabelledPage) -> RawDocument:
    return RawDocument(Origin(page.url, _FETCHED, "text/html", page.id), page.markup.encode("utf-8", "replace"))


def extracted_text(page: LabelledPage) -> str:
    """Give what `extract` reads, without captions."""
    try:
        return _told(extract(_raw(page)))
    except Rejected:
        return ""


def cleaned_text(page: LabelledPage) -> str:
    """Give the body that `clean` leaves of it."""
    return both_texts(page)[1]


def both_texts(page: LabelledPage) -> tuple[str, str]:
    """Give what `extract` reads and what `clean` leaves of it."""
    extracted = ""
    try:
        article = extract(_raw(page))
        extracted = _told(article)
        return extracted, "\n".join(clean(article, RULES).body)
    except Rejected:
        return extracted, ""


def _told(article: ExtractedArticle) -> str:
    return "\n".join(p.text for p in article.paragraphs if p.kind is not Kind.CAPTION)


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
