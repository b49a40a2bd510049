"""Documents into the raw archive, a chunk at a time: none goes on before its bytes are on the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newsdex.read import OpenedDocument
from newsdex.run.chunks import CHUNK_BYTES, CHUNK_DOCUMENTS, portions

if TYPE_CHECKING:
    from newsdex.archive import Archive, ArchiveWriter
    from newsdex.settings import Settings


def open_archive(settings: Settings) -> Archive:
    """Give the raw archive that the settings describe, on a disk or in an object store."""
    from newsdex.archive import Archive

    return Archive(settings.archive_location, file_bytes=settings.archive_file_bytes, digests=settings.archive_digests)


def archived(documents: Iterable[OpenedDocument], archive: ArchiveWriter) -> Iterator[OpenedDocument]:
    """Archive documents and give each one on, knowing its place there, once it is safe on the disk.

    What is in the archive already, or has no bytes to be kept, is given on as it is.
    """
    for chunk in portions(documents, lambda opened: len(opened.raw.content), CHUNK_DOCUMENTS, CHUNK_BYTES):
        kept = [opened.archived(_add(opened, archive)) if opened.to_archive else opened for opened in chunk]
        if any(opened.to_archive for opened in chunk):
            archive.flush()
        yield from kept


def _add(opened: OpenedDocument, archive: ArchiveWriter) -> str:
    if opened.oversized is not None:
        raw = opened.raw
        return archive.add_file(raw.origin, opened.oversized, given=raw.given, response=raw.response)
    return archive.add(opened.raw)
