"""Questions to the Airflow that runs on this machine, over its REST API."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime
from typing import Any

from newsdex.local.airflow import Login

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


def token(login: Login) -> str:
    """Log in and give the token for the other questions. Raises `OSError` when Airflow does not answer."""
    return str(_ask(f"{login.url}/auth/token", {"username": login.user, "password": login.password})["access_token"])


def dag_ids(login: Login, key: str) -> list[str]:
    """Name the DAGs that Airflow has read so far."""
    return [dag["dag_id"] for dag in _ask(f"{login.url}/api/v2/dags?limit=100", key=key)["dags"]]


def import_errors(login: Login, key: str) -> list[str]:
    """Tell for each DAG file that does not load the file and the last line of its error."""
    errors = _ask(f"{login.url}/api/v2/importErrors?limit=20", key=key)["import_errors"]
    return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in errors]


def _ask(url: str, body: dict[str, str] | None = None, *, key: str = "") -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310  (the address is our own server's)
        url,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})},
    )
    with _OPENER.open(request, timeout=5) as answer:
        shape: dict[str, Any] = json.load(answer)
        return shape
