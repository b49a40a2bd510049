"""How well headlines and authors of pages are read, beside the libraries: `python -m bench.quality_metadata TABLE...`.

Each page goes through the whole line. Beside it, in the same run: trafilatura's metadata, and the plain rule one would
write, the JSON-LD, else `og:title` and the author's meta element. A value is right when its words are the label's, in
any case and with any punctuation; where a page has no author, naming one is counted as invented.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from trafilatura.metadata import extract_metadata

from bench.labelled import LabelledPage, read_pages
from bench.quality_dates import read
from bench.sets import thin_out, told
from newsdex.records import Article

Found = dict[str, Any]


def main() -> None:
    """Run every system over every table and print what it got."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path)
    print(json.dumps(measure_tables(parser.parse_args().tables, None), indent=2))


def measure_tables(tables: Sequence[Path], sample: int | None) -> dict[str, Any]:
    """Measure all systems on each table that has headlines."""
    figures = {}
    for table in tables:
        pages = thin_out([page for page in read_pages(table) if "title" in page.labels], sample)
        if not pages:
            continue
        found: dict[str, list[Found]] = defaultdict(list)
        for page in told(pages, f"headlines and authors of {table.stem}"):
            found["newsdex"].append(by_newsdex(page))
            found["JSON-LD, else meta"].append(by_rule(page))
            found["trafilatura"].append(by_trafilatura(page))
        figures[table.stem] = {
            "pages": len(pages),
            "systems": {
                name: {field: compare(pages, values, field) for field in ("title", "authors")}
                for name, values in found.items()
            },
        }
    return figures


def compare(pages: Sequence[LabelledPage], found: Sequence[Found], field: str) -> dict[str, int]:
    """Count what is right, wrong, missing and invented."""
    pairs = [
        (_names(page.labels.get(field)), _names(values.get(field)))
        for page, values in zip(pages, found, strict=True)
        if page.labels.get(field) is not None
    ]
    return {
        "right": sum(given == label for label, given in pairs if label),
        "wrong": sum(bool(given) and given != label for label, given in pairs if label),
        "missing": sum(not given for label, given in pairs if label),
        "invented": sum(bool(given) for label, given in pairs if not label),
        "there": sum(bool(label) for label, _ in pairs),
    }


def by_newsdex(page: LabelledPage) -> Found:
    """Take a page through the line."""
    article = read(page)
    if not isinstance(article, Article):
        return {}
    return {"title": article.clean.headline, "authors": article.clean.authors}


def by_trafilatura(page: LabelledPage) -> Found:
    """Ask trafilatura, which joins authors with semicolons."""
    try:
        known = extract_metadata(page.markup, default_url=page.url)
    except Exception:  # noqa: BLE001 - whatever it raises, the page has nothing
        return {}
    return {"title": known.title, "authors": (known.author or "").split(";")} if known else {}


def by_rule(page: LabelledPage) -> Found:
    """Take the first headline and the authors of the JSON-LD, else those of the meta elements."""
    soup = BeautifulSoup(page.markup, "lxml")
    nodes: list[dict[str, Any]] = []
    for script in soup.find_all("script", type="application/ld+json"):
        with suppress(ValueError):
            nodes += _objects(json.loads(script.get_text(), strict=False))
    named: dict[str, str] = {}
    for element in soup.find_all("meta", content=True):
        named.setdefault(str(element.get("property") or element.get("name")).lower(), str(element["content"]))
    titles = [node["headline"] for node in nodes if isinstance(node.get("headline"), str)]
    authors = next((names for node in nodes if (names := list(_authors(node.get("author"))))), None)
    return {
        "title": next(iter(titles), named.get("og:title")),
        "authors": authors or [named[key] for key in ("author", "article:author") if key in named][:1],
    }


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(inner)


def _authors(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for inner in node:
            yield from _authors(inner)
    elif isinstance(node, dict):
        yield from _authors(node.get("name"))


def _names(value: Any) -> set[str]:
    values = [value] if isinstance(value, str) else value or ()
    folded = (" ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", str(name)).casefold())) for name in values)
    return {name for name in folded if name}


if __name__ == "__main__":
    main()
