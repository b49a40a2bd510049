"""docs/quality.md and its charts, from the stored figures. What stands between a table's two markers is rewritten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.marks import MARKS
from bench.panels import draw_panels
from bench.quality_views import VIEWS, table

Figures = dict[str, Any]
TABLES = {
    "text": "Plain text",
    "html": "Main text of pages",
    "dates": "Dates of pages",
    "metadata": "Headlines and authors of pages",
    "language": "Language",
    "duplicates": "Near-duplicates",
}
_SHORTER = "Shorter is better."


@dataclass(frozen=True)
class Places:
    """Where the figures are, and where what is made of them goes."""

    results: Path
    images: Path
    page: Path

    @classmethod
    def of_project(cls, root: Path) -> Places:
        """Give those of the project."""
        return cls(root / "bench/results", root / "docs/images", root / "docs/quality.md")

    @classmethod
    def below(cls, folder: Path) -> Places:
        """Give a folder of its own, for a look."""
        return cls(folder, folder / "images", folder / "quality.md")


def render(places: Places, root: Path) -> Iterator[Path]:
    """Write the charts and the page's tables, and give the files. A table without figures stays as it is."""
    text = (root / "docs/quality.md").read_text(encoding="utf-8")
    places.images.mkdir(parents=True, exist_ok=True)
    rows: list[list[str]] = []
    for name, title in TABLES.items():
        stored = places.results / f"quality-{name}.json"
        if not stored.is_file():
            continue
        shape = json.loads(stored.read_text(encoding="utf-8"))
        view = VIEWS[name](shape["sets"])
        chart = places.images / f"quality-{name}.svg"
        note = f"{_SHORTER} Measured {shape['measured_at'][:10]} in one run."
        chart.write_text(draw_panels(f"{title}: what goes wrong", note, view.panels), encoding="utf-8")
        yield chart
        if name in MARKS:
            rows += [
                [mark.what, mark.wanted, mark.measured, mark.short_by or "yes"] for mark in MARKS[name](shape["sets"])
            ]
        block = f"![{title}: what goes wrong](images/quality-{name}.svg)\n\n{view.rows}\n\n{_provenance(shape)}"
        text = _fill(text, name, block)
    if rows:
        text = _fill(text, "marks", table(["", "wanted", "measured", "reached, or short by"], rows))
    places.page.write_text(text, encoding="utf-8")
    yield places.page


def _fill(text: str, name: str, block: str) -> str:
    marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return marked.sub(lambda found: f"{found[1]}\n{block}\n\n{found[2]}", text)


def _provenance(shape: Figures) -> str:
    machine = shape["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in shape["versions"].items())
    sample = f" Only a sample of {shape['sample']} a set." if shape["sample"] else ""
    return (
        f"Measured {shape['measured_at'][:10]} on {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}; {packages}.{sample}"
    )
