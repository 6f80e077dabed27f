"""A real server on a free port of the loopback address, in this process."""

import pytest

from peergym.server import ServerSettings
from peergym.server.serve import ServerThread


@pytest.fixture
def make_server(tmp_path):
    """Start a server; arguments are its settings. All are stopped at the end."""
    running = []

    def start(**settings):
        chosen = {"data_dir": tmp_path / "data", "client_dir": tmp_path / "client", **settings}
        server = ServerThread(ServerSettings(**chosen))
        running.append(server)
        return server.__enter__()

    yield start
    for server in running:
        server.__exit__(None, None, None)


@pytest.fixture
def server(make_server):
    return make_server()
