"""How documents come in: reading one file, telling what it is by its content, claiming files from the inbox."""

from newsdex.read.document import OpenedDocument, open_bytes, open_file, read_bytes, read_file
from newsdex.read.paths import find_files

__all__ = ["OpenedDocument", "find_files", "open_bytes", "open_file", "read_bytes", "read_file"]
