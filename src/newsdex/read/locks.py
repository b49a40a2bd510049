"""Working something alone: a lock on its folder, which dies with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BatchGoneError(Exception):
    """No such batch is this run's: it was finished, or another run adopted it."""


class BatchTakenError(Exception):
    """Another live process is working this batch."""


@contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Hold a batch by its folder until the block ends. Raises `BatchGoneError` or `BatchTakenError`."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as gone:
        raise BatchGoneError(str(folder)) from gone
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise BatchTakenError(str(folder)) from taken
        try:
            same = folder.stat().st_ino == os.fstat(descriptor).st_ino
        except FileNotFoundError:
            same = False
        if not same:  # between opening and locking another run adopted it
            raise BatchGoneError(str(folder))
        yield
    finally:
        os.close(descriptor)
