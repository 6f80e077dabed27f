"""Whoever does what the tutorial says has an environment online at the end."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from peergym.cli import main
from peergym.envs import describe
from peergym.games.catalogue import find_game
from tests.docs.test_snippets import ROOT, snippets

PAGE = ROOT / "docs/tutorial.md"
COMMANDS = [line for code in snippets(PAGE, "sh") for line in code.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which somebody has saved what the page says."""
    environment, drawing, view = snippets(PAGE, "python")
    (tmp_path / "tug.py").write_text(f"{environment}\n{drawing}")
    (tmp_path / "view.py").write_text(view)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_its_environment_is_the_one_in_the_examples_and_has_twenty_lines(folder: Path) -> None:
    saved, example = (folder / "tug.py").read_text(), (ROOT / "examples/tug.py").read_text()
    assert example.endswith(saved)
    lines = [line for line in snippets(PAGE, "python")[0].splitlines() if line.strip()]
    assert len(lines) <= 20


def test_it_keeps_every_law_with_and_without_its_drawings(folder: Path) -> None:
    assert describe(find_game("tug.py:Tug")).name == "Tug of war"
    assert describe(find_game("tug.py:Tug drawn by view.py:draw")).players == 2
    (folder / "bare.py").write_text(snippets(PAGE, "python")[0])
    assert describe(find_game("bare.py:Tug")).players == 2


def test_its_check_says_that_it_is_fit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = [line for line in COMMANDS if line.startswith("peergym check")]
    assert main([*shlex.split(command)[1:], "--frames", "120", "--no-browser"]) == 0
    assert "can be played with rollback" in re.sub(r"\s+", " ", capsys.readouterr().out)


def test_its_lab_finds_one_history(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = [line for line in COMMANDS if line.startswith("peergym lab")]
    assert main(shlex.split(command)[1:]) == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "All peers share one history, and it is the right one." in told


def test_it_would_be_served(folder: Path) -> None:
    from peergym.server.runtime import make_served_runtime  # noqa: PLC0415 - slow to import
    from peergym.server.settings import PACKAGE_DIR  # noqa: PLC0415

    commands = re.findall(r"^ *(peergym play tug\S+.*)$", PAGE.read_text(), re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        words = shlex.split(command)[2:]
        spec = words[0] if len(words) == 1 else f"{words[0]} drawn by {words[2]}"
        assert make_served_runtime(spec, PACKAGE_DIR, folder).surroundings.is_plain
