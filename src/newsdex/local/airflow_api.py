"""Which parts of the Airflow on this machine give a sign of life, over its REST API."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime
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


def _ask(url: str) -> dict[str, Any]:
    with _OPENER.open(url, timeout=5) as answer:
        shape: dict[str, Any] = json.load(answer)
        return shape
