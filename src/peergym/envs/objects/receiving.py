"""A table of objects that a peer sent, laid over the receiver's own environment.

Theory of operation: an entry that stands for an object becomes the object which the receiver's own
environment has on the same path, if it is of the same class; there are such for nearly everything,
and where one has been made in the meantime, it is made here without its constructor. What is kept
by reference is found by its path, or by its name where only one thing has it. Then the attributes
are given, a snapshot is taken, and the environment is put back to what it was.

Laws
    1. Only data is made: lists, dicts, arrays, containers of the standard library, and bare objects
       of classes that are written in Python and that the receiver's own environment has, or its
       modules define. No name is looked up beyond them, and nothing of what they are is called.
    2. Whatever is sent, nothing but `EnvironmentContractError` is raised, and the environment is as
       it was before.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, Flag
from random import Random
from types import FunctionType, MethodType, ModuleType
from typing import Any

from peergym.envs.arrays import array_from, scalar_from
from peergym.envs.objects.descriptions import name_of
from peergym.envs.objects.kinds import is_plain_python, library_of
from peergym.envs.objects.own import OwnPair
from peergym.envs.objects.pickler import (
    Snapshot,
    give_attributes,
    give_slots,
    part_of,
    put_back,
    put_generator_back,
    write,
)
from peergym.envs.objects.sending import AT, TUPLE, Table
from peergym.envs.plain_data import IMMUTABLE_TYPES
from peergym.errors import EnvironmentContractError
from peergym.rollback.marked import ARRAY, SCALAR

_CONTAINERS: dict[str, type] = {
    name_of(cls): cls
    for cls in (deque, OrderedDict, defaultdict, Counter, range, complex, slice, tuple, list, dict)
}
"""What may be made by a call; they take data and run no code of anybody's."""

_FROM_LIBRARIES = frozenset(
    {
        "pygame.__rect_constructor",
        "pygame.__frect_constructor",
        "pygame.__vector2_constructor",
        "pygame.__color_constructor",
        "pygame.rect.Rect",
        "pygame.math.Vector2",
        "pygame.math.Vector3",
        "pygame.color.Color",
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "datetime.timedelta",
        "decimal.Decimal",
    }
)
"""The same, of a library that the receiver has loaded."""


def receive(entries: Any, env: object, asked: Mapping[type, OwnPair] | None = None) -> Snapshot:
    """Make a snapshot of what was sent.

    Args:
        entries: A table from `sending`, decoded.
        env: The receiver's own environment; it is left as it was.
        asked: Classes whose objects are asked for their states.

    Raises:
        EnvironmentContractError: It is no state of this environment; carries the path.
    """
    before = write(env, asked)
    try:
        building = _Building(entries, before)
        building.build()
        building.give()
        return write(env, asked)
    except EnvironmentContractError:
        raise
    except Exception as error:
        # What is damaged shows itself in one of a hundred ways, and all of them mean the same.
        raise EnvironmentContractError(
            f"these objects are none of this game's: {type(error).__name__}"
        ) from error
    finally:
        put_back(before)


class _Own:
    """What the receiver's own environment has, by path and by name."""

    def __init__(self, snapshot: Snapshot) -> None:
        table = Table(snapshot)
        self.by_path: dict[str, Any] = {}
        self.by_name: dict[str, Any] = {}
        ambiguous: set[str] = set()
        for number, place in table.places.items():
            thing = snapshot.kept[place]
            kind = table.entries[number][0]
            if kind == "generator":
                thing = thing[0]
            self.by_path[table.paths[number]] = thing
            if kind == "name":
                name = name_of(thing)
                if self.by_name.setdefault(name, thing) is not thing:
                    ambiguous.add(name)
        for name in ambiguous:
            del self.by_name[name]
        modules = _modules_around(self.by_path.values())
        self.classes = _classes_in(modules)
        for name, value in _names_in(modules, self.classes.values()).items():
            self.by_name.setdefault(name, value)


