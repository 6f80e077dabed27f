"""A state that was sent comes back exactly, whatever data, generators and orders are in it."""

from __future__ import annotations

import copy
import math
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs import GameAdapter
from peergym.envs.encoding import layout_of
from peergym.errors import EnvironmentContractError
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.rollback.canonical import encode, first_difference

KEYS = st.one_of(
    st.text(max_size=4),
    st.integers(),
    st.booleans(),
    st.none(),
    st.floats(allow_nan=False),
    st.tuples(st.integers(), st.text(max_size=2)),
)
BIG = st.integers(-(1 << 300), 1 << 300)
GENERATORS = st.builds(Random, st.integers(0, 1 << 32))
LOOKALIKES = st.sampled_from(
    [
        ("random.Random", 1),
        ("numpy.ndarray", "f8", (1,), b"12345678"),
        ("numpy.generic",),
        ("tuple",),
        ("tuple", "tuple", ()),
    ]
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        BIG,
        st.floats(),
        st.sampled_from([0.0, -0.0, math.nan, math.inf]),
        st.text(max_size=8),
        st.binary(max_size=8),
        st.frozensets(BIG, max_size=3),
        GENERATORS,
        LOOKALIKES,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(KEYS, inner, max_size=4),
        st.sets(KEYS, max_size=4),
        # One object in several places.
        inner.map(lambda item: [item, (item, {"again": item})]),
    ),
    max_leaves=10,
)


class Holder:
    """A game whose state is one value, and a generator that nobody asks."""

    possible_agents = ("a", "b")

    def __init__(self) -> None:
        self.value: Any = None
        self.random = Random(1)

    def action_space(self, agent: str) -> int:
        return 2

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.value = None
        self.random = Random(seed)
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}


class OwnHolder(Holder):
    """The same, and says itself what its state is."""

    def get_state(self) -> Any:
        return copy.deepcopy(self.__dict__)

    def set_state(self, state: Any) -> None:
        self.__dict__.update(copy.deepcopy(state))


def orders(value: Any) -> Any:
    """The order of each dict within a value, types of the keys included."""
    if isinstance(value, dict):
        return [(repr(key), orders(item)) for key, item in value.items()]
    return [orders(item) for item in value] if isinstance(value, (list, tuple)) else None


@pytest.mark.parametrize("kind", [Holder, OwnHolder])
@given(value=VALUES)
def test_any_state_is_restored_exactly_in_another_copy_of_the_game(kind: type, value: Any) -> None:
    donor, joiner = GameAdapter(kind()), GameAdapter(kind())
    donor.reset(3)
    donor.env.value = value
    state = donor.save()
    canonical = donor.canonical(state)
    restored = joiner.restore(donor.transfer(state))
    assert joiner.canonical(restored) == canonical
    for _ in range(2):
        joiner.load(restored)
        assert joiner.canonical(joiner.save()) == canonical
        assert orders(joiner.env.value) == orders(value)
        assert layout_of(joiner.env.value) == layout_of(value)
    assert joiner.transfer(joiner.save()) == donor.transfer(state)


@given(value=VALUES)
def test_canonical_bytes_alone_restore_what_they_say(value: Any) -> None:
    donor, joiner = GameAdapter(Holder()), GameAdapter(Holder())
    donor.reset(3)
    donor.env.value = value
    data = donor.canonical(donor.save())
    assert joiner.canonical(joiner.restore(data)) == data


@pytest.mark.parametrize("kind", [Holder, OwnHolder])
def test_generators_go_on_as_they_would_have_gone_on_at_home(kind: type) -> None:
    donor, joiner = GameAdapter(kind()), GameAdapter(kind())
    donor.reset(3)
    donor.env.random.gauss(0, 1)  # leaves a second number for the next call
    donor.env.value = {"mine": Random(8)}
    donor.env.value["again"] = donor.env.value["mine"]
    joiner.load(joiner.restore(donor.transfer(donor.save())))
    there, here = donor.env, joiner.env
    assert [there.random.gauss(0, 1), there.random.random()] == [
        here.random.gauss(0, 1),
        here.random.random(),
    ]
    assert here.value["mine"] is here.value["again"]
    assert here.value["mine"].random() == there.value["mine"].random()


