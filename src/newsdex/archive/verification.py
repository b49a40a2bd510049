"""Looking whether the archive still holds what was written to it."""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from newsdex.archive import warc
from newsdex.archive.damage import Damage, Wrong
from newsdex.archive.members import BrokenError
from newsdex.archive.reading import ArchiveFile, Entry
from newsdex.archive.storage import Storage, StoredFile

_REMEMBERED = 100_000
_LOOK_BACK = 1 << 16
"""Bytes: most records are shorter."""


@dataclass(slots=True)
class Tally:
    """What was looked at, and how much of it is wrong."""

    files: int = 0
    documents: int = 0
    revisits: int = 0
    damages: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.damages == 0

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {
            "files": self.files,
            "documents": self.documents,
            "revisits": self.revisits,
            "damages": self.damages,
            "kinds": self.kinds,
        }


def verify_all(
    storage: Storage,
    check_target: Callable[[Entry], None],
    told: Callable[[Damage], None],
    progress: Callable[[int, int], None],
) -> Tally:
    """Read every record of every file. `progress` is told bytes."""
    inspection = _Inspection(storage, check_target, told)
    total, done = sum(stored.size for stored in _listed(storage)), 0
    for stored in _listed(storage):
        with inspection.open(stored) as file:
            for offset in inspection.inspect(file.walk(0, stored.size, 0)):
                progress(done + offset, total)
        done += stored.size
        progress(done, max(done, total))
    return inspection.tally


def verify_sample(
    storage: Storage,
    check_target: Callable[[Entry], None],
    told: Callable[[Damage], None],
    progress: Callable[[int, int], None],
    count: int,
    chance: random.Random,
) -> Tally:
    """Read the archive at so many random places, and the end of each file with one of them. `progress` is told places.

    Places are drawn by bytes, and reading begins before each one: a record that is damaged where it is hit is otherwise
    not recognised, and the next sound one would be read in its place.
    """
    inspection = _Inspection(storage, check_target, told)
    total = sum(stored.size for stored in _listed(storage))
    drawn = sorted(chance.randrange(total) for _ in range(count)) if total else []
    begin = read = 0
    for stored in _listed(storage):
        places = drawn[bisect.bisect_left(drawn, begin) : bisect.bisect_left(drawn, begin + stored.size)]
        if places:
            with inspection.open(stored) as file:
                for place in places:
                    read += 1
                    start = max(0, place - begin - _LOOK_BACK)
                    found = file.walk_from(start, stored.size) if start else file.walk(0, stored.size, 0)
                    for offset in inspection.inspect(found):
                        if offset > place - begin:
                            break
                    progress(read, count)
                for _ in inspection.inspect(file.walk_end(stored.size)):
                    pass
        begin += stored.size
    return inspection.tally


class _Inspection:
    """Counts what is looked at, each document once, and tells what is wrong with it."""

    def __init__(self, storage: Storage, check_target: Callable[[Entry], None], told: Callable[[Damage], None]) -> None:
        self.tally = Tally()
        self._storage = storage
        self._check_target = check_target
        self._told = told
        self._seen: set[str] = set()
        self._sound_targets: set[str] = set()
        self._stored = StoredFile("", 0)

    def open(self, stored: StoredFile) -> ArchiveFile:
        """Go on to another file."""
        self.tally.files += 1
        self._seen.clear()
        self._stored = stored
        return ArchiveFile(self._storage, stored.name, ahead=True)

    def inspect(self, found: Iterator[Entry | Damage]) -> Iterator[int]:
        """Look at what a walk through the file finds; give the offset behind each finding."""
        while True:
            try:
                entry = next(found)
            except StopIteration:
                return
            except OSError as unreadable:
                self._tell(Damage(f"{self._stored.name}#0", self._spelled, Wrong.UNREADABLE, str(unreadable)))
                return
            if isinstance(entry, Damage):
                self._tell(entry)
                yield int(entry.place.rpartition("#")[2])
                continue
            if entry.raw_ref not in self._seen:
                self._seen.add(entry.raw_ref)
                self._look_at(entry)
            yield entry.end

    def _look_at(self, entry: Entry) -> None:
        self.tally.documents += 1
        try:
            entry.document(b"")
        except BrokenError as wrong:
            self._tell(Damage(entry.raw_ref, self._spelled, Wrong.UNTOLD, str(wrong)))
        if entry.header.kind != warc.REVISIT:
            return
        self.tally.revisits += 1
        target = f"{entry.header.refers_to} {entry.header.digest}"
        if target in self._sound_targets:
            return
        try:
            self._check_target(entry)
        except BrokenError as wrong:
            self._tell(Damage(entry.raw_ref, self._spelled, Wrong.ASTRAY, str(wrong)))
        else:
            if len(self._sound_targets) >= _REMEMBERED:
                self._sound_targets.clear()
            self._sound_targets.add(target)

    @property
    def _spelled(self) -> str:
        return self._storage.spell(self._stored.name)

    def _tell(self, damage: Damage) -> None:
        if (place := f"{damage.place} {damage.wrong}") in self._seen:
            return
        self._seen.add(place)
        self.tally.damages += 1
        self.tally.kinds[damage.wrong] = self.tally.kinds.get(damage.wrong, 0) + 1
        self._told(damage)


def _listed(storage: Storage) -> Iterator[StoredFile]:
    for day in storage.days():
        yield from storage.files(day)
