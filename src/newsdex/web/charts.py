"""Charts as SVG, drawn by pure functions: colours by class, words for who does not see them, a table beside each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 960, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 12, 34
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of what is counted: the class that gives its colour, and its name."""

    css: str
    name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands below it, perhaps nothing, what it is called in full, and a number for each series."""

    label: str
    title: str
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        """The height."""
        return sum(self.values)


def stacked_bars(title: str, description: str, series: Sequence[Series], bars: Sequence[Bar], *, name: str) -> Markup:
    """Draw bars of which each is cut into its series, the first at the bottom. `name` tells its ids from others'.

    >>> series = [Series("arrived", "in"), Series("left", "out")]
    >>> chart = stacked_bars("Ferries", "in a day", series, [Bar("1", "day 1", (2, 3))], name="ferries")
    >>> chart.count("<rect"), "day 1: 2 in, 3 out" in chart
    (3, True)
    """
    top = _nice_top(max((bar.total for bar in bars), default=0))
    room, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    step = room / max(1, len(bars))
    width = max(1.0, step * 0.78)
    parts = [
        Markup(
            '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{n}-title {n}-desc">'
            '<title id="{n}-title">{title}</title><desc id="{n}-desc">{description}</desc>'
        ).format(w=_WIDTH, h=_HEIGHT, n=name, title=title, description=description),
        *_grid(top, height),
    ]
    for place, bar in enumerate(bars):
        x = _LEFT + place * step + (step - width) / 2
        told = ", ".join(f"{value:,} {each.name}" for each, value in zip(series, bar.values, strict=True) if value)
        parts.append(Markup("<g><title>{}</title>").format(f"{bar.title}: {told or 'none'}"))
        # The whole column answers to the pointer, so that an empty hour can be asked too.
        parts.append(_rect("chart-hit", _LEFT + place * step, _TOP, step, height))
        below = float(_TOP + height)
        for each, value in zip(series, bar.values, strict=True):
            if value:
                tall = height * value / top
                below -= tall
                parts.append(_rect(each.css, x, below, width, tall))
        parts.append(Markup("</g>"))
        if bar.label:
            parts.append(_text("chart-label", x + width / 2, _HEIGHT - 12, bar.label, "middle"))
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def share_bar(share: float, usual: float | None, *, label: str) -> Markup:
    """Draw a share, 0 to 1, as a small bar, with a mark where it usually is.

    >>> share_bar(0.25, None, label="a quarter").count("<rect")
    2
    """
    mark = "" if usual is None else _rect("chart-usual", 98 * _part(usual), 0, 2, 10)
    return Markup(
        '<svg class="share" viewBox="0 0 100 10" role="img" aria-label="{}" preserveAspectRatio="none">'
    ).format(label) + Markup("").join(
        (_rect("chart-track", 0, 3, 100, 4), _rect("chart-share", 0, 3, 100 * _part(share), 4), mark, Markup("</svg>"))
    )


def _grid(top: int, height: int) -> list[Markup]:
    lines = []
    for tick in range(_TICKS + 1):
        value = top * tick // _TICKS
        y = _TOP + height - height * value / top
        lines.append(
            Markup('<line class="chart-line" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                _LEFT, _WIDTH - _RIGHT, y, y
            )
        )
        lines.append(_text("chart-label", _LEFT - 8, y + 4, f"{value:,}", "end"))
    return lines


def _nice_top(highest: int) -> int:
    """Round up to a number that four steps lead to, each a round one.

    >>> _nice_top(0), _nice_top(7), _nice_top(130), _nice_top(4100)
    (4, 8, 200, 6000)
    """
    if highest <= _TICKS:
        return _TICKS
    step = 10 ** math.floor(math.log10(highest / _TICKS))
    return next(
        top for times in (1, 1.5, 2, 2.5, 5, 10) if (top := int(_TICKS * step * times)) >= highest and top % _TICKS == 0
    )


def _part(share: float) -> float:
    return min(1.0, max(0.0, share))


def _rect(css: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        css, x, y, width, height
    )


def _text(css: str, x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        css, x, y, anchor, escape(text)
    )
