"""Keys for an environment that names none, and those that it names in places of its own.

Theory of operation: arrows are given to actions whose names are directions, and to the axes of a
box; anything else would be a guess that somebody has to unlearn. Every other action gets a digit,
in order, and further parts of a composite action the rows of letters below, so that whatever fits
in an input can be played, and its author is not in doubt about what a key does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from peergym.envs.forms.names import count_of, plain_word
from peergym.envs.spaces import parts_of

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
MAX_BINDINGS = 512
"""Combinations of keys at most; beyond, each part of a composite action is steered alone."""

_ARROWS = {
    "up": "ArrowUp",
    "north": "ArrowUp",
    "down": "ArrowDown",
    "south": "ArrowDown",
    "left": "ArrowLeft",
    "west": "ArrowLeft",
    "right": "ArrowRight",
    "east": "ArrowRight",
    "forward": "ArrowUp",
    "backward": "ArrowDown",
    "turnleft": "ArrowLeft",
    "turnright": "ArrowRight",
    "rotateleft": "ArrowLeft",
    "rotateright": "ArrowRight",
}


def manual_keys(env: Any, source: Any, agents: Sequence[Any]) -> tuple[dict[Any, Any], Any]:
    """Read the mapping of a ``ManualPolicy``, as PettingZoo's modules have it.

    Args:
        env: An instance; it is reset.
        source: The module that may have one.
        agents: The environment's agents.

    Returns:
        (keys to action, the action without a key); both empty where there is none. At his own
        keyboard every player may use the keys of any agent.
    """
    policy = getattr(source, "ManualPolicy", None)
    if policy is None:
        return {}, None
    env.reset(seed=0)
    keys: dict[Any, Any] = {}
    default = None
    for number in range(len(agents)):
        manual = policy(env, number)
        mapping = getattr(manual, "action_mapping", None)
        if isinstance(mapping, Mapping):
            keys = {**mapping, **keys}
        default = getattr(manual, "default_action", None)
    return keys, default


def own_keys(env: Any) -> dict[Any, Any]:
    """Return what an environment's ``get_keys_to_action`` says; nothing without it."""
    ask = getattr(getattr(env, "unwrapped", env), "get_keys_to_action", None)
    declared = ask() if callable(ask) else None
    return dict(declared) if isinstance(declared, Mapping) else {}


def likely_keys(names: tuple[str, ...], spaces: Sequence[Any], noop: Any) -> dict[Any, Any]:
    """Return keys that follow from the action spaces.

    Args:
        names: Of the actions, if they have any.
        spaces: The agents' action spaces.
        noop: The action that needs no key; None where every action does something.
    """
    counts = [count_of(space) for space in spaces]
    if all(counts):
        return _discrete_keys(max(counts), names, noop)
    actions = _whole_numbers(spaces[0])
    if actions is None:
        return _composite_keys(spaces[0])
    has_own_digits = actions[0] >= 0 and actions[-1] <= 9
    digits = map(str, actions) if has_own_digits else ROWS[0]
    return {key: each for key, each in zip(digits, actions, strict=False) if each != noop}


def _discrete_keys(count: int, names: tuple[str, ...], noop: Any) -> dict[Any, Any]:
    keys: dict[Any, Any] = {}
    for action, name in enumerate(names[:count]):
        arrow = _ARROWS.get(plain_word(name))
        if arrow is not None and (arrow,) not in keys:
            keys[arrow,] = action
    for action in range(min(count, 10)):
        if action != noop:
            keys[str(action)] = action
    return keys


def _composite_keys(space: Any) -> dict[Any, Any]:
    """Keys for each part of a composite action, alone and together with those of the others."""
    parts = _parts(space)
    if not parts:
        return {}
    are_switches = all(len(others) == 1 for _, others in parts)
    rows: Sequence[str] = "".join(ROWS) if are_switches and len(parts) > len(ROWS) else ROWS
    choices: list[list[tuple[tuple[str, ...], Any]]] = []
    for index, (idle, others) in enumerate(parts):
        row = rows[index] if index < len(rows) else ""
        arrows = (("ArrowLeft", "ArrowRight"), ("ArrowDown", "ArrowUp"))
        keys = arrows[index] if _is_axis(others) and index < 2 else tuple(row)
        choices.append([((), idle), *[((k,), v) for k, v in zip(keys, others, strict=False)]])
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > MAX_BINDINGS:
        return _one_at_a_time(space, choices)
    return {
        sum((keys for keys, _ in picked), ()): _whole(space, iter([each for _, each in picked]))
        for picked in product(*choices)
        if any(keys for keys, _ in picked)
    }


def _one_at_a_time(space: Any, choices: list[list[tuple[tuple[str, ...], Any]]]) -> dict[Any, Any]:
    idle = [choice[0][1] for choice in choices]
    return {
        keys: _whole(space, iter([*idle[:index], value, *idle[index + 1 :]]))
        for index, choice in enumerate(choices)
        for keys, value in choice[1:]
    }


def _is_axis(values: Sequence[Any]) -> bool:
    return len(values) == 2 and all(type(value) is float for value in values)


def _whole(space: Any, values: Iterator[Any]) -> Any:
    """Put values of the parts of a space, in their order, together to an action."""
    inner = parts_of(space)
    if isinstance(inner, Mapping):
        return {name: _whole(each, values) for name, each in inner.items()}
    if isinstance(inner, Sequence):
        return tuple([_whole(each, values) for each in inner])
    if _whole_numbers(space) is not None:
        return next(values)
    return [next(values) for _ in _parts(space)]


def _whole_numbers(space: Any) -> range | None:
    """The actions of a discrete space; None for another."""
    count: Any = space if type(space) is int else getattr(space, "n", None)
    if getattr(space, "shape", None) or not hasattr(count, "__index__"):
        return None
    start = int(getattr(space, "start", 0))
    return range(start, start + int(count))


def _parts(space: Any) -> list[tuple[Any, list[Any]]]:
    """For each part of a space: what it is when idle, and the other values."""
    inner = parts_of(space)
    if inner is not None:
        spaces = inner.values() if isinstance(inner, Mapping) else inner
        return [part for each in spaces for part in _parts(each)]
    numbers = _whole_numbers(space)
    if numbers is not None:
        idle = min(max(0, numbers[0]), numbers[-1])
        return [(idle, [each for each in numbers if each != idle])]
    sizes = getattr(space, "nvec", None)
    if sizes is not None:
        return _vector_parts(sizes.reshape(-1), getattr(space, "start", None))
    low, high = getattr(space, "low", None), getattr(space, "high", None)
    if low is not None and high is not None:
        return [
            (min(max(0.0, float(a)), float(b)), [float(a), float(b)])
            for a, b in zip(low.reshape(-1), high.reshape(-1), strict=True)
        ]
    return [(0, [1])] * prod(int(side) for side in getattr(space, "shape", None) or (0,))


def _vector_parts(sizes: Any, starts: Any) -> list[tuple[Any, list[Any]]]:
    begins = [0] * len(sizes) if starts is None else [int(each) for each in starts.reshape(-1)]
    return [
        (begin, list(range(begin + 1, begin + int(size))))
        for begin, size in zip(begins, sizes, strict=True)
    ]
