"""Arrays and numbers of NumPy are saved, compared and sent exactly, wherever NumPy is."""

from __future__ import annotations

import copy
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs import GameAdapter
from peergym.envs.encoding import encodable
from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import decode, encode
from peergym.rollback.marked import ITEM_FORMATS

SOURCES = Path(__file__).parents[2] / "src"

np = pytest.importorskip("numpy")

CODES = sorted(ITEM_FORMATS)


class Grid:
    """A game whose attribute ``value`` holds arrays."""

    possible_agents = ("a", "b")

    def action_space(self, agent: str) -> int:
        return 2

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.value: Any = None
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}


class OwnGrid(Grid):
    def get_state(self) -> Any:
        return {"value": copy.deepcopy(self.value)}

    def set_state(self, state: Any) -> None:
        self.value = copy.deepcopy(state["value"])


def holding(value: Any, kind: type = Grid) -> GameAdapter:
    game = GameAdapter(kind())
    game.reset(1)
    game.env.value = value
    return game


def bytes_of(value: Any) -> bytes:
    return encode(encodable(value))


def is_same(a: Any, b: Any) -> bool:
    return (
        type(a) is type(b)
        and a.dtype == b.dtype
        and a.shape == b.shape
        and a.tobytes() == b.tobytes()
        and a.flags.f_contiguous == b.flags.f_contiguous
    )


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    code = draw(st.sampled_from(CODES))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    size = math.prod(shape) * int(code[1:])
    data = draw(st.binary(min_size=size, max_size=size))
    if code == "b1":
        data = bytes(byte & 1 for byte in data)
    items = np.frombuffer(data, code) if data else np.empty(0, code)
    array = items.reshape(shape)
    if code[0] in "fc":
        array = np.where(np.isnan(array), np.zeros((), code), array)
    return np.asarray(array, order=draw(st.sampled_from("CF")))


@pytest.mark.parametrize("kind", [Grid, OwnGrid])
@given(array=arrays())
def test_any_array_comes_back_in_every_bit(kind: type, array: Any) -> None:
    donor, joiner = holding(array, kind), holding(None, kind)
    for data in (donor.transfer(donor.save()), donor.canonical(donor.save())):
        joiner.load(joiner.restore(data))
        assert is_same(joiner.env.value, array)
        joiner.env.value[...] = 1  # its own, to be written to


@given(arrays(), arrays())
def test_two_arrays_have_the_same_bytes_exactly_if_they_are_the_same(a: Any, b: Any) -> None:
    assert (bytes_of(a) == bytes_of(b)) == is_same(a, b)


DIFFERENT = [
    [1, 2],
    (1, 2),
    np.array([1, 2], "i4"),
    np.array([1, 2], "i8"),
    np.array([1, 2], "u8"),
    np.array([1, 2], "f4"),
    np.array([1, 2], "f8"),
    np.array([[1, 2]], "i8"),
    np.array([[1], [2]], "i8"),
    np.array([[1, 2], [3, 4]], "i8"),
    np.array([[1, 2], [3, 4]], "i8", order="F"),
    np.array([0.0, 1.0]),
    np.array([-0.0, 1.0]),
    np.array([np.nan, 1.0]),
    np.zeros((0, 2)),
    np.zeros((2, 0)),
    np.array(True),
    np.array(1),
    1,
    1.0,
    True,
    np.int32(1),
    np.int64(1),
    np.float32(1),
    np.float64(1),
    np.complex128(1),
    np.bool_(True),
]


def test_what_numpy_takes_for_equal_is_told_apart() -> None:
    assert len({bytes_of(value) for value in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize("value", DIFFERENT, ids=repr)
def test_numbers_and_arrays_are_saved_and_restored_with_their_types(value: Any) -> None:
    game = holding({"deep": [value, (value,)]})
    saved = game.save()
    before = game.canonical(saved)
    for _ in range(2):
        first, second = game.env.value["deep"][0], game.env.value["deep"][1][0]
        assert type(first) is type(value)
        if isinstance(value, np.ndarray):
            assert first is second, "one array under two names stays one"
            first[...] = 0
        game.load(saved)
        assert game.canonical(game.save()) == before
    joiner = holding(None)
    joiner.load(joiner.restore(game.transfer(saved)))
    assert joiner.canonical(joiner.save()) == before
    shared = joiner.env.value["deep"]
    assert not isinstance(value, np.ndarray) or shared[0] is shared[1][0]


@pytest.mark.parametrize("code", ["f2", "f4", "f8", "c8", "c16"])
def test_every_nan_of_an_array_has_the_same_bytes(code: str) -> None:
    array = np.ones(3, code)
    one, other = array.copy(), array.copy()
    size = int(code[1:]) // (2 if code[0] == "c" else 1)
    bits = {2: ("u2", 0x7E00, 0xFE01), 4: ("u4", 0x7FC0 << 16, 0xFFC00001), 8: ("u8", 0x7FF8 << 48,
            0xFFF8000000000001)}[size]  # fmt: skip
    one.view(bits[0])[-1] = bits[1]
    other.view(bits[0])[-1] = bits[2]
    assert one.tobytes() != other.tobytes()
    assert bytes_of(one) == bytes_of(other) != bytes_of(array)
    assert np.isnan(one[-1])


def test_a_view_with_gaps_is_saved_by_its_items() -> None:
    whole = np.arange(12).reshape(3, 4)
    assert bytes_of(whole[::2, ::-1]) == bytes_of(np.array([[3, 2, 1, 0], [11, 10, 9, 8]]))
    game = holding(whole[:, 1])
    saved = game.save()
    whole[:] = 0
    game.load(saved)
    assert game.env.value.tolist() == [1, 5, 9]


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        np.array(["text"]),
        np.array([b"text"]),
        np.array([1], "datetime64[s]"),
        np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]),
        np.array([1], ">i4"),
        np.array([1], np.longdouble),
        np.str_("text"),
        np.random.default_rng(1),
    ],
    ids=lambda value: type(value).__name__ + str(getattr(value, "dtype", "")),
)
def test_what_is_no_plain_array_is_saved_whole_and_never_sent_by_the_game_itself(
    value: Any,
) -> None:
    game = holding([0, value])
    saved = game.save()
    before = game.canonical(saved)
    game.env.value[1] = None
    assert game.canonical(game.save()) != before
    game.load(saved)
    assert game.canonical(game.save()) == before
    assert type(game.env.value[1]) is type(value)
    own = holding(None, OwnGrid)
    own.env.value = value
    with pytest.raises(EnvironmentContractError, match="cannot be part") as refused:
        own.canonical(own.save())
    assert refused.value.path == ".state.value"


