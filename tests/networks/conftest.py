"""A small internet for all network tests, where this machine can make one."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Browser, Error, Playwright

from peergym.server import ServerSettings
from tests.browser.shared_playwright import shared_playwright
from tests.networks.game_server import GameServer, game_server
from tests.networks.internet import HOME_A, HOME_B, Internet, build_internet
from tests.networks.nat import Nat
from tests.networks.people import DistantPerson, keep, launch_in
from tests.networks.sandbox import IS_ROOT, Sandbox, SandboxError, search
from tests.networks.turn_server import TurnServer, coturn

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "test-results"
TIMEOUT_S = 240
"""Twice the usual: a test waits up to a minute for several things, one after the other."""
FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "networks: takes longer than `make test` may; `make networks` runs it"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def missing(what: str) -> NoReturn:
    """Skip on a laptop; CI as root on Linux must be able to."""
    if os.environ.get("CI") == "true" and IS_ROOT and sys.platform == "linux":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def internet() -> Iterator[Internet]:
    """Two homes, a server's place and a TURN server's; nothing runs in them yet."""
    try:
        with Sandbox() as sandbox:
            sandbox.probe()
            with build_internet(sandbox) as internet:
                yield internet
    except SandboxError as error:
        missing(str(error))


@pytest.fixture
def restricted(internet: Internet) -> Internet:
    """Homes with the usual routers, which STUN alone gets a way through."""
    for home in internet.homes:
        internet.set_nat(home, Nat.PORT_RESTRICTED)
    return internet


@pytest.fixture(scope="session")
def turn(internet: Internet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnServer]:
    """Debian's coturn."""
    program = shutil.which("turnserver", path=search())
    if program is None:
        missing("there is no coturn (on Debian: apt-get install coturn)")
    with coturn(internet, program, tmp_path_factory.mktemp("coturn")) as server:
        yield server


@pytest.fixture
def serve(internet: Internet, tmp_path: Path) -> Iterator[Callable[..., GameServer]]:
    """Starts a server of Pong in the internet, with further words of its command line."""
    if not (ServerSettings().client_dir / "index.html").is_file():
        missing("the client has not been built: run npm ci and npm run build in client/")
    with contextlib.ExitStack() as stack:

        def start(*options: str) -> GameServer:
            return stack.enter_context(game_server(internet, tmp_path, *options))

        yield start


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Controls the browsers."""
    with shared_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser_in(
    internet: Internet, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Browser]]:
    """Starts a Chromium in a namespace, or returns the one that is there."""
    folder = tmp_path_factory.mktemp("wrappers")
    browsers: dict[str, Browser] = {}

    def find(namespace: str) -> Browser:
        if namespace not in browsers:
            try:
                browsers[namespace] = launch_in(internet, namespace, playwright, folder)
            except Error as error:
                missing(f"no Chromium starts here: {error.message[:300]}")
        return browsers[namespace]

    yield find
    for browser in browsers.values():
        browser.close()


@pytest.fixture
def person_in(
    browser_in: Callable[[str], Browser], request: pytest.FixtureRequest
) -> Iterator[Callable[[str, str], DistantPerson]]:
    """Brings people to machines; of a test that fails their pages are kept."""
    people: list[DistantPerson] = []

    def come(name: str, namespace: str) -> DistantPerson:
        people.append(DistantPerson(name, browser_in(namespace)))
        return people[-1]

    yield come
    if request.node.stash.get(FAILED, False):
        keep(people, RESULTS / re.sub(r"\W+", "_", request.node.name))
    for each in people:
        each.context.close()


@pytest.fixture
def people(person_in: Callable[[str, str], DistantPerson]) -> tuple[DistantPerson, DistantPerson]:
    """One at home in each of the two homes."""
    return person_in("ada", HOME_A.page), person_in("ben", HOME_B.page)
