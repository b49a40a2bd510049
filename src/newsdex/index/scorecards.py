"""How well a source does, measured against itself: its last seven days beside the weeks before them.

What is usual is the median of the weeks before, so one bad week does not become the measure. A share is far above the
usual when it is ten points higher and chance does not explain it; of fewer than ten documents nothing is said.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Self

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.arrivals import WEEKS, Arrivals, Group, GroupKind, Tally
from newsdex.index.bulk import Operation, Patience, send
from newsdex.index.by_id import read_documents
from newsdex.index.entries import encode
from newsdex.index.measures import Share, Silence, has_dropped
from newsdex.index.templates import Names
from newsdex.records import rfc3339

ENDED = timedelta(weeks=4)
"""A folder or publisher that is silent for longer has ended: that is no news any more."""

_SHARES = ("undated", "short", "flips", "assumed", "duplicates", "quarantined")
_ENOUGH_WEEKS = 3
_ENOUGH_OF_A_WEEK = 5
_SAME_LANGUAGE = 0.6


@dataclass(frozen=True, slots=True)
class SourceWarning:
    """One thing that is not as usual, in a sentence with its numbers. An `alarm` needs a person."""

    about: str
    text: str
    alarm: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"about": self.about, "text": self.text, "alarm": self.alarm}


@dataclass(frozen=True, slots=True)
class Scorecard:
    """How well one source does.

    Shares are of the last seven days. `usual_week` is how many documents it usually brings in seven days, `reasons` why
    documents were refused, the most frequent first. `flips` are documents in another language than `language`, which is
    that of most of its documents; None when there is no such.
    """

    group: Group
    at: datetime
    day: int
    week: int
    month: int
    total: int
    usual_week: float | None
    last: datetime | None
    language: str | None
    undated: Share
    short: Share
    flips: Share
    assumed: Share
    duplicates: Share
    quarantined: Share
    reasons: tuple[tuple[str, int], ...]
    silence: Silence
    warnings: tuple[SourceWarning, ...] = ()

    @property
    def alarming(self) -> bool:
        """Whether a person is needed."""
        return any(warning.alarm for warning in self.warnings)

    def with_warnings(self, *more: SourceWarning) -> Scorecard:
        """Add warnings of what the documents themselves do not tell."""
        return replace(self, warnings=(*more, *self.warnings))

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape: the document in `news-scorecards`."""
        counts = {"day": self.day, "week": self.week, "month": self.month, "total": self.total}
        return {
            "source": self.group.name,
            "kind": self.group.kind.value,
            "at": rfc3339(self.at),
            "documents": {**counts, "usual_week": self.usual_week},
            "last_document": rfc3339(self.last),
            "language": self.language,
            **{name: getattr(self, name).as_dict() for name in _SHARES},
            "reasons": dict(self.reasons),
            "silence": self.silence.as_dict(),
            "warnings": [warning.as_dict() for warning in self.warnings],
        }

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read the JSON shape back."""
        counts = shape["documents"]
        shares: dict[str, Any] = {name: Share(**shape[name]) for name in _SHARES}
        return cls(
            Group(GroupKind(shape["kind"]), shape["source"]),
            at=datetime.fromisoformat(shape["at"]),
            day=counts["day"],
            week=counts["week"],
            month=counts["month"],
            total=counts["total"],
            usual_week=counts["usual_week"],
            last=datetime.fromisoformat(shape["last_document"]) if shape["last_document"] else None,
            language=shape["language"],
            reasons=tuple(shape["reasons"].items()),
            silence=Silence(**shape["silence"]),
            warnings=tuple(SourceWarning(**each) for each in shape["warnings"]),
            **shares,
        )


def score(group: Group, arrivals: Arrivals, at: datetime) -> Scorecard:
    """Make the scorecard of one source from what came of it until a moment, and judge it."""
    now = arrivals.during(0, 6)
    before = _weeks_before(arrivals)
    language = _language((now, *before))

    def share(count: Callable[[Tally], int], of: Callable[[Tally], int] = _documents) -> Share:
        shares = [count(week) / of(week) for week in before if of(week) >= _ENOUGH_OF_A_WEEK]
        return Share(count(now), of(now), median(shares) if len(shares) >= _ENOUGH_WEEKS else None)

    card = Scorecard(
        group,
        at,
        day=arrivals.during(0, 0).documents,
        week=now.documents,
        month=arrivals.during(0, 29).documents,
        total=arrivals.total,
        usual_week=median(week.documents for week in before) if len(before) >= _ENOUGH_WEEKS else None,
        last=arrivals.last,
        language=language,
        undated=share(lambda tally: tally.undated),
        short=share(lambda tally: tally.short),
        flips=share(lambda tally: tally.documents - tally.languages[language] if language else 0),
        assumed=share(lambda tally: tally.assumed),
        duplicates=Share(arrivals.repeats, now.documents),
        quarantined=share(lambda tally: tally.quarantined, _brought),
        reasons=tuple(now.reasons.most_common()),
        silence=Silence.of(arrivals, at),
    )
    return replace(card, warnings=tuple(_warnings(card)))


def worst_first(cards: Iterable[Scorecard]) -> list[Scorecard]:
    """Sort scorecards: those that need a person, those with the most warnings, the largest."""
    return sorted(cards, key=lambda card: (not card.alarming, -len(card.warnings), -card.month, card.group))


class Scorecards:
    """The scorecards behind one alias: one for each source and day."""

    def __init__(self, client: Elasticsearch, prefix: str, patience: Patience | None = None) -> None:
        self._client = client.options(max_retries=0)
        self._index = Names(prefix).scorecards
        self._patience = patience or Patience()

    def keep(self, cards: Sequence[Scorecard]) -> None:
        """Write scorecards; those of the same day are written over. Raises `UserError` when one is refused."""
        operations = [Operation("index", self._index, _id(card), encode(card.as_dict())) for card in cards]
        for card, answer in zip(cards, send(self._client, operations, self._patience), strict=True):
            if not answer.accepted:
                raise UserError(f"Elasticsearch refuses the scorecard of {card.group.name}: {answer.reason}")

    def latest(self, groups: Iterable[Group], at: datetime) -> dict[Group, Scorecard]:
        """Give the latest scorecards of these sources, none older than two weeks."""
        wanted = {_id_of(group, at - timedelta(days=days)): group for group in groups for days in range(14)}
        cards: dict[Group, Scorecard] = {}
        hits = read_documents(self._client, self._index, wanted, self._patience)
        for name, group in wanted.items():
            if name in hits and group not in cards:
                cards[group] = Scorecard.from_dict(hits[name]["_source"])
        return cards


def _warnings(card: Scorecard) -> Iterable[SourceWarning]:
    silence, promised = card.silence, card.group.kind in (GroupKind.SOURCE, GroupKind.FOLDER)
    ended = card.last is not None and card.at - card.last > ENDED and card.group.kind is not GroupKind.SOURCE
    if silence.too_long and not ended:
        text = f"silent for {_span(silence.hours)}; gaps of {_span(silence.usual_gap)} are usual"
        yield SourceWarning("silence", text, alarm=promised)
    if card.quarantined.far_above_usual or (card.quarantined.usual is None and card.quarantined.mostly):
        reasons = ", ".join(reason for reason, _ in card.reasons[:2])
        text = f"{card.quarantined} refused in 7 days: {reasons}"
        yield SourceWarning("quarantined", text, alarm=card.quarantined.mostly)
    if has_dropped(card.week, card.usual_week):
        yield SourceWarning("drop", f"{card.week:,} documents in 7 days, usually {card.usual_week or 0:,.0f}")
    for about, share, words in (
        ("undated", card.undated, "without a date"),
        ("short", card.short, "with a short body"),
        ("flips", card.flips, f"not in {card.language}"),
        ("assumed", card.assumed, "with an assumed UTC offset"),
    ):
        if share.far_above_usual:
            yield SourceWarning(about, f"{share} {words}")


def _weeks_before(arrivals: Arrivals) -> list[Tally]:
    """Give the weeks before the last seven days, without the one in which the source began: it is not whole."""
    weeks = [arrivals.during(7 * week, 7 * week + 6) for week in range(1, WEEKS + 1)]
    while weeks and not _brought(weeks[-1]):
        weeks.pop()
    return weeks if len(weeks) == WEEKS else weeks[:-1]


def _language(weeks: Iterable[Tally]) -> str | None:
    languages: Counter[str] = Counter()
    for week in weeks:
        languages.update(week.languages)
    ((language, count),) = languages.most_common(1) or [("und", 0)]
    return language if language != "und" and count >= _SAME_LANGUAGE * languages.total() else None


def _documents(tally: Tally) -> int:
    return tally.documents


def _brought(tally: Tally) -> int:
    return tally.documents + tally.quarantined


def _span(hours: float | None) -> str:
    """Write a span of time.

    >>> _span(30), _span(100)
    ('30 h', '4 days')
    """
    return f"{hours or 0:.0f} h" if (hours or 0) < 72 else f"{(hours or 0) / 24:.0f} days"


def _id(card: Scorecard) -> str:
    return _id_of(card.group, card.at)


def _id_of(group: Group, at: datetime) -> str:
    return f"{at:%Y-%m-%d}-{hashlib.sha256(f'{group.kind} {group.name}'.encode()).hexdigest()[:32]}"
