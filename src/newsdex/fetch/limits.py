"""How much, how fast, how long and from where things are fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from newsdex.errors import UserError
from newsdex.fetch.addresses import AddressPolicy
from newsdex.settings import Settings


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """The limits of fetching. Sizes are in bytes, times in seconds; a domain is a registered one (`bbc.co.uk`).

    `home` is the folder that all fetching processes of a machine share: the limits per domain are kept there.
    `hosts` answers for the names in it instead of the DNS, as /etc/hosts does; the addresses are judged all the same.
    A `proxy` looks names up itself, so `policy` then judges only addresses that are spelled out: the proxy has to
    keep the operator's network closed.
    """

    home: Path
    user_agent: str = f"Newsdex/{version('newsdex')}"
    policy: AddressPolicy = field(default_factory=AddressPolicy)
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proxy: str | None = None
    ca_certs: Path | None = None

    delay: float = 1.0
    """Between the end of one answer of a domain and the next request to it."""
    connections_per_domain: int = 1
    connections: int = 32
    """At once, to all domains together, in this process. Answers that nobody has taken yet count too."""
    lease: float = 15.0
    """How long the request of a process that was killed still counts as a connection; living ones renew theirs."""
    held: int = 10_000
    """Requests taken from the caller ahead of time."""

    attempts: int = 3
    backoff: float = 2.0
    """Before the second attempt, at most; it doubles with each one more."""
    backoff_longest: float = 60.0
    retry_after_longest: float = 24 * 3600.0
    """What a server may ask for by Retry-After."""
    retry_later: float = 900.0
    """What is told the caller after a failure that may pass, when the server names no time."""
    patience: float = 90.0
    """How long a request waits for its domain; if it had to wait longer it is given back as postponed."""
    slowed_longest: float = 60.0
    """What a domain that answers 429 or 503 is slowed down by, at most."""

    crawl_delay_longest: float = 60.0
    robots_kept: float = 24 * 3600.0
    robots_bytes: int = 512_000
    robots_redirects: int = 5
    robots_retried: float = 300.0
    """How long a robots.txt that could not be had is not asked for again."""
    robots_given_up: float = 30 * 24 * 3600.0
    """After so long without one a site is taken to have none (RFC 9309, 2.3.1.4)."""

    redirects: int = 10
    document_bytes: int = 20_000_000
    listing_bytes: int = 50_000_000
    error_bytes: int = 200_000
    """What is kept of an error page."""

    connect_seconds: float = 10.0
    answer_seconds: float = 20.0
    """From the request to the end of the answer's headers."""
    stall_seconds: float = 15.0
    """Without a byte."""
    total_seconds: float = 90.0
    """For one exchange, from the name's look-up to the last byte."""
    slowest: float = 1_000.0
    """Bytes a second, on the average since the headers came; asked of an answer after `slow_start`."""
    slow_start: float = 15.0

    @property
    def product(self) -> str:
        """The name that robots.txt files know us by, in lower case: the first word of the User-Agent.

        >>> FetchSettings(Path("."), user_agent="ExampleArchive/2.1 (+https://example.org/bot)").product
        'examplearchive'
        """
        return self.user_agent.partition("/")[0].strip().lower()


def read_fetch_settings(settings: Settings) -> FetchSettings:
    """Make the limits of fetching out of the settings. Raises `UserError` for a file of hosts that cannot be read."""
    contact = f" (+{settings.fetch_contact})" if settings.fetch_contact else ""
    return FetchSettings(
        home=settings.home,
        user_agent=f"Newsdex/{version('newsdex')}{contact}",
        policy=AddressPolicy(settings.fetch_allow_networks),
        hosts=_read_hosts(settings.fetch_hosts) if settings.fetch_hosts else {},
        proxy=settings.fetch_proxy,
        ca_certs=settings.fetch_ca_certs,
        delay=settings.fetch_delay,
        connections=settings.fetch_connections,
        document_bytes=settings.document_bytes,
    )


def _read_hosts(path: Path) -> dict[str, tuple[str, ...]]:
    """Read a file like /etc/hosts: an address and then the names that have it, on each line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise UserError(f"NEWSDEX_FETCH_HOSTS={str(path)!r}: {wrong}", "give a file like /etc/hosts") from wrong
    hosts: dict[str, tuple[str, ...]] = {}
    for line in lines:
        address, *names = line.partition("#")[0].split() or [""]
        for name in names:
            hosts[name.lower()] = (*hosts.get(name.lower(), ()), address)
    return hosts
