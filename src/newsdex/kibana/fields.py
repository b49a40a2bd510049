"""The fields of an index as Kibana sees them, read from the shipped mapping: what can be counted, sorted, searched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from newsdex.errors import UserError


class Kind(StrEnum):
    """What Kibana calls a field's type: many types of Elasticsearch's are one to it."""

    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    UNKNOWN = "unknown"


_KINDS = {
    Kind.STRING: {"text", "keyword", "match_only_text", "constant_keyword", "wildcard"},
    Kind.NUMBER: {"long", "integer", "short", "byte", "double", "float", "half_float", "scaled_float", "unsigned_long"},
    Kind.DATE: {"date", "date_nanos"},
    Kind.BOOLEAN: {"boolean"},
}
_NEVER_COUNTED = {"text", "match_only_text", "flattened"}
"""Without doc values by nature. Kibana offers no field of a flattened object, only the object."""


@dataclass(frozen=True, slots=True)
class IndexField:
    """One field: `aggregatable` fields can be counted by value and sorted by, `searchable` ones be asked for."""

    type: str
    aggregatable: bool
    searchable: bool

    @property
    def kind(self) -> Kind:
        """What Kibana calls its type."""
        return next((kind for kind, types in _KINDS.items() if self.type in types), Kind.UNKNOWN)


IndexFields: TypeAlias = Mapping[str, IndexField]

META_FIELDS: dict[str, IndexField] = {
    "_id": IndexField("keyword", aggregatable=False, searchable=True),
    "_index": IndexField("keyword", aggregatable=True, searchable=True),
    "_score": IndexField("float", aggregatable=False, searchable=False),
    "_source": IndexField("object", aggregatable=False, searchable=False),
}
"""What every index has. `_id` can be shown and asked for; Elasticsearch lets nobody count or sort by it."""


def load_mappings(folder: Path) -> dict[str, IndexFields]:
    """Read the fields of every index whose mapping lies in a folder, by the index's name.

    Raises `UserError` naming the file that cannot be read.
    """
    mappings: dict[str, IndexFields] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            mappings[path.stem] = read_fields(json.loads(path.read_text(encoding="utf-8"))["mappings"])
        except (ValueError, KeyError) as wrong:
            raise UserError(f"{path}: not readable as a mapping: {wrong}", "restore the file from git") from wrong
    return mappings


def read_fields(mapping: Mapping[str, Any]) -> dict[str, IndexField]:
    """List the fields of a mapping by their full names, sub-fields and those that every index has included.

    >>> fields = read_fields({"properties": {"origin": {"properties": {"uri": {"type": "keyword"}}}}})
    >>> fields["origin.uri"].aggregatable, "origin" in fields
    (True, False)
    """
    return {**META_FIELDS, **dict(_walk(mapping.get("properties", {}), ""))}


def _walk(properties: Mapping[str, Any], above: str) -> Iterator[tuple[str, IndexField]]:
    for name, shape in properties.items():
        full = f"{above}{name}"
        if "properties" in shape:
            yield from _walk(shape["properties"], f"{full}.")
        elif shape.get("type") not in (None, "object"):
            yield full, _field(shape)
            yield from ((f"{full}.{sub}", _field(inner)) for sub, inner in shape.get("fields", {}).items())


def _field(shape: Mapping[str, Any]) -> IndexField:
    kind = str(shape["type"])
    counted = kind not in _NEVER_COUNTED and bool(shape.get("doc_values", True))
    return IndexField(kind, aggregatable=counted, searchable=bool(shape.get("index", True)))
