"""A small internet for all network tests, where this machine can make one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.networks.internet import Internet
from tests.networks.sandbox import IS_ROOT, Sandbox, SandboxError

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "networks: takes longer than `make test` may; `make networks` runs it"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def missing(what: str) -> None:
    """Skip on a laptop; CI as root must be able to."""
    if os.environ.get("CI") == "true" and IS_ROOT:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def internet() -> Iterator[Internet]:
    """Two homes, a server's place and a TURN server's; nothing runs in them yet."""
    try:
        with Sandbox() as sandbox:
            sandbox.probe()
            internet = Internet(sandbox)
            internet.build()
            yield internet
    except SandboxError as error:
        missing(str(error))
