"""Charts are well-formed, say in words what they show, and carry no style of their own, which would be refused."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from newsdex.web.charts import Bar, Series, share_bar, stacked_bars

SERIES = (Series("kept", "kept"), Series("lost", "lost"))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*bars: Bar) -> ElementTree.Element:
    """Draw a chart and read it back as XML."""
    markup = stacked_bars("Bridges", "How many turned.", SERIES, bars, name="bridges")
    return ElementTree.fromstring(str.replace(markup, "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_the_pieces_of_a_bar_are_as_high_as_their_numbers() -> None:
    """They stand on each other, and the second bar is twice the first."""
    chart = drawn(Bar("1", "first", (1, 3)), Bar("2", "second", (2, 6)))
    kept = [float(each.attrib["height"]) for each in chart.iter(f"{SVG}rect") if each.attrib["class"] == "kept"]
    lost = [float(each.attrib["height"]) for each in chart.iter(f"{SVG}rect") if each.attrib["class"] == "lost"]
    assert kept[1] == pytest.approx(2 * kept[0], abs=0.2)
    assert lost == pytest.approx([3 * height for height in kept], abs=0.3)


def test_it_has_a_title_a_description_and_words_for_each_bar() -> None:
    """For whoever does not see it, and for whoever points at a bar."""
    chart = drawn(Bar("1", "first", (1, 0)), Bar("", "second", (0, 0)))
    titles = [each.text for each in chart.iter(f"{SVG}title")]
    assert titles == ["Bridges", "first: 1 kept", "second: none"]
    assert chart.find(f"{SVG}desc") is not None
    assert chart.attrib["role"] == "img"


def test_hostile_names_stay_text() -> None:
    """A label may come from anywhere."""
    chart = drawn(Bar("<script>", '"><script>alert(1)</script>', (1, 1)))
    assert not list(chart.iter(f"{SVG}script"))


@pytest.mark.parametrize("highest", [0, 1, 3, 7, 99, 100, 101, 4_321, 987_654_321])
def test_every_number_fits_below_the_topmost_line(highest: int) -> None:
    """And the lines are at whole numbers."""
    chart = drawn(Bar("1", "first", (highest, 0)))
    labels = [each.text or "" for each in chart.iter(f"{SVG}text") if each.attrib["text-anchor"] == "end"]
    numbers = [int(label.replace(",", "")) for label in labels]
    assert numbers[0] == 0
    assert numbers[-1] >= highest
    assert len({b - a for a, b in pairwise(numbers)}) == 1


def test_no_chart_has_a_style_or_a_handler() -> None:
    """Colours come by class, so that they change in the dark."""
    charts = stacked_bars("a", "b", SERIES, [Bar("1", "first", (1, 1))], name="x") + share_bar(0.5, 0.2, label="half")
    assert "style=" not in charts
    assert "onload" not in charts
    assert "#" not in charts


def test_a_share_is_a_bar_of_its_width() -> None:
    """More than all is all."""
    assert 'class="chart-share" x="0.0" y="3.0" width="25.0"' in share_bar(0.25, None, label="a quarter")
    assert 'width="100.0"' in share_bar(7, None, label="too much")
