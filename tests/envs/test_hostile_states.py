"""A state from a stranger is refused with its path, runs nothing, and leaves the game as it was."""

from __future__ import annotations

import copy
import os
import pickle
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs import GameAdapter
from peergym.errors import EnvironmentContractError
from peergym.games.pong import Pong
from peergym.rollback.canonical import decode, encode
from tests.wire.strategies import values

RAN: list[str] = []


class Arena:
    """A bit of everything."""

    possible_agents = ("a", "b")

    def __init__(self) -> None:
        self.effects: list[str] = []

    def action_space(self, agent: str) -> int:
        return 2

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.random = Random(seed)
        self.ball = {"x": 1.0, "speed": 3, "trail": [(0.0, 0.0)]}
        self.scores = [0, 0]
        self.pair = (1, "serve")
        self.names = {"left", "right"}
        self.winner: Any = None
        self.inventory: dict[str, int] = {}
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.ball["x"] += self.random.random()  # type: ignore[operator]
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}


class OwnArena(Arena):
    """The same with methods of its own, which trust what they are given."""

    def get_state(self) -> Any:
        state = copy.deepcopy(self.__dict__)
        del state["effects"]
        return state

    def set_state(self, state: Any) -> None:
        for name, value in copy.deepcopy(state).items():
            setattr(self, name, value)


def started(kind: type) -> GameAdapter:
    game = GameAdapter(kind())
    game.reset(9)
    game.step((0, 1))
    return game


