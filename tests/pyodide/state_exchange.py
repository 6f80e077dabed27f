"""Play some frames and write the states down, or go on from states that somebody else wrote.

    python -m state_exchange make FOLDER
    python -m state_exchange take FOLDER

Prints, for each game, the checksum at the exchange and that of some frames later. Runs natively
and under Pyodide; whoever wrote the states, the figures are the same.
"""

from __future__ import annotations

import json
import sys
from math import inf, nan
from pathlib import Path
from random import Random
from typing import Any

from peergym.envs import GameAdapter
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.rollback.canonical import checksum

EXCHANGE_FRAME = 300
LAST_FRAME = 500


class Satchel:
    """Holds whatever is hard to send, and goes by all of it: orders, shared lists, odd numbers."""

    metadata: dict[str, Any] = {}
    possible_agents = ("a", "b")

    def action_space(self, agent: str) -> int:
        return 4

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.random = Random(seed)
        self.coins: dict[Any, float] = {}
        self.shelf: list[float] = []
        self.hand = self.shelf
        self.oddities = (-0.0, nan, inf, -inf, 5e-324, 1 << 200, True, "ä", b"\x00", (1, [1]))
        self.log = 1
        self.total = 0.0

    def step(self, actions: dict[str, int]) -> Any:
        for agent, action in actions.items():
            draw = self.random.random()
            if action == 1:
                keys = (agent, draw, len(self.coins), (agent, action))
                self.coins[self.random.choice(keys)] = draw
            elif action == 2:
                self.hand.append(draw)
            elif self.coins:
                self.coins.pop(next(iter(self.coins)))
        self.log = (self.log * 31 + len(self.shelf) + len(self.coins)) % (1 << 90)
        self.total = 0.0
        for coin in self.coins.values():  # in which order, the last bits tell
            self.total += coin
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}


GAMES = {"pong": Pong, "chaos": Chaos, "satchel": Satchel}


def play(game: GameAdapter, first: int, last: int) -> None:
    """Step, with inputs that depend on the frame alone."""
    for frame in range(first, last):
        draw = Random(frame)
        game.step(tuple([draw.randrange(count) for count in game.action_counts]))


def checksum_of(game: GameAdapter) -> str:
    return f"{checksum(game.canonical(game.save())):016x}"


def make(name: str, path: Path) -> list[str]:
    """Play, write the state, and play on."""
    game = GameAdapter(GAMES[name]())
    game.reset(7)
    play(game, 0, EXCHANGE_FRAME)
    path.write_bytes(game.transfer(game.save()))
    return go_on(game)


def take(name: str, path: Path) -> list[str]:
    """Go on from a state, in a game that has never been played."""
    game = GameAdapter(GAMES[name]())
    game.load(game.restore(path.read_bytes()))
    return go_on(game)


def go_on(game: GameAdapter) -> list[str]:
    at_exchange = checksum_of(game)
    play(game, EXCHANGE_FRAME, LAST_FRAME)
    return [at_exchange, checksum_of(game)]


if __name__ == "__main__":
    action, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    do = {"make": make, "take": take}[action]
    print(json.dumps({name: do(name, folder / name) for name in GAMES}))
