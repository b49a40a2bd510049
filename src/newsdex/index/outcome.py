"""What became of one input."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsdex.records import Origin, Reason


class Outcome(StrEnum):
    """The five ways an input may end; each input ends in exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    """New to the index, but its body is another document's, to the letter; both are in one cluster."""
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Written:
    """One input and its outcome.

    `id` is the document's in the index, or the entry's in quarantine. `detail` is for a person: which document this one
    repeats, to the letter or nearly, or why it was refused. `status` is the HTTP status with which Elasticsearch
    answered for this very item.
    """

    origin: Origin
    id: str
    outcome: Outcome
    detail: str = ""
    reason: Reason | None = None
    status: int = 200
