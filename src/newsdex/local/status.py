"""What runs on this machine and what the archive holds, gathered for `newsdex status` and the live display."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.local import airflow, state
from newsdex.local.airflow_api import unreadable_dags
from newsdex.local.state import Phase, Service
from newsdex.run import inspect_inbox
from newsdex.settings import Settings

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the archive holds: documents, quarantined ones, and the balance sheet of the last run."""

    documents: int
    quarantined: int
    last_run: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service as it is now; `up` means that its process lives (or that the cluster answers)."""

    name: str
    up: bool
    ready: bool
    pid: int | None
    port: int | None


@dataclass(frozen=True, slots=True)
class Status:
    """All of it. `holdings` is None while Elasticsearch does not answer; `waiting` counts files in the inbox.

    `error` says why the last run ended, when it did so by itself. `unreadable_dags` has each DAG file that Airflow
    cannot import, with the last line of its complaint.
    """

    home: str
    running: bool
    seconds: float | None
    services: tuple[ServiceStatus, ...]
    holdings: Holdings | None
    waiting: int
    error: str = ""
    unreadable_dags: dict[str, str] = field(default_factory=dict)

    @property
    def all_up(self) -> bool:
        """Tell whether everything runs and is ready."""
        return self.running and all(service.up and service.ready for service in self.services)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {**asdict(self), "all_up": self.all_up}


def look(settings: Settings) -> Status:
    """See what runs now."""
    current = state.running(settings)
    known = current or state.read(settings)
    services = tuple(_service(service) for service in known.services.values()) if known else ()
    return Status(
        home=str(settings.home),
        running=current is not None,
        seconds=round(state.age(current), 1) if current else None,
        services=services,
        holdings=holdings(settings) if current or settings.elasticsearch_external else None,
        waiting=waiting(settings),
        error=known.error if known else "",
        unreadable_dags=dag_errors(settings) if current else {},
    )


def dag_errors(settings: Settings) -> dict[str, str]:
    """Ask Airflow which DAG files it cannot import."""
    login = airflow.login(settings)
    return unreadable_dags(login.url, login.user, login.password)


def waiting(settings: Settings) -> int:
    """Count the files that lie in the inbox."""
    if not settings.inbox.is_dir():
        return 0
    seen = inspect_inbox(settings.inbox, settle=0)
    return seen.files + seen.unfinished


def holdings(settings: Settings) -> Holdings | None:
    """Count what the index holds; None when Elasticsearch does not answer or has no index yet."""
    import elasticsearch

    from newsdex.index import connect

    try:
        with closing(connect(settings)) as client:
            return count(client.options(request_timeout=5), settings.index_prefix)
    except (UserError, elasticsearch.ApiError, elasticsearch.TransportError):
        return None


def count(client: Elasticsearch, prefix: str) -> Holdings:
    """Count what the index holds, and fetch the last run's balance sheet."""
    newest = client.search(index=f"{prefix}news-runs", size=1, sort=[{"stored_at": "desc"}], allow_no_indices=True)
    hits = newest["hits"]["hits"]
    return Holdings(
        documents=int(client.count(index=f"{prefix}news")["count"]),
        quarantined=int(client.count(index=f"{prefix}news-quarantine")["count"]),
        last_run=dict(hits[0]["_source"]) if hits else None,
    )


@dataclass(frozen=True, slots=True)
class Work:
    """What the runs since some moment did: how many there were, their inputs, and the inputs by outcome."""

    runs: int = 0
    inputs: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)


def work_since(settings: Settings, moment: float) -> Work | None:
    """Add up the balance sheets stored after a moment (epoch seconds); None when Elasticsearch does not answer."""
    import elasticsearch

    from newsdex.index import Outcome, connect

    sums = {str(outcome): {"sum": {"field": f"outcomes.{outcome}"}} for outcome in Outcome}
    try:
        with closing(connect(settings)) as client:
            answer = client.options(request_timeout=5).search(
                index=f"{settings.index_prefix}news-runs",
                size=0,
                query={"range": {"stored_at": {"gte": int(moment * 1000), "format": "epoch_millis"}}},
                aggregations={"inputs": {"sum": {"field": "inputs"}}, **sums},
            )
    except (UserError, elasticsearch.ApiError, elasticsearch.TransportError):
        return None
    added = {name: int(found["value"]) for name, found in answer["aggregations"].items()}
    return Work(int(answer["hits"]["total"]["value"]), added.pop("inputs"), {name: n for name, n in added.items() if n})


def _service(service: Service) -> ServiceStatus:
    alive = service.process.alive if service.process is not None else service.phase == Phase.READY
    return ServiceStatus(
        name=service.name,
        up=alive,
        ready=alive and service.phase == Phase.READY,
        pid=service.process.pid if service.process is not None and alive else None,
        port=service.port,
    )
