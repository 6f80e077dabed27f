"""A real server on the loopback address, with and without a bad network behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peergym.server import ServerSettings
from peergym.server.serve import ServerThread
from tests.browser.proxy import Conditions, Network

pytest.importorskip("aiortc", reason="native peers need aiortc")


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Any]:
    """Starts servers; arguments are their settings. All are stopped at the end."""
    running: list[ServerThread] = []

    def start(**settings: Any) -> ServerThread:
        chosen = {"data_dir": tmp_path / "data", "client_dir": tmp_path / "client", **settings}
        server = ServerThread(ServerSettings(**chosen))
        running.append(server)
        return server.__enter__()

    yield start
    for server in running:
        server.__exit__(None, None, None)


@pytest.fixture
def server(make_server: Any) -> ServerThread:
    """A server of Pong."""
    started: ServerThread = make_server()
    return started


@pytest.fixture
def bad_network() -> Iterator[Network]:
    """60 ms there and back, with jitter and bursts of loss; peers meet through proxies only."""
    network = Network(Conditions(delay_ms=30.0, jitter_ms=10.0, loss=0.02))
    yield network
    network.close()
