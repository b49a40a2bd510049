"""Whether a chart of Lens computes what its fields allow, and shows what it computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from newsdex.kibana.dashboard_shape import Column, Layer, LensAttributes
from newsdex.kibana.field_use import View
from newsdex.kibana.fields import Kind
from newsdex.kibana.lens import RECORDS
from newsdex.kibana.reading import Fault, tell
from newsdex.kibana.visualizations import VISUALIZATIONS

_NUMBERS = {"sum", "average", "median", "percentile"}
_BUCKETS = {"terms", "date_histogram"}
_COUNTABLE = {Kind.STRING, Kind.NUMBER, Kind.BOOLEAN}


def check_chart(where: str, chart: LensAttributes, views: Mapping[str, View]) -> Iterator[Fault]:
    """Give what is wrong with a chart. `views` are the file's data views, by id."""
    try:
        visualization = VISUALIZATIONS[chart.visualization_type].model_validate(chart.state.visualization)
    except ValidationError as wrong:
        yield from tell(f"{where}, visualization", wrong)
        return
    shown = visualization.layers_shown
    layers = chart.state.datasource_states.form_based.layers
    for name in shown.keys() - layers.keys():
        yield Fault(where, f"shows the layer {name}, and there is none")
    for name, layer in layers.items():
        yield from _check_columns(where, layer, shown.get(name, []))
        wanted = f"indexpattern-datasource-layer-{name}"
        view_id = next((each.id for each in chart.references if each.name == wanted), None)
        if view_id is None:
            yield Fault(where, f"the layer {name} has no reference {wanted} to a data view")
        elif view_id in views:
            yield from _check_fields(where, chart, layer, views[view_id])


def _check_columns(where: str, layer: Layer, shown: list[str]) -> Iterator[Fault]:
    if sorted(layer.column_order) != sorted(layer.columns):
        yield Fault(where, f"columnOrder {layer.column_order} and the columns {list(layer.columns)} are not the same")
    else:
        buckets = [layer.columns[name].is_bucketed for name in layer.column_order]
        if buckets != sorted(buckets, reverse=True):
            yield Fault(where, "columnOrder has a number before what it is counted by")
    for name in dict.fromkeys(shown):
        if name not in layer.columns:
            yield Fault(where, f"shows the column {name}, and there is none")
    for name, column in layer.columns.items():
        if name not in shown:
            yield Fault(where, f"computes the column {name}, and shows it nowhere")
        order = column.params.get("orderBy", {}).get("columnId")
        if order is not None and order not in layer.columns:
            yield Fault(where, f"orders {name} by the column {order}, and there is none")
        if column.is_bucketed != (column.operation_type in _BUCKETS):
            yield Fault(where, f"isBucketed of the column {name} does not fit {column.operation_type}")


def _check_fields(where: str, chart: LensAttributes, layer: Layer, view: View) -> Iterator[Fault]:
    yield from view.demand_query(where, chart.state.query.query)
    for column in layer.columns.values():
        if column.filter is not None:
            yield from view.demand_query(where, column.filter.query)
        faults = list(_check_operation(where, column, view))
        yield from faults
        if not faults and column.data_type != (kind := _kind(column, view)):
            yield Fault(
                where, f"dataType of {column.label!r} is {column.data_type}, and {column.source_field} is {kind}"
            )


def _check_operation(where: str, column: Column, view: View) -> Iterator[Fault]:
    operation, field = column.operation_type, column.source_field
    if operation == "count":
        if field != RECORDS:
            yield Fault(where, f"counts {field}: documents are counted as {RECORDS}")
    elif operation == "date_histogram":
        yield from view.demand_kind(where, field, {Kind.DATE}, "draws over time by")
    elif operation == "terms":
        missing = list(view.demand(where, field, counted="counts the values of"))
        yield from missing or view.demand_kind(where, field, _COUNTABLE, "counts the values of")
    elif operation == "unique_count":
        yield from view.demand(where, field, counted="counts the different values of")
    else:
        kinds = {Kind.NUMBER} if operation in _NUMBERS else {Kind.NUMBER, Kind.DATE}
        yield from view.demand_kind(where, field, kinds, f"takes the {operation} of")


def _kind(column: Column, view: View) -> Kind:
    if column.operation_type in ("terms", "date_histogram", "max", "min"):
        return view.fields[column.source_field].kind
    return Kind.NUMBER