class _Building:
    def __init__(self, entries: Any, own: Snapshot) -> None:
        self._entries = entries
        self._own = _Own(own)
        self._made: dict[int, Any] = {}
        self._taken: set[int] = set()
        self._later: list[Callable[[], None]] = []
        self._hashing: list[Callable[[], None]] = []
        self._given: list[tuple[Any, Any, Any]] = []
        self._streams: list[tuple[Any, Any]] = []

    def build(self) -> None:
        """Make everything; nothing of the environment is changed yet."""
        for number in range(len(self._entries)):
            self._thing(number)
        while self._later:
            self._later.pop()()

    def give(self) -> None:
        """Give the objects their attributes and the generators their states."""
        for obj, attributes, slots in self._given:
            if slots is None:
                give_attributes(obj, attributes)
            else:
                give_slots(obj, (attributes, slots))
        for fill in self._hashing:  # where a key is an object, its hash may follow from these
            fill()
        for generator, state in self._streams:
            put_generator_back(generator, self._value(state))

    def _value(self, value: Any) -> Any:
        if type(value) in IMMUTABLE_TYPES:
            return value
        kind, *rest = value
        if kind == TUPLE:
            return tuple([self._value(each) for each in rest])
        if kind == AT and type(rest[0]) is int and 0 <= rest[0] < len(self._entries):
            return self._thing(rest[0])
        raise EnvironmentContractError(f"{str(kind)[:40]!r} is no value")

    def _thing(self, number: int) -> Any:
        if number not in self._made:
            kind, *rest = self._entries[number]
            maker = _MAKERS.get(kind)
            if maker is None:
                raise EnvironmentContractError(f"{str(kind)[:40]!r} is no entry")
            self._made[number] = maker(self, *rest)
        return self._made[number]

    def make_list(self, *values: Any) -> list[Any]:
        made: list[Any] = []
        self._later.append(lambda: made.extend([self._value(each) for each in values]))
        return made

    def make_set(self, *values: Any) -> set[Any]:
        made: set[Any] = set()
        self._hashing.append(lambda: made.update([self._value(each) for each in values]))
        return made

    def make_frozenset(self, *values: Any) -> frozenset[Any]:
        return frozenset([self._value(each) for each in values])

    def make_dict(self, *pairs: Any) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        self._hashing.append(lambda: made.update(self._pairs(pairs)))
        return made

    def _pairs(self, pairs: Any) -> list[tuple[Any, Any]]:
        return [(self._value(key), self._value(value)) for key, value in pairs]

    def make_object(self, name: str, path: str, state: Any, slots: Any) -> Any:
        made = self._own.by_path.get(path)
        if made is None or name_of(type(made)) != name or id(made) in self._taken:
            cls = self._own.classes.get(name)
            if cls is None:
                raise EnvironmentContractError(f"there is no class {name[:80]} here", path)
            made = object.__new__(cls)  # whatever the class would do
        self._taken.add(id(made))
        self._later.append(lambda: self._note_state(made, path, state, slots))
        return made

    def _note_state(self, made: Any, path: str, state: Any, slots: Any) -> None:
        attributes = None if state is None else self._attributes(made, path, state)
        held = None if slots is None else self._attributes(made, path, slots)
        self._given.append((made, attributes, held))

    def _attributes(self, made: Any, path: str, state: Any) -> dict[str, Any]:
        cls, own = type(made), getattr(made, "__dict__", {})
        attributes = {}
        for name, value in state:
            # Data in the place of a method is no state that this class could get into.
            if isinstance(getattr(cls, name, None), (FunctionType, property)) and name not in own:
                raise EnvironmentContractError("is a method", f"{path}.{name}")
            attributes[name] = self._value(value)
        return attributes

    def make_made(self, name: str, args: Any, state: Any, items: Any, pairs: Any) -> Any:
        cls: Any = _CONTAINERS.get(name)
        if cls is None and name in _FROM_LIBRARIES:
            module, _, attribute = name.rpartition(".")
            cls = getattr(sys.modules.get(module), attribute, None)
        values = [self._value(each) for each in args]
        if cls is None:
            cls = self._own.classes.get(name) or self._own.by_name.get(name)
            if not (isinstance(cls, type) and issubclass(cls, tuple)):
                raise EnvironmentContractError(f"a {name[:80]} cannot be made")
            fields = getattr(cls, "_fields", None)  # of a tuple with names
            if fields is None:
                return tuple.__new__(cls, *values)
            if len(values) != len(fields):
                raise EnvironmentContractError(f"a {name[:80]} has {len(fields)} fields")
            return tuple.__new__(cls, values)
        made = cls(*values)
        self._hashing.append(lambda: self._fill(made, state, items, pairs))
        return made

    def _fill(self, made: Any, state: Any, items: Any, pairs: Any) -> None:
        if state:
            raise EnvironmentContractError("has attributes of its own")
        for each in items:
            made.append(self._value(each))
        for key, value in self._pairs(pairs):
            made[key] = value

    def make_array(self, code: Any, shape: Any, data: Any, layout: Any, is_writeable: Any) -> Any:
        array = array_from((ARRAY, code, shape, data, *([layout] if layout else [])), "")
        array.flags.writeable = bool(is_writeable)
        return array

    def make_part(self, *fields: Any) -> Any:
        base, code, shape, offset, strides, is_writeable = fields
        numpy = sys.modules["numpy"]
        whole = self._value(base)
        if type(whole) is not numpy.ndarray:
            raise EnvironmentContractError("is part of no array")
        return part_of(whole, (shape, numpy.dtype(code), offset, strides, bool(is_writeable)))

    def make_number(self, code: Any, data: Any) -> Any:
        return scalar_from((SCALAR, code, data), "")

    def make_generator(self, name: str, path: str, state: Any) -> Any:
        own = self._own.by_path.get(path)
        if own is None or name_of(type(own)) != name or id(own) in self._taken:
            own = _new_generator(name, path, state)
        self._taken.add(id(own))
        self._streams.append((own, state))
        return own

    def make_method(self, function: Any, owner: Any) -> Any:
        called, of = self._value(function), self._value(owner)
        if not isinstance(called, FunctionType):
            raise EnvironmentContractError("is a method without a function")
        return MethodType(called, of)

    def make_name(self, name: str, path: str) -> Any:
        own = self._own.by_path.get(path)
        if own is not None and name_of(own) == name:
            return own
        if name not in self._own.by_name:
            flags = self._flags(name)
            if flags is not None:
                return flags
            raise EnvironmentContractError(f"there is no {name[:80]} here", path)
        return self._own.by_name[name]

    def _flags(self, name: str) -> Any:
        """Several members of an enumeration of flags together, or none of them."""
        owner, _, value = name.rpartition(".")
        cls = self._own.by_name.get(owner)
        if not (isinstance(cls, type) and issubclass(cls, Flag) and value.isdecimal()):
            return None
        is_usual = getattr(cls._missing_, "__func__", None) is vars(Flag)["_missing_"].__func__
        return cls(int(value)) if is_usual else None

    def make_drawing(self, path: str) -> Any:
        if path not in self._own.by_path:
            raise EnvironmentContractError("is drawn with something that is not here", path)
        return self._own.by_path[path]


