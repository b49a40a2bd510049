"""Which objects name which: every name has its reference, every reference is used and leads to an object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsdex.kibana.dashboard_shape import DashboardShape, LensPanel, SearchPanel
from newsdex.kibana.dashboards import CONTROL_REFERENCES
from newsdex.kibana.reading import Fault, ReadObject
from newsdex.kibana.shape import SessionShape


def check_references(objects: Sequence[ReadObject]) -> Iterator[Fault]:
    """Give what is wrong with the references of a file's objects.

    Kibana checks those to data views and sessions only; a missing tag or a name that nothing has just shows nothing.
    """
    there = {(each.kind, each.id) for each in objects}
    for each in objects:
        seen: set[str] = set()
        for reference in each.references:
            if reference.name in seen:
                yield Fault(each.where, f"two references have the name {reference.name}")
            seen.add(reference.name)
            if (reference.type, reference.id) not in there:
                yield Fault(each.where, f"names {reference.type} {reference.id}, which is not in the file")
        yield from _check_use(each)


def referred(found: ReadObject, name: str, kind: str) -> str | None:
    """Give the id of what a name of an object refers to, where that is of the right type."""
    return next((each.id for each in found.references if each.name == name and each.type == kind), None)


def control_reference(control_id: str, kind: str) -> str | None:
    """Give the name of a control's reference to its data view; None for a control that has none."""
    suffix = CONTROL_REFERENCES.get(kind)
    return f"controlGroup_{control_id}:{suffix}" if suffix else None


def _check_use(found: ReadObject) -> Iterator[Fault]:
    used: set[str] = {each.name for each in found.references if each.type == "tag"}
    for place, name, kind, target in _names(found):
        used.add(name)
        leads_to = referred(found, name, kind)
        if leads_to is None:
            yield Fault(place, f"has no reference {name} to a {kind}")
        elif target is not None and leads_to != target:
            yield Fault(place, f"its own reference leads to {target}, the dashboard's to {leads_to}")
    for reference in found.references:
        if reference.name not in used:
            yield Fault(found.where, f"nothing uses the reference {reference.name}")


def _names(found: ReadObject) -> Iterator[tuple[str, str, str, str | None]]:
    """Name each reference that must be there: where, its name, to which type, and to which id if that is said twice."""
    shape = found.attributes
    if isinstance(shape, SessionShape):
        yield found.where, shape.kibana_saved_object_meta.search_source.index_ref_name, "index-pattern", None
    elif isinstance(shape, DashboardShape):
        for panel in shape.panels:
            place = f"{found.where}, panel {panel.panel_index}"
            if isinstance(panel, LensPanel):
                for inner in panel.embeddable_config.attributes.references:
                    yield place, f"{panel.panel_index}:{inner.name}", inner.type, inner.id
            elif isinstance(panel, SearchPanel):
                yield place, f"{panel.panel_index}:{panel.panel_ref_name}", "search", None
        for control_id, control in shape.control_group_input.panels.items():
            if name := control_reference(control_id, control.type):
                yield f"{found.where}, control {control_id}", name, "index-pattern", None
