"""Bar charts in panels, one above the other, as SVG that is readable on light and on dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bench.chart import STYLE

_LEFT, _WIDTH, _ROW, _BAR, _TOP, _HEAD = 300, 380, 27, 18, 60, 34
_PARTS = """<style>
.first { fill: #b4474b }
.second { fill: #9aa7b5 }
.third { fill: #c79a3b }
.ours { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  .first { fill: #e58487 }
  .second { fill: #66758a }
  .third { fill: #d9b45f }
}
</style>"""
PART_CLASSES = ("first", "second", "third")


@dataclass(frozen=True)
class Bar:
    """One system: the parts of its bar, and the words behind it."""

    label: str
    parts: tuple[float, ...]
    words: str
    ours: bool = False

    @property
    def length(self) -> float:
        """All parts together, by which bars are sorted."""
        return sum(self.parts)


@dataclass(frozen=True)
class Panel:
    """One question, with a bar for each answer; the shortest bar is drawn first."""

    title: str
    bars: Sequence[Bar]
    legend: tuple[str, ...] = ()


def draw_panels(title: str, note: str, panels: Sequence[Panel]) -> str:
    """Draw panels, each to its own scale."""
    body: list[str] = []
    top = _TOP
    for panel in panels:
        body += _panel(panel, top)
        top += _HEAD + _ROW * len(panel.bars) + 8
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {top + 6}" role="img" font-family="sans-serif">',
            f"<title>{escape(title)}</title>",
            STYLE,
            _PARTS,
            f'<text x="12" y="26" font-weight="600">{escape(title)}</text>',
            f'<text class="note" x="12" y="46">{escape(note)}</text>',
            *body,
            "</svg>\n",
        ]
    )


def _panel(panel: Panel, top: int) -> list[str]:
    lines = [f'<text x="12" y="{top + 20}">{escape(panel.title)}</text>']
    at = 860 - 12
    for name, kind in reversed(tuple(zip(panel.legend, PART_CLASSES, strict=False))):
        at -= 8 * len(name) + 10
        lines.append(f'<rect class="{kind}" x="{at - 16}" y="{top + 10}" width="11" height="11" rx="2"/>')
        lines.append(f'<text class="note" x="{at}" y="{top + 20}">{escape(name)}</text>')
        at -= 22
    most = max((bar.length for bar in panel.bars), default=0) or 1
    for number, bar in enumerate(sorted(panel.bars, key=lambda bar: bar.length)):
        lines += _bar(bar, top + _HEAD + number * _ROW, most)
    return lines


def _bar(bar: Bar, top: int, most: float) -> list[str]:
    own = "ours" if bar.ours else ""
    lines = [f'<text class="{own}" x="{_LEFT - 10}" y="{top + 14}" text-anchor="end">{escape(bar.label)}</text>']
    at = float(_LEFT)
    for number, part in enumerate(bar.parts):
        kind = PART_CLASSES[number] if len(bar.parts) > 1 else "bar" if bar.ours else "plain"
        width = max(2.0 if len(bar.parts) == 1 else 0.0, _WIDTH * part / most)
        lines.append(f'<rect class="{kind}" x="{at:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}" rx="2"/>')
        at += width
    lines.append(f'<text class="{own}" x="{at + 8:.1f}" y="{top + 14}">{escape(bar.words)}</text>')
    return lines
