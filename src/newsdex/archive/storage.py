"""Where archive files lie: a folder, or a prefix in an object store.

Files are `YYYY/MM/DD/NAME.warc.gz` in both. A file in a folder grows and is synced to the disk. An object cannot grow:
it is written whole, and is there when the store has answered.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from newsdex.errors import UserError

SUFFIX = ".warc.gz"
_NAME = re.compile(r"(\d{4}/\d\d/\d\d)/([^/\x00]+)\.warc\.gz")
_TIME = re.compile(r"\d{8}T\d{6}")
_BUFFER = 1 << 20
_READ_AHEAD = 1 << 20
_READ_ONE = 1 << 14


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One archive file: its name below the archive, and its size in bytes when it was looked at."""

    name: str
    size: int

    @property
    def order(self) -> tuple[str, str, str]:
        """By day, then by the time that a name holds (`20261122T080000`), then by name."""
        day, _, name = self.name.rpartition("/")
        time = _TIME.search(name)
        return day, time[0] if time else "", name


class Sink(Protocol):
    """One archive file being written."""

    name: str
    file: BinaryIO

    def secure(self) -> bool:
        """Return when all that was written is safe, and tell whether more may be added."""

    def close(self) -> None:
        """Let go of the file; what was not secured may be lost."""


class Storage(Protocol):
    """The archive files of one place."""

    def create(self, day: date, name: str, number: int) -> Sink:
        """Begin a file that nobody else has: `NAME-00001`, or the next number that is free."""

    def open(self, name: str, *, ahead: bool = False) -> BinaryIO:
        """Open a file to read in any place, or with `ahead` from some place on. Raises `FileNotFoundError`."""

    def days(self) -> list[str]:
        """Give the days that have files, `YYYY/MM/DD`, in order."""

    def files(self, day: str) -> list[StoredFile]:
        """Give the files of a day in their order."""

    def being_written(self, name: str) -> bool:
        """Tell whether a live writer has the file in hand."""

    def spell(self, name: str) -> str:
        """Give a file's name as other programs take it."""


def open_storage(location: str | Path) -> Storage:
    """Give the storage at a folder, or at a URL that fsspec knows (`s3://bucket/prefix`).

    Raises `UserError` when the URL cannot be meant, or the package that reads such URLs is not installed.
    """
    text = str(location)
    scheme = text.partition("://")[0] if "://" in text else "file"
    if scheme in ("file", "local"):
        return FolderStorage(Path(unquote(urlsplit(text).path)) if "://" in text else Path(text))
    import fsspec

    try:
        system, root = fsspec.core.url_to_fs(text)
    except ImportError as missing:
        raise UserError(f"{text}: {missing}", f"install the fsspec package for {scheme}://") from missing
    except ValueError as wrong:
        raise UserError(
            f"{text} is no place for the raw archive: {wrong}", "a folder, or s3://bucket/prefix"
        ) from wrong
    from newsdex.archive.object_storage import ObjectStorage

    return ObjectStorage(system, root)


def check_name(name: str) -> str:
    """Raise `UserError` for what is no archive file's name: names come from the index, and may be wrong."""
    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} is no file of the raw archive", "its files are called 2026/11/22/NAME.warc.gz")
    return name


class FolderStorage:
    """Archive files in a folder of this machine, or one mounted here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, day: date, name: str, number: int) -> Sink:
        """Begin a file that nobody else has."""
        folder = self.folder / f"{day:%Y/%m/%d}"
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / f"{name}-{number:05}{SUFFIX}"
            try:
                return _GrowingFile(path, self.folder)
            except FileExistsError:
                number += 1

    def open(self, name: str, *, ahead: bool = False) -> BinaryIO:
        """Open a file to read."""
        return (self.folder / check_name(name)).open("rb", buffering=_READ_AHEAD if ahead else _READ_ONE)

    def days(self) -> list[str]:
        """Give the days that have files."""
        folders = self.folder.glob("[0-9]" * 4 + "/[0-9][0-9]/[0-9][0-9]")
        return sorted(folder.relative_to(self.folder).as_posix() for folder in folders)

    def files(self, day: str) -> list[StoredFile]:
        """Give the files of a day in their order."""
        paths = (self.folder / day).glob(f"*{SUFFIX}")
        found = [StoredFile(path.relative_to(self.folder).as_posix(), path.stat().st_size) for path in paths]
        return sorted(found, key=lambda file: file.order)

    def being_written(self, name: str) -> bool:
        """Tell whether a live writer has the file in hand."""
        with (self.folder / check_name(name)).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def spell(self, name: str) -> str:
        """Give a file's name as other programs take it."""
        return str(self.folder / name)


class _GrowingFile:
    """A new file, locked as long as its writer lives: the lock tells a live writer from a killed one."""

    def __init__(self, path: Path, root: Path) -> None:
        self.name = path.relative_to(root).as_posix()
        self.file: BinaryIO = path.open("xb", buffering=_BUFFER)
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(self.file, fcntl.LOCK_EX)
        self._folders = [path.parent, *(folder for folder in path.parent.parents if folder.is_relative_to(root))]

    def secure(self) -> bool:
        self.file.flush()
        os.fsync(self.file.fileno())
        while self._folders:
            _sync_folder(self._folders.pop())
        return True

    def close(self) -> None:
        self.file.close()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
