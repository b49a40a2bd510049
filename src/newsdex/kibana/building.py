"""From our own definition to Kibana's saved objects. Pure: the same definition gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsdex.kibana.dashboards import DashboardBuilder
from newsdex.kibana.definition import ComputedField, DataView, Definition, SavedQuery, Session, ShownField
from newsdex.kibana.fields import IndexFields
from newsdex.kibana.lens import kuery
from newsdex.kibana.saved_objects import Reference, compact, saved_object

_SEARCH_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"

_FORMATS: dict[str, dict[str, Any]] = {
    "whole": {"id": "number", "params": {"pattern": "0,0"}},
    "seconds": {
        "id": "duration",
        "params": {
            "includeSpaceWithSuffix": True,
            "inputFormat": "seconds",
            "outputFormat": "humanizePrecise",
            "outputPrecision": 1,
            "useShortSuffix": True,
        },
    },
}


def build(
    definition: Definition, mappings: Mapping[str, IndexFields], *, page: str, prefix: str = ""
) -> list[dict[str, Any]]:
    """Make the saved objects, in an order in which each names only those before it.

    `page` is the address of the search page, for links to it. `prefix` is that of the indices: ids and titles carry it
    too, so that several archives share one Kibana. The ids are those of the definition: imported again, an object
    replaces its former self.
    """
    return _Builder(definition, mappings, page.rstrip("/"), prefix).build()


class _Builder:
    def __init__(
        self, definition: Definition, mappings: Mapping[str, IndexFields], page: str, prefix: str = ""
    ) -> None:
        self._definition = definition
        self._mappings = mappings
        self._page = page
        self._prefix = prefix
        self._tag = Reference("tag", self._identify("newsdex"), f"tag-ref-{self._identify('newsdex')}")

    def build(self) -> list[dict[str, Any]]:
        dashboards = DashboardBuilder(
            self._definition, self._mappings, page=self._page, identify=self._identify, title=self._title
        )
        about = "The archive of news articles and the line that fills it"
        tag = {"name": self._title("Newsdex"), "description": about, "color": "#0B64DD"}
        return [
            saved_object("tag", self._tag.id, tag),
            *(self._data_view(view) for view in self._definition.data_views),
            *(self._query(query) for query in self._definition.queries),
            *(self._session(session) for session in self._definition.sessions),
            *(dashboards.build(dashboard, self._tag) for dashboard in self._definition.dashboards),
        ]

    def _identify(self, part: str) -> str:
        return f"{self._prefix}{part}"

    def _title(self, title: str) -> str:
        archive = self._prefix.strip("-._")
        return f"{title} ({archive})" if archive else title

    def _data_view(self, view: DataView) -> dict[str, Any]:
        shown: dict[str, ShownField] = {**view.fields, **view.computed}
        formats = {name: format_ for name, field in shown.items() if (format_ := self._format(field))}
        attributes = {
            "title": f"{self._prefix}{view.index}",
            "name": self._title(view.name),
            "timeFieldName": view.time,
            "allowHidden": False,
            "fields": "[]",
            "sourceFilters": compact([{"value": pattern} for pattern in view.hidden]),
            "typeMeta": "{}",
            "fieldAttrs": compact({name: _attributes(field) for name, field in shown.items()}),
            "fieldFormatMap": compact(formats),
            "runtimeFieldMap": compact({name: _computation(field) for name, field in view.computed.items()}),
        }
        return saved_object("index-pattern", self._identify(view.id), attributes, [self._tag])

    def _format(self, field: ShownField) -> dict[str, Any] | None:
        if field.link is not None:
            template = None if field.link == "itself" else field.link.replace("{page}", self._page)
            params = {"type": "a", "urlTemplate": template, "labelTemplate": field.text, "openLinkInCurrentTab": False}
            return {"id": "url", "params": {key: value for key, value in params.items() if value is not None}}
        if field.words:
            entries = [{"key": key, "value": value} for key, value in field.words.items()]
            return {"id": "static_lookup", "params": {"lookupEntries": entries}}
        return _FORMATS[field.format] if field.format else None

    def _query(self, query: SavedQuery) -> dict[str, Any]:
        attributes = {"title": self._title(query.title), "description": query.about, "query": kuery(query.query)}
        return saved_object("query", self._identify(query.id), {**attributes, "filters": []}, [])

    def _session(self, session: Session) -> dict[str, Any]:
        source = {
            "filter": [],
            "highlightAll": True,
            "indexRefName": _SEARCH_INDEX,
            "query": kuery(session.query),
            "version": True,
        }
        attributes = {
            "title": self._title(session.title),
            "description": session.about,
            "columns": list(session.columns),
            "sort": [[session.newest_by, "desc"]],
            "grid": {"columns": {name: {"width": width} for name, width in session.widths.items()}},
            "hideChart": False,
            "isTextBasedQuery": False,
            "kibanaSavedObjectMeta": {"searchSourceJSON": compact(source)},
            "rowHeight": 2,
            "sampleSize": 500,
            "timeRange": {"from": session.time.since, "to": session.time.until},
            "timeRestore": True,
            "usesAdHocDataView": False,
            "viewMode": "documents",
        }
        if session.split is not None:
            attributes["breakdownField"] = session.split
        view = Reference("index-pattern", self._identify(session.view), _SEARCH_INDEX)
        return saved_object("search", self._identify(session.id), attributes, [view, self._tag])


def _attributes(field: ShownField) -> dict[str, Any]:
    shown: dict[str, Any] = {"customLabel": field.label}
    if field.about:
        shown["customDescription"] = field.about
    if field.popularity:
        shown["count"] = field.popularity
    return shown


def _computation(field: ComputedField) -> dict[str, Any]:
    return {"type": field.type, "script": {"source": field.script.strip()}}
