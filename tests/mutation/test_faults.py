"""The list of planted faults has not rotted, and the check of it can fail."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tests.mutation import run
from tests.mutation.fault import ROOT, SOURCE, Fault
from tests.mutation.faults import FAULTS
from tests.mutation.tree import Tree

BY_NAME = [pytest.param(fault, id=fault.name) for fault in FAULTS]


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def named_in(path: Path) -> frozenset[str]:
    """The tests of a file, as pytest names them behind it."""
    found = set()
    for node in ast.parse(text_of(path)).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            # What hypothesis makes of a state machine: TestModel = Model.TestCase
            found.update(f"{name.id}::runTest" for name in node.targets if hasattr(name, "id"))
    return frozenset(name for name in found if name.lower().startswith("test"))


@pytest.mark.parametrize("fault", BY_NAME)
def test_a_fault_has_its_place_and_leaves_python_behind(fault: Fault) -> None:
    planted = fault.planted(text_of(SOURCE / fault.path))
    assert planted != text_of(SOURCE / fault.path)
    ast.parse(planted)


@pytest.mark.parametrize("fault", BY_NAME)
def test_the_tests_that_shall_notice_a_fault_are_there(fault: Fault) -> None:
    assert fault.caught_by
    assert fault.harm
    for test in fault.caught_by:
        file, _, name = test.partition("::")
        assert re.sub(r"\[.*", "", name) in named_in(ROOT / file), test


def test_every_fault_has_its_own_name() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names) >= 40
    assert not any("|" in text for fault in FAULTS for text in (fault.name, fault.harm))


def test_the_table_in_the_docs_is_the_one_that_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run.main(["--table"]) == 0
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == len(FAULTS) + 2
    assert printed in text_of(ROOT / "docs" / "robustness.md"), "put it there; see --table"


# --- the check itself


@pytest.mark.parametrize("old", ["absent", "a = 1"])
def test_a_fault_that_has_no_place_or_two_is_refused(old: str) -> None:
    fault = Fault("a name", "file.py", old, "b = 2", "harm", ("tests/x.py::test_x",))
    with pytest.raises(LookupError, match=r"a name: .* times, not once"):
        fault.planted("a = 1\na = 1\n")


TOY = """
def half(number):
    return number // 2
"""

TOY_TESTS = """
import peergym.toy


def test_it_halves():
    assert peergym.toy.half(7) == 3


def test_it_runs():
    peergym.toy.half(7)


def test_it_stumbles():
    assert {3: "three"}[peergym.toy.half(7)] == "three"
"""

HALVES, RUNS, STUMBLES = (f"test_toy.py::test_it_{does}" for does in ("halves", "runs", "stumbles"))
ROUNDED = Fault(
    "halves are rounded up", "toy.py", "number // 2", "(number + 1) // 2", "none", (HALVES,)
)


def test_a_fault_is_planted_in_a_copy_and_taken_out_again(tmp_path: Path) -> None:
    source = tmp_path / "src" / "peergym"
    source.mkdir(parents=True)
    (source / "__init__.py").touch()
    (source / "errors.py").write_text(text_of(SOURCE / "errors.py"), encoding="utf-8")
    (source / "toy.py").write_text(TOY, encoding="utf-8")
    (tmp_path / "test_toy.py").write_text(TOY_TESTS, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    tree = Tree(tmp_path / "folder", source, root=tmp_path)
    with tree.planted(ROUNDED):
        ends, said = tree.run((HALVES, RUNS, STUMBLES))
    outcomes = {test: outcome for test, (outcome, _) in ends.items()}
    assert outcomes == {HALVES: "noticed", RUNS: "passed", STUMBLES: "stumbled"}, said
    with tree.planted(ROUNDED):
        pass  # it is sound again, or there would be nothing to replace
    assert (source / "toy.py").read_text(encoding="utf-8") == TOY, "which is never touched"


def test_every_test_that_is_named_has_to_notice_by_an_assertion_of_its_own() -> None:
    ends = {
        HALVES: ("noticed", "AssertionError: assert 4 == 3"),
        RUNS: ("passed", ""),
        STUMBLES: ("stumbled", "KeyError: 4"),
        "test_cases.py::test_some[1]": ("passed", ""),
        "test_cases.py::test_some[2]": ("noticed", "Failed: DID NOT RAISE"),
    }

    def judged(*tests: str) -> str:
        return run.judge(replace(ROUNDED, caught_by=tests), ends)

    assert judged(HALVES, "test_cases.py::test_some") == ""
    assert f"{RUNS} does not notice it: it passes" in judged(HALVES, RUNS)
    assert "KeyError: 4" in judged(STUMBLES)
    assert "it passes" in judged("test_cases.py::test_some[1]")
    assert "did not run" in judged("test_toy.py::test_it")
