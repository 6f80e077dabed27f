"""Where in a graph of objects that is which cannot be saved."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from peergym.envs.modules import PACKED_PACKAGE, shared_name
from peergym.envs.objects.kinds import reducer_of
from peergym.errors import EnvironmentContractError

_ATOMS = (type(None), bool, int, float, str, bytes, bytearray)


def refusal(root: object, error: Exception) -> EnvironmentContractError:
    """Return the refusal of a graph that could not be saved, with the path of the first offence.

    Args:
        root: What could not be saved.
        error: Why, as it was raised.
    """
    found = _first_offender(root)
    path, kind = found if found is not None else ("", type(root))
    module = getattr(kind, "__module__", None)  # None of some that come from C
    place = shared_name(module or "").removeprefix(f"{PACKED_PACKAGE}.")
    name = f"{place}.{kind.__qualname__}" if place else kind.__qualname__
    return EnvironmentContractError(
        f"an object of {name} cannot be saved ({error}), so the "
        "game cannot be put back to an earlier frame. Write get_state and set_state, or have it "
        "played in lockstep, where nothing is ever put back: metadata['lockstep'] = True",
        path,
    )


def _first_offender(root: object) -> tuple[str, type] | None:
    """Look at everything once, the nearest first."""
    for path, value in everything(root):
        try:
            list(_parts(value))
        except Exception:  # noqa: BLE001 - a foreign __reduce__ may raise whatever it likes
            return path, type(value)
    return None


def everything(root: object) -> Iterator[tuple[str, Any]]:
    """Yield all that a graph consists of and its paths, the nearest first, each thing once."""
    seen = {id(root)}
    queue: deque[tuple[str, Any]] = deque([("", root)])
    alive = []  # what is looked at stays, so that no two things get the same id
    while queue:
        path, value = queue.popleft()
        yield path, value
        for name, part in _known_parts(value):
            if type(part) not in _ATOMS and id(part) not in seen:
                seen.add(id(part))
                alive.append(part)
                queue.append((path + name, part))


def _known_parts(value: Any) -> list[tuple[str, Any]]:
    try:
        return list(_parts(value))
    except Exception:  # noqa: BLE001 - what tells of no parts is an end of the graph
        return []


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            yield f"[{key!r}]", item
            yield f".keys() {key!r}", key
    elif kind in (list, tuple):
        for index, item in enumerate(value):
            yield f"[{index}]", item
    elif kind in (set, frozenset):
        for item in value:
            yield "{}", item
    else:
        yield from _reduced_parts(value)


def _reduced_parts(value: Any) -> Iterator[tuple[str, Any]]:
    reduced: Any = reducer_of(type(value))(value, [])
    if not isinstance(reduced, tuple):
        return
    parts: list[Any] = [*reduced[1:5], None, None, None]
    args, state, items, pairs = parts[:4]
    for each in args:
        yield "", each
    for part in state if isinstance(state, tuple) else (state,):
        if isinstance(part, dict):
            for name, item in part.items():
                yield f".{name}", item
        elif part is not None:
            yield "", part
    for index, item in enumerate(items or ()):
        yield f"[{index}]", item
    for key, item in pairs or ():
        yield f"[{key!r}]", item
