"""How well articles are dated, beside the libraries: `python -m bench.quality_dates TABLE... [--errors] [--json]`.

Each page goes through the whole line, and the day of its publication, as its readers see it, is compared with the
label: right, wrong, missing, and invented on pages that have none. A page that is refused has no date. `or changed`
takes the date of change where there is none of publication, as htmldate does for pages that are only ever changed.
`JSON-LD, else meta` is the plain rule one would write; htmldate is asked for the original date, with its extensive
search and without. All read the same pages in one run. `--half A` and `--half B` take the pages of half the publishers,
to tune on one and look at the other.
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import htmldate
from bs4 import BeautifulSoup

from bench.labelled import LabelledPage, read_pages
from bench.sets import thin_out, told
from newsdex.pipeline import process
from newsdex.records import Article, Origin, RawDocument, Rejection
from newsdex.rules import load_rules

_RULES = load_rules(Path(__file__).resolve().parents[1] / "config")
_FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_META = (
    *("article:published_time", "og:published_time", "datepublished", "publish-date", "publish_date", "pubdate"),
    *("parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date", "date"),
)

_READ: dict[tuple[str, str, str], Article | Rejection] = {}

Days = dict[str, str | None]


def main() -> None:
    """Run every system over every table and print what it got."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--half", choices=("A", "B"))
    parser.add_argument("--errors", action="store_true", help="list the pages that Newsdex dates otherwise")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure_tables(arguments.tables, None, arguments.half)
    for table in arguments.tables if arguments.errors else ():
        list_errors([page for page in _dated_pages(table) if arguments.half in (None, _half(page))])
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    for name, table in figures.items():
        print(f"{name}: {table['pages']} pages, {table['dated']} with a date")
        for system, result in table["systems"].items():
            print(f"  {system:24}", "  ".join(f"{key} {value}" for key, value in result.items()))


def measure_tables(tables: Sequence[Path], sample: int | None, half: str | None = None) -> dict[str, Any]:
    """Measure all systems on each table that has dates."""
    figures = {}
    for table in tables:
        pages = [page for page in _dated_pages(table) if half in (None, _half(page))]
        chosen = thin_out(pages, sample)
        if chosen:
            figures[table.stem] = {
                "pages": len(chosen),
                "dated": sum(page.labels["date"] is not None for page in chosen),
                "systems": {name: compare(chosen, found) for name, found in date_pages(chosen).items()},
            }
    return figures


def _dated_pages(table: Path) -> list[LabelledPage]:
    return [page for page in read_pages(table) if "date" in page.labels]


def date_pages(pages: list[LabelledPage]) -> dict[str, Days]:
    """Give each system's name with the days it finds."""
    found: dict[str, Days] = defaultdict(dict)
    for page in told(pages, f"dates of {pages[0].table}"):
        article = read(page)
        found["newsdex"][page.id] = _day(article, changed=False)
        found["newsdex, or changed"][page.id] = _day(article, changed=True)
        found["JSON-LD, else meta"][page.id] = read_by_rule(page)
        found["htmldate, extensive"][page.id] = _ask_htmldate(page, extensive=True)
        found["htmldate, careful"][page.id] = _ask_htmldate(page, extensive=False)
    return found


def compare(pages: list[LabelledPage], found: Days) -> dict[str, int]:
    """Count what is right, wrong, missing and invented, and how many of the wrong ones are a day off."""
    pairs = [(page.labels["date"], found[page.id]) for page in pages]
    return {
        "right": sum(day == given for day, given in pairs if day),
        "wrong": sum(given is not None and given != day for day, given in pairs if day),
        "missing": sum(given is None for day, given in pairs if day),
        "invented": sum(given is not None for day, given in pairs if not day),
        "a day off": sum(_is_a_day_off(day, given) for day, given in pairs if day and given),
    }


def list_errors(pages: list[LabelledPage]) -> None:
    """Print the pages that Newsdex dates otherwise than their labels, with the evidence."""
    for page in pages:
        article = read(page)
        if (day := _day(article, changed=False)) == page.labels["date"]:
            continue
        print(f"{page.id} {page.labels['date']} but {day}: {page.url[:120]}")
        if isinstance(article, Rejection):
            print("    refused:", article.reason, article.detail)
            continue
        for role in ("published_at", "modified_at"):
            proof = article.as_dict()["evidence"][role] or {}
            for piece in (proof, *proof.get("rejected", ())):
                told = (piece.get(key) for key in ("found_in", "text", "day", "refused"))
                print("   ", role, *(str(part)[:100] for part in told if part))


def read(page: LabelledPage) -> Article | Rejection:
    """Take a page through the line, once for all questions about it."""
    key = page.table, page.id, page.url
    if key not in _READ:
        raw = RawDocument(Origin(page.url, _FETCHED, "text/html", page.id), page.markup.encode("utf-8", "replace"))
        _READ[key] = process(raw, _RULES)
    return _READ[key]


def read_by_rule(page: LabelledPage) -> str | None:
    """Take the first `datePublished` of the JSON-LD, else the first meta element that is called a date."""
    soup = BeautifulSoup(page.markup, "lxml")
    found: list[Any] = []
    for script in soup.find_all("script", type="application/ld+json"):
        with suppress(ValueError):
            found += _published(json.loads(script.get_text(), strict=False))
    named: dict[str, Any] = {}
    for element in soup.find_all("meta", content=True):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        named.setdefault(str(name).lower(), element["content"])
    found += [named[name] for name in _META if name in named]
    days = (_DAY.match(value) for value in found if isinstance(value, str))
    return next((day.group() for day in days if day), None)


def _published(node: Any) -> list[Any]:
    if isinstance(node, list):
        return [found for inner in node for found in _published(inner)]
    if not isinstance(node, dict):
        return []
    own = [node["datePublished"]] if "datePublished" in node else []
    return own + [found for inner in node.values() for found in _published(inner)]


def _ask_htmldate(page: LabelledPage, *, extensive: bool) -> str | None:
    ask: Callable[..., str | None] = htmldate.find_date
    try:
        return ask(page.markup, url=page.url, extensive_search=extensive, original_date=True)
    except Exception:  # noqa: BLE001 - whatever it raises, the date is missing
        return None


def _day(article: Article | Rejection, *, changed: bool) -> str | None:
    if isinstance(article, Rejection):
        return None
    for dated in (article.published, article.modified) if changed else (article.published,):
        if dated.value is not None:
            day = dated.evidence.day if dated.evidence else None
            return (day or dated.value.date()).isoformat()
    return None


def _is_a_day_off(label: str, given: str) -> bool:
    try:
        return abs((date.fromisoformat(label) - date.fromisoformat(given)).days) == 1
    except ValueError:
        return False


def _half(page: LabelledPage) -> str:
    return "AB"[zlib.crc32(page.publisher.encode()) % 2]


if __name__ == "__main__":
    main()
