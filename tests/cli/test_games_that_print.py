"""What a game prints does not get into what a command writes for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peergym.cli import main

SOURCE = """
print("hello")


class Chatty:
    possible_agents = (0, 1)

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.frame = 0
        print("begun")

    def step(self, actions):
        self.frame += 1
        print("frame", self.frame)
        return {}, {}, {}, {}, {}
"""


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--quick", "--frames", "9", "--json", "-"],
        ["lab", "--frames", "60", "--json"],
    ],
)
def test_json_is_json_whatever_the_game_prints(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "chatty.py"
    path.write_text(SOURCE)
    assert main([command[0], f"{path}:Chatty", *command[1:]]) == 0
    printed = capsys.readouterr()
    assert isinstance(json.loads(printed.out), dict)
    assert "frame 1\n" in printed.err
