"""How full the disks are, how fast they fill, and for how long they last; and what Elasticsearch says of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from newsdex.records import rfc3339
from newsdex.run.findings import Report
from newsdex.run.rebuild_record import write_whole
from newsdex.settings import Settings

_GB = 1_000_000_000
_FULL, _FILLING = 0.90, 0.85
"""Elasticsearch moves shards off a disk at 90 %, and gives it no more from 85 % on."""
_SOON, _IN_SIGHT = 7, 30
"""Days."""
_LEAST = 2 * _GB
_LOOKED_BACK = timedelta(days=14)
_REMEMBERED = timedelta(days=60)
_SPAN_NEEDED = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Space:
    """A disk, in bytes, and what was free on it before: pairs of a time and free bytes, oldest first."""

    place: str
    total: int
    free: int
    at: datetime
    before: tuple[tuple[datetime, int], ...] = ()

    @property
    def used(self) -> float:
        """The share that is used."""
        return 1 - self.free / self.total

    @property
    def growth(self) -> float | None:
        """By how many bytes a day it filled in the last two weeks; None when it was not measured a day ago."""
        known = [(when, free) for when, free in self.before if _SPAN_NEEDED <= self.at - when <= _LOOKED_BACK]
        if not known:
            return None
        when, free = known[0]
        return (free - self.free) / ((self.at - when) / timedelta(days=1))

    @property
    def days_left(self) -> float | None:
        """In how many days it is full; None when it does not fill, or too little is known."""
        return self.free / self.growth if self.growth is not None and self.growth > 0 else None

    def __str__(self) -> str:
        parts = [f"{self.place}: {self.free / _GB:.1f} GB of {self.total / _GB:.1f} GB free ({1 - self.used:.0%})"]
        if self.growth is not None:
            parts.append(f"{self.growth / _GB:+.2f} GB a day")
        if self.days_left is not None:
            parts.append(f"full in {self.days_left:.0f} days")
        return ", ".join(parts)


def check_disks(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Measure the disks of the home and of the raw archive, beside what was measured on the days before."""
    history = settings.home / "disk.jsonl"
    measured = _read_history(history)
    spaces = [
        Space(str(place), total, free, at, tuple((when, free) for when, name, free in measured if name == str(place)))
        for place, total, free in _disks(settings)
    ]
    for space in spaces:
        report.did(str(space), **{f"free {space.place}": space.free})
        judge_space(report, space)
    if "://" in settings.archive_location:
        report.did(f"the raw archive is at {settings.archive_location}: its room is not measured")
    if not dry_run:
        fresh = [(at, space.place, space.free) for space in spaces]
        _write_history(history, [*(each for each in measured if at - each[0] <= _REMEMBERED), *fresh])


def judge_space(report: Report, space: Space) -> None:
    """Tell of a disk that is full, nearly so, or soon."""
    advice = "make room, move NEWSDEX_HOME or NEWSDEX_ARCHIVE to a larger disk, or shorten the retentions"
    left = space.days_left
    if space.used >= _FULL or space.free < _LEAST or (left is not None and left < _SOON):
        report.alarm(str(space), advice)
    elif space.used >= _FILLING or (left is not None and left < _IN_SIGHT):
        report.warn(str(space), advice)


def check_elasticsearch(settings: Settings, report: Report, at: datetime, *, dry_run: bool) -> None:
    """Ask Elasticsearch how it is: its disks beside its own limits, indices that it has closed, shards that it lost."""
    from newsdex.index import connect
    from newsdex.index.upkeep import closed_for_writing, cluster_status, node_disks

    with closing(connect(settings)) as client:
        status, closed = cluster_status(client), closed_for_writing(client, settings.index_prefix)
        disks = list(node_disks(client))
    report.did(f"the cluster is {status}; {len(disks)} nodes", nodes=len(disks))
    if status == "red":
        report.alarm("the cluster is red: articles cannot be reached", "its log says which node or disk is gone")
    if closed:
        report.alarm(
            f"Elasticsearch takes nothing more into {', '.join(closed)}: a disk is full",
            "make room; it opens them again by itself",
        )
    for disk in disks:
        text = f"node {disk.node} has {disk.free / _GB:.1f} GB of {disk.total / _GB:.1f} GB free"
        report.did(text)
        if disk.free < disk.flood:
            report.alarm(f"{text}; below {disk.flood / _GB:.1f} GB it takes no documents", "make room now")
        elif disk.free < disk.high:
            report.alarm(f"{text}; from {disk.high / _GB:.1f} GB on it moves shards away", "make room, or add a node")


def _disks(settings: Settings) -> Iterable[tuple[Path, int, int]]:
    """Give each disk once, by the first place that lies on it."""
    local = [] if "://" in settings.archive_location else [settings.archive]
    seen: set[int] = set()
    for place in (settings.home, *local):
        folder = next(each for each in (place, *place.parents) if each.exists())
        if (device := folder.stat().st_dev) not in seen:
            seen.add(device)
            usage = shutil.disk_usage(folder)
            yield place, usage.used + usage.free, usage.free


def _read_history(path: Path) -> list[tuple[datetime, str, int]]:
    try:
        shapes: list[Mapping[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (FileNotFoundError, ValueError):
        return []
    return [(datetime.fromisoformat(each["at"]), str(each["place"]), int(each["free"])) for each in shapes]


def _write_history(path: Path, measured: Iterable[tuple[datetime, str, int]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shapes = ({"at": rfc3339(at), "place": place, "free": free} for at, place, free in measured)
    write_whole(path, "".join(f"{json.dumps(shape)}\n" for shape in shapes))
