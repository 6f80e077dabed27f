"""A plugin of pytest, for the runs with a planted fault: says of every test how it ended.

A test notices a fault by an assertion of its own or by a law of ours that is found broken. What
ends otherwise (the fault cannot be imported, a test stumbles over it) is told apart, because it
would be noticed by any test at all. Once a case of a test has noticed the fault, the other cases
of that test are left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import peergym
from peergym.errors import InvariantError
from tests.mutation.tree import REPORT, TREE

_noticed: set[str] = set()
"""The tests that have noticed the fault."""


def pytest_configure() -> None:
    loaded = Path(peergym.__file__).resolve()
    if not loaded.is_relative_to(_tree()):
        pytest.exit(f"the peergym of {loaded.parent} was about to be tested", returncode=3)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    named = _named(item)
    if named and _noticed.issuperset(named):
        pytest.skip("another case of it has noticed the fault")


def _named(item: pytest.Item) -> list[str]:
    """What we were asked to run that has this case in it."""
    case = item.nodeid
    return [test for test in item.config.args if case == test or case.startswith(f"{test}[")]


def _tree() -> Path:
    return Path(os.environ[TREE]).resolve()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    report = yield
    if report.failed:
        outcome, message = _judge(call.excinfo)
        _write(item.nodeid, outcome, message)
        if outcome == "noticed":
            _noticed.update(_named(item))
    elif report.passed and call.when == "call":
        _write(item.nodeid, "passed", "")
    return report


def _judge(info: pytest.ExceptionInfo[BaseException] | None) -> tuple[str, str]:
    if info is None:
        return "stumbled", ""
    error = info.value
    said = str(error)
    message = f"{type(error).__name__}: {said.splitlines()[0] if said else ''}"
    is_ours = isinstance(error, AssertionError | InvariantError | pytest.fail.Exception)
    is_noticed = is_ours and not said.startswith("Timeout")
    # As in ``(event,) = events``, which asserts that there is one.
    is_counted = isinstance(error, ValueError) and "values to unpack (" in said
    raised_in = info.traceback[-1].path
    if is_counted and isinstance(raised_in, Path) and not raised_in.is_relative_to(_tree()):
        is_noticed = True
    return "noticed" if is_noticed else "stumbled", message


def _write(test: str, outcome: str, message: str) -> None:
    with Path(os.environ[REPORT]).open("a", encoding="utf-8") as report:
        report.write(json.dumps([test, outcome, message]) + "\n")
