"""Dashboards as Kibana keeps them: panels and controls as JSON within JSON, and a reference for each object named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from newsdex.kibana.definition import Definition
from newsdex.kibana.fields import IndexFields
from newsdex.kibana.lens import kuery, lens_attributes
from newsdex.kibana.panels import AnyChart, AnyControl, AnyPanel, Dashboard, Listed, Note, Number, TimeControl
from newsdex.kibana.saved_objects import Reference, compact, saved_object

CONTROL_TYPES = {"values": "optionsListControl", "range": "rangeSliderControl", "time": "timeSlider"}

CONTROL_REFERENCES = {"optionsListControl": "optionsListDataView", "rangeSliderControl": "rangeSliderDataView"}
"""By what a control's reference to its data view is named, behind `controlGroup_<id>:`."""

Identify = Callable[[str], str]
"""Gives the id of the saved object for an id of the definition."""


class DashboardBuilder:
    """Makes the saved objects of dashboards. `page` is the search page's address, `title` makes a title of one."""

    def __init__(
        self,
        definition: Definition,
        mappings: Mapping[str, IndexFields],
        *,
        page: str,
        identify: Identify,
        title: Callable[[str], str],
    ) -> None:
        self._definition = definition
        self._mappings = mappings
        self._page = page
        self._identify = identify
        self._title = title

    def build(self, dashboard: Dashboard, tag: Reference) -> dict[str, Any]:
        """Give the saved object of a dashboard."""
        references = [tag]
        panels = [self._panel(panel, dashboard, references) for panel in dashboard.panels]
        controls = {
            control.id: {**self._control(control, dashboard, references), "order": order}
            for order, control in enumerate(dashboard.controls)
        }
        attributes = {
            "title": self._title(dashboard.title),
            "description": dashboard.about,
            "version": 1,
            "timeRestore": True,
            "timeFrom": dashboard.time.since,
            "timeTo": dashboard.time.until,
            "refreshInterval": {"pause": True, "value": 60_000},
            "kibanaSavedObjectMeta": {"searchSourceJSON": compact({"filter": [], "query": kuery("")})},
            "optionsJSON": compact(_OPTIONS),
            "panelsJSON": compact(panels),
            "controlGroupInput": {
                "chainingSystem": "HIERARCHICAL",
                "controlStyle": "oneLine",
                "ignoreParentSettingsJSON": compact(_OBEYED),
                "panelsJSON": compact(controls),
                "showApplySelections": False,
            },
        }
        return saved_object("dashboard", self._identify(dashboard.id), attributes, references)

    def _panel(self, panel: AnyPanel, dashboard: Dashboard, references: list[Reference]) -> dict[str, Any]:
        x, y, width, height = panel.at
        placed = {"panelIndex": panel.id, "gridData": {"x": x, "y": y, "w": width, "h": height, "i": panel.id}}
        if isinstance(panel, Note):
            return {**placed, "type": "visualization", "embeddableConfig": self._note(panel)}
        if isinstance(panel, Listed):
            name = f"panel_{panel.id}"
            references.append(Reference("search", self._identify(panel.session), f"{panel.id}:{name}"))
            shown = {"enhancements": {}, "title": panel.title}
            return {**placed, "type": "search", "embeddableConfig": shown, "panelRefName": name}
        attributes = self._chart(panel, dashboard)
        references += [
            Reference(each["type"], each["id"], f"{panel.id}:{each['name']}") for each in attributes["references"]
        ]
        # A number says in its own label what it is; a title above it would say it twice.
        quiet = isinstance(panel, Number)
        chart = {"attributes": attributes, "enhancements": {}, "hidePanelTitles": quiet}
        return {**placed, "type": "lens", "embeddableConfig": chart}

    def _chart(self, chart: AnyChart, dashboard: Dashboard) -> dict[str, Any]:
        view = self._definition.view(chart.view or dashboard.view)
        return lens_attributes(chart, view, self._identify(view.id), self._mappings.get(view.index, {}))

    def _note(self, note: Note) -> dict[str, Any]:
        text = note.text.strip().replace("{page}", self._page)
        params = {"fontSize": 12, "markdown": text, "openLinksInNewTab": True}
        source = {"aggs": [], "searchSource": {"filter": [], "query": kuery("")}}
        saved = {"id": "", "title": "", "description": "", "type": "markdown", "uiState": {}}
        return {"enhancements": {}, "hidePanelTitles": True, "savedVis": {**saved, "params": params, "data": source}}

    def _control(self, control: AnyControl, dashboard: Dashboard, references: list[Reference]) -> dict[str, Any]:
        kind = CONTROL_TYPES[control.kind]
        given: dict[str, Any] = {"enhancements": {}, "id": control.id, "title": control.label}
        if isinstance(control, TimeControl):
            given |= {"timesliceStartAsPercentageOfTimeRange": 0, "timesliceEndAsPercentageOfTimeRange": 1}
        else:
            given["fieldName"] = control.field
            name = f"controlGroup_{control.id}:{CONTROL_REFERENCES[kind]}"
            references.append(Reference("index-pattern", self._identify(dashboard.view), name))
        return {"explicitInput": given, "grow": True, "type": kind, "width": "medium"}


_OPTIONS = {
    "hidePanelTitles": False,
    "syncColors": True,
    "syncCursor": True,
    "syncTooltips": False,
    "useMargins": True,
}
_OBEYED = {"ignoreFilters": False, "ignoreQuery": False, "ignoreTimerange": False, "ignoreValidations": False}
