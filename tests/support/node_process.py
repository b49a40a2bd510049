"""An embedded Elasticsearch kept by a process of its own, so that the tests' process stays without threads.

A process with threads cannot be forked safely, so `newsdex.workers` would load all that workers need anew for every
batch that a test ingests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from newsdex.node import Node
from newsdex.settings import Settings, read_settings

_PATIENCE = 600.0
"""Seconds; a machine under load is no failure."""

_KEEP = "import sys; from node_process import keep; keep(sys.argv[1])"


class KeptNode:
    """The server that the given environment describes, from an installed distribution."""

    def __init__(self, environment: Mapping[str, str], program: Path) -> None:
        self.settings: Settings = read_settings(environment)
        self.pid = 0
        """The server's process, which leads a process group of its own."""
        self._environment = environment
        self._program = program
        self._keeper: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin to start it."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDEX", "ELASTICSEARCH"))}
        self._keeper = subprocess.Popen(
            [sys.executable, "-c", _KEEP, str(self._program)],
            env={**ours, **self._environment, "PYTHONPATH": str(Path(__file__).parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_ready(self) -> None:
        """Wait until it answers."""
        assert self._keeper is not None
        assert self._keeper.stdout is not None
        told = self._keeper.stdout.readline()
        assert told, "Elasticsearch did not start; what it said is above"
        self.pid = int(told)

    def stop(self) -> None:
        """Stop it, when it runs."""
        if self._keeper is not None:
            self._keeper.communicate()
            self._keeper = None


def keep(program: str) -> None:
    """Start the server, say its process id when it is ready, and stop it when standard input ends."""
    node = Node(read_settings(), Path(program))
    node.start()
    try:
        node.wait_ready(_PATIENCE)
        sys.stdout.write(f"{node.pid}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        node.stop()
