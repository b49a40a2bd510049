"""Whether what is done with a field can be done with it: told by the shipped mapping, not by a server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from newsdex.kibana.fields import IndexField, IndexFields, Kind
from newsdex.kibana.kql import KqlError, asked_fields
from newsdex.kibana.reading import Fault
from newsdex.kibana.shape import DataViewShape, FieldFormat

_SCRIPT_FIELD = re.compile(r"""doc\[(['"])(.+?)\1\]""")

_FITTING = {
    "number": {Kind.NUMBER},
    "bytes": {Kind.NUMBER},
    "percent": {Kind.NUMBER},
    "duration": {Kind.NUMBER},
    "date": {Kind.DATE},
    "boolean": {Kind.BOOLEAN},
}
"""Which kinds of fields a format can write; the others write all."""


@dataclass(frozen=True, slots=True)
class View:
    """A data view: its index, its time, and all its fields, computed ones included."""

    id: str
    index: str
    time: str
    fields: IndexFields

    def demand(self, where: str, name: str, *, counted: str = "") -> Iterator[Fault]:
        """Give the fault of a field that is not there, or that cannot be counted by although `counted` needs it."""
        field = self.fields.get(name)
        if field is None:
            yield Fault(where, f"there is no field {name} in {self.index}")
        elif counted and not field.aggregatable:
            yield Fault(where, f"{counted} {name}, which is {field.type}: only fields with doc values can be used so")

    def demand_kind(self, where: str, name: str, kinds: set[Kind], use: str) -> Iterator[Fault]:
        """Give the fault of a field that is not there, or is of a kind that a use cannot take."""
        yield from self.demand(where, name)
        field = self.fields.get(name)
        if field is not None and field.kind not in kinds:
            wanted = " or ".join(sorted(kinds))
            yield Fault(where, f"{use} {name}, which is {field.type}, not a {wanted}")

    def demand_query(self, where: str, query: str) -> Iterator[Fault]:
        """Give what is wrong with a query in KQL."""
        try:
            names = asked_fields(query)
        except KqlError as wrong:
            yield Fault(where, f"the query {query!r} is no KQL: {wrong}")
            return
        for name in names:
            if name not in self.fields:
                yield Fault(where, f"the query {query!r} asks for {name}, and there is no such field in {self.index}")
            elif not self.fields[name].searchable:
                yield Fault(where, f"the query {query!r} asks for {name}, which is not indexed")


def read_view(view_id: str, shape: DataViewShape, mappings: Mapping[str, IndexFields], prefix: str) -> View | None:
    """Join a data view with the fields of its index; None when no mapping is shipped for it."""
    index = shape.title.removeprefix(prefix)
    if index not in mappings:
        return None
    computed = {
        name: IndexField(field.type, aggregatable=True, searchable=True)
        for name, field in shape.runtime_field_map.items()
    }
    return View(view_id, index, shape.time_field_name, {**mappings[index], **computed})


def check_view(where: str, shape: DataViewShape, view: View, mapping: IndexFields) -> Iterator[Fault]:
    """Give what is wrong with a data view's own fields: time, labels, formats, computed ones."""
    yield from view.demand_kind(where, shape.time_field_name, {Kind.DATE}, "is filed by")
    for name in {**shape.field_attrs, **shape.field_format_map}:
        yield from view.demand(where, name)
    for name, written in shape.field_format_map.items():
        if name in view.fields:
            yield from _check_format(where, name, written, view.fields[name])
    for pattern in (each.value for each in shape.source_filters):
        hidden = [name for name in view.fields if fnmatchcase(name, pattern)]
        if not hidden:
            yield Fault(where, f"hides {pattern}, and there is no such field in {view.index}")
        for name in (name for name in hidden if name in shape.field_attrs):
            yield Fault(where, f"hides {name} by {pattern}, and gives it a label")
    for name, computed in shape.runtime_field_map.items():
        if name in mapping:
            yield Fault(where, f"computes {name}, and the index has a field of that name")
        for _, used in _SCRIPT_FIELD.findall(computed.script.source):
            yield from view.demand(f"{where}, computed field {name}", used, counted="reads")


def _check_format(where: str, name: str, written: FieldFormat, field: IndexField) -> Iterator[Fault]:
    kinds = _FITTING.get(written.id)
    if kinds is not None and field.kind not in kinds:
        yield Fault(where, f"writes {name} as {written.id}, and it is {field.type}")
    if written.id != "url":
        return
    template = written.params.get("urlTemplate")
    if template is None:
        return
    if not re.match(r"https?://[^/{}\s]", str(template)):
        yield Fault(where, f"the link of {name} is no address of the web: {template}")
    if "{{value}}" not in str(template):
        yield Fault(where, f"the link of {name} leads to the same place for every value: {template}")
