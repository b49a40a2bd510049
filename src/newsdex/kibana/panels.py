"""What stands on a dashboard, as config/kibana says it: panels on a grid, and the controls above them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

GRID_WIDTH = 48
"""Columns of a dashboard of Kibana's."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Moment = Annotated[str, Field(pattern=r"^now([+-]\d{1,4}[smhdwMy])*(/[smhdwMy])?([+-]\d{1,4}[smhdwMy])*$")]
"""A time in Kibana's words: `now`, `now-7d`, `now-1y/d`."""


class Part(BaseModel):
    """A part of the definition. An unknown key is an error: it would be a setting that does nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(Part):
    """The time that is shown at first, in Kibana's words."""

    since: Moment = "now-1y/d"
    until: Moment = "now"


class Calculation(StrEnum):
    """What a measure does with the values of its field."""

    COUNT = "count"
    """Counts documents; it needs no field."""
    UNIQUE = "unique"
    SUM = "sum"
    AVERAGE = "average"
    MEDIAN = "median"
    PERCENTILE_95 = "percentile_95"
    MAX = "max"
    """Of times: the last one."""


class Measure(Part):
    """A number to show. `where` is KQL: only what fits it is counted."""

    label: str = Field(min_length=1)
    of: Calculation = Calculation.COUNT
    field: str | None = None
    where: str = ""
    colour: Colour | None = None

    @model_validator(mode="after")
    def _has_a_field_unless_it_counts(self) -> Self:
        if (self.field is None) != (self.of is Calculation.COUNT):
            raise ValueError(f"{self.of} of what? count takes no field, the others need one")
        return self


ARTICLES = Measure(label="Articles")


class Panel(Part):
    """What all panels have. `at` is column, row, width and height on the grid."""

    id: Id
    at: tuple[int, int, int, int]


class Note(Panel):
    """A text in Markdown. `{page}` in it stands for the address of the search page."""

    kind: Literal["note"]
    text: str = Field(min_length=1)


class Listed(Panel):
    """A Discover session shown as a table of documents."""

    kind: Literal["session"]
    session: Id
    title: str = Field(min_length=1)


class Chart(Panel):
    """What all charts have. `view` is the dashboard's unless given; `where` is KQL; `about` explains the title."""

    title: str = Field(min_length=1)
    about: str = ""
    view: Id | None = None
    where: str = ""


class Number(Chart):
    """One number, written large."""

    kind: Literal["number"]
    measure: Measure = ARTICLES


class OverTime(Chart):
    """How numbers run over time: several of them, or one that is split by the values of a field.

    `time` is the data view's own unless given.
    """

    kind: Literal["over_time"]
    style: Literal["bar_stacked", "line", "area_stacked"] = "bar_stacked"
    time: str | None = None
    measures: tuple[Measure, ...] = Field(default=(ARTICLES,), min_length=1)
    split: str | None = None
    top: int = Field(default=8, ge=1, le=50)

    @model_validator(mode="after")
    def _is_split_in_one_way(self) -> Self:
        if self.split is not None and len(self.measures) > 1:
            raise ValueError("several measures, or one that is split: a chart of both is unreadable")
        return self


class Ranking(Chart):
    """The values of a field with most of what is measured, as bars."""

    kind: Literal["ranking"]
    field: str
    top: int = Field(default=12, ge=1, le=100)
    measure: Measure = ARTICLES


class Shares(Chart):
    """The parts of a whole, as a ring."""

    kind: Literal["shares"]
    field: str
    top: int = Field(default=8, ge=1, le=30)
    measure: Measure = ARTICLES


class Counts(Chart):
    """A table: what is measured for each combination of the values of up to three fields."""

    kind: Literal["counts"]
    fields: tuple[str, ...] = Field(min_length=1, max_length=3)
    top: int = Field(default=20, ge=1, le=100)
    measures: tuple[Measure, ...] = Field(default=(ARTICLES,), min_length=1)


AnyChart = Number | OverTime | Ranking | Shares | Counts
AnyPanel = Annotated[Note | Listed | AnyChart, Field(discriminator="kind")]


class ValuesControl(Part):
    """A list of a field's values, to narrow the whole dashboard by."""

    kind: Literal["values"]
    id: Id
    field: str
    label: str = Field(min_length=1)


class RangeControl(Part):
    """A slider over a number, to narrow the whole dashboard by."""

    kind: Literal["range"]
    id: Id
    field: str
    label: str = Field(min_length=1)


class TimeControl(Part):
    """A slider over the time that the dashboard shows."""

    kind: Literal["time"]
    id: Id
    label: str = Field(min_length=1)


AnyControl = Annotated[ValuesControl | RangeControl | TimeControl, Field(discriminator="kind")]


class Dashboard(Part):
    """One dashboard. `view` is the data view of its controls, and of the panels that name no other."""

    id: Id
    title: str = Field(min_length=1)
    about: str = ""
    view: Id
    time: Span = Span()
    controls: tuple[AnyControl, ...] = ()
    panels: tuple[AnyPanel, ...] = Field(min_length=1)
