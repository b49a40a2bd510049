"""How well pages become articles, beside the libraries: `python -m bench.quality_html TABLE... [--json]`.

Tables with `body` give token F1 (runs of four words, mean over pages) and CPU seconds; tables with `date` give right,
wrong and missing days, and dates invented on pages that have none. All systems read the same pages in one run.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import htmldate
import trafilatura
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from bench.labelled import LabelledPage, best_agreement, harmonic, read_pages
from newsdex.clean import clean
from newsdex.enrich.dates import decide_dates
from newsdex.errors import Rejected
from newsdex.extract import extract
from newsdex.extract.excerpt import excerpt
from newsdex.extract.html import parse
from newsdex.extract.structured_data import read_metadata
from newsdex.records import CleanArticle, Dated, ExtractedArticle, FoundIn, Kind, Origin, RawDocument
from newsdex.rules import load_rules

_CONFIG = Path(__file__).resolve().parents[1] / "config"
_FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
_OFFSET = re.compile(r"T.*([+-])(\d\d):?(\d\d)$")
_NOTHING: dict[str, Any] = {}


def main() -> None:
    """Run every system over every table and print what it got."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    for table in arguments.tables:
        pages = read_pages(table)
        figures[table.stem] = {"pages": len(pages)}
        if any("body" in page.labels for page in pages):
            figures[table.stem]["body"] = measure_bodies([page for page in pages if "body" in page.labels])
        if any("title" in page.labels for page in pages):
            figures[table.stem] |= measure_metadata(pages)
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    for name, tasks in figures.items():
        print(f"{name}: {tasks.pop('pages')} pages")
        for task, systems in tasks.items():
            for system, result in systems.items():
                print(f"  {task:7} {system:24}", "  ".join(f"{key} {value}" for key, value in result.items()))


def measure_bodies(pages: list[LabelledPage]) -> dict[str, Any]:
    """Measure token F1 and the CPU time beside trafilatura's default."""
    results: dict[str, Any] = {}
    for name, read in _bodies().items():
        pairs, failed, spent = [], 0, 0.0
        with suppress(Exception):
            read(pages[0])  # what is loaded at the first call is not the page's cost
        for page in pages:
            start = time.process_time()
            try:
                found = read(page)
            except Exception:  # noqa: BLE001 - whatever a library raises, the page counts as empty
                found, failed = "", failed + 1
            spent += time.process_time() - start
            pairs.append(best_agreement(page.labels["body"], found or ""))
        precision, recall = mean(p for p, _ in pairs), mean(r for _, r in pairs)
        results[name] = {
            "f1": round(harmonic(precision, recall), 4),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "cpu": round(spent, 2),
            "failed": failed,
        }
    base = results["trafilatura"]["cpu"]
    for result in results.values():
        result["cost"] = round(result["cpu"] / base, 2)
    return results


def measure_metadata(pages: list[LabelledPage]) -> dict[str, Any]:
    """Measure days, headlines and authors."""
    ours, rule, peer = {}, {}, {}
    for page in pages:
        known = _extract(page)
        said = read_metadata(excerpt(parse(page.markup)), page.url)
        ours[page.id] = {
            "date": _day(known),
            "title": known.headline if known else None,
            "authors": known.authors if known else (),
        }
        marked = [d for d in said.dates if d.found_in in (FoundIn.JSON_LD, FoundIn.META) and d.role == "published"]
        day = re.match(r"\d{4}-\d\d-\d\d", marked[0].text) if marked else None
        title = said.headlines[0] if said.headlines else None
        rule[page.id] = {"date": day.group() if day else None, "title": title, "authors": said.authors}
        try:
            peer[page.id] = {"date": htmldate.find_date(page.markup, url=page.url, extensive_search=True)}
        except Exception:  # noqa: BLE001 - whatever it raises, the date is missing
            peer[page.id] = _NOTHING
    systems = {"newsdex": ours, "JSON-LD, else meta": rule, "htmldate": peer}
    return {
        "date": {name: _compare_dates(pages, found) for name, found in systems.items()},
        "title": {name: _compare(pages, systems[name], "title") for name in ("newsdex", "JSON-LD, else meta")},
        "authors": {name: _compare(pages, systems[name], "authors") for name in ("newsdex", "JSON-LD, else meta")},
    }


