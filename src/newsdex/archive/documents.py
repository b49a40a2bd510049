"""Every document of the archive, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Self

from newsdex.archive.checkpoint import Checkpoint
from newsdex.archive.damage import Damage, Wrong
from newsdex.archive.members import BrokenError
from newsdex.archive.reading import ArchiveFile, Entry
from newsdex.archive.storage import Storage, StoredFile
from newsdex.records import RawDocument


class Documents(Iterator[RawDocument]):
    """The documents behind a checkpoint, each with its raw_ref, by day, file and place, one at a time in memory.

    Within a day the files come in the order of the times in their names, so a document may come before one that another
    writer had fetched earlier. `checkpoint` says after each document how far this is; a pass that begins there gives
    all the others, and all that was written meanwhile. What is damaged is told and passed over; a torn end stays behind
    the checkpoint. A document of more than `largest` bytes comes with the first `largest` + 1.
    """

    def __init__(
        self,
        storage: Storage,
        bytes_of: Callable[[Entry, int | None], bytes],
        after: Checkpoint,
        largest: int | None,
        told: Callable[[Damage], None],
    ) -> None:
        self._storage = storage
        self._bytes_of = bytes_of
        self._offsets = dict(after.offsets)
        self._lent = False
        self._most = None if largest is None else largest + 1
        self._told = told
        self._at: tuple[str, int] | None = None
        self._documents = self._read()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> RawDocument:
        return next(self._documents)

    @property
    def checkpoint(self) -> Checkpoint:
        """How far this is: behind the document that was given last."""
        self._note()
        self._lent = True
        return Checkpoint(self._offsets)

    def close(self) -> None:
        """Let go of the file that is being read."""
        self._documents.close()

    def _read(self) -> Generator[RawDocument, None, None]:
        for day in self._storage.days():
            for stored in self._storage.files(day):
                if stored.size > self._offsets.get(stored.name, 0):
                    yield from self._read_file(stored)
                    self._note()

    def _read_file(self, stored: StoredFile) -> Iterator[RawDocument]:
        with ArchiveFile(self._storage, stored.name, ahead=True) as file:
            for found in file.walk(self._offsets.get(stored.name, 0), stored.size, self._most):
                if isinstance(found, Damage):
                    self._told(found)
                    continue
                self._at = stored.name, found.end
                wrong = Wrong.ASTRAY
                try:
                    content = self._bytes_of(found, self._most)
                    wrong = Wrong.UNTOLD
                    document = found.document(content)
                except BrokenError as broken:
                    self._told(Damage(found.raw_ref, self._storage.spell(stored.name), wrong, str(broken)))
                    continue
                yield document

    def _note(self) -> None:
        """Enter the place into the offsets, of which a checkpoint that was given out must not change any more."""
        if self._at is None or self._offsets.get(self._at[0]) == self._at[1]:
            return
        if self._lent:
            self._offsets, self._lent = dict(self._offsets), False
        self._offsets[self._at[0]] = self._at[1]