def generator(change: Callable[[list[int]], Any]) -> Any:
    version, words, gauss = Random(1).getstate()
    changed = list(words)
    change(changed)
    return ("random.Random", (version, tuple(changed), gauss))


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Returns what puts ``value`` at a path such as ``ball.x``."""

    def change(state: dict[str, Any]) -> None:
        *way, last = path.split(".")
        place: Any = state
        for name in way:
            place = place[name]
        place[last] = value

    return change


REFUSED: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    (".step", put("step", 1), "not in this game's own state"),
    (".__class__", put("__class__", "Arena"), "not in this game's own state"),
    (".__dict__", put("__dict__", {}), "not in this game's own state"),
    (".effects", put("effects", []), "not in this game's own state"),
    ("[7]", lambda state: state.update({7: 1}), "not in this game's own state"),
    (".winner", lambda state: state.pop("winner"), "missing"),
    (".ball", put("ball", [1.0]), "is a list, where this game has a dict"),
    (".ball.x", put("ball.x", "1.0"), "is a str, where this game has a number"),
    (".ball.x", put("ball.x", b"1"), "is a bytes, where this game has a number"),
    (".ball.speed", put("ball.speed", [3]), "is a list, where this game has a number"),
    (".ball.__class__", put("ball.__class__", "x"), "a name of Python's own"),
    (".ball.trail[0]", put("ball.trail", [1.0]), "is a number, where this game has a tuple"),
    (".inventory.__init__", put("inventory.__init__", 1), "a name of Python's own"),
    (".winner[0].__reduce__", put("winner", [{"__reduce__": 1}]), "a name of Python's own"),
    (".scores", put("scores", (0, 0)), "is a tuple, where this game has a list"),
    (".scores[1]", put("scores", [0, "1"]), "is a str, where this game has a number"),
    (".pair[1]", put("pair", (1, 2)), "is a number, where this game has a str"),
    (".names{}", put("names", {"left", 3}), "is a number, where this game has a str"),
    (".random", put("random", 5), "is a number, where this game has a random.Random"),
    (".random", put("random", Random(1).getstate()), "is a tuple"),
    (".random", put("random", ("random.Random",)), "no state of a random.Random"),
    (".random", put("random", ("random.Random", ())), "no state of a random.Random"),
    (".random", put("random", generator(lambda words: words.pop())), "no state of"),
    (".random", put("random", generator(lambda words: words.append(1))), "no state of"),
    (".random", put("random", generator(lambda words: words.__setitem__(0, -1))), "no state of"),
    (".random", put("random", generator(lambda words: words.__setitem__(5, 1 << 32))), "no state"),
    (".random", put("random", generator(lambda words: words.__setitem__(5, True))), "no state"),
    (".random", put("random", generator(lambda words: words.__setitem__(9, 0.5))), "no state of"),
    (".random", put("random", generator(lambda words: words.__setitem__(624, 625))), "no state"),
    (".random", put("random", ("random.Random", (2, *Random(1).getstate()[1:]))), "no state of"),
    (".random", put("random", ("random.Random", (*Random(1).getstate()[:2], "x"))), "no state of"),
    (".winner", put("winner", ("random.Random", (3, (), None))), "no state of a random.Random"),
    (".winner", put("winner", ("numpy.ndarray",)), "is no array"),
    (".winner", put("winner", ("numpy.generic",)), "is no number of NumPy's"),
    ("", put("winner", ("tuple", 1)), "not written as this game's states are"),
]


@pytest.mark.parametrize("kind", [Arena, OwnArena])
@pytest.mark.parametrize(("path", "change", "message"), REFUSED)
@pytest.mark.parametrize("form", ["transfer", "canonical"])
def test_what_does_not_fit_is_refused_with_its_path_and_changes_nothing(
    kind: type, path: str, change: Callable[[dict[str, Any]], Any], message: str, form: str
) -> None:
    game = started(kind)
    state = game.save()
    data = game.transfer(state) if form == "transfer" else game.canonical(state)
    before = game.canonical(state)
    assert game.canonical(game.restore(data)) == before, "it is the change that is refused"
    plain = decode(data)
    change(plain["state"])
    with pytest.raises(EnvironmentContractError, match=message) as refused:
        game.restore(encode(plain))
    assert refused.value.path == path
    assert game.canonical(game.save()) == before
    game.step((0, 1))


def test_what_may_change_in_the_course_of_a_game_is_no_offence() -> None:
    game = started(Arena)
    plain = decode(game.canonical(game.save()))
    state = plain["state"]
    state["winner"] = ("left", {"by": 3})
    state["ball"]["speed"] = 3.5
    state["ball"]["spin"] = [0.1]
    state["ball"]["trail"] += [(1.0, 2), (3.0, 4.0)]
    state["scores"] = [1.0, True, None]
    state["inventory"] = {"sword": 1}
    state["pair"] = None
    state["names"] = set()
    data = encode(plain)
    assert game.canonical(game.restore(data)) == data


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {},
        {"state": {}},
        {"finished": 0},
        {"finished": 0, "state": {}, "more": 1},
        {"finished": 4, "state": {}},
        {"finished": -1, "state": {}},
        {"finished": True, "state": {}},
        {"finished": 0, "state": []},
        {"finished": 0, "state": 1 << 100_000},
        {"finished": 1 << 100_000, "state": {}},
        {"finished": 0, "state": {}, "layout": None},
    ],
    ids=range(13),
)
def test_what_is_no_state_of_a_game_at_all_is_refused(plain: Any) -> None:
    game = started(Arena)
    before = game.canonical(game.save())
    with pytest.raises(EnvironmentContractError):
        game.restore(encode(plain))
    assert game.canonical(game.save()) == before


@pytest.mark.parametrize(
    "layout",
    [
        1,
        (),
        ((),),
        ((), ()),
        ((), (), ()),
        [(), ()],
        (((0,), ()), ()),
        (((), (), (0, 1, 2)), ()),
        (((), (), (5, 6, 7)), ()),
        (((2, 1, 0), (2, 1, 1), ()), ()),
        (((), (), (), ()), ()),
        (((), (), ()), ((1, 1),)),
        (((), (), ()), ((1, 2),)),
        (((), (), ()), ((2, -1),)),
        (((), (), ()), ((2, 0),)),
        (((), (), ()), ((99, 0),)),
        (((), (), ()), ((2, True),)),
        (((), (), ()), ((2,),)),
        (((), (), ()), (2,)),
        (((), (), ("x", 1, 2)), ()),
    ],
    ids=repr,
)
def test_a_layout_that_is_not_that_of_the_state_is_refused(layout: Any) -> None:
    game = started(Arena)
    plain = decode(game.transfer(game.save()))
    assert len(plain["layout"][0]) == 3, "three dicts, or the table below means nothing"
    plain["layout"] = layout
    before = game.canonical(game.save())
    with pytest.raises(EnvironmentContractError, match=r"layout|shares"):
        game.restore(encode(plain))
    assert game.canonical(game.save()) == before


class Trap:
    def __reduce__(self) -> Any:
        return (RAN.append, ("unpickled",))


def test_no_pickle_is_ever_loaded() -> None:
    game = started(Arena)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(EnvironmentContractError, match="no state"):
            game.restore(pickle.dumps(Trap(), protocol))
        plain = decode(game.canonical(game.save()))
        plain["state"]["winner"] = pickle.dumps(Trap(), protocol)
        game.load(game.restore(encode(plain)))
        assert game.env.winner == plain["state"]["winner"], "bytes stay bytes"
    assert RAN == []


def test_a_state_that_is_too_large_too_deep_or_too_rich_is_refused() -> None:
    game = started(Arena)
    deep = b"\x09\x01" * 100_000 + b"\x00"
    rich = b"\x09\x80\x80\x40" + b"\x09\x00" * (1 << 20)
    huge = encode({"finished": 0, "state": {"winner": b"x" * (5 << 20)}})
    for data in (deep, rich, huge, b"\x0b\xff\xff\xff\xff\x0f", b"", os.urandom(64)):
        with pytest.raises(EnvironmentContractError, match="no state"):
            game.restore(data)


class Choosy(OwnArena):
    """Fails halfway through what it is given."""

    def set_state(self, state: Any) -> None:
        super().set_state({"winner": state["winner"]})
        if state["winner"] is not None:
            raise KeyError(state["winner"])
        super().set_state(state)


def test_a_game_that_stumbles_over_a_state_is_put_back() -> None:
    game = started(Choosy)
    before = game.canonical(game.save())
    for winner in ("nobody", 10**5000):
        plain = decode(before)
        plain["state"]["winner"] = winner
        with pytest.raises(EnvironmentContractError, match="cannot load this state: KeyError"):
            game.restore(encode(plain))
        assert game.canonical(game.save()) == before


GAME = started(Arena)
DATA = GAME.transfer(GAME.save())
BEFORE = GAME.canonical(GAME.save())


def try_to_restore(game: GameAdapter, data: bytes) -> None:
    """Either it is refused, or it comes back exactly; in both cases nothing has changed."""
    before = game.canonical(game.save())
    try:
        state = game.restore(data)
    except EnvironmentContractError:
        pass
    else:
        plain = decode(data)
        plain.pop("layout", None)
        assert game.canonical(state) == encode(plain)
    assert game.canonical(game.save()) == before


@given(st.integers(0, len(DATA) * 8 - 1))
def test_every_flipped_bit_is_refused_or_a_state(bit: int) -> None:
    data = bytearray(DATA)
    data[bit // 8] ^= 1 << bit % 8
    try_to_restore(GAME, bytes(data))


@given(st.integers(0, len(DATA) - 1))
def test_every_prefix_is_refused(size: int) -> None:
    with pytest.raises(EnvironmentContractError):
        GAME.restore(DATA[:size])
    assert GAME.canonical(GAME.save()) == BEFORE


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_a_state(data: bytes) -> None:
    try_to_restore(GAME, data)


@given(st.sampled_from(sorted(decode(BEFORE)["state"])), values)
def test_any_value_in_any_place_is_refused_or_a_state(name: str, value: Any) -> None:
    plain = decode(DATA)
    plain["state"][name] = value
    try_to_restore(GAME, encode(plain))
    del plain["layout"]
    try_to_restore(GAME, encode(plain))


def test_pong_cannot_be_given_methods_or_constants_of_a_strangers_choosing() -> None:
    game = started(Pong)
    for name in ("step", "set_state", "metadata", "__class__", "possible_agents", "effects"):
        plain = decode(game.canonical(game.save()))
        plain["state"][name] = 1
        with pytest.raises(EnvironmentContractError):
            game.restore(encode(plain))
    assert "step" not in vars(game.env)
