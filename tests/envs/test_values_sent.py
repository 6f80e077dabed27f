"""Objects that are values, such as named tuples, frozen dataclasses and keys, stay themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Flag
from typing import Any, NamedTuple

import pytest

from peergym.envs import GameAdapter
from peergym.errors import EnvironmentContractError


class Place(NamedTuple):
    x: int
    y: int


@dataclass(frozen=True)
class Frozen:
    x: int


@dataclass(frozen=True, slots=True)
class FrozenSlots:
    x: int
    y: float


class Values:
    """Keeps values and uses them as keys."""

    possible_agents = (0, 1)

    def action_space(self, agent: int) -> int:
        return 3

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.frame = 0
        self.place = Place(0, 0)
        self.visits: dict[Any, int] = {Frozen(0): 1}
        self.seen: set[FrozenSlots] = {FrozenSlots(0, 0.5)}
        self.latest = FrozenSlots(0, 1.5)

    def step(self, actions: dict[int, int]) -> Any:
        self.frame += 1
        self.place = Place(self.place.x + actions[0], self.place.y - actions[1])
        here = Frozen(self.place.x)
        self.visits[here] = self.visits.get(here, 0) + 1
        self.latest = FrozenSlots(self.place.y, self.frame / 2)
        self.seen.add(self.latest)
        return {}, {}, {}, {}, {}


def played(frames: int) -> GameAdapter:
    game = GameAdapter(Values())
    game.reset(1)
    for frame in range(frames):
        game.step((frame % 3, 1))
    return game


@pytest.mark.parametrize("frames", [0, 1, 9])
def test_values_are_found_again_under_their_keys_by_who_got_them(frames: int) -> None:
    sender, receiver = played(9), played(frames)
    receiver.load(receiver.restore(sender.transfer(sender.save())))
    assert receiver.env.visits == sender.env.visits
    assert receiver.env.latest in receiver.env.seen
    for frame in range(6):
        for game in (sender, receiver):
            game.step((frame % 3, 2))
        assert receiver.canonical(receiver.save()) == sender.canonical(sender.save())
    assert receiver.env.place == sender.env.place


def test_values_are_put_back() -> None:
    game = played(3)
    saved, before = game.save(), game.canonical(game.save())
    for _ in range(2):
        for _ in range(5):
            game.step((2, 1))
        game.load(saved)
        assert game.canonical(game.save()) == before
        assert game.env.visits[Frozen(game.env.place.x)] >= 1


def test_what_lies_too_deep_is_refused_in_a_sentence() -> None:
    game = played(0)
    game.env.deep = []
    for _ in range(5000):
        game.env.deep = [game.env.deep]
    with pytest.raises(EnvironmentContractError, match="recursion"):
        game.save()


class Stubborn:
    """Says of itself something that only it understands."""

    def __init__(self) -> None:
        self.x = 1

    def __getstate__(self) -> Any:
        return (self.x,)

    def __setstate__(self, state: Any) -> None:
        (self.x,) = state


class Odd(Values):
    def step(self, actions: dict[int, int]) -> Any:
        self.odd = Stubborn()
        return super().step(actions)


class Dated(Values):
    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed, options)
        self.price, self.day = Decimal("1.10"), date(2000, 2, 28)

    def step(self, actions: dict[int, int]) -> Any:
        self.price *= Decimal("1.5")
        self.day += timedelta(days=actions[0])
        return super().step(actions)


def test_what_says_of_itself_what_nobody_understands_is_no_reason_to_fail() -> None:
    game = GameAdapter(Odd())
    game.reset(1)
    game.step((1, 1))
    assert not game.can_restore()
    with pytest.raises(EnvironmentContractError, match="execute the episode"):
        GameAdapter(Odd()).restore(game.transfer(game.save()))


def test_dates_and_decimals_are_sent() -> None:
    sender, receiver = GameAdapter(Dated()), GameAdapter(Dated())
    for game in (sender, receiver):
        game.reset(1)
    for frame in range(5):
        sender.step((frame % 3, 0))
    receiver.load(receiver.restore(sender.transfer(sender.save())))
    assert (receiver.env.price, receiver.env.day) == (sender.env.price, sender.env.day)
    assert sender.can_restore()


class Suit(Flag):
    HEARTS = 1
    SPADES = 2


class Cards(Values):
    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed, options)
        self.suits, self.kind = Suit.HEARTS, Suit

    def step(self, actions: dict[int, int]) -> Any:
        self.suits = Suit(actions[0] + actions[1])
        return super().step(actions)


@pytest.mark.parametrize("held", [0, 1, 2, 3])
def test_several_flags_and_none_are_sent(held: int) -> None:
    sender, receiver = GameAdapter(Cards()), GameAdapter(Cards())
    for game in (sender, receiver):
        game.reset(1)
    sender.step((held // 2, held - held // 2))
    receiver.load(receiver.restore(sender.transfer(sender.save())))
    assert receiver.env.suits is Suit(held)
    assert receiver.env.kind is Suit
