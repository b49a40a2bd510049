"""Charts as Kibana's Lens keeps them: columns that are computed, and a visualization that names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newsdex.kibana.definition import DataView
from newsdex.kibana.fields import IndexField, IndexFields, Kind
from newsdex.kibana.panels import AnyChart, Calculation, Counts, Measure, Number, OverTime, Ranking, Shares
from newsdex.kibana.saved_objects import Reference

LAYER = "layer"
"""The one layer of each chart."""

RECORDS = "___records___"
"""What Lens calls the documents themselves, where it counts them."""

OPERATIONS = {
    Calculation.COUNT: "count",
    Calculation.UNIQUE: "unique_count",
    Calculation.SUM: "sum",
    Calculation.AVERAGE: "average",
    Calculation.MEDIAN: "median",
    Calculation.PERCENTILE_95: "percentile",
    Calculation.MAX: "max",
}

_PARAMS: dict[Calculation, dict[str, Any]] = {
    # Nothing counted is 0, and not the dash that stands where nothing is known.
    Calculation.COUNT: {"emptyAsNull": False},
    Calculation.UNIQUE: {"emptyAsNull": False},
    Calculation.SUM: {"emptyAsNull": False},
    Calculation.PERCENTILE_95: {"percentile": 95},
}

_TEXT = IndexField("keyword", aggregatable=True, searchable=True)


def lens_attributes(chart: AnyChart, view: DataView, view_id: str, fields: IndexFields) -> dict[str, Any]:
    """Give the attributes of a chart. `view_id` is the saved object of its data view, `fields` those of its index."""
    draw = _Drawing(view, fields)
    kind, columns, visualization = draw.chart(chart)
    buckets = [name for name, column in columns.items() if column["isBucketed"]]
    layer = {
        "columnOrder": [*buckets, *(name for name in columns if name not in buckets)],
        "columns": columns,
        "ignoreGlobalFilters": False,
        "incompleteColumns": {},
        "sampling": 1,
    }
    reference = Reference("index-pattern", view_id, f"indexpattern-datasource-layer-{LAYER}")
    return {
        "title": chart.title,
        "description": chart.about,
        "type": "lens",
        "visualizationType": kind,
        "references": [reference.as_dict()],
        "state": {
            "adHocDataViews": {},
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "filters": [],
            "internalReferences": [],
            "query": kuery(chart.where),
            "visualization": visualization,
        },
    }


def kuery(query: str) -> dict[str, str]:
    """Give the JSON shape of a query in KQL."""
    return {"language": "kuery", "query": query}


class _Drawing:
    def __init__(self, view: DataView, fields: IndexFields) -> None:
        self._view = view
        computed = {
            name: IndexField(field.type, aggregatable=True, searchable=True) for name, field in view.computed.items()
        }
        self._fields = {**fields, **computed}

    def chart(self, chart: AnyChart) -> tuple[str, dict[str, Any], dict[str, Any]]:
        if isinstance(chart, Number):
            return self._number(chart)
        if isinstance(chart, OverTime):
            return self._over_time(chart)
        if isinstance(chart, Ranking):
            return self._ranking(chart)
        if isinstance(chart, Shares):
            return self._shares(chart)
        return self._counts(chart)

    def _number(self, chart: Number) -> tuple[str, dict[str, Any], dict[str, Any]]:
        visualization: dict[str, Any] = {**_IN_LAYER, "metricAccessor": "value-0"}
        if chart.measure.colour:
            visualization["color"] = chart.measure.colour
        return "lnsMetric", self._measures([chart.measure]), visualization

    def _over_time(self, chart: OverTime) -> tuple[str, dict[str, Any], dict[str, Any]]:
        columns = self._measures(chart.measures)
        layer = _bars(chart.style, "time", columns, chart.measures)
        if chart.split is not None:
            columns = {"split": self._terms(chart.split, chart.top, other=True), **columns}
            layer["splitAccessor"] = "split"
        columns["time"] = self._time(chart.time or self._view.time)
        legend = chart.split is not None or len(chart.measures) > 1
        return "lnsXY", columns, _axes(chart.style, layer, legend=legend)

    def _ranking(self, chart: Ranking) -> tuple[str, dict[str, Any], dict[str, Any]]:
        columns = self._measures([chart.measure])
        layer = _bars("bar_horizontal", "row-0", columns, [chart.measure])
        columns["row-0"] = self._terms(chart.field, chart.top)
        return "lnsXY", columns, _axes("bar_horizontal", layer, legend=False)

    def _shares(self, chart: Shares) -> tuple[str, dict[str, Any], dict[str, Any]]:
        columns = {"row-0": self._terms(chart.field, chart.top, other=True), **self._measures([chart.measure])}
        layer = {
            **_IN_LAYER,
            "categoryDisplay": "default",
            "legendDisplay": "default",
            "metrics": ["value-0"],
            "nestedLegend": False,
            "numberDisplay": "percent",
            "primaryGroups": ["row-0"],
        }
        return "lnsPie", columns, {"shape": "donut", "layers": [layer]}

    def _counts(self, chart: Counts) -> tuple[str, dict[str, Any], dict[str, Any]]:
        rows = {f"row-{number}": self._terms(field, chart.top) for number, field in enumerate(chart.fields)}
        columns = {**rows, **self._measures(chart.measures)}
        return "lnsDatatable", columns, {**_IN_LAYER, "columns": [{"columnId": name} for name in columns]}

    def _measures(self, measures: Iterable[Measure]) -> dict[str, Any]:
        return {f"value-{number}": self._measure(measure) for number, measure in enumerate(measures)}

    def _measure(self, measure: Measure) -> dict[str, Any]:
        field = self._fields.get(measure.field or "", _TEXT)
        keeps_kind = measure.of is Calculation.MAX and field.kind is Kind.DATE
        column = {
            **_column(measure.label, Kind.DATE if keeps_kind else Kind.NUMBER, OPERATIONS[measure.of]),
            "isBucketed": False,
            "scale": "ratio",
            "sourceField": measure.field or RECORDS,
            "params": _PARAMS.get(measure.of, {}),
        }
        return {**column, "filter": kuery(measure.where)} if measure.where else column

    def _terms(self, field: str, size: int, *, other: bool = False) -> dict[str, Any]:
        return {
            **_column(self._view.label(field), self._fields.get(field, _TEXT).kind, "terms"),
            "isBucketed": True,
            "scale": "ordinal",
            "sourceField": field,
            "params": {
                "missingBucket": False,
                "orderBy": {"columnId": "value-0", "type": "column"},
                "orderDirection": "desc",
                "otherBucket": other,
                "parentFormat": {"id": "terms"},
                "size": size,
            },
        }

    def _time(self, field: str) -> dict[str, Any]:
        return {
            **_column(self._view.label(field), Kind.DATE, "date_histogram"),
            "isBucketed": True,
            "scale": "interval",
            "sourceField": field,
            "params": {"dropPartials": False, "includeEmptyRows": True, "interval": "auto"},
        }


_IN_LAYER = {"layerId": LAYER, "layerType": "data"}


def _column(label: str, kind: Kind, operation: str) -> dict[str, Any]:
    return {"label": label, "customLabel": True, "dataType": kind.value, "operationType": operation}


def _bars(style: str, x: str, columns: Mapping[str, Any], measures: Iterable[Measure]) -> dict[str, Any]:
    colours = [
        {"axisMode": "left", "color": measure.colour, "forAccessor": name}
        for name, measure in zip(columns, measures, strict=True)
        if measure.colour
    ]
    layer = {**_IN_LAYER, "accessors": list(columns), "seriesType": style, "xAccessor": x}
    return {**layer, "yConfig": colours} if colours else layer


def _axes(style: str, layer: dict[str, Any], *, legend: bool) -> dict[str, Any]:
    return {
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
        "fittingFunction": "Linear" if style == "line" else "None",
        "layers": [layer],
        "legend": {"isVisible": legend, "position": "right"},
        "preferredSeriesType": style,
        "valueLabels": "hide",
    }
