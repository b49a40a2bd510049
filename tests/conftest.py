"""One real Elasticsearch for all tests that need a server, on a free port, with its data in a temporary folder."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: its threads would forbid to fork workers

import pytest
from elasticsearch import Elasticsearch
from free_ports import free_port
from node_process import KeptNode

from newsdex.index import connect, ensure_indices
from newsdex.node import install
from newsdex.run.line import warm_up
from newsdex.settings import Settings, read_settings

_prefixes = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that asks for the server, so that `-m 'not node'` leaves it out."""
    for item in items:
        if "node" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.node)


@pytest.fixture(scope="session")
def program() -> Path:
    """Install the distribution, in the checkout's own home, so that it is fetched and built once only."""
    return install(replace(read_settings(), elasticsearch_external=False))


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Iterator[KeptNode]:
    """Run the server in a home that is thrown away; meanwhile load what workers need, which are forked from here."""
    home = tmp_path_factory.mktemp("home")
    environment = {"NEWSDEX_HOME": str(home), "NEWSDEX_ES_PORT": str(free_port()), "NEWSDEX_ES_HEAP": "768m"}
    server = KeptNode(environment, program)
    server.start()
    try:
        warm_up(server.settings)
        server.wait_ready()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def client(node: KeptNode) -> Iterator[Elasticsearch]:
    """Connect to the server."""
    with connect(node.settings) as connection:
        yield connection


@pytest.fixture
def settings(node: KeptNode, client: Elasticsearch) -> Iterator[Settings]:
    """Make indices of the test's own from the shipped mapping."""
    own = replace(node.settings, index_prefix=f"t{next(_prefixes)}-")
    ensure_indices(client, own)
    yield own
    client.indices.delete(index=list(client.indices.get(index=f"{own.index_prefix}*")))
