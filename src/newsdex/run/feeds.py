"""The doors of the web: sources polled, addresses fetched, what came taken through the line.

What loads clients and parsers is imported when it is used: the DAGs import this module whenever they are read.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from newsdex.run.batches import close_run, ingest_batch
from newsdex.run.clock import now
from newsdex.run.inbox import bounded
from newsdex.run.progress import Told, unheard
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.run.polling import Polled

MOST_FETCHED = 10_000
"""Addresses that one run claims at most."""

FEEDS = "ingest_feeds"
URLS = "ingest_urls"
URLS_SECONDS = 1200.0
"""How long a run of named addresses fetches; what is left then is fetched by the runs that poll."""

_POLL_SECONDS = 180.0


def poll_sources(
    settings: Settings, run_id: str, sources: Sequence[str] = (), *, force: bool = False
) -> dict[str, Any]:
    """Ask the sources that are due, or those named, what is new; give what it came to: see `Polled`."""
    from newsdex.run.polling import poll_sources as poll

    return poll(settings, run_id, tuple(sources), force=force, seconds=_POLL_SECONDS).as_dict()


def fetch_waiting(
    settings: Settings,
    run_id: str,
    *,
    queue: str = FEEDS,
    sources: Sequence[str] = (),
    limit: int | None = None,
    told: Told = unheard,
) -> list[str]:
    """Fetch the addresses that are due, within the settings' bounds; give the batches of what came."""
    from newsdex.run.fetching import Bounds
    from newsdex.run.fetching import fetch_waiting as fetch

    most = bounded("limit", limit, settings.fetch_addresses, MOST_FETCHED)
    within = Bounds(most, settings.fetch_seconds)
    return fetch(settings, run_id, queue=queue, bounds=within, sources=tuple(sources), told=told)


def fetch_urls(
    settings: Settings,
    run_id: str,
    urls: Iterable[str] = (),
    *,
    file: str | None = None,
    publisher: str | None = None,
    refetch: bool = False,
    queue: str = URLS,
    seconds: float = URLS_SECONDS,
    told: Told = unheard,
) -> list[str]:
    """Fetch addresses by name; give the batches of what came: see `newsdex.run.urls`."""
    from newsdex.run.urls import fetch_urls as fetch

    return fetch(
        settings,
        run_id,
        urls,
        file=file,
        publisher=publisher,
        refetch=refetch,
        seconds=seconds,
        queue=queue,
        told=told,
    )


def poll_now(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    force: bool = False,
    limit: int | None = None,
    polled: Callable[[Polled], None] = lambda polled: None,
    told: Told = unheard,
) -> dict[str, Any]:
    """Poll, fetch and ingest at once, without Airflow; give the balance sheet, which is stored like that of any run.

    `polled` hears what the poll came to, before anything is fetched. Raises `UserError` while another one is at work.
    """
    from newsdex.run.fetch_journal import hold_queue
    from newsdex.run.polling import poll_sources as poll

    run_id = _run_id("poll")
    with hold_queue(settings.spool, "poll"):
        polled(poll(settings, run_id, tuple(sources), force=force))
        batches = fetch_waiting(settings, run_id, queue="poll", sources=sources, limit=limit, told=told)
        return _ingest(settings, run_id, batches, told)


def fetch_now(
    settings: Settings,
    urls: Iterable[str],
    *,
    publisher: str | None = None,
    refetch: bool = False,
    told: Told = unheard,
) -> dict[str, Any]:
    """Fetch and ingest addresses at once, without Airflow; give the balance sheet.

    Raises `UserError` while another one is at work.
    """
    from newsdex.run.fetch_journal import hold_queue

    run_id = _run_id("fetch")
    with hold_queue(settings.spool, "fetch"):
        batches = fetch_urls(settings, run_id, urls, publisher=publisher, refetch=refetch, queue="fetch", told=told)
        return _ingest(settings, run_id, batches, told)


def _ingest(settings: Settings, run_id: str, batches: Iterable[str], told: Told) -> dict[str, Any]:
    return close_run(settings, run_id, [ingest_batch(settings, batch, run_id, told) for batch in batches])


def _run_id(name: str) -> str:
    return f"{name}-{now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
