"""The drop folder: which files wait there, and how a run claims them so that no two runs work the same file.

    inbox/reuters/x.txt  ->  inbox/.claimed/RUN/BATCH/reuters/x.txt

A claim is one atomic rename on one file system: a file is in the inbox or it is claimed, never both, never neither.
A batch belongs to whoever holds its lock; the lock dies with its process, so what a killed worker leaves is there for
the next to adopt. A first-level folder names the publisher; folders stay when they are empty, the operator made them.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from newsdex.read.leases import open_for_writing
from newsdex.read.locks import BatchGoneError, BatchTakenError, hold_folder

CLAIMED = ".claimed"
_UNFINISHED = (".part", ".tmp", ".crdownload", "~")
_STILL_WITHOUT_LEASES = 2.0
"""Seconds a file has to lie unchanged where the system cannot tell whether somebody still writes it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that may be claimed: its path below the inbox, its size in bytes, when it came (seconds, epoch)."""

    name: str
    size: int
    came: float


@dataclass(slots=True)
class Listing:
    """What lies in the inbox: files to take, how many are not ready yet, and what is never taken, with the reason."""

    waiting: list[Waiting] = field(default_factory=list)
    unfinished: int = 0
    ignored: list[tuple[str, str]] = field(default_factory=list)


class Inbox:
    """The drop folder and the claims below it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.claimed = folder / CLAIMED

    def look(self, now: float, settle: float, *, first_only: bool = False) -> Listing:
        """List the files that may be taken, those that came first in front.

        `now` is seconds since the epoch; a file has to lie unchanged for `settle` seconds. Hidden files and folders,
        and names that downloaders give to half a file, are passed over; links and special files are told as ignored.
        `first_only` stops at the first file that may be taken: whether there is any is cheaper to tell than which.
        """
        listing = Listing()
        for entry, name in _walk(self.folder, ""):
            _judge(entry, name, now, settle, listing)
            if first_only and listing.waiting:
                break
        listing.waiting.sort(key=lambda file: (file.came, file.name))
        return listing

    def claim(self, run: str, batch: str, names: list[str]) -> list[str]:
        """Move files into a batch; give the names that were still there. A batch of none is not left behind."""
        folder = self.batch_folder(run, batch)
        folder.mkdir(parents=True, exist_ok=True)
        taken = []
        for name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                (self.folder / name).rename(target)
                taken.append(name)
        if not taken:
            self.drop(run, batch)
        return taken

    def batches(self, run: str) -> list[str]:
        """Name the batches that a run holds, in order."""
        return sorted(path.name for path in _folders(self.claimed / run_folder(run)))

    def adopt(self, run: str) -> list[str]:
        """Make other runs' batches that nobody works on this run's own; give their names."""
        own = self.claimed / run_folder(run)
        adopted = []
        for other in _folders(self.claimed):
            if other == own:
                continue
            for batch in _folders(other):
                with suppress(BatchGoneError, BatchTakenError), hold_folder(batch):
                    own.mkdir(parents=True, exist_ok=True)
                    batch.rename(own / batch.name)
                    os.utime(own / batch.name)
                    adopted.append(batch.name)
            with suppress(OSError):
                other.rmdir()
        return sorted(adopted)

    @contextmanager
    def hold(self, run: str, batch: str) -> Iterator[Path]:
        """Work a batch alone: give its folder, locked until the block ends or the process dies.

        Raises `BatchGoneError` or `BatchTakenError`.
        """
        folder = self.batch_folder(run, batch)
        with hold_folder(folder):
            yield folder

    def names(self, folder: Path) -> Iterator[str]:
        """Name the files of a batch, as they were named below the inbox."""
        for entry, name in _walk(folder, ""):
            if entry.is_file(follow_symlinks=False):
                yield name

    def drop(self, run: str, batch: str) -> None:
        """Take away a finished batch's empty folders, and the run's with its last batch."""
        folder = self.batch_folder(run, batch)
        for path, _, _ in os.walk(folder, topdown=False):
            Path(path).rmdir()
        with suppress(OSError):
            folder.parent.rmdir()

    def stale(self, now: float, after: float) -> int:
        """Count the claimed batches that nobody has touched for `after` seconds: left by a run that failed or died."""
        count = 0
        for run in _folders(self.claimed):
            for batch in _folders(run):
                with suppress(FileNotFoundError):
                    count += now - batch.stat().st_mtime >= after
        return count

    def batch_folder(self, run: str, batch: str) -> Path:
        """Say where a batch's files are."""
        return self.claimed / run_folder(run) / batch


def publisher_of(name: str) -> str | None:
    """Give the first-level folder, by which the operator names the publisher.

    >>> publisher_of("reuters/2024/x.txt"), publisher_of("x.txt")
    ('reuters', None)
    """
    folder, slash, _ = name.partition("/")
    return folder if slash else None


def run_folder(run: str) -> str:
    """Give a run's id as a folder name.

    >>> run_folder("asset_triggered__2026-11-22T08:00:00+00:00")
    'asset_triggered__2026-11-22T08-00-00-00-00'
    """
    return re.sub(r"[^A-Za-z0-9_-]", "-", run)[:200]


def _walk(folder: Path, prefix: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        name = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{name}/")
        else:
            yield entry, name


def _judge(entry: os.DirEntry[str], name: str, now: float, settle: float, listing: Listing) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            listing.ignored.append((name, "a link: links are not followed"))
        elif not stat.S_ISREG(status.st_mode):
            listing.ignored.append((name, "not a regular file"))
        elif entry.name.endswith(_UNFINISHED) or not _settled(entry.path, status.st_ctime, now, settle):
            listing.unfinished += 1
        else:
            listing.waiting.append(Waiting(name, status.st_size, status.st_ctime))
    except FileNotFoundError:
        return
    except PermissionError:
        listing.ignored.append((name, "not readable by this user"))


def _settled(path: str, changed: float, now: float, settle: float) -> bool:
    """Tell whether a file is whole. `changed` is its inode's change time: a copy with old dates cannot fake that."""
    quiet = now - changed
    if quiet < settle:
        return False
    writing = open_for_writing(path)
    return quiet >= max(settle, _STILL_WITHOUT_LEASES) if writing is None else not writing


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except (FileNotFoundError, NotADirectoryError):
        return []
