"""A game that asks for portable maths gets it wherever its module says math, and nobody else."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import pytest

from peergym.envs import maths
from peergym.envs.maths.substitute import has_portable_maths, with_portable_maths
from peergym.envs.modules import load_file
from peergym.errors import EnvironmentContractError

GAME = """
import math
import math as m
from math import sin, floor as down
import random
TABLE = [sin(0.1 * n) for n in range(10)]
class Game:
    possible_agents = ["a"]
    metadata = METADATA
    def action_space(self, agent): return 2
    def reset(self, seed=None, options=None): return {}, {}
    def step(self, actions):
        import math as late
        from math import cos
        self.seen = (math, m, late, sin, cos, down, random)
        return {}, {}, {}, {}, {}
def helper(): return math
"""


def load(folder: Path, metadata: str, source: str = GAME) -> Any:
    path = folder / "game.py"
    path.write_text(source.replace("METADATA", metadata))
    return load_file(path).Game


def test_every_way_to_import_math_is_covered(tmp_path: Path) -> None:
    cls = with_portable_maths(load(tmp_path, '{"portable_maths": True}'))
    game = cls()
    game.step({})
    import random  # noqa: PLC0415

    assert game.seen == (maths, maths, maths, maths.sin, maths.cos, math.floor, random)
    module = sys.modules[cls.__module__]
    assert has_portable_maths(module)
    assert [maths.sin(0.1 * n) for n in range(10)] == module.TABLE
    assert module.helper() is maths
    assert module.Game is cls
    assert sys.modules["math"] is math
    assert with_portable_maths(cls) is cls


def test_a_class_made_of_what_the_module_defines_stays_what_it_is(tmp_path: Path) -> None:
    cls = with_portable_maths(load(tmp_path, '{"portable_maths": True}'))
    around = type(cls.__name__, (cls,), {"__module__": cls.__module__})
    assert with_portable_maths(around) is around


@pytest.mark.parametrize("metadata", ["{}", '{"portable_maths": False}', "None"])
def test_a_game_that_does_not_ask_keeps_math(tmp_path: Path, metadata: str) -> None:
    cls = load(tmp_path, metadata)
    assert with_portable_maths(cls) is cls
    game = cls()
    game.step({})
    assert game.seen[:4] == (math, math, math, math.sin)
    assert not has_portable_maths(sys.modules[cls.__module__])


def test_further_modules_are_covered_when_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "their_waves.py").write_text("import math\ndef wave(x): return math.sin(x)\n")
    source = f"from their_waves import wave\n{GAME}"
    cls = with_portable_maths(load(tmp_path, '{"portable_maths": ["their_waves"]}', source))
    assert sys.modules["their_waves"].math is maths
    assert sys.modules[cls.__module__].wave is sys.modules["their_waves"].wave
    del sys.modules["their_waves"]


def test_what_cannot_be_portable_is_refused_by_name(tmp_path: Path) -> None:
    wants_gamma = load(tmp_path, '{"portable_maths": True}', f"from math import gamma\n{GAME}")
    with pytest.raises(EnvironmentContractError, match="'gamma'"):
        with_portable_maths(wants_gamma)
    with pytest.raises(EnvironmentContractError, match="True, False or a list"):
        with_portable_maths(load(tmp_path, '{"portable_maths": "yes"}'))
