"""What a scorecard measures: a share beside the usual one, and a silence beside the usual gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import sqrt
from typing import Any, Self

from newsdex.index.arrivals import HOUR, Arrivals

ENOUGH_DOCUMENTS = 10
"""Of fewer nothing is said."""

_POINTS = 0.1
_CHANCE = 3.0
_MOSTLY = 0.5
_GAPS_KNOWN = 8
_GAP_RANK = 4
_MOST_GRACE = 24.0


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and which share is usual; None when too little came before to say."""

    count: int
    of: int
    usual: float | None = None

    @property
    def value(self) -> float:
        """The share; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def far_above_usual(self) -> bool:
        """Whether it is higher than usual by ten points, and by three times what chance alone would make of it.

        >>> Share(9, 60, usual=0.03).far_above_usual, Share(1, 5, usual=0.0).far_above_usual
        (True, False)
        """
        if self.usual is None or not self.enough or self.value - self.usual < _POINTS:
            return False
        expected = min(max(self.usual, 0.01), 0.99)
        return self.count - self.of * expected > _CHANCE * sqrt(self.of * expected * (1 - expected))

    @property
    def enough(self) -> bool:
        """Whether it is of enough documents to say anything."""
        return self.of >= ENOUGH_DOCUMENTS

    @property
    def mostly(self) -> bool:
        """Whether it is half or more of enough."""
        return self.enough and self.value >= _MOSTLY

    def __str__(self) -> str:
        """Write it with the usual value.

        >>> str(Share(9, 60, usual=0.03))
        '9 of 60 (15 %, usually 3 %)'
        """
        usual = "" if self.usual is None else f", usually {100 * self.usual:.0f} %"
        return f"{self.count:,} of {self.of:,} ({100 * self.value:.0f} %{usual})"

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"count": self.count, "of": self.of, "usual": self.usual}


@dataclass(frozen=True, slots=True)
class Silence:
    """For how many hours nothing came, the longest gap that is usual, and from when on silence is told of.

    A usual gap is one that came back: the fourth longest of eight weeks. Nights and weekends come back, an outage does
    not. Both are None for a source of fewer than eight gaps, which has no rhythm yet.
    """

    hours: float | None = None
    usual_gap: float | None = None
    limit: float | None = None

    @classmethod
    def of(cls, arrivals: Arrivals, at: datetime) -> Self:
        """Measure it. Half the usual gap is granted beyond it, a day at most.

        >>> Silence.of(Arrivals(hours={0, 24, 48, 72, 144, 168, 192, 216, 240, 312}), datetime.min).limit
        36.0
        """
        hours = (at - arrivals.last) / HOUR if arrivals.last is not None else None
        came = sorted(arrivals.hours)
        gaps = sorted((later - earlier for earlier, later in pairwise(came)), reverse=True)
        if len(gaps) < _GAPS_KNOWN:
            return cls(hours)
        usual = float(gaps[_GAP_RANK - 1])
        return cls(hours, usual, usual + min(usual / 2, _MOST_GRACE))

    @property
    def too_long(self) -> bool:
        """Whether it is longer than this source is ever silent."""
        return self.hours is not None and self.limit is not None and self.hours > self.limit

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"hours": self.hours, "usual_gap": self.usual_gap, "limit": self.limit}


def has_dropped(week: int, usual: float | None) -> bool:
    """Tell whether a source brought less than half of what it usually brings in a week, and not by chance.

    >>> has_dropped(12, 40.0), has_dropped(3, 8.0)
    (True, False)
    """
    if usual is None or usual < ENOUGH_DOCUMENTS:
        return False
    return week < usual / 2 and usual - week > _CHANCE * sqrt(usual)
