"""How documents come in: reading files, telling what they are by their content, claiming files from the inbox."""

from newsdex.read.document import (
    OpenedDocument,
    open_bytes,
    open_file,
    read_bytes,
    read_file,
    refused,
    reopen,
)
from newsdex.read.item import Item
from newsdex.read.paths import find_files
from newsdex.read.slices import FileKind, Reading, Slice, cut_slices, read_slice, tell_kind

__all__ = [
    "FileKind",
    "Item",
    "OpenedDocument",
    "Reading",
    "Slice",
    "cut_slices",
    "find_files",
    "open_bytes",
    "open_file",
    "read_bytes",
    "read_file",
    "read_slice",
    "refused",
    "reopen",
    "tell_kind",
]
