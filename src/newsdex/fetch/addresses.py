"""Which addresses may be asked: those of the public web, and of the networks that the operator allows by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from yarl import URL

from newsdex.enrich.fingerprint import registered_domain
from newsdex.errors import Rejected
from newsdex.records import Reason, Stage

Network = IPv4Network | IPv6Network

ORDINARY_PORTS = frozenset({80, 443, 8000, 8008, 8080, 8081, 8443, 8888})
"""Where web servers listen; another port is most likely another service. Allowed networks have all ports."""

LONGEST = 8_000
"""Characters of an address, as many as common servers take."""

_UNFIT_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # behind a carrier's NAT; some clouds keep their metadata here
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # Azure's metadata, on an address that looks public
            "169.254.0.0/16",  # link-local, and most clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
"""IANA's registry of special addresses, spelled out: what `ipaddress` calls global differs between Pythons."""

_GLOBAL_V6 = IPv6Network("2000::/3")
_UNFIT_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")

_ENDS_IN_A_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")
_UNWRITABLE = re.compile(r"[\x00-\x20\x7f\\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Judges addresses of machines. `allowed` are the networks that the operator opens although they are not public."""

    allowed: tuple[Network, ...] = ()

    def refusal(self, address: str, port: int) -> str | None:
        """Say why a machine may not be asked; None when it may.

        IPv4 addresses that are wrapped into IPv6 ones (mapped, 6to4, NAT64) are judged as what they are.

        >>> AddressPolicy().refusal("169.254.169.254", 80)
        '169.254.169.254 is no address of the public web'
        >>> AddressPolicy().refusal("::ffff:10.0.0.1", 443)
        '::ffff:10.0.0.1 is no address of the public web'
        >>> AddressPolicy((IPv4Network("10.0.0.0/8"),)).refusal("10.0.0.1", 9000) is None
        True
        """
        try:
            given = ip_address(address)
        except ValueError:
            return f"{address!r} is no address of a machine"
        plain = _unwrapped(given)
        if any(plain in network or given in network for network in self.allowed):
            return None
        if not _is_public(plain):
            return f"{address} is no address of the public web"
        if port not in ORDINARY_PORTS:
            return f"port {port} is not one of a web server"
        return None


@dataclass(frozen=True, slots=True)
class Target:
    """An address that can be asked: read once, so that what is checked is what is asked."""

    url: URL
    host: str
    port: int
    domain: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        return f"{self.url.scheme}://{self.url.host_subcomponent}:{self.port}"

    def __str__(self) -> str:
        return str(self.url)


def read_address(text: str, policy: AddressPolicy, base: URL | None = None) -> Target:
    """Read a web address, or raise `Rejected` (`address_refused`) when it is none that may be asked.

    `base` is the address that a relative one (of a redirect) is relative to. A name is not looked up here: what it
    stands for is judged each time that a connection is made.

    >>> read_address("HTTPS://News.Example.org./a b#top", AddressPolicy()).url
    URL('https://news.example.org/a%20b')
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise _refused(f"an address of {len(text):,} characters")
    try:
        url = URL(text.replace(" ", "%20"))
        url = url if base is None else base.join(url)
    except (ValueError, TypeError) as wrong:
        raise _refused(f"{text!r} cannot be read as an address: {wrong}") from wrong
    if url.scheme not in _DEFAULT_PORTS:
        raise _refused(f"{url.scheme or 'no scheme'}: only http and https addresses are fetched")
    if base is None and _UNWRITABLE.search(urlsplit(text.replace("\\", "\0")).netloc):
        raise _refused(f"{text!r} has characters in its host that no host has")
    return _judged(url.with_fragment(None), policy)


def _judged(url: URL, policy: AddressPolicy) -> Target:
    if url.user is not None or url.password is not None:
        raise _refused("the address holds a user or a password")
    host = (url.raw_host or "").lower().rstrip(".")
    if not host or _UNWRITABLE.search(host) or "%" in host:
        raise _refused(f"{str(url)!r} names no host")
    try:
        port = url.port or _DEFAULT_PORTS[url.scheme]
    except ValueError as wrong:
        raise _refused(str(wrong)) from wrong
    literal = _literal(host)
    if literal is not None and (why := policy.refusal(literal, port)) is not None:
        raise _refused(why)
    if host != url.raw_host:
        url = url.with_host(host)
    if url.raw_path == "/" and not url.raw_query_string:
        url = url.with_path("/")  # with an empty path the same address would have two spellings
    return Target(url, host, port, literal or domain_of(host))


def domain_of(host: str) -> str:
    """Give what a limit is kept for: the registered domain; for names under no public suffix their last two labels.

    >>> domain_of("www.news.example.co.uk"), domain_of("intranet"), domain_of("feeds.gazette.test")
    ('example.co.uk', 'intranet', 'gazette.test')
    """
    return registered_domain(f"http://{host}/") or ".".join(host.split(".")[-2:])


def _literal(host: str) -> str | None:
    """Give the machine's address that a host is spelled as; raises `Rejected` for spellings that only attackers use.

    A host that ends in a number is an IPv4 address (WHATWG URL, 3.5), and some resolvers take `127.1`, `0x7f.1`,
    `0177.0.0.1` and `2130706433` for one.
    """
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError as wrong:
            raise _refused(f"{host}: {wrong}") from wrong
    if _ENDS_IN_A_NUMBER.search(host) is None:
        return None
    try:
        return str(IPv4Address(host))
    except ValueError as wrong:
        raise _refused(f"{host}: a machine's address, but not spelled as one") from wrong


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if inner := address.ipv4_mapped or address.sixtofour:
        return inner
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _UNFIT_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _UNFIT_V6)


def _refused(detail: str) -> Rejected:
    return Rejected(Stage.READ, Reason.ADDRESS_REFUSED, detail)
