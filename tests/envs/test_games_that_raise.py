"""What a game raises is told in a sentence with the line of its own, wherever it is called from."""

from __future__ import annotations

from pathlib import Path

import pytest

from peergym.cli import main
from peergym.envs import load_game
from peergym.envs.raised import place_of_game_error
from peergym.errors import ConfigurationError, EnvironmentContractError

SOURCE = """\
import json


class Space:
    n = 2


class Game:
    possible_agents = ("red", "blue")

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.frame = 0

    def step(self, actions):
        self.frame += 1
        if self.frame == 9:
            self.fall()
        return {}, {}, {}, {}, {}

    def fall(self):
        raise RuntimeError("the moon fell down")


class Walk:
    action_space = Space()

    def reset(self, *, seed=None, options=None):
        return 0, {}

    def step(self, action):
        json.loads("{")


class Three(Walk):
    def step(self, action):
        return 1, 2, 3


class Nothing(Walk):
    def step(self, action):
        return None
"""


@pytest.fixture
def game_file(tmp_path: Path) -> Path:
    path = tmp_path / "moon.py"
    path.write_text(SOURCE)
    return path


@pytest.mark.parametrize("command", ["lab", "play"])
def test_the_command_line_says_in_which_line(
    game_file: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--frames", "60"] if command == "lab" else ["--no-browser"]
    assert main([command, f"{game_file}:Game", *more]) == 2
    told = capsys.readouterr().err
    assert "RuntimeError: the moon fell down (moon.py:24, in fall)" in told
    assert "Traceback" not in told


def test_an_environment_that_raises_in_a_library_is_told_its_own_line(game_file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"JSONDecodeError.*\(moon.py:34, in step\)"):
        load_game(f"{game_file}:Walk")


@pytest.mark.parametrize(
    ("name", "shown"), [("Three", r"3 values: \(1, 2, 3\)"), ("Nothing", "None")]
)
def test_a_step_that_returns_something_else_is_told_what_is_expected(
    game_file: Path, name: str, shown: str
) -> None:
    with pytest.raises(EnvironmentContractError, match=f"{name}.step must return .* {shown}"):
        load_game(f"{game_file}:{name}")


def test_an_error_of_our_own_is_no_games() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_game("no_such_module:Game")
    assert place_of_game_error(caught.value) == ""
