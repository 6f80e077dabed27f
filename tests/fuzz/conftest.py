"""What the fuzz targets change in their process is put back for the tests that follow."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def the_log_of_the_server_as_it_was() -> Iterator[None]:
    """The target of the server turns what is logged into findings; no other test wants that."""
    log = logging.getLogger("peergym.server.sockets")
    before = list(log.handlers)
    yield
    log.handlers[:] = before
