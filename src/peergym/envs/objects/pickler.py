"""Writes a graph of objects into bytes and a list of what is kept, and puts it back."""

from __future__ import annotations

import io
import pickle
import types
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from peergym.envs.objects.kinds import Reducer, reducer_of, slots_of
from peergym.envs.objects.own import OwnPair, ask, give_beside, restore_own

PROTOCOL = 5

_REDUCERS: dict[type, Reducer] = {}
"""What was found out about classes."""


class Snapshot:
    """A graph of objects at one moment.

    Attributes:
        data: The bytes.
        kept: What they refer to by its place.
        asks: Whether objects were asked for their states.
    """

    __slots__ = ("asks", "data", "kept")

    def __init__(self, data: bytes, kept: list[Any], asks: bool = False) -> None:
        self.data = data
        self.kept = kept
        self.asks = asks


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, kept: list[Any]) -> None:
        super().__init__(buffer, PROTOCOL)
        self.kept = kept

    def reducer_override(self, obj: Any) -> Any:
        cls = type(obj)
        reducer = _REDUCERS.get(cls)
        if reducer is None:
            reducer = _REDUCERS[cls] = reducer_of(cls)
        return reducer(obj, self.kept)


class _AskingPickler(_Pickler):
    def __init__(self, buffer: io.BytesIO, kept: list[Any], asked: Mapping[type, OwnPair]) -> None:
        super().__init__(buffer, kept)
        self.asked = asked

    def reducer_override(self, obj: Any) -> Any:
        pair = self.asked.get(type(obj))
        return super().reducer_override(obj) if pair is None else ask(obj, pair, self.kept)


class _Reader(pickle.Unpickler):
    """Reads with functions of ours alone: whatever name is in the bytes, it is one of `words`."""

    def __init__(self, data: bytes, meanings: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(io.BytesIO(data))
        self._meanings = meanings

    def find_class(self, _module: str, name: str) -> Any:
        return self._meanings[name]


def write(root: object, asked: Mapping[type, OwnPair] | None = None) -> Snapshot:
    """Take a snapshot of a graph.

    Args:
        root: The graph.
        asked: Classes whose objects are asked for their states.

    Raises:
        TypeError: And whatever else a library raises whose objects cannot be pickled.
    """
    kept: list[Any] = []
    buffer = io.BytesIO()
    if not asked:
        _Pickler(buffer, kept).dump(root)
        return Snapshot(buffer.getvalue(), kept)
    _AskingPickler(buffer, kept, asked).dump(root)
    return Snapshot(buffer.getvalue(), kept, asks=True)


def read(snapshot: Snapshot, meanings: Mapping[str, Callable[..., Any]]) -> Any:
    """Read a snapshot.

    Args:
        snapshot: The snapshot; what is kept in it is left as it is.
        meanings: What to do at each of `peergym.envs.objects.words`.
    """
    return _Reader(snapshot.data, meanings).load()


def put_back(snapshot: Snapshot) -> None:
    """Put all objects of a snapshot back to what they were."""
    kept = snapshot.kept
    get = kept.__getitem__

    def copy_array(index: int) -> Any:
        array = kept[index]
        copy = array.copy(order="K")
        if not array.flags.writeable:
            copy.flags.writeable = False
        return copy

    read(
        snapshot,
        {
            "reference": get,
            "drawing": get,
            "number": get,
            "instance": get,
            "attributes": give_attributes,
            "slots": give_slots,
            "array": copy_array,
            "part": lambda base, index: part_of(base, kept[index]),
            "clone": lambda index: restore_own(*kept[index]),
            "beside": give_beside,
            "generator": lambda index: put_generator_back(*kept[index]),
            "method": types.MethodType,
            "new": _new,
            "new_with_names": _new_with_names,
        },
    )


def part_of(base: Any, description: tuple[Any, ...]) -> Any:
    """The part of an array that was described."""
    shape, dtype, offset, strides, is_writeable = description
    part = type(base)(shape, dtype, _in_order_of_memory(base), offset, strides)
    if not is_writeable:
        part.flags.writeable = False
    return part


def _in_order_of_memory(array: Any) -> Any:
    """The same array with its sides in the order in which they lie, so that it is contiguous."""
    if array.flags.c_contiguous:
        return array
    sides = range(array.ndim)
    return array.transpose(sorted(sides, key=lambda side: -array.strides[side]))


_set = object.__setattr__  # whatever the class does at an assignment


def give_attributes(obj: Any, state: dict[str, Any]) -> None:
    """Give an object these attributes and no others."""
    _set(obj, "__dict__", state)


def give_slots(obj: Any, state: tuple[dict[str, Any] | None, dict[str, Any]]) -> None:
    """Give an object these attributes and no others, in its ``__dict__`` and in its slots."""
    attributes, held = state
    if attributes is not None:
        _set(obj, "__dict__", attributes)
    for name in slots_of(type(obj)):
        if name in held:
            _set(obj, name, held[name])
        elif hasattr(obj, name):
            object.__delattr__(obj, name)


def put_generator_back(generator: Any, state: Any) -> Any:
    """Put a generator into a state, and return it."""
    if type(generator) is Random:
        generator.setstate(state)
    elif hasattr(generator, "bit_generator"):
        generator.bit_generator.state = state
    elif hasattr(generator, "set_state"):
        generator.set_state(state)
    else:
        generator.state = state
    return generator


def _new(cls: type, *args: Any) -> Any:
    return cls.__new__(cls, *args)


def _new_with_names(cls: type, args: tuple[Any, ...], names: dict[str, Any]) -> Any:
    return cls.__new__(cls, *args, **names)
