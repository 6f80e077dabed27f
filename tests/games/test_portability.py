"""Bundled games compute the same bits on every platform and in every process."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import peergym.games

GAMES = Path(peergym.games.__file__).parent
SOURCES = sorted(GAMES.rglob("*.py"))
PACKAGE_ROOT = GAMES.parents[1]

PORTABLE_MATHS = {"sqrt", "floor", "ceil", "fsum", "isfinite", "isnan", "fmod", "hypot", "dist"}
PORTABLE_RANDOM = {
    "random", "getrandbits", "randrange", "randint", "uniform", "normalvariate", "triangular",
    "choice", "choices", "sample", "shuffle", "randbytes", "getstate", "setstate",
}  # fmt: skip
TRAPS = {"sum", "hash", "id", "pow", "set", "frozenset", "open", "vars", "globals"}
FORBIDDEN_MODULES = {"time", "datetime", "os", "secrets", "uuid", "numpy", "threading", "cmath"}


def offences(tree: ast.AST) -> list[str]:
    """Return what in a module might differ between platforms or processes."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="math", names=names):
                found += [name.name for name in names if name.name not in PORTABLE_MATHS]
            case ast.ImportFrom(module="random", names=names):
                found += [name.name for name in names if name.name != "Random"]
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in FORBIDDEN_MODULES:
                found.append(module)
            case ast.Import(names=names):
                bare = FORBIDDEN_MODULES | {"math", "random"}
                found += [name.name for name in names if name.name.split(".")[0] in bare]
            case ast.BinOp(op=ast.Pow()) | ast.AugAssign(op=ast.Pow()):
                found.append("**")
            case ast.Set() | ast.SetComp():
                found.append("a set")
            case ast.Call(func=ast.Name(id=name)) if name in TRAPS:
                found.append(f"{name}()")
            case ast.Attribute(value=ast.Name(id="random"), attr=name):
                found += [name] if name not in PORTABLE_RANDOM else []
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(GAMES)))
def test_games_use_only_portable_operations(path: Path) -> None:
    assert offences(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "from math import sin", "import math", "from random import random", "import random",
        "random.gauss(0, 1)", "x ** 2", "sum([0.1])", "hash('a')", "{1, 2}", "import time",
        "from numpy import array", "for x in set(y): pass", "x **= 0.5",
    ],
)  # fmt: skip
def test_the_traps_are_found(source: str) -> None:
    assert offences(ast.parse(source))


PLAY = """
import hashlib, sys
from random import Random
from peergym.envs import GameAdapter, Surface
from peergym.games.catalogue import BUNDLED, find_game
digest = hashlib.blake2b(digest_size=16)
for name in sorted(BUNDLED):
    env = find_game(name)()
    game = GameAdapter(env)
    random = Random(5)
    for seed in (0, 1 << 63):
        game.reset(seed)
        for frame in range(3000):
            inputs = [random.randrange(1 << bits) for bits in game.input_bits]
            if game.has_policy() and frame % 5:
                inputs = [game.policy(player) for player in range(game.players)]
            game.step(tuple(inputs))
            digest.update(game.canonical(game.save()))
            digest.update("".join(game.take_effects()).encode())
            if frame % 50 == 0:
                surface = Surface(800, 600)
                game.draw(surface, 0)
                digest.update(surface.encode())
print(digest.hexdigest())
"""


def test_every_process_computes_the_same_whatever_its_hash_seed() -> None:
    digests = set()
    for hash_seed in ("0", "1", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(PACKAGE_ROOT)}
        run = subprocess.run(
            [sys.executable, "-c", PLAY],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        digests.add(run.stdout)
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 32
