"""The story of a batch: what a person wants to know of it, in ten lines of the log, however many documents it has."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from newsdex.records import Rejection, Stage

if TYPE_CHECKING:
    from newsdex.run.line import Worked

T = TypeVar("T")

_SLOWEST = 4
_REASONS = 4
_SLOW = 0.1
_LONGEST_NAME = 100


class Story:
    """Notes what happens to the documents of one try at a batch, and tells it at the end.

    `clock` gives seconds. The line works in processes of its own beside reading and indexing, so the stages' seconds
    may add up to more than the whole took.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._waiting = 0.0
        self._stages: dict[Stage, float] = dict.fromkeys(Stage, 0.0)
        self._slowest: list[tuple[float, int, str]] = []
        self._refused: dict[str, str] = {}
        self._count = 0

    def worked(self, worked: Worked) -> None:
        """Note a document that came out of the line."""
        self._count += 1
        for stage, seconds in worked.seconds.items():
            self._stages[stage] += seconds
        origin = worked.result.origin
        whole = sum(worked.seconds.values())
        if whole >= _SLOW:
            most = max(worked.seconds, key=lambda stage: worked.seconds[stage])
            told = f"{whole:.1f} s, of it {worked.seconds[most]:.1f} in {most}: {_short(origin.uri)}"
            keep = heapq.heappush if len(self._slowest) < _SLOWEST else heapq.heappushpop
            keep(self._slowest, (whole, -self._count, told))
        if isinstance(worked.result, Rejection):
            self._refused.setdefault(worked.result.reason.value, origin.uri)

    def timed(self, stage: Stage, items: Iterable[T]) -> Iterator[T]:
        """Give items on, noting how long each took to come as time of a stage."""

        def note(seconds: float) -> None:
            self._stages[stage] += seconds

        return self._counting(items, note)

    def waited(self, items: Iterable[T]) -> Iterator[T]:
        """Give items on, noting how long each took to come, as time that whoever asks for them does nothing."""

        def note(seconds: float) -> None:
            self._waiting += seconds

        return self._counting(items, note)

    def tell(self, batch: str, sheet: Mapping[str, Any], done_before: int) -> list[str]:
        """Write the story, with the batch's balance sheet; `done_before` documents had their outcome already."""
        seconds = self._clock() - self._began
        took = {**self._stages, Stage.INDEX: max(0.0, self._stages[Stage.INDEX] - self._waiting)}
        worked = sheet["inputs"] - done_before
        rate = f", {worked / seconds:,.1f} a second" if worked and seconds > 0 else ""
        before = f"; {done_before:,} more were done by an earlier try" if done_before else ""
        outcomes = _counts(sheet["outcomes"]) or "nothing"
        lines = [f"batch {batch}: {worked:,} documents in {seconds:.1f} s{rate}{before}", f"outcomes: {outcomes}"]
        lines += [f"refused: {told}" for told in self._tell_refused(sheet["reasons"])]
        lines += [f"passed over: {_counts(sheet['passed_over'])}"] if sheet.get("passed_over") else []
        lines.append("seconds: " + ", ".join(f"{stage} {took[stage]:.1f}" for stage in Stage))
        lines += [f"slow: {told}" for _, _, told in sorted(self._slowest, reverse=True)]
        return lines

    def _tell_refused(self, reasons: Mapping[str, int]) -> list[str]:
        """Name the reasons, the most frequent ones with a document that they refused, the others together."""
        frequent = sorted(reasons, key=lambda reason: (-reasons[reason], reason))
        told = [
            f"{reasons[reason]:,} {reason}"
            + (f", as {_short(self._refused[reason])}" if reason in self._refused else "")
            for reason in frequent[:_REASONS]
        ]
        return told + ([_counts({name: reasons[name] for name in frequent[_REASONS:]})] if frequent[_REASONS:] else [])

    def _counting(self, items: Iterable[T], note: Callable[[float], None]) -> Iterator[T]:
        source = iter(items)
        while True:
            before = self._clock()
            try:
                item = next(source)
            except StopIteration:
                return
            finally:
                note(self._clock() - before)
            yield item


def _counts(counts: Mapping[str, int]) -> str:
    """Write counts in a line, without the zeros.

    >>> _counts({"created": 1200, "updated": 0, "duplicate": 2})
    '1,200 created, 2 duplicate'
    """
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def _short(uri: str) -> str:
    return uri if len(uri) <= _LONGEST_NAME else f"{uri[: _LONGEST_NAME - 3]}..."
