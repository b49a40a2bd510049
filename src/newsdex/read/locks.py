"""Working something alone: a lock on its folder, which dies with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_held: set[int] = set()


class BatchGoneError(Exception):
    """No such batch is this run's: it was finished, or another run adopted it."""


class BatchTakenError(Exception):
    """Another live process is working this batch."""


@contextmanager
def kept_from_forks(descriptor: int) -> Iterator[None]:
    """Let no process that is forked until the block ends share the lock of an open file: it would outlive its holder.

    A task that was killed leaves the keeper of its workers behind for a moment, and the next try is at once.
    """
    _held.add(descriptor)
    try:
        yield
    finally:
        _held.discard(descriptor)


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
        with kept_from_forks(descriptor):
            yield
    finally:
        os.close(descriptor)


def _let_go() -> None:
    """Put something else in place of the locked files: to close them would set their numbers free for others."""
    if _held:
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor in _held:
            os.dup2(nothing, descriptor)
        os.close(nothing)
        _held.clear()


os.register_at_fork(after_in_child=_let_go)
