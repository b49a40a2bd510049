"""Looking names up, and refusing what they stand for at the last moment: when the connection is made."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from newsdex.errors import Rejected
from newsdex.fetch.addresses import AddressPolicy
from newsdex.records import Reason, Stage


class AddressRefused(OSError):
    """A connection was about to be made to a machine that may not be asked."""


class GuardedResolver(AbstractResolver):
    """Looks names up as the system does (its hosts file, its DNS), and drops each answer that may not be asked.

    A name of which no answer is left raises `Rejected`: a site cannot lead us inside, whatever its DNS says and
    however often it changes its mind. The look-ups have threads of their own, `width` of them: as the loop's few are
    shared, some names that take long would hold up all the others.
    """

    def __init__(self, policy: AddressPolicy, hosts: Mapping[str, tuple[str, ...]], width: int) -> None:
        self._policy = policy
        self._hosts = hosts
        self._threads = ThreadPoolExecutor(width, thread_name_prefix="newsdex-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the machines that a name stands for and that may be asked. Raises `OSError` for an unknown name."""
        known = self._hosts.get(host)
        found = [(_family(address), address) for address in known] if known else await self._look_up(host, family)
        if not found:
            raise OSError(None, f"{host} has no address")
        refusals = {address: self._policy.refusal(address, port) for _, address in found}
        allowed = [(family, address) for family, address in found if refusals[address] is None]
        if not allowed:
            why = next(refusal for refusal in refusals.values() if refusal is not None)
            raise Rejected(Stage.READ, Reason.ADDRESS_REFUSED, f"{host}: {why}")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=family,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for family, address in allowed
        ]

    async def _look_up(self, host: str, family: socket.AddressFamily) -> list[tuple[socket.AddressFamily, str]]:
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys((answer[0], str(answer[4][0])) for answer in answers))

    async def close(self) -> None:
        """Stop looking up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def guarded_sockets(policy: AddressPolicy) -> Any:
    """Make sockets for connections, and none to a machine that may not be asked: the last check, after all others.

    What reaches it without a look-up is an address spelled out in a URL.
    """

    def make_socket(where: Any) -> socket.socket:
        family, kind, protocol, _, (address, port, *_) = where
        why = policy.refusal(str(address), int(port))
        if why is not None:
            raise AddressRefused(None, why)
        return socket.socket(family, kind, protocol)

    return make_socket


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
