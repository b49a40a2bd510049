"""What Kibana shows of the archive, in our own words: config/kibana, read and checked while it loads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator

from newsdex.errors import UserError
from newsdex.kibana.panels import Chart, Dashboard, Id, Listed, Part, Span

_HINT = "docs/kibana.md explains every key"

_Model = TypeVar("_Model", bound=Part)


class ShownField(Part):
    """How Kibana shows a field: its label, what it is, and how its values are written.

    `link` makes a value a link: `itself`, or a template of an address, in which `{page}` is the search page and
    `{{value}}` the value; `text` is then what is shown instead of the address. Fields of a higher `popularity` stand
    first in Discover's list.
    """

    label: str = Field(min_length=1)
    about: str = Field(default="", max_length=300)
    popularity: int = Field(default=0, ge=0)
    link: str | None = Field(default=None, pattern=r"^(itself|(\{page\}|https?://)\S*\{\{value\}\}\S*)$")
    text: str | None = None
    format: Literal["whole", "seconds"] | None = None
    words: dict[str, str] = Field(default_factory=dict)


class ComputedField(ShownField):
    """A field that Elasticsearch computes when it is asked for, by a Painless script that calls `emit`."""

    type: Literal["keyword", "long", "double", "date", "boolean"]
    script: str = Field(min_length=1)


class DataView(Part):
    """A view on an index: which time its documents are filed under, and how its fields are shown.

    `hidden` are fields that Discover leaves out, `*` standing for any end: what is there for machines only.
    """

    id: Id
    index: str = Field(min_length=1)
    name: str = Field(min_length=1)
    time: str
    fields: dict[str, ShownField] = Field(default_factory=dict)
    computed: dict[str, ComputedField] = Field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def label(self, field: str) -> str:
        """Give the label of a field; its name when it has none."""
        shown = self.fields.get(field) or self.computed.get(field)
        return shown.label if shown else field


class Session(Part):
    """A Discover session: which documents, which columns, the newest first by `newest_by`."""

    id: Id
    view: Id
    title: str = Field(min_length=1)
    about: str = ""
    columns: tuple[str, ...] = Field(min_length=1)
    widths: dict[str, int] = Field(default_factory=dict)
    newest_by: str
    split: str | None = None
    query: str = ""
    time: Span = Span()


class SavedQuery(Part):
    """A query in KQL that people can pick by its title."""

    id: Id
    title: str = Field(min_length=1)
    about: str = ""
    query: str = Field(min_length=1)


class Definition(Part):
    """All of it. What names another part by its id names one that is there."""

    data_views: tuple[DataView, ...] = Field(min_length=1)
    sessions: tuple[Session, ...] = ()
    queries: tuple[SavedQuery, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()

    def view(self, view_id: str) -> DataView:
        """Give the data view of an id."""
        return next(view for view in self.data_views if view.id == view_id)

    @model_validator(mode="after")
    def _names_what_is_there(self) -> Self:
        views = {view.id for view in self.data_views}
        sessions = {session.id for session in self.sessions}
        for group in (self.data_views, self.sessions, self.queries, self.dashboards):
            _refuse_repeated(part.id for part in group)
        for session in self.sessions:
            _demand(session.view, views, f"the session {session.id}", "data view")
        for dashboard in self.dashboards:
            place = f"the dashboard {dashboard.id}"
            _demand(dashboard.view, views, place, "data view")
            _refuse_repeated(panel.id for panel in dashboard.panels)
            _refuse_repeated(control.id for control in dashboard.controls)
            for panel in dashboard.panels:
                if isinstance(panel, Chart) and panel.view is not None:
                    _demand(panel.view, views, f"{place}, panel {panel.id}", "data view")
                if isinstance(panel, Listed):
                    _demand(panel.session, sessions, f"{place}, panel {panel.id}", "session")
        return self


class _DataViews(Part):
    data_views: tuple[DataView, ...]


class _Sessions(Part):
    sessions: tuple[Session, ...]


class _Queries(Part):
    queries: tuple[SavedQuery, ...]


def load_definition(folder: Path) -> Definition:
    """Read config/kibana. Raises `UserError` naming the file, the key and what is wrong with it.

    The files `data-views.yaml`, `sessions.yaml` and `queries.yaml` hold lists; each file of `dashboards/` is one.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder", "run from a checkout, or set NEWSDEX_CONFIG to the config folder")
    try:
        return Definition(
            data_views=_read(folder / "data-views.yaml", _DataViews).data_views,
            sessions=_read(folder / "sessions.yaml", _Sessions).sessions,
            queries=_read(folder / "queries.yaml", _Queries).queries,
            dashboards=tuple(_read(path, Dashboard) for path in sorted((folder / "dashboards").glob("*.yaml"))),
        )
    except ValidationError as wrong:
        raise UserError(f"{folder}: {wrong.errors()[0]['msg']}", _HINT) from wrong


def _read(path: Path, model: type[_Model]) -> _Model:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise UserError(f"{path}: no such file", "restore it from git") from missing
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise UserError(f"{path}: not readable as YAML: {wrong}") from wrong
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise UserError(f"{path}: {key}: {first['msg']}", _HINT) from wrong


def _refuse_repeated(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise ValueError(f"the id {each!r} is used twice")
        seen.add(each)


def _demand(name: str, known: set[str], place: str, kind: str) -> None:
    if name not in known:
        raise ValueError(f"{place} names the {kind} {name!r}, and there is none")
