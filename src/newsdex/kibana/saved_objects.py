"""Saved objects: what Kibana keeps of data views, sessions and dashboards, and the file that carries them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

CORE_VERSION = "8.8.0"
"""`coreMigrationVersion`: the last change to what all saved objects have. Kibana 8.8 up to 9.x takes it."""

TYPE_VERSIONS = {
    "index-pattern": "8.0.0",
    "tag": "8.0.0",
    "query": "8.0.0",
    "search": "10.5.0",
    "dashboard": "10.2.0",
}
"""`typeMigrationVersion` of each type: which form the attributes have.

A Kibana brings older forms up to its own, and refuses newer ones; these are known to Kibana 8.19 and to all of 9.
"""


@dataclass(frozen=True, slots=True)
class Reference:
    """One object naming another. `name` is by what the attributes speak of it."""

    type: str
    id: str
    name: str

    def as_dict(self) -> dict[str, str]:
        """Give the JSON shape."""
        return {"type": self.type, "id": self.id, "name": self.name}


def saved_object(
    kind: str, object_id: str, attributes: dict[str, Any], references: Iterable[Reference] = ()
) -> dict[str, Any]:
    """Give the JSON shape of a saved object."""
    return {
        "id": object_id,
        "type": kind,
        "attributes": attributes,
        "references": [reference.as_dict() for reference in references],
        "coreMigrationVersion": CORE_VERSION,
        "typeMigrationVersion": TYPE_VERSIONS[kind],
        "managed": False,
    }


def compact(value: Any) -> str:
    """Write JSON in the one way that gives the same text for the same value: Kibana keeps JSON inside of JSON.

    >>> compact({"b": 1, "a": "Größe"})
    '{"a":"Größe","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def ndjson(objects: Sequence[dict[str, Any]]) -> bytes:
    """Write the file that Kibana imports: an object a line."""
    return "".join(f"{compact(each)}\n" for each in objects).encode()
