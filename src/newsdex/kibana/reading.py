"""Saved objects read back from a file, as far as their form allows, with every fault of the form told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from newsdex.kibana.dashboard_shape import DashboardShape
from newsdex.kibana.saved_objects import CORE_VERSION, TYPE_VERSIONS
from newsdex.kibana.shape import DataViewShape, Envelope, ObjectReference, QueryShape, SessionShape, Shape, Tag

SHAPES: dict[str, type[Shape]] = {
    "tag": Tag,
    "index-pattern": DataViewShape,
    "query": QueryShape,
    "search": SessionShape,
    "dashboard": DashboardShape,
}
"""The form of the attributes, by type."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in a sentence, and where: the object, and the part of it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"

    def as_dict(self) -> dict[str, str]:
        """Give the JSON shape."""
        return {"where": self.where, "what": self.what}


@dataclass(frozen=True, slots=True)
class ReadObject:
    """One saved object whose form is right."""

    kind: str
    id: str
    references: list[ObjectReference]
    attributes: Shape

    @property
    def where(self) -> str:
        """What a fault of it calls it."""
        return f"{self.kind} {self.id}"


def read_objects(content: bytes) -> tuple[list[ReadObject], list[Fault]]:
    """Read a file of saved objects: those whose form is right, and what is wrong with the others."""
    objects: list[ReadObject] = []
    faults: list[Fault] = []
    for number, line in enumerate(content.splitlines(), 1):
        read = list(_read(number, line))
        objects += (each for each in read if isinstance(each, ReadObject))
        faults += (each for each in read if isinstance(each, Fault))
    if not objects and not faults:
        faults.append(Fault("the file", "holds no object"))
    for (kind, object_id), count in Counter((each.kind, each.id) for each in objects).items():
        if count > 1:
            faults.append(Fault(f"{kind} {object_id}", f"is in the file {count} times; Kibana refuses the whole file"))
    return objects, faults


def tell(where: str, wrong: ValidationError) -> Iterator[Fault]:
    """Give a fault for each thing that is wrong with a form."""
    for error in wrong.errors():
        place = ".".join(str(part) for part in error["loc"])
        yield Fault(where, f"{place}: {error['msg']}" if place else error["msg"])


def _read(number: int, line: bytes) -> Iterable[ReadObject | Fault]:
    if not line.strip():
        return
    try:
        shape = json.loads(line)
    except ValueError as wrong:
        yield Fault(f"line {number}", f"is not JSON: {wrong}")
        return
    if isinstance(shape, dict) and "exportedCount" in shape:
        # The last line of what Kibana exports counts the others.
        return
    try:
        envelope = Envelope.model_validate(shape)
    except ValidationError as wrong:
        yield from tell(f"line {number}", wrong)
        return
    where = f"{envelope.type} {envelope.id}"
    if envelope.type not in SHAPES:
        yield Fault(where, f"the type {envelope.type!r} is none of {', '.join(SHAPES)}")
        return
    yield from _versions(where, envelope)
    try:
        attributes = SHAPES[envelope.type].model_validate(envelope.attributes)
    except ValidationError as wrong:
        yield from tell(where, wrong)
        return
    yield ReadObject(envelope.type, envelope.id, envelope.references, attributes)


def _versions(where: str, envelope: Envelope) -> Iterator[Fault]:
    newest = TYPE_VERSIONS[envelope.type]
    if envelope.core_migration_version != CORE_VERSION:
        yield Fault(where, f"coreMigrationVersion is {envelope.core_migration_version}, not {CORE_VERSION}")
    if (found := _numbers(envelope.type_migration_version)) is None:
        yield Fault(where, f"typeMigrationVersion {envelope.type_migration_version!r} is no version")
    elif found > (_numbers(newest) or ()):
        yield Fault(
            where,
            f"typeMigrationVersion {envelope.type_migration_version} is newer than {newest}: an older Kibana of those "
            "supported refuses it as belonging to a more recent version",
        )


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    return tuple(map(int, parts)) if len(parts) == 3 and all(part.isdecimal() for part in parts) else None
