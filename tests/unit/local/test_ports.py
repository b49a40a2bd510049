"""A taken port is told with its holder and the variable that changes it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from newsdex.errors import UserError
from newsdex.local import ports


@pytest.fixture
def taken() -> Iterator[int]:
    """Listen on a port."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_listened_on_port_is_not_free(taken: int) -> None:
    """A port with a listener is taken."""
    assert not ports.is_free(taken)


def test_a_listener_on_all_addresses_takes_the_port_too() -> None:
    """0.0.0.0 includes 127.0.0.1."""
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))
        server.listen()
        assert not ports.is_free(server.getsockname()[1])


def test_a_port_is_free_again_when_its_listener_is_gone(taken: int) -> None:
    """Nothing listens: free."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    assert ports.is_free(port)


def test_the_error_names_port_holder_and_variable(taken: int) -> None:
    """What a person needs to go on stands in the error."""
    with pytest.raises(UserError) as told:
        ports.demand(taken, "Airflow", "NEWSDEX_AIRFLOW_PORT")
    assert str(taken) in told.value.message
    assert str(os.getpid()) in told.value.message
    assert f"NEWSDEX_AIRFLOW_PORT={taken + 1}" in told.value.hint
