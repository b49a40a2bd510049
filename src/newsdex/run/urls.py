"""Addresses that somebody names: in a form, on the command line or in a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from newsdex.errors import UserError
from newsdex.index.addresses import Sighting
from newsdex.records import Door
from newsdex.run.backfill import find_allowed
from newsdex.run.fetching import Bounds, fetch_addresses
from newsdex.run.progress import Told, unheard
from newsdex.settings import Settings
from newsdex.sources import is_web_address

MOST_ADDRESSES = 10_000
_LONGEST = 8_000


def fetch_urls(
    settings: Settings,
    run_id: str,
    urls: Iterable[str] = (),
    *,
    file: str | None = None,
    publisher: str | None = None,
    refetch: bool = False,
    seconds: float,
    queue: str,
    told: Told = unheard,
) -> list[str]:
    """Fetch addresses by name; give the batches that have what came of them.

    `file` names a list, one address a line, below one of the folders of NEWSDEX_BACKFILL_ROOTS. What was fetched before
    is passed over, but with `refetch`. What there was no time for is fetched by the next runs that poll. Every word is
    checked here, whatever a form has checked. Raises `UserError`.
    """
    named = list(urls)
    if file:
        for found in find_allowed(settings.backfill_roots, file):
            named += read_addresses(found.path)
    wanted = check_addresses(named)
    sightings = [Sighting(url, door=Door.URL, publisher=publisher or None) for url in wanted]
    bounds = Bounds(len(sightings), seconds)
    return fetch_addresses(settings, run_id, sightings, queue=queue, bounds=bounds, refetch=refetch, told=told)


def read_addresses(path: Path) -> list[str]:
    """Read a list of addresses, one a line; empty lines and those that begin with # say nothing."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise UserError(f"{path}: {wrong}", "give a text file in UTF-8 with one address a line") from wrong
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def check_addresses(urls: Sequence[str]) -> list[str]:
    """Give the addresses, each once. Raises `UserError` for the first that is none, and for none at all.

    >>> check_addresses(["https://news.example/1", "https://news.example/1"])
    ['https://news.example/1']
    """
    wanted = list(dict.fromkeys(url.strip() for url in urls))
    if wrong := next((url for url in wanted if not is_web_address(url) or len(url) > _LONGEST), None):
        raise UserError(f"{wrong[:200]!r} is no web address", "write it whole: https://news.example/story")
    if not wanted:
        raise UserError("no addresses were given", "give some, one a line, or a file of them")
    if len(wanted) > MOST_ADDRESSES:
        raise UserError(f"{len(wanted):,} addresses at once", f"give {MOST_ADDRESSES:,} at most")
    return wanted