def test_a_state_restored_later_is_not_touched_by_the_game_it_was_restored_in() -> None:
    donor, joiner = GameAdapter(Holder()), GameAdapter(Holder())
    donor.reset(3)
    donor.env.value = [[1], {"a": Random(5)}]
    restored = joiner.restore(donor.transfer(donor.save()))
    before = joiner.canonical(restored)
    joiner.load(restored)
    joiner.env.value[0].append(2)
    joiner.env.value[1]["a"].random()
    assert joiner.canonical(restored) == before


@pytest.mark.parametrize("make", [Pong, lambda: Chaos(3)])
def test_bundled_games_go_on_from_a_restored_state_as_if_nothing_had_been(make: Any) -> None:
    donor, joiner = GameAdapter(make()), GameAdapter(make())
    assert donor.can_restore()
    donor.reset(11)
    joiner.reset(11)
    for frame in range(400):
        inputs = tuple((frame // 7 + player) % 3 for player in range(donor.players))
        if frame == 250:
            joiner.load(joiner.restore(donor.transfer(donor.save())))
        donor.step(inputs)
        if frame >= 250:
            joiner.step(inputs)
            assert joiner.canonical(joiner.save()) == donor.canonical(donor.save())
    assert first_difference(donor.plain(donor.save()), joiner.plain(joiner.save())) is None


def test_who_has_finished_is_restored_as_well() -> None:
    donor, joiner = GameAdapter(Pong(), {"score_to_win": 1}), GameAdapter(Pong())
    donor.reset(1)
    while not donor.terminated:
        donor.step((0, 0))
    joiner.load(joiner.restore(donor.transfer(donor.save())))
    assert joiner.terminated


def test_restoring_leaves_the_game_as_it_was() -> None:
    donor, joiner = GameAdapter(Pong()), GameAdapter(Pong())
    donor.reset(5)
    joiner.reset(6)
    for _ in range(150):
        donor.step((1, 2))
    before = joiner.canonical(joiner.save())
    joiner.restore(donor.transfer(donor.save()))
    assert joiner.canonical(joiner.save()) == before
    assert donor.canonical(donor.save()) != before


class Late(Holder):
    """A game that has some of its attributes only once it needs them."""

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.effects = ["start"]
        return super().reset(seed, options)

    def step(self, actions: dict[str, int]) -> Any:
        self.frames = getattr(self, "frames", 0) + 1
        self.effects.append("step")
        if self.frames == 100:
            self.winner = "a"
        return super().step(actions)


def test_attributes_that_the_first_step_makes_are_known_to_a_game_at_its_start() -> None:
    donor, joiner = GameAdapter(Late()), GameAdapter(Late())
    donor.reset(1)
    for _ in range(50):
        donor.step((1, 0))
    sent = donor.transfer(donor.save())
    joiner.reset(1)
    joiner.env.effects.append("mine")
    before = joiner.canonical(joiner.save())
    joiner.load(joiner.restore(sent))
    assert joiner.transfer(joiner.save()) == sent
    assert before != joiner.canonical(joiner.save())
    assert joiner.take_effects() == ["mine"], "and nobody hears of that step"


def test_a_game_that_never_began_can_take_such_a_state_and_goes_on_from_its_start() -> None:
    donor, joiner = GameAdapter(Late()), GameAdapter(Late())
    donor.reset(0)
    begun = donor.canonical(donor.save())
    donor.step((0, 0))
    state = joiner.restore(donor.transfer(donor.save()))
    assert joiner.canonical(joiner.save()) == begun
    joiner.load(state)
    assert joiner.canonical(joiner.save()) == donor.canonical(donor.save())


def test_an_attribute_that_appears_later_is_refused_by_its_name() -> None:
    donor, joiner = GameAdapter(Late()), GameAdapter(Late())
    donor.reset(1)
    for _ in range(100):
        donor.step((1, 0))
    with pytest.raises(EnvironmentContractError, match="after reset nor after a step") as caught:
        joiner.restore(donor.transfer(donor.save()))
    assert caught.value.path == ".winner"


def test_with_canonical_bytes_alone_dicts_take_the_order_of_our_own() -> None:
    donor, joiner = GameAdapter(Holder()), GameAdapter(Holder())
    donor.reset(1)
    joiner.reset(1)
    donor.env.value = {"z": 1, "a": {2: 0, 1: 0}, 300: 0, 255: 0}
    joiner.env.value = {"z": 2, 7: 0, "a": {2: 9, 1: 9}}
    data = donor.canonical(donor.save())
    joiner.load(joiner.restore(data))
    assert list(joiner.env.value) == ["z", "a", 255, 300]
    assert list(joiner.env.value["a"]) == [2, 1]
    joiner.load(joiner.restore(donor.transfer(donor.save())))
    assert list(joiner.env.value) == ["z", "a", 300, 255]


def test_canonical_bytes_alone_are_refused_by_a_game_that_shares_an_object() -> None:
    donor, joiner = GameAdapter(Holder()), GameAdapter(Holder())
    for game in (donor, joiner):
        game.reset(1)
        shared = [1]
        game.env.value = [shared, shared]
    with pytest.raises(EnvironmentContractError, match="holds one object in two places"):
        joiner.restore(donor.canonical(donor.save()))
    joiner.load(joiner.restore(donor.transfer(donor.save())))
    assert joiner.env.value[0] is joiner.env.value[1]


def test_a_tuple_that_looks_like_a_generator_is_told_from_one() -> None:
    game = GameAdapter(Holder())
    game.reset(1)
    generator = Random(4)
    game.env.value = generator
    real = game.canonical(game.save())
    game.env.value = ("random.Random", generator.getstate())
    assert game.canonical(game.save()) != real
    data = game.transfer(game.save())
    game.load(game.restore(data))
    assert type(game.env.value) is tuple


class Rounding(OwnHolder):
    """Does not take over what it is given."""

    def set_state(self, state: Any) -> None:
        super().set_state(state)
        if isinstance(self.value, float):
            self.value = round(self.value)


class Handle(OwnHolder):
    """Its state holds what only this process understands."""

    def get_state(self) -> Any:
        return {"value": self.value, "random": object()}


def test_a_game_says_whether_its_states_can_be_sent() -> None:
    assert GameAdapter(Holder()).can_restore()
    assert GameAdapter(OwnHolder()).can_restore()
    assert not GameAdapter(Handle()).can_restore()
    rounding = GameAdapter(Rounding())
    rounding.reset(1)
    rounding.env.value = 0.5
    assert not rounding.can_restore()
    assert rounding.env.value == 0  # what its own set_state made of it, not ours
    rounding.env.value = 0.5
    sent = rounding.transfer(rounding.save())
    with pytest.raises(EnvironmentContractError, match=r"changes this state.*\.value"):
        rounding.restore(sent)


def test_options_and_seed_are_not_needed_to_read_a_state_but_to_play_on() -> None:
    donor = GameAdapter(Pong(), {"ball_speed": 9})
    donor.reset(1)
    joiner = GameAdapter(Pong(), {"ball_speed": 3})
    restored = joiner.restore(donor.transfer(donor.save()))
    assert joiner.canonical(restored) == donor.canonical(donor.save())


def test_plain_bytes_of_a_state_are_the_same_as_before_they_were_sent() -> None:
    game = GameAdapter(Holder())
    game.reset(1)
    game.env.value = {"tuple": (1, [2]), "big": 1 << 900, "zero": -0.0}
    plain = game.plain(game.save())
    assert plain["state"]["value"] == game.env.value
    assert encode(plain) == game.canonical(game.save())


class Spawning(Holder):
    """Draws for each of its things, in the order in which they came."""

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed, options)
        self.value = {}
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        for name in self.value:
            self.value[name] += self.random.randrange(10)
        self.value.setdefault(self.random.randrange(1000), 0)
        return super().step(actions)


def test_a_game_that_goes_by_the_order_of_a_dict_needs_more_than_canonical_bytes() -> None:
    def course_from(data: bytes, game: GameAdapter) -> bytes:
        game.reset(3)
        game.load(game.restore(data))
        for _ in range(20):
            game.step((0, 0))
        return game.canonical(game.save())

    donor = GameAdapter(Spawning())
    donor.reset(3)
    for _ in range(10):
        donor.step((0, 0))
    sent, canonical = donor.transfer(donor.save()), donor.canonical(donor.save())
    for _ in range(20):
        donor.step((0, 0))
    truth = donor.canonical(donor.save())
    assert course_from(sent, GameAdapter(Spawning())) == truth
    assert course_from(canonical, GameAdapter(Spawning())) != truth
