"""Names are judged by what they stand for at the moment of connecting."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest

from newsdex.errors import Rejected
from newsdex.fetch.addresses import AddressPolicy
from newsdex.fetch.resolving import AddressRefused, GuardedResolver, guarded_sockets
from newsdex.records import Reason


async def test_answers_that_may_not_be_asked_are_dropped() -> None:
    """A site with a stray private address among its own is asked at the public ones only."""
    resolver = GuardedResolver(AddressPolicy(), {"news.example": ("10.0.0.1", "8.8.8.8", "::1", "2606:4700::1")}, 2)
    assert [each["host"] for each in await resolver.resolve("news.example", 443)] == ["8.8.8.8", "2606:4700::1"]
    await resolver.close()


async def test_a_name_that_stands_only_for_machines_inside_is_refused() -> None:
    """Whatever it is called."""
    resolver = GuardedResolver(AddressPolicy(), {"news.example": ("169.254.169.254",)}, 2)
    with pytest.raises(Rejected, match=r"169\.254\.169\.254") as told:
        await resolver.resolve("news.example", 80)
    assert told.value.reason is Reason.ADDRESS_REFUSED
    await resolver.close()


async def test_the_systems_own_names_are_judged_too() -> None:
    """`localhost` is looked up as the system does, and refused."""
    resolver = GuardedResolver(AddressPolicy(), {}, 2)
    with pytest.raises(Rejected):
        await resolver.resolve("localhost", 80)
    allowed = GuardedResolver(AddressPolicy((ip_network("127.0.0.0/8"),)), {}, 2)
    assert "127.0.0.1" in [each["host"] for each in await allowed.resolve("localhost", 80)]
    await resolver.close()
    await allowed.close()


async def test_a_name_that_nobody_knows_is_an_error_of_the_network() -> None:
    """Not a refusal: it may be known later."""
    resolver = GuardedResolver(AddressPolicy(), {}, 2)
    with pytest.raises(socket.gaierror):
        await resolver.resolve("no-such-host.invalid", 80)
    await resolver.close()


def test_no_socket_is_made_for_a_machine_inside() -> None:
    """The last check does not depend on who looked the name up, or whether anybody did."""
    make_socket = guarded_sockets(AddressPolicy())
    with pytest.raises(AddressRefused):
        make_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))
    make_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 80))).close()
