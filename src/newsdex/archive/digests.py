"""Which bytes the archive already has: a local list of digests, so that a repeat becomes a short revisit record.

Losing the list costs space only, for what is not on it is stored once more; a wrong entry costs nothing, for the writer
reads what it leads to before believing it. `Archive.learn_digests` makes it anew.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from pathlib import Path

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS digests (digest BLOB PRIMARY KEY, file INTEGER NOT NULL, offset INTEGER NOT NULL)
WITHOUT ROWID;
"""
_PATIENCE = 5.0
"""Seconds to wait for another process that is writing to the list."""


class Digests:
    """The list, shared by the processes of one machine. When something is wrong with it, it is done without."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._given_up = False

    def find(self, sha256: str) -> str | None:
        """Give the raw_ref of bytes with this digest, None when the list has none."""
        query = "SELECT name, offset FROM digests JOIN files ON files.id = digests.file WHERE digest = ?"
        try:
            connection = self._connect()
            found = connection.execute(query, (bytes.fromhex(sha256),)).fetchone() if connection else None
        except sqlite3.Error as wrong:
            self._give_up(wrong)
            return None
        return f"{found[0]}#{found[1]}" if found else None

    def learn(self, file: str, digests: Iterable[tuple[str, int]]) -> None:
        """Note digests with the offsets in a file at which their bytes lie; call it when they are safe there."""
        try:
            if (connection := self._connect()) is None:
                return
            with connection:
                connection.execute("INSERT OR IGNORE INTO files (name) VALUES (?)", (file,))
                connection.executemany(
                    "INSERT OR REPLACE INTO digests SELECT ?, id, ? FROM files WHERE name = ?",
                    ((bytes.fromhex(sha256), offset, file) for sha256, offset in digests),
                )
        except sqlite3.Error as wrong:
            self._give_up(wrong)

    def close(self) -> None:
        """Let go of the list."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection | None:
        if self._connection is None and not self._given_up:
            try:
                self._connection = _open(self.path)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                log.warning("%s is damaged and begun anew: repeats are stored once more", self.path)
                for suffix in ("", "-wal", "-shm"):
                    self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
                self._connection = _open(self.path)
        return self._connection

    def _give_up(self, wrong: sqlite3.Error) -> None:
        log.warning("%s: %s: repeats are stored once more", self.path, wrong)
        self._given_up = True
        self.close()


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        # No sync at each commit: after a crash of the machine the list may lag behind the archive.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection
