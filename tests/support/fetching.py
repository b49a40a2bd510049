"""Fetching in tests: settings that allow 127.0.0.1 and wait for nothing longer than they must."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from local_site import LocalSite

from newsdex.fetch import Fetched, FetchSettings, Request, fetch_all
from newsdex.fetch.addresses import AddressPolicy

LOOPBACK = AddressPolicy((ip_network("127.0.0.0/8"),))


def settings_for(site: LocalSite, home: Path, **limits: Any) -> FetchSettings:
    """Make settings for a site of the test, with a home of its own."""
    quick = {"policy": LOOPBACK, "hosts": site.hosts, "delay": 0.02, "backoff": 0.02}
    return FetchSettings(home, **{**quick, **limits})


async def collect(requests: Iterable[Request | str], settings: FetchSettings, **how: Any) -> dict[str, Fetched]:
    """Fetch all, and give the outcomes by the address that was asked."""
    asked = [Request(each) if isinstance(each, str) else each for each in requests]
    outcomes = [outcome async for outcome in fetch_all(asked, settings, **how)]
    assert len(outcomes) == len(asked)
    return {outcome.request.url: outcome for outcome in outcomes}


async def fetch_one(site: LocalSite, home: Path, request: Request | str, **limits: Any) -> Fetched:
    """Fetch one address."""
    (outcome,) = (await collect([request], settings_for(site, home, **limits))).values()
    return outcome
