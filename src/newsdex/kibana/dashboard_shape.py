"""The form that Kibana demands of a dashboard, with the charts and controls that it holds as JSON within JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Json

from newsdex.kibana.shape import KueryOrLucene, Moment, ObjectReference, SearchMeta, Shape


class GridData(Shape):
    """A panel's place, in columns and rows."""

    x: int = Field(ge=0)
    y: int = Field(ge=0)
    w: int = Field(ge=1)
    h: int = Field(ge=1)
    i: str


class Column(Shape):
    """What Lens computes."""

    label: str = Field(min_length=1)
    custom_label: bool = False
    data_type: Literal["string", "number", "date", "boolean"]
    operation_type: Literal[
        "count", "unique_count", "sum", "average", "median", "percentile", "max", "min", "terms", "date_histogram"
    ]
    is_bucketed: bool
    scale: Literal["ordinal", "interval", "ratio"]
    source_field: str
    params: dict[str, Any] = Field(default_factory=dict)
    filter: KueryOrLucene | None = None


class Layer(Shape):
    """The columns of a chart."""

    column_order: list[str]
    columns: dict[str, Column]
    incomplete_columns: dict[str, Any]
    sampling: float = 1
    ignore_global_filters: bool = False


class FormBased(Shape):
    """The layers of a chart, by id."""

    layers: dict[str, Layer] = Field(min_length=1)


class DatasourceStates(Shape):
    """The one kind of data source that is used here."""

    form_based: FormBased


class LensState(Shape):
    """What a chart computes and shows."""

    visualization: dict[str, Any]
    query: KueryOrLucene
    filters: list[Any]
    internal_references: list[Any]
    ad_hoc_data_views: dict[str, Any]
    datasource_states: DatasourceStates


class LensAttributes(Shape):
    """A chart."""

    title: str
    description: str = ""
    type: Literal["lens"]
    visualization_type: Literal["lnsXY", "lnsPie", "lnsDatatable", "lnsMetric"]
    references: list[ObjectReference]
    state: LensState


class LensConfig(Shape):
    """A chart as a panel holds it."""

    attributes: LensAttributes
    enhancements: dict[str, Any]
    hide_panel_titles: bool = False


class LensPanel(Shape):
    """A panel with a chart of its own."""

    type: Literal["lens"]
    panel_index: str
    grid_data: GridData
    embeddable_config: LensConfig


class SearchConfig(Shape):
    """A session as a panel shows it."""

    enhancements: dict[str, Any]
    title: str = ""


class SearchPanel(Shape):
    """A panel that shows a Discover session."""

    type: Literal["search"]
    panel_index: str
    grid_data: GridData
    embeddable_config: SearchConfig
    panel_ref_name: str


class NotePanel(Shape):
    """A panel with Markdown."""

    type: Literal["visualization"]
    panel_index: str
    grid_data: GridData
    embeddable_config: dict[str, Any]


AnyPanelShape = Annotated[LensPanel | SearchPanel | NotePanel, Field(discriminator="type")]


class ControlInput(Shape):
    """What a control is set to."""

    id: str
    title: str
    enhancements: dict[str, Any] = Field(default_factory=dict)
    field_name: str | None = None
    timeslice_start: float = Field(default=0, alias="timesliceStartAsPercentageOfTimeRange", ge=0, le=1)
    timeslice_end: float = Field(default=1, alias="timesliceEndAsPercentageOfTimeRange", ge=0, le=1)


class Control(Shape):
    """One control of a dashboard."""

    order: int
    type: Literal["optionsListControl", "rangeSliderControl", "timeSlider"]
    width: Literal["small", "medium", "large"]
    grow: bool
    explicit_input: ControlInput


class ControlGroup(Shape):
    """The controls of a dashboard, by id."""

    chaining_system: Literal["HIERARCHICAL", "NONE"]
    control_style: Literal["oneLine", "twoLine"]
    ignore_parent_settings: Json[dict[str, bool]] = Field(alias="ignoreParentSettingsJSON")
    panels: Json[dict[str, Control]] = Field(alias="panelsJSON")
    show_apply_selections: bool = False


class RefreshInterval(Shape):
    """How often a dashboard asks again, in milliseconds."""

    pause: bool
    value: int = Field(ge=0)


class DashboardShape(Shape):
    """A dashboard."""

    title: str = Field(min_length=1)
    description: str = ""
    version: int = 1
    kibana_saved_object_meta: SearchMeta
    time_restore: bool
    time_from: Moment
    time_to: Moment
    refresh_interval: RefreshInterval
    options: Json[dict[str, bool]] = Field(alias="optionsJSON")
    panels: Json[list[AnyPanelShape]] = Field(alias="panelsJSON")
    control_group_input: ControlGroup