def test_a_subclass_of_arrays_is_refused_with_its_path() -> None:
    with pytest.raises(EnvironmentContractError, match="cannot be saved") as refused:
        holding([0, np.ma.array([1])]).save()
    assert refused.value.path == ".value[1]"


def test_a_number_of_numpys_may_be_a_key() -> None:
    game = holding({np.int64(1): 1, 1.0: 2})
    saved = game.save()
    game.env.value.clear()
    game.load(saved)
    assert [type(key) for key in game.env.value] == [np.int64]


ARRAY = ("numpy.ndarray", "f8", (2,), b"0123456789abcdef")


@pytest.mark.parametrize(
    "hostile",
    [
        ARRAY[:3],
        (*ARRAY, "F"),
        (*ARRAY, "C"),
        (*ARRAY, "F", "F"),
        ("numpy.ndarray", "O8", (2,), ARRAY[3]),
        ("numpy.ndarray", "V16", (1,), ARRAY[3]),
        ("numpy.ndarray", "f8,f8", (1,), ARRAY[3]),
        ("numpy.ndarray", ["f8"], (2,), ARRAY[3]),
        ("numpy.ndarray", "f8", (3,), ARRAY[3]),
        ("numpy.ndarray", "f8", (-2,), ARRAY[3]),
        ("numpy.ndarray", "f8", (-1, -2), ARRAY[3]),
        ("numpy.ndarray", "f8", (True, 2), ARRAY[3]),
        ("numpy.ndarray", "f8", [2], ARRAY[3]),
        ("numpy.ndarray", "f8", (2.0,), ARRAY[3]),
        ("numpy.ndarray", "f8", (1 << 70_000, 0), b""),
        ("numpy.ndarray", "f8", (1,) * 40 + (2,), ARRAY[3]),
        ("numpy.ndarray", "f8", (0,), ARRAY[3]),
        ("numpy.ndarray", "f8", (2,), ARRAY[3].decode()),
        ("numpy.ndarray", "b1", (2,), b"\x00\x02"),
        ("numpy.ndarray", "f8", (1,), b"\x01" + b"\xff" * 7),
        ("numpy.ndarray", "i8", (2,), ARRAY[3]),
        ("numpy.ndarray", "f8", (2, 1), ARRAY[3]),
        ("numpy.generic", "f8", b"01234567"),
        [0.0, 0.0],
    ],
)
def test_an_array_that_is_none_or_does_not_fit_is_refused(hostile: Any) -> None:
    game = holding(np.zeros(2))
    plain = decode(game.canonical(game.save()))
    plain["state"]["value"] = ARRAY
    assert game.restore(encode(plain)), "it is the change that is refused"
    before = game.canonical(game.save())
    plain["state"]["value"] = hostile
    with pytest.raises(EnvironmentContractError):
        game.restore(encode(plain))
    assert game.canonical(game.save()) == before


def test_an_array_may_change_its_shape_in_the_course_of_a_game() -> None:
    donor, joiner = holding(np.ones(5)), holding(np.ones(2))
    joiner.load(joiner.restore(donor.canonical(donor.save())))
    assert joiner.env.value.shape == (5,)


def test_without_numpy_arrays_are_refused_and_everything_else_goes_on() -> None:
    program = (
        "import sys\n"
        "from peergym.envs import GameAdapter\n"
        "from peergym.errors import EnvironmentContractError\n"
        "from peergym.games.pong import Pong\n"
        "from peergym.rollback.canonical import decode, encode\n"
        "game = GameAdapter(Pong())\n"
        "assert game.can_restore()\n"
        "plain = decode(game.canonical(game.save()))\n"
        "plain['state']['trail'] = (('numpy.ndarray', 'f8', (0,), b''),)\n"
        "try:\n"
        "    game.restore(encode(plain))\n"
        "except EnvironmentContractError as error:\n"
        "    print(error)\n"
        "assert 'numpy' not in sys.modules\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == ".trail[0]: is an array, and NumPy is not loaded here"
