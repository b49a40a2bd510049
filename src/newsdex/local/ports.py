"""Ports of this machine: whether one is free, and who holds it."""

from __future__ import annotations

import socket

import psutil

from newsdex.errors import UserError
from newsdex.settings import Settings


def is_free(port: int) -> bool:
    """Tell whether a server could listen on 127.0.0.1 at this port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A listener on all addresses does not stop a bind to one address on macOS, but it does answer.
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """Give a port that nothing listens on, for a server that nobody but our own processes asks."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def holder(port: int) -> str:
    """Name the process that listens on a port; `another process` when this user may not know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and tuple(connection.laddr)[1:2] == (port,) and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return "another process"


def demand(port: int, purpose: str, variable: str, command: str = "newsdex up") -> None:
    """Raise `UserError` when a port is taken: by whom, and which variable moves us elsewhere."""
    if not is_free(port):
        raise UserError(
            f"port {port}, needed for {purpose}, is taken by {holder(port)}",
            f"stop that process, or choose another port: {variable}={port + 1} {command}",
        )


def demand_all(settings: Settings) -> None:
    """Raise `UserError` when a port that `up` needs is taken."""
    if not settings.elasticsearch_external:
        demand(settings.elasticsearch_port, "Elasticsearch", "NEWSDEX_ES_PORT")
    demand(settings.airflow_port, "Airflow", "NEWSDEX_AIRFLOW_PORT")
    demand(settings.web_port, "the search page", "NEWSDEX_WEB_PORT")
