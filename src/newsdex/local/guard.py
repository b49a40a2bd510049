"""A small process that outlives the supervisor by a moment: should that be killed, it ends what was started.

Run as `python -m newsdex.local.guard RUN_ID` with a pipe as standard input. When the pipe closes without the word that
all is well, the supervisor is dead and its processes have to go. Works the same on Linux and macOS, and reaches
grandchildren, which a parent-death signal does not.
"""

from __future__ import annotations

import os
import signal
import sys

from newsdex.local import processes
from newsdex.node.server import stop_leftover
from newsdex.settings import read_settings

ALL_IS_WELL = b"stopped\n"
"""What the supervisor writes after it has ended everything itself."""


def watch(run_id: str) -> None:
    """Wait for the supervisor's end and clean up after it if it did not do so itself."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    if sys.stdin.buffer.read() != ALL_IS_WELL:
        processes.end_run(run_id, grace=5.0, but=(os.getpid(),))
        stop_leftover(read_settings())


if __name__ == "__main__":
    watch(sys.argv[1])
