"""A real server on the loopback address, with and without a bad network behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peergym.server.serve import ServerThread
from tests.browser.proxy import Conditions, Network
from tests.server.running import StartServer, running_servers

pytest.importorskip("aiortc", reason="native peers need aiortc")


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers; arguments are their settings. All are stopped at the end."""
    with running_servers(tmp_path) as start:
        yield start


@pytest.fixture
def server(make_server: StartServer) -> ServerThread:
    """A server of Pong."""
    return make_server()


@pytest.fixture
def bad_network() -> Iterator[Network]:
    """60 ms there and back, with jitter and bursts of loss; peers meet through proxies only."""
    network = Network(Conditions(delay_ms=30.0, jitter_ms=10.0, loss=0.02))
    yield network
    network.close()
