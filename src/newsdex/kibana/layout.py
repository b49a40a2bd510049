"""The grid of a dashboard: 48 columns, as many rows as it takes, nothing over another, and no hole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsdex.kibana.dashboard_shape import GridData
from newsdex.kibana.panels import GRID_WIDTH
from newsdex.kibana.reading import Fault


def check_layout(where: str, panels: Sequence[GridData]) -> Iterator[Fault]:
    """Give what is wrong with the places of a dashboard's panels.

    A hole is a fault because Kibana closes it: what stands below moves up, and the dashboard is not the one drawn.
    """
    taken: dict[tuple[int, int], str] = {}
    for panel in panels:
        if panel.x + panel.w > GRID_WIDTH:
            wide = f"reaches column {panel.x + panel.w} of {GRID_WIDTH}"
            yield Fault(f"{where}, panel {panel.i}", wide)
        cells = [(x, y) for y in range(panel.y, panel.y + panel.h) for x in range(panel.x, panel.x + panel.w)]
        for other in dict.fromkeys(taken[cell] for cell in cells if cell in taken):
            yield Fault(f"{where}, panel {panel.i}", f"lies over the panel {other}")
        taken.update(dict.fromkeys(cells, panel.i))
    height = max((panel.y + panel.h for panel in panels), default=0)
    hole = next(((x, y) for y in range(height) for x in range(GRID_WIDTH) if (x, y) not in taken), None)
    if hole is not None:
        yield Fault(where, f"has a hole at column {hole[0]}, row {hole[1]}; Kibana moves up what stands below it")
