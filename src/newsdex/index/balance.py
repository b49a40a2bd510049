"""The balance sheet of a run: every input accounted for, reconciled with what Elasticsearch answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from elasticsearch import Elasticsearch

from newsdex.index.outcome import Outcome, Written
from newsdex.index.templates import Names
from newsdex.records import rfc3339

_FITTING = {
    Outcome.CREATED: {201},
    Outcome.DUPLICATE: {201},
    Outcome.UPDATED: {200},
    Outcome.UNCHANGED: {200},
    Outcome.QUARANTINED: {200, 201},
}
"""With which statuses Elasticsearch confirms an outcome: 201 a new document, 200 a known one."""


class Unbalanced(Exception):
    """A run whose outcomes do not account for its inputs: something was lost or counted twice."""


@dataclass(slots=True)
class BalanceSheet:
    """How many inputs there were, and how each ended.

    `inputs` is counted where documents are read, not where they are written: that is what makes the check one.
    `answered` counts the items for which Elasticsearch gave the very answer that the outcome claims.
    """

    inputs: int = 0
    answered: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, written: Written) -> None:
        """Enter one outcome."""
        self.outcomes[written.outcome] += 1
        self.answered += written.status in _FITTING[written.outcome]
        if written.reason is not None:
            self.reasons[written.reason.value] += 1

    def __add__(self, other: BalanceSheet) -> BalanceSheet:
        """Join two sheets: of two batches, the sheet of both.

        >>> both = BalanceSheet(inputs=2) + BalanceSheet(inputs=3)
        >>> both.inputs
        5
        """
        return BalanceSheet(
            self.inputs + other.inputs,
            self.answered + other.answered,
            self.outcomes + other.outcomes,
            self.reasons + other.reasons,
        )

    def __getitem__(self, outcome: Outcome) -> int:
        """Tell how many inputs ended so."""
        return self.outcomes[outcome]

    @property
    def total(self) -> int:
        """How many inputs have an outcome."""
        return self.outcomes.total()

    @property
    def balanced(self) -> bool:
        """Whether inputs = created + updated + unchanged + duplicate + quarantined = confirmed by Elasticsearch."""
        return self.inputs == self.total == self.answered

    def check(self) -> None:
        """Raise `Unbalanced` unless every input has one outcome that Elasticsearch confirmed."""
        if self.inputs != self.total:
            raise Unbalanced(f"{self.inputs} inputs, but {self.total} outcomes: {self}")
        if self.answered != self.total:
            raise Unbalanced(f"{self.total} outcomes, but Elasticsearch confirmed {self.answered}: {self}")

    def __str__(self) -> str:
        """Write it in one line.

        >>> print(BalanceSheet(2, 2, Counter({Outcome.CREATED: 2})))
        2 inputs = 2 created + 0 updated + 0 unchanged + 0 duplicate + 0 quarantined
        """
        return f"{self.inputs} inputs = " + " + ".join(f"{self.outcomes[outcome]} {outcome}" for outcome in Outcome)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape, for one task to hand to the next."""
        return {
            "inputs": self.inputs,
            "answered": self.answered,
            "balanced": self.balanced,
            "outcomes": {outcome.value: self.outcomes[outcome] for outcome in Outcome},
            "reasons": dict(self.reasons),
        }

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read the JSON shape back.

        >>> sheet = BalanceSheet(1, 1, Counter({Outcome.UPDATED: 1}))
        >>> BalanceSheet.from_dict(sheet.as_dict()) == sheet
        True
        """
        return cls(
            int(shape["inputs"]),
            int(shape["answered"]),
            Counter({Outcome(name): int(count) for name, count in shape["outcomes"].items() if count}),
            Counter({str(name): int(count) for name, count in shape["reasons"].items()}),
        )

    def store(
        self,
        client: Elasticsearch,
        run_id: str,
        *,
        prefix: str,
        stored_at: datetime,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep the sheet in `news-runs`, with what else there is to say in `extra`.

        Storing a run again writes over its earlier sheet.
        """
        shape = {**self.as_dict(), "run_id": run_id, "stored_at": rfc3339(stored_at)}
        if extra:
            shape["extra"] = dict(extra)
        client.index(index=Names(prefix).runs, id=run_id, document=shape, require_alias=True, refresh=True)
