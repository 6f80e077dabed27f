"""Any bytes as the state of a game, from another peer: refused whole, or restored exactly."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from peergym.envs import GameAdapter
from peergym.errors import EnvironmentContractError
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.rollback.canonical import decode, encode
from peergym.rollback.control import MAX_STATE_BYTES
from tests.fuzz.choices import EDGES, Choices
from tests.fuzz.values import spoil

FRAMES = 7  # that the game whose state is sent has played
DEEP = frozenset({"refused", "restored", "restored from canonical bytes"})


class Toybox:
    """A game whose state has one of everything, some of it in two places."""

    possible_agents = ("a", "b")

    def __init__(self) -> None:
        self.random = Random(1)
        self.steps = 0
        self.things: dict[Any, Any] = {}

    def action_space(self, agent: str) -> int:
        return 4

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        shared = [1, 2.5]
        self.random = Random(seed)
        self.steps = 0
        self.things = {
            "list": shared, "again": (shared, None), (1, "x"): {"deep": {"er": b"\0\1"}},
            "set": {1, 2}, "frozen": frozenset({"a"}), 3: -0.0, None: True, "big": 1 << 70,
        }  # fmt: skip
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.steps += 1
        self.things["list"].append(self.random.random())
        self.things["set"].add(sum(actions.values()))
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}


GAMES: tuple[Callable[[], Any], ...] = (Toybox, Pong, Chaos)


def reach(data: bytes) -> set[str]:
    """The bytes choose a game and spoil the bytes, or the values, of a state of it."""
    choices = Choices(data)
    make = choices.pick(GAMES)
    game, is_whole, sound = _game(make), choices.flag(), choices.below(4)
    state = _sent(make, is_whole)
    if sound == 1:
        state = choices.take(choices.left)
    elif sound == 2:
        state = choices.mutate(state)
    elif sound == 3:
        try:
            state = encode(spoil(decode(state), choices, EDGES))
        except EnvironmentContractError:
            return set()
    before = game.canonical(game.save())
    try:
        restored = game.restore(state)
    except EnvironmentContractError:
        assert game.canonical(game.save()) == before
        return {"refused"}
    assert game.canonical(game.save()) == before
    assert len(state) <= MAX_STATE_BYTES
    _check_exact(game, restored, state)
    return {"restored" if is_whole else "restored from canonical bytes"}


def _check_exact(game: GameAdapter, restored: object, state: bytes) -> None:
    """What was restored has the bytes that were sent, before and after it was loaded."""
    sent = decode(state)
    is_whole = sent.pop("layout", None) is not None
    assert game.canonical(restored) == encode(sent)
    own = game.save()
    game.load(restored)
    try:
        taken = game.save()
        assert (game.transfer(taken) if is_whole else game.canonical(taken)) == state
    finally:
        game.load(own)


@cache
def _game(make: Callable[[], Any]) -> GameAdapter:
    """The game of whoever receives, in a state of its own."""
    game = GameAdapter(make())
    game.reset(5)
    return game


@cache
def _sent(make: Callable[[], Any], is_whole: bool) -> bytes:
    """A sound state of another copy of the game."""
    donor = GameAdapter(make())
    donor.reset(9)
    for frame in range(FRAMES):
        donor.step(tuple(frame % 2 for _ in donor.input_bits))
    return donor.transfer(donor.save()) if is_whole else donor.canonical(donor.save())
