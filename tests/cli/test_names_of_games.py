"""Games and files may be called as people like, whatever the terminal can print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = """
class Bär:
    possible_agents = ("Ümit", "李")

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.größe = {"ß": 0}

    def step(self, actions):
        self.größe["ß"] += sum(actions.values())
        return {}, {}, {}, {}, {}
"""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_letters_that_a_terminal_lacks_are_no_trouble(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "spiel größe-1.py"
    path.write_text(SOURCE, encoding="utf-8")
    command = [sys.executable, "-m", "peergym", "check", f"{path}:Bär", "--quick", "--frames", "9"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert ("Bär" if encoding == "utf-8" else "B?r").encode(encoding) in done.stdout