def _bodies() -> dict[str, Callable[[LabelledPage], str]]:
    def call_trafilatura(**options: Any) -> Callable[[LabelledPage], str]:
        return lambda page: trafilatura.extract(page.markup, include_comments=False, **options) or ""

    systems: dict[str, Callable[[LabelledPage], str]] = {
        "newsdex, extracted": lambda page: _extracted_text(_extract(page)),
        "newsdex, cleaned": _cleaned_text,
        "trafilatura": call_trafilatura(),
        "trafilatura precision": call_trafilatura(favor_precision=True),
        "trafilatura fast": call_trafilatura(fast=True),
        "resiliparse": lambda page: extract_plain_text(page.markup, main_content=True),
        "readability-lxml": lambda page: extract_plain_text(Document(page.markup).summary(), main_content=False),
    }
    try:
        import newspaper
    except ImportError:
        return systems

    def call_newspaper(page: LabelledPage) -> str:
        article = newspaper.Article(page.url or "https://example.org/", fetch_images=False)
        article.download(input_html=page.markup)
        article.parse()
        return str(article.text)

    return {**systems, "newspaper4k": call_newspaper}


def _raw(page: LabelledPage) -> RawDocument:
    return RawDocument(Origin(page.url, _FETCHED, "text/html", page.id), page.markup.encode("utf-8", "replace"))


def _extract(page: LabelledPage) -> ExtractedArticle | None:
    try:
        return extract(_raw(page))
    except Rejected:
        return None


def _extracted_text(article: ExtractedArticle | None) -> str:
    return "\n".join(p.text for p in article.paragraphs if p.kind is not Kind.CAPTION) if article else ""


_RULES = load_rules(_CONFIG)


def _cleaned_text(page: LabelledPage) -> str:
    try:
        return "\n".join(clean(extract(_raw(page)), _RULES).body)
    except Rejected:
        return ""


def _day(article: ExtractedArticle | None) -> str | None:
    """Give the day in the offset that the page prints, as the labels do."""
    if article is None:
        return None
    dated = CleanArticle(
        article.origin,
        ("",),
        publisher=article.publisher,
        declared_language=article.declared_language,
        dates=article.dates,
    )
    published, _ = decide_dates(dated, _RULES, (article.declared_language or "und").partition("-")[0])
    return _printed_day(published)


def _printed_day(dated: Dated) -> str | None:
    if dated.value is None or dated.evidence is None:
        return None
    printed = _OFFSET.search(dated.evidence.text)
    offset = timedelta(hours=int(printed[2]), minutes=int(printed[3])) if printed else timedelta()
    return (dated.value + (-offset if printed and printed[1] == "-" else offset)).date().isoformat()


def _compare_dates(pages: list[LabelledPage], found: dict[str, Any]) -> dict[str, int]:
    pairs = [(page.labels["date"], found[page.id].get("date")) for page in pages if "date" in page.labels]
    return {
        "right": sum(given == day for day, given in pairs if day),
        "wrong": sum(given is not None and given != day for day, given in pairs if day),
        "missing": sum(given is None for day, given in pairs if day),
        "invented": sum(given is not None for day, given in pairs if not day),
    }


def _compare(pages: list[LabelledPage], found: dict[str, Any], field: str) -> dict[str, int]:
    pairs = [(_names(page.labels.get(field)), _names(found[page.id].get(field))) for page in pages]
    return {
        "right": sum(given == label for label, given in pairs if label),
        "wrong": sum(bool(given) and given != label for label, given in pairs if label),
        "missing": sum(not given for label, given in pairs if label),
        "invented": sum(bool(given) for label, given in pairs if not label),
    }


def _names(value: Any) -> set[str]:
    values = [value] if isinstance(value, str) else value or ()
    return {" ".join(re.findall(r"\w+", name.casefold())) for name in values}


if __name__ == "__main__":
    main()
