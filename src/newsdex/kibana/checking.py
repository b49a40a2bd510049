"""The proof without a Kibana: that a file of saved objects can be imported, and shows what it means to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from newsdex.kibana.charts import check_chart
from newsdex.kibana.dashboard_shape import Control, DashboardShape, LensPanel, SearchPanel
from newsdex.kibana.field_use import View, check_view, read_view
from newsdex.kibana.fields import IndexFields, Kind
from newsdex.kibana.kql import KqlError, asked_fields
from newsdex.kibana.layout import check_layout
from newsdex.kibana.reading import Fault, ReadObject, read_objects
from newsdex.kibana.references import check_references, control_reference, referred
from newsdex.kibana.shape import DataViewShape, QueryShape, SessionShape

__all__ = ["Fault", "check"]

_PICKED = {Kind.STRING, Kind.NUMBER, Kind.BOOLEAN}
"""What a list of values can be made of, and a chart of a session be split by."""


def check(content: bytes, mappings: Mapping[str, IndexFields], *, prefix: str = "") -> list[Fault]:
    """Give every fault of a file of saved objects; none means that it is right.

    `mappings` has the fields of each index by its name without `prefix`. Looked at are the form of each object, what
    names what, the places of panels, and each field by what is done with it.
    """
    objects, faults = read_objects(content)
    return [*faults, *check_references(objects), *_Check(objects, mappings, prefix).faults()]


class _Check:
    def __init__(self, objects: Sequence[ReadObject], mappings: Mapping[str, IndexFields], prefix: str) -> None:
        self._objects = objects
        self._mappings = mappings
        self._prefix = prefix
        found = {
            each.id: read_view(each.id, each.attributes, mappings, prefix)
            for each in objects
            if isinstance(each.attributes, DataViewShape)
        }
        self._views: dict[str, View] = {name: view for name, view in found.items() if view is not None}

    def faults(self) -> Iterator[Fault]:
        for each in self._objects:
            shape = each.attributes
            if isinstance(shape, DataViewShape):
                yield from self._data_view(each, shape)
            elif isinstance(shape, QueryShape):
                yield from self._query(each.where, shape)
            elif isinstance(shape, SessionShape):
                yield from self._session(each, shape)
            elif isinstance(shape, DashboardShape):
                yield from self._dashboard(each, shape)

    def _data_view(self, found: ReadObject, shape: DataViewShape) -> Iterator[Fault]:
        view = self._views.get(found.id)
        if view is None:
            known = ", ".join(f"{self._prefix}{name}" for name in self._mappings)
            yield Fault(found.where, f"looks at {shape.title}, and there is a mapping of {known} only")
        else:
            yield from check_view(found.where, shape, view, self._mappings[view.index])

    def _query(self, where: str, shape: QueryShape) -> Iterator[Fault]:
        try:
            names = asked_fields(shape.query.query)
        except KqlError as wrong:
            yield Fault(where, f"the query {shape.query.query!r} is no KQL: {wrong}")
            return
        if not any(all(name in view.fields for name in names) for view in self._views.values()):
            unknown = [name for name in names if not any(name in view.fields for view in self._views.values())]
            asked = f"{', '.join(unknown or names)}, and no data view has {'that' if len(unknown) == 1 else 'them all'}"
            yield Fault(where, f"the query {shape.query.query!r} asks for {asked}")

    def _session(self, found: ReadObject, shape: SessionShape) -> Iterator[Fault]:
        view = self._view_of(found)
        if view is None:
            return
        for name in shape.columns:
            yield from view.demand(found.where, name)
        for name, _ in shape.sort:
            yield from view.demand(found.where, name, counted="sorts by")
        if shape.breakdown_field is not None:
            yield from _picked(found.where, view, shape.breakdown_field, "splits its chart by")
        for name in shape.grid.columns.keys() - set(shape.columns):
            yield Fault(found.where, f"gives a width to {name}, which is no column of it")
        yield from view.demand_query(found.where, shape.kibana_saved_object_meta.search_source.query.query)

    def _dashboard(self, found: ReadObject, shape: DashboardShape) -> Iterator[Fault]:
        for name, count in Counter(panel.panel_index for panel in shape.panels).items():
            if count > 1:
                yield Fault(found.where, f"has {count} panels {name}")
        for panel in shape.panels:
            where = f"{found.where}, panel {panel.panel_index}"
            if panel.grid_data.i != panel.panel_index:
                yield Fault(where, f"its place is that of {panel.grid_data.i}")
            if isinstance(panel, LensPanel):
                yield from check_chart(where, panel.embeddable_config.attributes, self._views)
        yield from check_layout(found.where, [panel.grid_data for panel in shape.panels])
        controls = shape.control_group_input.panels
        if sorted(control.order for control in controls.values()) != list(range(len(controls))):
            yield Fault(found.where, "the order of its controls is not 0, 1, 2, ...")
        for control_id, control in controls.items():
            yield from self._control(found, shape, control_id, control)

    def _control(self, found: ReadObject, shape: DashboardShape, control_id: str, control: Control) -> Iterator[Fault]:
        where = f"{found.where}, control {control_id}"
        if control.explicit_input.id != control_id:
            yield Fault(where, f"its own id is {control.explicit_input.id}")
        reference = control_reference(control_id, control.type)
        field = control.explicit_input.field_name
        if reference is None:
            return
        if field is None:
            yield Fault(where, "has no field")
            return
        view = self._views.get(referred(found, reference, "index-pattern") or "")
        if view is None:
            return
        if control.type == "rangeSliderControl":
            yield from view.demand_kind(where, field, {Kind.NUMBER}, "is a range of")
        else:
            yield from _picked(where, view, field, "lists the values of")
        for name, other in self._panel_views(found, shape):
            if field in view.fields and field not in other.fields:
                yield Fault(where, f"empties the panel {name}: there is no field {field} in {other.index}")

    def _panel_views(self, found: ReadObject, shape: DashboardShape) -> Iterator[tuple[str, View]]:
        sessions = {each.id: each for each in self._objects if isinstance(each.attributes, SessionShape)}
        for panel in shape.panels:
            ids: list[str | None] = []
            if isinstance(panel, LensPanel):
                references = panel.embeddable_config.attributes.references
                ids = [each.id for each in references if each.type == "index-pattern"]
            elif isinstance(panel, SearchPanel):
                session = sessions.get(referred(found, f"{panel.panel_index}:{panel.panel_ref_name}", "search") or "")
                view = self._view_of(session) if session else None
                ids = [view.id if view else None]
            for view_id in ids:
                if view_id in self._views:
                    yield panel.panel_index, self._views[view_id]

    def _view_of(self, session: ReadObject) -> View | None:
        shape = session.attributes
        if not isinstance(shape, SessionShape):
            return None
        name = shape.kibana_saved_object_meta.search_source.index_ref_name
        return self._views.get(referred(session, name, "index-pattern") or "")


def _picked(where: str, view: View, name: str, use: str) -> Iterator[Fault]:
    missing = list(view.demand(where, name, counted=use))
    yield from missing or view.demand_kind(where, name, _PICKED, use)
