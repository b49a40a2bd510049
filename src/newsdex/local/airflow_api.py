"""What the Airflow on this machine says over its REST API: which parts of it live, which DAG files it cannot read."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

_HEARTBEATS = {
    "scheduler": "latest_scheduler_heartbeat",
    "dag-processor": "latest_dag_processor_heartbeat",
    "triggerer": "latest_triggerer_heartbeat",
}

# Proxies are for other machines; this one is asked directly.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ready_components(url: str, since: float) -> set[str]:
    """Name the components that answer, or gave a heartbeat after `since` (epoch seconds).

    A heartbeat from before is an earlier run's. An API server that does not answer yet gives the empty set.
    """
    try:
        health = _ask(f"{url}/api/v2/monitor/health")
    except (OSError, ValueError):
        return set()
    ready = {"api-server"}
    for component, key in _HEARTBEATS.items():
        beat = (health.get(component.replace("-", "_")) or {}).get(key)
        if beat and datetime.fromisoformat(beat).timestamp() > since:
            ready.add(component)
    return ready


def serves_tasks(port: int) -> bool:
    """Tell whether the server that tasks talk to answers."""
    try:
        return _ask(f"http://127.0.0.1:{port}/execution/health").get("status") == "healthy"
    except (OSError, ValueError):
        return False


def unreadable_dags(url: str, user: str, password: str) -> dict[str, str]:
    """Give by file the last line of what Airflow says of each DAG file that it cannot import; none when it is away."""
    try:
        found = _ask(f"{url}/api/v2/importErrors", token=_token(url, user, password))["import_errors"]
    except (OSError, ValueError, KeyError):
        return {}
    return {error["filename"]: (error["stack_trace"] or "").strip().rpartition("\n")[2] for error in found}


def ensure_pool(url: str, user: str, password: str, pool: Mapping[str, Any]) -> None:
    """Make a pool unless there is one of its name: a task in a pool that is missing would wait for ever.

    Raises `OSError` when Airflow does not answer, or refuses.
    """
    try:
        _ask(f"{url}/api/v2/pools", pool, token=_token(url, user, password))
    except urllib.error.HTTPError as answer:
        if answer.code != HTTPStatus.CONFLICT:
            raise


def pools(url: str, user: str, password: str) -> set[str]:
    """Name the pools that there are. Raises `OSError` when Airflow does not answer."""
    found = _ask(f"{url}/api/v2/pools?limit=100", token=_token(url, user, password))
    return {pool["name"] for pool in found["pools"]}


def _token(url: str, user: str, password: str) -> str:
    return str(_ask(f"{url}/auth/token", {"username": user, "password": password})["access_token"])


def _ask(url: str, body: Mapping[str, Any] | None = None, *, token: str | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, headers)  # noqa: S310 - our own server's address
    with _OPENER.open(request, timeout=5) as answer:
        shape: dict[str, Any] = json.load(answer)
        return shape
