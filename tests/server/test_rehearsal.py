"""A game is tried out under what browsers have, as it is played and not only as it is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from peergym.errors import ConfigurationError
from peergym.server.pyodide_distribution import open_distribution
from peergym.server.rehearsal import rehearse

GAME = """
class Game:
    possible_agents = (0, 1)

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.frame = 0

    def step(self, actions):
        self.frame += 1
        over = dict.fromkeys(actions, self.frame >= 20)
        return {}, {}, over, {}, {}


class Fires(Game):
    def step(self, actions):
        if 2 in actions.values():
            import numpy
        return super().step(actions)


class Thinks(Game):
    def policy(self, agent):
        import numpy
        return 1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lazy.py"
    path.write_text(GAME)
    return path


@pytest.mark.parametrize("name", ["Fires", "Thinks"])
def test_a_library_that_is_imported_when_it_is_needed_is_found(file: Path, name: str) -> None:
    pytest.importorskip("numpy")
    lacks = rehearse(f"{file}:{name}", None, [], [])
    assert lacks.lacking == "numpy"
    has = rehearse(f"{file}:{name}", None, ["numpy"], [])
    assert has.error == ""
    assert "numpy" in has.modules


def test_a_game_that_needs_nothing_needs_nothing(file: Path) -> None:
    found = rehearse(f"{file}:Game", None, [], [])
    assert (found.error, found.lacking) == ("", "")
    assert "numpy" not in found.modules


def test_an_address_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be fetched"):
        open_distribution("http://no such host/", tmp_path)