_MAKERS: dict[str, Callable[..., Any]] = {
    "list": _Building.make_list,
    "set": _Building.make_set,
    "frozenset": _Building.make_frozenset,
    "dict": _Building.make_dict,
    "object": _Building.make_object,
    "made": _Building.make_made,
    "array": _Building.make_array,
    "part": _Building.make_part,
    "number": _Building.make_number,
    "generator": _Building.make_generator,
    "method": _Building.make_method,
    "name": _Building.make_name,
    "drawing": _Building.make_drawing,
    "bytearray": lambda _, data: bytearray(data),
}


def _new_generator(name: str, path: str, state: Any) -> Any:
    """A generator that the receiver does not have yet; its state follows."""
    if name == "random.Random":
        return Random(0)
    numpy = sys.modules.get("numpy")
    if numpy is not None and name.startswith("numpy.random."):
        if name.endswith(".RandomState"):
            return numpy.random.RandomState(0)
        if name.endswith(".Generator"):
            return numpy.random.Generator(numpy.random.PCG64(0))
    raise EnvironmentContractError(f"there is no generator {name[:80]} here", path)


def _modules_around(things: Iterable[Any]) -> list[ModuleType]:
    """The modules, of those that are loaded, of the packages that classes come from."""
    kinds = {type(thing) for thing in things}
    packages = {library_of(kind) for kind in kinds if is_plain_python(kind)} - {"", "builtins"}
    return [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in packages and isinstance(module, ModuleType)
    ]


def _classes_in(modules: list[ModuleType]) -> dict[str, type]:
    """Classes whose objects are their attributes, and tuples with names."""
    return {
        name_of(value): value
        for module in modules
        for value in list(vars(module).values())
        if isinstance(value, type) and (is_plain_python(value) or issubclass(value, tuple))
    }


def _names_in(modules: list[ModuleType], classes: Iterable[type]) -> dict[str, Any]:
    """Functions, classes, methods and members of enumerations, by name."""
    found: dict[str, Any] = {}
    for module in modules:
        for value in list(vars(module).values()):
            if isinstance(value, type) and issubclass(value, Enum):
                found.update({name_of(member): member for member in value})
            if isinstance(value, (type, FunctionType)):
                found[name_of(value)] = value
    for cls in classes:
        for value in vars(cls).values():
            if isinstance(value, FunctionType):
                found[name_of(value)] = value
    return found
