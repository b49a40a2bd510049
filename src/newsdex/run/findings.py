"""What upkeep says: what was done, and what a person should know or has to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

_SAID = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not well, in a sentence with its numbers, and what to do. An `alarm` needs a person."""

    text: str
    advice: str = ""
    alarm: bool = False


@dataclass(slots=True)
class Report:
    """What one task of upkeep did and found."""

    task: str
    done: list[str] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def did(self, text: str, **counts: float) -> None:
        """Say what was done, with its numbers."""
        self.done.append(text)
        self.counts.update(counts)

    def warn(self, text: str, advice: str = "") -> None:
        """Say what a person should know."""
        self.findings.append(Finding(text, advice))

    def alarm(self, text: str, advice: str) -> None:
        """Say what a person has to do something about."""
        self.findings.append(Finding(text, advice, alarm=True))

    @property
    def alarms(self) -> list[Finding]:
        """What needs a person."""
        return [finding for finding in self.findings if finding.alarm]

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape, for one task to hand to the next."""
        return asdict(self)

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read the JSON shape back.

        >>> report = Report("disk", ["looked"], {"places": 1}, [Finding("full", "empty it", alarm=True)])
        >>> Report.from_dict(report.as_dict()) == report
        True
        """
        return cls(**{**shape, "findings": [Finding(**each) for each in shape["findings"]]})

    def __str__(self) -> str:
        """Write it for a person: what was done, then what was found, alarms first."""
        lines = list(self.done)
        for finding in sorted(self.findings, key=lambda each: not each.alarm):
            lines.append(f"{'ALARM' if finding.alarm else 'warning'}: {finding.text}")
            lines += [f"  try: {finding.advice}"] if finding.advice else []
        return "\n".join(lines) or "nothing to do"


def describe_alarms(reports: Iterable[Report], unfinished: Iterable[str] = ()) -> str | None:
    """Say in a few lines all that needs a person; None when nothing does. `unfinished` are tasks without a report.

    >>> print(describe_alarms([Report("disk", findings=[Finding("2 % free", "make room", alarm=True)])], ["archive"]))
    2 things need a person
    archive: did not finish; its log says why
    disk: 2 % free -> make room
    """
    lines = [f"{task}: did not finish; its log says why" for task in unfinished]
    for report in reports:
        lines += [f"{report.task}: {alarm.text} -> {alarm.advice}" for alarm in report.alarms]
    if not lines:
        return None
    more = [f"and {len(lines) - _SAID} more: see the tasks' logs"] if len(lines) > _SAID else []
    head = "1 thing needs a person" if len(lines) == 1 else f"{len(lines)} things need a person"
    return "\n".join([head, *lines[:_SAID], *more])
