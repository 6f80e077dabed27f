"""The page on games of one's own does what it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import main
from peergym.envs import describe
from peergym.envs.effects import MOST_LATE_S, SAME_EFFECT_FRAMES
from peergym.games.catalogue import find_game
from tests.docs.test_snippets import ROOT, snippets

PAGE = ROOT / "docs/games.md"


def test_its_snippets_run_one_after_the_other() -> None:
    names: dict[str, Any] = {}
    codes = snippets(PAGE, "python")
    assert len(codes) == 3
    for code in codes:
        exec(compile(code, str(PAGE), "exec"), names)


def test_its_game_keeps_every_law(tmp_path: Path) -> None:
    file = tmp_path / "catch.py"
    file.write_text(snippets(PAGE, "python")[0])
    assert describe(find_game(f"{file}:Catch")).name == "Catch"


def test_its_figures_are_those_of_the_code() -> None:
    text = PAGE.read_text()
    assert f"moves it by up to {SAME_EFFECT_FRAMES} frames" in text
    assert f"later than {MOST_LATE_S} s, not at all" in text


@pytest.mark.parametrize("number", [0, 1, 2])
def test_its_lab_commands_play_one_history(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"^    (peergym lab .*?)(?:  .*)?$", PAGE.read_text(), re.MULTILINE)
    assert len(commands) == 3
    assert main([*shlex.split(commands[number])[1:], "--frames", "400", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["diverged"] == 0
    assert (figures["rollbacks"] > 0) == ("--window 0" not in commands[number])
