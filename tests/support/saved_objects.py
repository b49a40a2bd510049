"""What `newsdex kibana build` makes of the shipped definition, and ways to break it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from newsdex.kibana import build, load_definition, load_mappings, ndjson
from newsdex.kibana.fields import IndexFields
from newsdex.settings import PROJECT

PAGE = "http://127.0.0.1:8090"

Break = Callable[["Objects"], None]


@cache
def shipped_mappings() -> dict[str, IndexFields]:
    """Read the shipped mappings."""
    return load_mappings(PROJECT / "config" / "elasticsearch")


@cache
def shipped_file() -> bytes:
    """Make the file."""
    definition = load_definition(PROJECT / "config" / "kibana")
    return ndjson(build(definition, shipped_mappings(), page=PAGE))


class Objects:
    """The objects of a file, to be changed one by one."""

    def __init__(self, content: bytes) -> None:
        self.all: list[dict[str, Any]] = [json.loads(line) for line in content.splitlines()]

    def get(self, kind: str, object_id: str) -> dict[str, Any]:
        """Give one object."""
        return next(each for each in self.all if (each["type"], each["id"]) == (kind, object_id))

    @contextmanager
    def inside(self, kind: str, object_id: str, *path: str) -> Iterator[Any]:
        """Give JSON that is kept as text within an object's attributes, and write it back as it then is."""
        *above, last = path
        holder = self.get(kind, object_id)["attributes"]
        for key in above:
            holder = holder[key]
        value = json.loads(holder[last])
        yield value
        holder[last] = json.dumps(value)

    @contextmanager
    def panel(self, dashboard: str, panel_id: str) -> Iterator[dict[str, Any]]:
        """Give one panel of a dashboard."""
        with self.inside("dashboard", dashboard, "panelsJSON") as panels:
            yield next(panel for panel in panels if panel["panelIndex"] == panel_id)

    @contextmanager
    def chart(self, dashboard: str, panel_id: str) -> Iterator[dict[str, Any]]:
        """Give the state of a panel's chart."""
        with self.panel(dashboard, panel_id) as panel:
            yield panel["embeddableConfig"]["attributes"]["state"]

    @contextmanager
    def columns(self, dashboard: str, panel_id: str) -> Iterator[dict[str, Any]]:
        """Give the columns that a panel's chart computes."""
        with self.chart(dashboard, panel_id) as state:
            yield state["datasourceStates"]["formBased"]["layers"]["layer"]["columns"]

    @contextmanager
    def control(self, dashboard: str, control_id: str) -> Iterator[dict[str, Any]]:
        """Give one control of a dashboard."""
        with self.inside("dashboard", dashboard, "controlGroupInput", "panelsJSON") as controls:
            yield controls[control_id]

    def content(self) -> bytes:
        """Write the file."""
        return ndjson(self.all)
