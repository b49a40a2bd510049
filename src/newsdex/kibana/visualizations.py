"""The form of each visualization of Lens that we use, and which columns it shows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from newsdex.kibana.shape import Shape


class Metric(Shape):
    """One number."""

    layer_id: str
    layer_type: Literal["data"]
    metric_accessor: str
    color: str | None = None

    @property
    def layers_shown(self) -> dict[str, list[str]]:
        """Name the columns that are shown of each layer."""
        return {self.layer_id: [self.metric_accessor]}


class TableColumn(Shape):
    """A column of a table."""

    column_id: str


class Datatable(Shape):
    """A table."""

    layer_id: str
    layer_type: Literal["data"]
    columns: list[TableColumn] = Field(min_length=1)

    @property
    def layers_shown(self) -> dict[str, list[str]]:
        """Name the columns that are shown of each layer."""
        return {self.layer_id: [column.column_id for column in self.columns]}


class PieLayer(Shape):
    """A ring."""

    layer_id: str
    layer_type: Literal["data"]
    primary_groups: list[str]
    metrics: list[str]
    number_display: Literal["hidden", "percent", "value"]
    category_display: Literal["default", "inside", "hide"]
    legend_display: Literal["default", "show", "hide"]
    nested_legend: bool = False


class Pie(Shape):
    """A chart of parts of a whole."""

    shape: Literal["pie", "donut", "treemap", "mosaic", "waffle"]
    layers: list[PieLayer] = Field(min_length=1)

    @property
    def layers_shown(self) -> dict[str, list[str]]:
        """Name the columns that are shown of each layer."""
        return {layer.layer_id: [*layer.primary_groups, *layer.metrics] for layer in self.layers}


SeriesType = Literal["bar", "bar_stacked", "bar_horizontal", "bar_horizontal_stacked", "line", "area", "area_stacked"]


class YConfig(Shape):
    """How one series is drawn."""

    for_accessor: str
    axis_mode: Literal["left", "right", "auto"]
    color: str | None = None


class XyLayer(Shape):
    """Series along an axis."""

    layer_id: str
    layer_type: Literal["data"]
    series_type: SeriesType
    x_accessor: str
    accessors: list[str] = Field(min_length=1)
    split_accessor: str | None = None
    y_config: list[YConfig] = Field(default_factory=list)


class Legend(Shape):
    """The legend."""

    is_visible: bool
    position: Literal["right", "left", "top", "bottom"]


class Xy(Shape):
    """Bars, lines or areas."""

    preferred_series_type: SeriesType
    layers: list[XyLayer] = Field(min_length=1)
    legend: Legend
    value_labels: Literal["hide", "show"]
    fitting_function: Literal["None", "Zero", "Linear", "Carry", "Lookahead"] = "None"
    axis_titles: dict[str, bool] = Field(default_factory=dict, alias="axisTitlesVisibilitySettings")

    @property
    def layers_shown(self) -> dict[str, list[str]]:
        """Name the columns that are shown of each layer."""
        return {
            layer.layer_id: [
                layer.x_accessor,
                *layer.accessors,
                *([layer.split_accessor] if layer.split_accessor else []),
                *(series.for_accessor for series in layer.y_config),
            ]
            for layer in self.layers
        }


AnyVisualization = Metric | Datatable | Pie | Xy

VISUALIZATIONS: dict[str, type[AnyVisualization]] = {
    "lnsMetric": Metric,
    "lnsDatatable": Datatable,
    "lnsPie": Pie,
    "lnsXY": Xy,
}
"""What the visualization of a chart looks like, by its type."""
