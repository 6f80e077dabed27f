"""One coturn for all tests of a module."""

import pytest

from tests.turn.coturn import running_coturn


@pytest.fixture(scope="module")
def coturn(tmp_path_factory):
    with running_coturn(tmp_path_factory.mktemp("coturn")) as running:
        yield running
