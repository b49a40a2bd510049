"""Which files a person means by the paths on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newsdex.errors import UserError


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Give the files meant: each path itself, and of a folder all files below it that are not hidden, by name.

    Raises `UserError` for a path that is not there.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(
                found
                for found in path.rglob("*")
                if found.is_file() and not any(part.startswith(".") for part in found.relative_to(path).parts)
            )
        elif path.exists():
            files.append(path)
        else:
            raise UserError(f"{path}: no such file or folder")
    return files
