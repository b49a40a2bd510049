"""The raw archive: every input's bytes and what stood around them, kept for ever as WARC 1.1 (ISO 28500:2017).

A document is two records: its bytes (`response` with the HTTP header for a page that was fetched, `resource` for a
file, `revisit` for bytes that the archive has), and behind it a `metadata` record with what WARC has no field for. Each
record is a gzip member of its own, so that `FILE#OFFSET` (a raw_ref) finds a document without reading the others, and
every WARC tool reads the files.
"""

from newsdex.archive.archive import Archive
from newsdex.archive.checkpoint import Checkpoint
from newsdex.archive.damage import Damage, Wrong
from newsdex.archive.documents import Documents
from newsdex.archive.verification import Tally
from newsdex.archive.writer import ArchiveWriter

__all__ = ["Archive", "ArchiveWriter", "Checkpoint", "Damage", "Documents", "Tally", "Wrong"]
