"""How far a long command is: a bar with the rate and the time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Task, TextColumn
from rich.progress import Progress as Bar
from rich.table import Column

from newsdex.cli.console import err

_SAID_EVERY = 30.0
"""Seconds between two lines where there is no terminal to draw on."""

_clock = time.monotonic


class Progress:
    """The progress of a command, on standard error, in one or more steps.

    What `newsdex.run` does reports to the object itself: `progress(step, done, total)`. With `quiet` nothing is shown.
    A total that grows while the work goes on is no matter. What is counted are documents or the like, or `of_bytes`.
    """

    def __init__(self, step: str = "", *, quiet: bool = False, of_bytes: bool = False) -> None:
        self._scale, self._unit = (1_000_000, " MB") if of_bytes else (1, "")
        self._quiet = quiet
        self._drawn = err.is_terminal and not quiet
        columns = (
            TextColumn("{task.description}"),
            BarColumn(table_column=Column(ratio=1)),
            DownloadColumn() if of_bytes else MofNCompleteColumn(),
            _Pace(self._pace),
        )
        self._bar = Bar(*columns, console=err, transient=True, expand=True, disable=not self._drawn)
        self._task = self._bar.add_task(step, total=None)
        self._began = self._said = _clock()
        self._done = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Tell how much of a step is done; another step than before begins anew."""
        if step != self._bar.tasks[0].description:
            self._bar.reset(self._task, description=escape(step), total=total)
            self._began, self._done = _clock(), 0
        self._done = done
        self._bar.update(self._task, completed=done, total=total)
        self._say(step, total)

    def reach(self, done: int, total: int | None) -> None:
        """Tell how much of the step is done."""
        self(self._bar.tasks[0].description, done, total)

    def advance(self, by: int = 1) -> None:
        """Tell that so much more of the step is done."""
        self.reach(self._done + by, None if (total := self._bar.tasks[0].total) is None else int(total))

    def _say(self, step: str, total: int | None) -> None:
        now = _clock()
        if self._drawn or self._quiet or now - self._said < _SAID_EVERY:
            return
        self._said = now
        of = "" if total is None else f" of {total // self._scale:,}{self._unit}"
        told = self._pace(self._done, total, now - self._began)
        sys.stderr.write(f"{step}: {self._done // self._scale:,}{of}{', ' if told else ''}{told}\n")
        sys.stderr.flush()

    def _pace(self, done: float, total: float | None, seconds: float) -> str:
        return pace(done / self._scale, None if total is None else total / self._scale, seconds, self._unit)


class _Pace(TextColumn):
    def __init__(self, pace: Callable[[float, float | None, float], str]) -> None:
        super().__init__("", table_column=Column(justify="right", no_wrap=True))
        self._pace = pace

    def render(self, task: Task) -> str:  # type: ignore[override]
        """Write the rate and the time left."""
        return self._pace(task.completed, task.total, task.elapsed or 0.0)


def pace(done: float, total: float | None, seconds: float, unit: str = "") -> str:
    """Write how fast it goes and how long it still takes, when there has been enough of it to tell.

    >>> pace(0, 100, 9.0), pace(50, 100, 10.0), pace(200, 12_200, 10.0), pace(5, None, 10.0, " MB")
    ('', '5.0 a second, 10 s left', '20 a second, 10 min left', '30 MB a minute')
    """
    if not done or seconds < 0.5:
        return ""
    rate = done / seconds
    if rate < 1:
        told = f"{rate * 60:,.0f}{unit} a minute"
    else:
        told = f"{rate:,.1f}{unit} a second" if rate < 10 else f"{rate:,.0f}{unit} a second"
    return told if total is None or done * 100 < total else f"{told}, {_span((total - done) / rate)} left"


def _span(seconds: float) -> str:
    """Write a span of time shortly.

    >>> _span(5.2), _span(300), _span(9000)
    ('5 s', '5 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
