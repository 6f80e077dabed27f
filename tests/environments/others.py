"""The environments of other people's that are tried here, by the names that a user would type."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.games.catalogue import find_game

MADE = Path(__file__).with_name("made.py")


@dataclass(frozen=True)
class Other:
    """One environment.

    Attributes:
        spec: What is typed.
        needs: The module it comes with; without it, the tests skip.
        seats: How many play.
    """

    spec: str
    needs: str
    seats: int = 2


OTHERS = {
    "mpe2 simple_spread": Other("mpe2.simple_spread_v3", "mpe2", 3),
    "mpe2 simple_tag": Other("mpe2.simple_tag_v3", "mpe2", 4),
    "cooperative pong": Other("parallel/butterfly/cooperative_pong-v6", "pettingzoo"),
    "knights archers zombies": Other(
        "pettingzoo.butterfly.knights_archers_zombies_v11", "pettingzoo", 4
    ),
    "connect four": Other("classic/connect_four-v3", "pettingzoo"),
    "rock paper scissors": Other("pettingzoo.classic.rps_v2", "pettingzoo"),
    "level-based foraging": Other("lbforaging:Foraging-8x8-2p-3f-v3", "lbforaging"),
    "cogrid overcooked": Other(f"{MADE}:cogrid_overcooked", "cogrid"),
    "overcooked-ai": Other(f"{MADE}:overcooked_ai", "overcooked_ai_py"),
    "slime volley": Other(f"{MADE}:SlimeVolley", "slimevolleygym"),
}

ALONE = {
    "cart pole": Other("CartPole-v1", "gymnasium", 1),
}
"""For one player, so that there is no match to play; put back they are all the same."""

ALL = {**OTHERS, **ALONE}


def game_of(name: str) -> type:
    """The class of a game, or a skip that says what is missing."""
    other = ALL[name]
    if importlib.util.find_spec(other.needs) is None:
        pytest.skip(f"{other.needs} is not installed: pip install 'peergym[environments]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of theirs
        return find_game(other.spec)


def started(name: str, seed: int) -> GameAdapter:
    """A game at its first frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = GameAdapter(game_of(name)())
        game.reset(seed)
    return game


def scripted(game: GameAdapter, draw: Any, frames: int) -> list[tuple[int, ...]]:
    """Inputs that people might give: held for a while, then changed."""
    held = [0] * game.players
    script = []
    for _ in range(frames):
        for player, count in enumerate(game.action_counts):
            if draw.random() < 0.4:
                held[player] = draw.randrange(count)
        script.append(tuple(held))
    return script
