"""dev.py says in a sentence what is missing, and stops at the first step that fails."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import chromium, commands, node
from tools.environment import Environment, InstallError
from tools.steps import StepError, Steps

ROOT = Path(__file__).parents[2]


def run_dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_all(steps: Steps, exit_statuses: dict[str, int]) -> None:
    for name, status in exit_statuses.items():
        steps.run(name, [sys.executable, "-c", f"import sys; sys.exit({status})"])


def test_an_old_python_is_told_which_one_is_needed() -> None:
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    pretend = f"import sys; sys.version_info = (3, 6, 9); exec({source!r})"
    run = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.startswith("peergym needs Python 3.11 or newer, and this is Python 3.6.")


def test_an_old_python_can_read_the_file_so_far() -> None:
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    newer_syntax = re.compile(r"\bf['\"]|:=|\bmatch |-> |__future__|print\(.*end=")
    assert not newer_syntax.search(source)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").touch()
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == module else find_spec(name, *rest),
    )
    with pytest.raises(InstallError, match="apt-get install python3-venv"):
        Environment(tmp_path).prepare()


@pytest.mark.parametrize("command", commands.COMMANDS)
def test_each_command_teaches_itself(command: str) -> None:
    run = run_dev(command, "--help")
    assert run.returncode == 0
    assert f"dev.py {command}" in run.stdout
    assert len(run.stdout.splitlines()) > 4


def test_the_makefile_has_the_same_commands() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets is not None
    assert set(targets[1].split()) == set(commands.COMMANDS)


def test_the_first_step_that_fails_is_the_last(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = Steps(tmp_path, {})
    with pytest.raises(StepError) as failure:
        run_all(steps, {"fine": 0, "broken": 7, "never": 0})
    steps.print_durations()
    shown = capfd.readouterr().out
    assert failure.value.exit_status == 7
    assert re.search(r"\d\.\d  broken", shown)
    assert "never" not in shown


def test_a_chromium_that_is_named_but_absent_is_not_replaced_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(chromium.VARIABLE, "/nowhere/chromium")
    with pytest.raises(chromium.ChromiumError, match="/nowhere/chromium"):
        chromium.find_chromium(Path(sys.executable))


def test_an_old_node_is_told_what_helps() -> None:
    node.check_version((22, 12))
    with pytest.raises(node.NodeError, match=r"needs Node\.js 22\.12 or newer.* brought 20\.19"):
        node.check_version((20, 19))
