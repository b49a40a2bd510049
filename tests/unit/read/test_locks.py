"""Working something alone."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import NoReturn

import pytest

from newsdex.read.locks import BatchTakenError, hold_folder


def _hold_and_fork(folder: Path, ready: int, end: int) -> NoReturn:
    """Take the lock, fork a process that lives until `end` is closed, and wait to be killed."""
    with hold_folder(folder):
        if os.fork() == 0:
            os.read(end, 1)
            os._exit(0)
        os.write(ready, b".")
        signal.pause()
    os._exit(1)


def test_a_lock_dies_with_its_process_though_a_fork_of_it_lives(tmp_path: Path) -> None:
    """As the keeper of a killed task's workers does for a moment."""
    heard, ready = os.pipe()
    end, open_until_the_end = os.pipe()
    holder = os.fork()
    if holder == 0:
        os.close(open_until_the_end)
        _hold_and_fork(tmp_path, ready, end)
    os.read(heard, 1)
    with pytest.raises(BatchTakenError), hold_folder(tmp_path):
        pass
    os.kill(holder, signal.SIGKILL)
    os.waitpid(holder, 0)
    with hold_folder(tmp_path):
        pass
    for descriptor in (heard, ready, end, open_until_the_end):
        os.close(descriptor)
