"""Documents into the raw archive, a chunk at a time: none goes on before its bytes are on the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newsdex.read import OpenedDocument
from newsdex.run.chunks import CHUNK_BYTES, CHUNK_DOCUMENTS, portions

if TYPE_CHECKING:
    from newsdex.archive import ArchiveWriter


def archived(documents: Iterable[OpenedDocument], archive: ArchiveWriter) -> Iterator[OpenedDocument]:
    """Archive documents and give each one on, knowing its place there, once it is safe on the disk."""
    for chunk in portions(documents, lambda opened: len(opened.raw.content), CHUNK_DOCUMENTS, CHUNK_BYTES):
        kept = [opened.archived(_add(opened, archive)) for opened in chunk]
        archive.flush()
        yield from kept


def _add(opened: OpenedDocument, archive: ArchiveWriter) -> str:
    if opened.oversized is not None:
        return archive.add_file(opened.raw.origin, opened.oversized)
    return archive.add(opened.raw)
