"""One input of a batch."""

from __future__ import annotations

from dataclasses import dataclass

from newsdex.read.document import OpenedDocument


@dataclass(frozen=True, slots=True)
class Item:
    """A document and the name by which its batch knows it, the same whenever the batch is read."""

    name: str
    document: OpenedDocument
