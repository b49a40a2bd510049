"""Ports for the servers of tests."""

from __future__ import annotations

import random
import socket

_chance = random.SystemRandom()


def free_port() -> int:
    """Give a port that nothing listens on.

    It is none of those that the system gives to clients (from 32768 on): a server that is killed finds it free again.
    """
    while True:
        port = _chance.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
