"""Archive files in an object store, or anything else that fsspec knows."""

from __future__ import annotations

import re
import secrets
import shutil
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from newsdex.archive.storage import SUFFIX, Sink, StoredFile, check_name

_COPIED_AT_ONCE = 1 << 20
_HELD_IN_MEMORY = 1 << 25
_READ_AHEAD = 1 << 22
_READ_ONE = 1 << 17
"""Bytes a request asks for: a typical page with what stands behind it."""


class ObjectStorage:
    """Archive files as objects of any store that fsspec knows."""

    def __init__(self, system: Any, root: str) -> None:
        self.system = system
        self.root = root.rstrip("/")

    def create(self, day: date, name: str, number: int) -> Sink:
        """Begin a file that nobody else has."""
        # Stores cannot be asked for a name that nobody has: a random piece makes it one.
        return _Object(self, f"{day:%Y/%m/%d}/{name}-{number:05}-{secrets.token_hex(4)}{SUFFIX}")

    def open(self, name: str, *, ahead: bool = False) -> BinaryIO:
        """Open a file to read."""
        block = _READ_AHEAD if ahead else _READ_ONE
        return cast(BinaryIO, self.system.open(self.spell(check_name(name)), "rb", block_size=block))

    def days(self) -> list[str]:
        """Give the days that have files."""
        self.system.invalidate_cache()
        days = [""]
        for digits in (4, 2, 2):
            days = [
                f"{day}/{found}"
                for day in days
                for found in self._folders(day)
                if re.fullmatch(rf"\d{{{digits}}}", found)
            ]
        return sorted(day.strip("/") for day in days)

    def files(self, day: str) -> list[StoredFile]:
        """Give the files of a day in their order."""
        self.system.invalidate_cache()
        found = [
            StoredFile(f"{day}/{entry['name'].rpartition('/')[2]}", entry["size"])
            for entry in self._list(day)
            if entry["name"].endswith(SUFFIX)
        ]
        return sorted(found, key=lambda file: file.order)

    def being_written(self, name: str) -> bool:
        """Tell whether a live writer has the file in hand."""
        return False

    def spell(self, name: str) -> str:
        """Give a file's name as other programs take it."""
        return f"{self.root}/{name}"

    def _folders(self, below: str) -> list[str]:
        return [
            entry["name"].rstrip("/").rpartition("/")[2] for entry in self._list(below) if entry["type"] == "directory"
        ]

    def _list(self, below: str) -> list[dict[str, Any]]:
        try:
            return list(self.system.ls(f"{self.root}/{below.strip('/')}".rstrip("/"), detail=True))
        except FileNotFoundError:
            return []


class _Object:
    """A new object, kept here until it is written whole."""

    def __init__(self, storage: ObjectStorage, name: str) -> None:
        self.name = name
        self.file: BinaryIO = cast(BinaryIO, SpooledTemporaryFile(max_size=_HELD_IN_MEMORY))  # noqa: SIM115
        self._storage = storage

    def secure(self) -> bool:
        path = self._storage.spell(self.name)
        self.file.seek(0)
        try:
            target = self._storage.system.open(path, "wb")
        except FileNotFoundError:
            self._storage.system.makedirs(path.rpartition("/")[0], exist_ok=True)
            target = self._storage.system.open(path, "wb")
        with target:
            shutil.copyfileobj(self.file, target, _COPIED_AT_ONCE)
        return False

    def close(self) -> None:
        self.file.close()
