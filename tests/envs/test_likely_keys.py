"""Whatever has no keys of its own gets some, and each of them is an action."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from peergym.envs import codec_from_space
from peergym.envs.forms.keys import likely_keys


def discrete(count: int, start: int = 0) -> Any:
    return SimpleNamespace(n=count, start=start, shape=())


def vector(sizes: list[int], starts: list[int]) -> Any:
    return SimpleNamespace(
        nvec=np.array(sizes), start=np.array(starts), shape=(len(sizes),), dtype=np.dtype(int)
    )


def switches(*shape: int) -> Any:
    return SimpleNamespace(n=np.array(shape), shape=shape, dtype=np.dtype(np.int8))


def box(low: float, high: float) -> Any:
    lows, highs = np.array([low]), np.array([high])
    return SimpleNamespace(low=lows, high=highs, shape=(1,), dtype=lows.dtype)


SPACES = {
    "below zero": (discrete(3, -1), 3),
    "far above": (discrete(4, 50), 4),
    "offset vector": (vector([2, 3], [5, -1]), 5),
    "square of switches": (switches(2, 2), 15),
    "dict": (SimpleNamespace(spaces={"move": discrete(3), "fire": switches(1)}), 5),
    "tuple in a tuple": (
        SimpleNamespace(spaces=(SimpleNamespace(spaces=(discrete(2, 7),)), box(-1, 1))),
        5,
    ),
    "many switches": (switches(12), 12),
}


@pytest.mark.parametrize("name", SPACES)
def test_all_keys_mean_actions_of_the_space(name: str) -> None:
    space, expected = SPACES[name]
    codec = codec_from_space(space)
    inputs = [codec.encode(action) for action in likely_keys((), [space], None).values()]
    assert len(set(inputs)) == len(inputs) == expected


def test_an_action_from_0_to_9_gets_its_own_digit_and_others_count_from_1() -> None:
    assert likely_keys((), [discrete(2, 5)], None) == {"5": 5, "6": 6}
    assert likely_keys((), [discrete(3, -1)], 0) == {"1": -1, "3": 1}
