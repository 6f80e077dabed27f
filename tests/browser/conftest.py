"""Two Chromium processes for all browser tests, people at them, and what a failure leaves."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from peergym.server import ServerSettings
from tests.browser.pages import Person, launch_chromium
from tests.browser.proxy import Conditions
from tests.browser.server import Venue
from tests.browser.shared_playwright import shared_playwright

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "test-results"
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def missing(what: str) -> None:
    """A machine without it skips the tests; CI must have it."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="package")
def browsers() -> Iterator[tuple[Browser, Browser]]:
    """Two separate Chromium processes."""
    if not (ServerSettings().client_dir / "index.html").is_file():
        missing("the client has not been built: run npm ci and npm run build in client/")
    with shared_playwright() as playwright:
        try:
            pair = launch_chromium(playwright), launch_chromium(playwright)
        except Error as error:
            missing(f"no Chromium starts here (PEERGYM_CHROMIUM names one): {error.message[:300]}")
        yield pair
        for browser in pair:
            browser.close()


@pytest.fixture
def make_venue(tmp_path: Path) -> Iterator[Callable[..., Venue]]:
    """Makes servers, each with a network of its own."""
    venues: list[Venue] = []

    def make(conditions: Conditions | None = None, **settings: Any) -> Venue:
        venues.append(Venue(tmp_path / "data", conditions, **settings).__enter__())
        return venues[-1]

    yield make
    for venue in venues:
        venue.__exit__(None, None, None)


@pytest.fixture
def venue(make_venue: Callable[..., Venue]) -> Venue:
    """A server of Pong, and a network with delay, jitter and bursts of loss."""
    return make_venue()


@pytest.fixture
def person(
    browsers: tuple[Browser, Browser], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """Brings people; those with an odd number sit at the second browser.

    When the test fails, a screenshot, the console and the flight recording of each are kept.
    """
    people: list[Person] = []

    def come(name: str, **context: Any) -> Person:
        people.append(Person(name, browsers[len(people) % 2], **context))
        return people[-1]

    yield come
    if request.node.stash.get(FAILED, False):
        attach(people, RESULTS / re.sub(r"\W+", "_", request.node.name))
    for each in people:
        each.context.close()


@pytest.fixture
def ada(person: Callable[..., Person]) -> Person:
    """Sits at the first browser."""
    return person("ada")


@pytest.fixture
def ben(ada: Person, person: Callable[..., Person]) -> Person:
    """Sits at the second browser."""
    return person("ben")


def attach(people: list[Person], folder: Path) -> None:
    """Keep what the pages of a failed test show and know."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in people:
        each.page.set_default_timeout(5000)
        notes = [f"console errors: {each.console_errors}"]
        try:
            each.page.screenshot(path=folder / f"{each.name}.png")
            names = ("screen", "problem", "notice", "python", "statistics", "events", "errors")
            notes += [f"{name}: {each.look(name)}" for name in names]
            recording = each.recording()
            if recording is not None:
                (folder / f"{each.name}.flight").write_bytes(recording)
        except Error as error:
            notes.append(f"the page does not answer: {error.message}")
        (folder / f"{each.name}.txt").write_text("\n".join(notes), encoding="utf-8")
    print(f"\nScreenshots, notes and flight recordings: {folder}")
