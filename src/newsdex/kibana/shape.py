"""The form that Kibana demands of each kind of saved object, JSON within JSON included.

Read from the schemas of Kibana 8.19 and 9: an attribute that is not here makes an import fail, and Kibana says of it
only that it is unexpected.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Json
from pydantic.alias_generators import to_camel

Moment = Annotated[str, Field(pattern=r"^(now([+-]\d+[smhdwMy])*(/[smhdwMy])?([+-]\d+[smhdwMy])*|\d{4}-\d\d-\d\d.*)$")]


class Shape(BaseModel):
    """An object of Kibana's; its keys are spelled as Kibana spells them."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class ObjectReference(Shape):
    """One object naming another."""

    type: str
    id: str
    name: str


class Envelope(Shape):
    """What every saved object has around its attributes; the optional part is what an export adds."""

    id: str = Field(min_length=1)
    type: str
    attributes: dict[str, Any]
    references: list[ObjectReference]
    core_migration_version: str
    type_migration_version: str
    managed: bool = False
    created_at: str = Field(default="", alias="created_at")
    created_by: str = Field(default="", alias="created_by")
    updated_at: str = Field(default="", alias="updated_at")
    updated_by: str = Field(default="", alias="updated_by")
    version: str = ""
    origin_id: str = ""


class KueryOrLucene(Shape):
    """A query of the search bar."""

    language: Literal["kuery", "lucene"]
    query: str


class Tag(Shape):
    """A tag, by which objects are found together."""

    name: str = Field(min_length=1)
    description: str = ""
    color: str = Field(pattern="^#[0-9A-Fa-f]{6}$")


class FieldAttributes(Shape):
    """How a data view calls a field; `count` is its popularity."""

    custom_label: str = ""
    custom_description: str = Field(default="", max_length=300)
    count: int = Field(default=0, ge=0)


class FieldFormat(Shape):
    """How values of a field are written."""

    id: Literal["url", "number", "duration", "date", "boolean", "bytes", "percent", "static_lookup", "string"]
    params: dict[str, Any] = Field(default_factory=dict)


class Script(Shape):
    """A Painless script."""

    source: str = Field(min_length=1)


class RuntimeField(Shape):
    """A field that is computed when it is asked for."""

    type: Literal["keyword", "long", "double", "date", "boolean", "ip", "geo_point"]
    script: Script


class SourceFilter(Shape):
    """Fields that Discover leaves out; `*` stands for any letters."""

    value: str = Field(min_length=1)


class DataViewShape(Shape):
    """A data view, which Kibana still calls an index pattern where it keeps it."""

    title: str = Field(min_length=1)
    name: str = Field(min_length=1)
    time_field_name: str
    allow_hidden: bool = False
    fields: Json[list[Any]]
    source_filters: Json[list[SourceFilter]]
    type_meta: Json[dict[str, Any]]
    field_attrs: Json[dict[str, FieldAttributes]]
    field_format_map: Json[dict[str, FieldFormat]]
    runtime_field_map: Json[dict[str, RuntimeField]]


class QueryShape(Shape):
    """A saved query."""

    title: str = Field(min_length=1)
    description: str = ""
    query: KueryOrLucene
    filters: list[Any] = Field(default_factory=list)


class SearchSource(Shape):
    """What is asked of Elasticsearch; `index_ref_name` names the reference to the data view."""

    query: KueryOrLucene
    filter: list[Any]
    index_ref_name: str = ""
    highlight_all: bool = False
    version: bool = False


class SearchMeta(Shape):
    """The envelope of a search source."""

    search_source: Json[SearchSource] = Field(alias="searchSourceJSON")


class GridColumn(Shape):
    """A column's width in pixels."""

    width: float | None = None


class SessionGrid(Shape):
    """The widths of a session's columns."""

    columns: dict[str, GridColumn] = Field(default_factory=dict)


class TimeRange(Shape):
    """A span of time."""

    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to")


class SessionShape(Shape):
    """A Discover session."""

    title: str = Field(min_length=1)
    description: str = ""
    columns: list[str] = Field(max_length=50)
    sort: list[Annotated[list[str], Field(min_length=2, max_length=2)]]
    grid: SessionGrid = Field(default_factory=SessionGrid)
    kibana_saved_object_meta: SearchMeta
    hide_chart: bool = False
    is_text_based_query: bool = False
    uses_ad_hoc_data_view: bool = False
    row_height: float = 3
    sample_size: int = Field(default=500, ge=10, le=10_000)
    breakdown_field: str | None = None
    view_mode: Literal["documents", "patterns", "aggregated"] = "documents"
    time_restore: bool = False
    time_range: TimeRange | None = None
