"""What only its own library can copy is refused, with its path, the reason and the alternative."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import pytest

from peergym.envs import GameAdapter, describe
from peergym.errors import EnvironmentContractError
from peergym.games.catalogue import find_game

MADE = Path(__file__).with_name("made.py")


@pytest.mark.parametrize(
    ("spec", "needs", "path", "handle"),
    [
        (f"{MADE}:magent_battle", "magent2", ".game", "ctypes.c_void_p"),
        ("LunarLander-v3", "Box2D", ".world.this", "SwigPyObject"),
    ],
)
def test_native_handles_are_refused(spec: str, needs: str, path: str, handle: str) -> None:
    if importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed: pip install 'peergym[environments]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of theirs
        game = find_game(spec)()
        with pytest.raises(EnvironmentContractError, match=f"{handle} cannot be saved") as refused:
            GameAdapter(game)
    assert refused.value.path.endswith(path)
    assert "pickle" in str(refused.value)  # the library's own reason
    assert "lockstep" in str(refused.value)


def test_it_is_played_in_lockstep_instead() -> None:
    if importlib.util.find_spec("Box2D") is None:
        pytest.skip("Box2D is not installed: pip install 'peergym[environments]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cls = find_game(f"{MADE}:lander")
        assert describe(cls).is_lockstep
        courses = []
        for actions in ((1, 2), (1, 2), (1, 3)):
            game = GameAdapter(cls())
            game.reset(4)
            for frame in range(40):
                game.step((actions[frame % 2],))
            courses.append(game.canonical(game.save()))
    assert courses[0] == courses[1] != courses[2]
