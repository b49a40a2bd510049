"""One machine for the end-to-end tests that leave it running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from newsroom import Newsroom, open_newsroom


@pytest.fixture(scope="package")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Start everything, once."""
    with open_newsroom(tmp_path_factory.mktemp("home")) as room:
        yield room
