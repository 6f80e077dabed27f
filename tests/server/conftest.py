"""A real server on a free port of the loopback address, in this process."""

import pytest

from tests.server.running import running_servers


@pytest.fixture
def make_server(tmp_path):
    """Start a server; arguments are its settings. All are stopped at the end."""
    with running_servers(tmp_path) as start:
        yield start


@pytest.fixture
def server(make_server):
    return make_server()
