"""The raw archive: every input's bytes and what stood around them, kept for ever as WARC 1.1 (ISO 28500:2017)."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path

from newsdex.archive import warc
from newsdex.archive.checkpoint import Checkpoint
from newsdex.archive.damage import Damage
from newsdex.archive.digests import Digests
from newsdex.archive.documents import Documents
from newsdex.archive.members import BrokenError
from newsdex.archive.reading import ArchiveFile, Entry
from newsdex.archive.storage import check_name, open_storage
from newsdex.archive.verification import Tally, verify_all, verify_sample
from newsdex.archive.writer import ArchiveWriter, Kept
from newsdex.errors import UserError
from newsdex.records import RawDocument

log = logging.getLogger(__name__)

FILE_BYTES = 1_000_000_000


class Archive:
    """The raw archive at a folder, or at a URL that fsspec knows (`s3://bucket/prefix`).

    A document is addressed by its raw_ref, `YYYY/MM/DD/NAME.warc.gz#OFFSET`. Files are only ever added or grown, to
    about `file_bytes` each. `digests` is the local list by which repeats are found; without it, all is stored as it
    comes.
    """

    def __init__(self, location: str | Path, *, file_bytes: int = FILE_BYTES, digests: Path | None = None) -> None:
        self.location = str(location)
        self._storage = open_storage(location)
        self._file_bytes = file_bytes
        self._digests = digests

    @contextmanager
    def writer(self, name: str, on: date) -> Iterator[ArchiveWriter]:
        """Give a writer with files of its own, in the folder of a day; what it added is safe when the block ends.

        No file is appended to that another writer began, as a killed one may have left a torn record at its end: the
        files are `NAME-00001.warc.gz` and on, each time the next number that is free. A writer that added nothing
        leaves none.
        """
        with ExitStack() as closed:
            digests = None if self._digests is None else closed.enter_context(closing(Digests(self._digests)))
            writer = closed.enter_context(
                closing(
                    ArchiveWriter(
                        self._storage, name, on, file_bytes=self._file_bytes, digests=digests, find=self._find_kept
                    )
                )
            )
            yield writer
            writer.flush()

    def read(self, raw_ref: str) -> bytes:
        """Give a document's bytes back, exactly as they were added.

        Raises `UserError` when nothing is there, or when what is there is not what was written.
        """
        return self._content(raw_ref, self._entry(raw_ref))

    def blocks(self, raw_ref: str) -> Iterator[bytes]:
        """Give a document's bytes block by block, however many they are.

        That they are not those that were written shows at their end only; raises `UserError` as `read` does.
        """
        entry = self._entry(raw_ref, 0)
        with _told(raw_ref):
            place = self._target(entry, 0).raw_ref if entry.header.kind == warc.REVISIT else raw_ref
            name, offset = _place(place)
            with ArchiveFile(self._storage, name) as file:
                yield from file.blocks(offset)

    def document(self, raw_ref: str, *, largest: int | None = None) -> RawDocument:
        """Give a document as it was: origin (with its raw_ref), given, response, and its bytes.

        Of bytes more than `largest` the first `largest` + 1 are given, enough to see that they are too many. Raises
        `UserError` as `read` does.
        """
        most = None if largest is None else largest + 1
        entry = self._entry(raw_ref, most)
        with _told(raw_ref):
            return entry.document(self._content(raw_ref, entry, most))

    def header(self, raw_ref: str) -> bytes:
        """Give the HTTP header block that stands before a fetched page's bytes, empty for a file."""
        return self._entry(raw_ref, 0).head

    def spell(self, raw_ref: str) -> str:
        """Give the path or URL of the file that a raw_ref leads into, as other programs take it."""
        return self._storage.spell(_place(raw_ref)[0])

    def documents(
        self,
        after: Checkpoint | None = None,
        *,
        largest: int | None = None,
        told: Callable[[Damage], None] | None = None,
    ) -> Documents:
        """Read every document, or every one behind a checkpoint: see `Documents`."""
        return Documents(self._storage, self._bytes_of, after or Checkpoint(), largest, told or _log)

    def verify(
        self,
        *,
        sample: int | None = None,
        told: Callable[[Damage], None],
        progress: Callable[[int, int], None] | None = None,
        chance: random.Random | None = None,
    ) -> Tally:
        """Read documents again, all or a sample of so many, and tell whatever is not as it was written.

        Digests are recomputed, revisits followed, and torn ends found. `progress` is told how much is done of how much:
        bytes, or documents of a sample.
        """
        report = progress or (lambda done, of: None)
        if sample is None:
            return verify_all(self._storage, self._check_target, told, report)
        return verify_sample(self._storage, self._check_target, told, report, sample, chance or random.Random())  # noqa: S311

    def learn_digests(self) -> int:
        """Make the list of digests anew from the archive; give how many it has. Writers may go on meanwhile."""
        if self._digests is None:
            return 0
        count = 0
        with closing(Digests(self._digests)) as digests:
            for day in self._storage.days():
                for stored in self._storage.files(day):
                    with ArchiveFile(self._storage, stored.name, ahead=True) as file:
                        found = [
                            (entry.header.digest.removeprefix("sha256:"), int(entry.raw_ref.rpartition("#")[2]))
                            for entry in file.walk(0, stored.size, 0)
                            if isinstance(entry, Entry) and entry.header.kind != warc.REVISIT
                        ]
                    digests.learn(stored.name, found)
                    count += len(found)
        return count

    def _entry(self, raw_ref: str, most: int | None = None) -> Entry:
        with _told(raw_ref):
            name, offset = _place(raw_ref)
            with ArchiveFile(self._storage, name) as file:
                entry = file.entry(offset, most)
                if entry.told is None and file.tells:
                    log.warning("%s: the metadata record is gone: only the WARC header tells of the document", raw_ref)
                return entry

    def _content(self, raw_ref: str, entry: Entry, most: int | None = None) -> bytes:
        with _told(raw_ref):
            return self._bytes_of(entry, most)

    def _bytes_of(self, entry: Entry, most: int | None) -> bytes:
        """Give the bytes of a document, of a revisit those that it leads to. Raises `BrokenError`."""
        return entry.content if entry.header.kind != warc.REVISIT else self._target(entry, most).content

    def _check_target(self, entry: Entry) -> None:
        """Read all that a revisit leads to. Raises `BrokenError`."""
        if entry.header.kind == warc.REVISIT:
            self._target(entry, 0)

    def _target(self, entry: Entry, most: int | None) -> Entry:
        place = entry.header.refers_to
        try:
            name, offset = _place(place or "")
            with ArchiveFile(self._storage, name) as file:
                target = file.entry(offset, most)
        except (BrokenError, FileNotFoundError, UserError) as wrong:
            raise BrokenError(f"its bytes were at {place}, which cannot be read: {wrong}") from wrong
        if target.header.kind == warc.REVISIT or target.header.digest != entry.header.digest:
            raise BrokenError(f"its bytes were at {place}, where others are now")
        return target

    def _find_kept(self, raw_ref: str, sha256: str) -> Kept | None:
        """Read bytes back that are said to be at a place; None when they are not there, whole, as they should be."""
        try:
            name, offset = _place(raw_ref)
            with ArchiveFile(self._storage, name) as file:
                entry = file.entry(offset, 0)
        except (BrokenError, OSError, UserError):
            return None
        if entry.header.kind == warc.REVISIT or entry.header.digest != warc.digest_field(sha256):
            return None
        return Kept(raw_ref, entry.header)


@contextmanager
def _told(raw_ref: str) -> Iterator[None]:
    """Tell a person what is wrong at a place."""
    try:
        yield
    except FileNotFoundError as missing:
        advice = "does NEWSDEX_ARCHIVE name another one?"
        raise UserError(f"{raw_ref}: no such file in the raw archive", advice) from missing
    except BrokenError as wrong:
        raise UserError(f"{raw_ref}: {wrong}", "newsdex archive verify --all tells what is damaged") from wrong


def _place(raw_ref: str) -> tuple[str, int]:
    name, _, offset = raw_ref.rpartition("#")
    if not (offset.isascii() and offset.isdecimal()):
        raise UserError(f"{raw_ref!r} is no place in the raw archive", "it looks like 2026/11/22/NAME.warc.gz#0")
    return check_name(name), int(offset)


def _log(damage: Damage) -> None:
    log.warning("%s: %s", damage, damage.advice)
