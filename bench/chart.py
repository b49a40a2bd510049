"""A bar chart of a benchmark's results, as SVG that is readable on light and on dark pages."""

from __future__ import annotations

from typing import Any

_WORDS = {
    "paths": "newsdex ingest",
    "batches": "claimed batches, two at a time",
    "plain": "plain loop: langdetect, index call each",
}
_LEFT, _WIDTH, _ROW = 300, 400, 46
STYLE = """<style>
text { fill: #1c2733; font-size: 14px }
.note { fill: #51606f; font-size: 12px }
.bar { fill: #4a6fa5 }
.plain { fill: #9aa7b5 }
@media (prefers-color-scheme: dark) {
  text { fill: #eef3f8 }
  .note { fill: #aab7c4 }
  .bar { fill: #7fa6e0 }
  .plain { fill: #66758a }
}
</style>"""


def draw(shape: dict[str, Any]) -> str:
    """Draw documents per second of each way through, with its factor to the plain loop."""
    results = shape["results"]
    most = max(result["per_second"] for result in results)
    rows = [_row(result, number, most, shape["ratio_to_plain"]) for number, result in enumerate(results)]
    height = 70 + _ROW * len(results) + 24
    machine = shape["machine"]
    files = f"{shape['documents']:,} files of {shape['bytes_each']:,} bytes"
    place = f"{machine['cores']} cores, Python {machine['python']}, Elasticsearch on the same machine"
    caveat = "The plain loop neither cleans, dates, archives nor balances."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height}" role="img" font-family="sans-serif">',
            "<title>Documents per second</title>",
            STYLE,
            '<text x="12" y="26" font-weight="600">Documents per second, raw file to searchable</text>',
            f'<text class="note" x="12" y="46">{files}; {place}</text>',
            *rows,
            f'<text class="note" x="12" y="{height - 10}">{caveat} {shape["measured_at"][:10]}</text>',
            "</svg>\n",
        ]
    )


def _row(result: dict[str, Any], number: int, most: float, ratios: dict[str, float]) -> str:
    top = 66 + number * _ROW
    name, rate = result["name"], result["per_second"]
    width = max(2.0, _WIDTH * rate / most)
    kind = "plain" if name == "plain" else "bar"
    return f"""<text x="{_LEFT - 10}" y="{top + 20}" text-anchor="end">{_WORDS[name]}</text>
<rect class="{kind}" x="{_LEFT}" y="{top}" width="{width:.0f}" height="30" rx="4"/>
<text x="{_LEFT + width + 8:.0f}" y="{top + 20}">{rate:,.0f} ({ratios[name]:.2f} x)</text>"""
