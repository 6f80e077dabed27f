"""What becomes of an object in a snapshot: decided once for each class.

A *reducer* takes an object and the list of what is kept, and answers in the words of
`peergym.envs.objects.words`, in the form of ``object.__reduce__``.
"""

from __future__ import annotations

import copyreg
import logging
import re
import sys
import types
import weakref
from array import array as array_type
from collections.abc import Callable
from enum import Enum
from random import Random
from struct import calcsize
from typing import Any, TypeAlias

from peergym.envs.absent import Absent
from peergym.envs.objects import words

Reducer: TypeAlias = Callable[[Any, list[Any]], Any]

_KEPT_TYPES = (
    types.ModuleType,
    types.CodeType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.ClassMethodDescriptorType,
    property,
    classmethod,
    staticmethod,
    re.Pattern,
    logging.Logger,
    logging.Handler,
    weakref.ReferenceType,
)
"""Constants, what belongs to the process, and references to objects that stay in place."""

_LOCKS = "_thread"
"""Where locks come from: nobody holds one between two frames."""

_REFUSED = {
    ("threading", "Thread"): "a thread runs on, whatever is put back",
    ("multiprocessing.process", "BaseProcess"): "a process runs on, whatever is put back",
    ("subprocess", "Popen"): "a process runs on, whatever is put back",
    ("_thread", "_local"): "what a thread keeps for itself cannot be seen: keep a dict",
    ("itertools", "cycle"): "it does not come back as it was: keep an index",
}
"""Classes, by module and name, whose objects would be put back in part."""

HOSTS_OWN = "belongs_to_host"
"""Marks a class whose instances are the host's own, and count for nothing in a state."""

_DRAWING_LIBRARIES = frozenset({"pygame", "pyglet", "matplotlib"})
_SPACE_LIBRARIES = frozenset({"gymnasium", "gym", "pettingzoo"})
_SPACE_BASES = frozenset({"Space", "EnvSpec"})

_POINTER_BYTES = calcsize("P")
_MANAGED_DICT, _MANAGED_WEAKREF = 1 << 4, 1 << 3  # flags of a class: no room in the object itself


def reducer_of(cls: type) -> Reducer:  # noqa: PLR0911 - a table of cases, read from above
    """Return what reduces the instances of a class."""
    if cls is Absent:
        return _stand_in
    for base in cls.__mro__:
        name = getattr(base, "__module__", ""), base.__name__
        if name in _REFUSED:
            return _refuser(_REFUSED[name])
    if issubclass(cls, (type, Enum, *_KEPT_TYPES)) or cls is object or library_of(cls) == _LOCKS:
        return keep
    if getattr(cls, HOSTS_OWN, False):
        return _drawing
    known = _KNOWN.get(cls) or _numpy_reducer(cls)
    if known is not None:
        return known
    if _is_space(cls):
        return keep
    if only_draws(cls):
        return _drawing
    if cls in copyreg.dispatch_table or not is_plain_python(cls):
        return _copy
    return _slotted if slots_of(cls) else _instance


def library_of(cls: type) -> str:
    """The package that a class comes from; extensions exist whose classes say none."""
    return str(getattr(cls, "__module__", None) or "").partition(".")[0]


def keep(obj: Any, kept: list[Any]) -> Any:
    """Keep an object as it is."""
    kept.append(obj)
    return words.reference, (len(kept) - 1,)


def _drawing(obj: Any, kept: list[Any]) -> Any:
    kept.append(obj)
    return words.drawing, (len(kept) - 1,)


def _stand_in(obj: Any, kept: list[Any]) -> Any:
    """What stands for a surface counts for as little as a surface does."""
    return _drawing(obj, kept) if obj.__name__.endswith("()") else keep(obj, kept)


def _number(obj: Any, kept: list[Any]) -> Any:
    kept.append(obj)
    return words.number, (len(kept) - 1,)


def _function(obj: Any, kept: list[Any]) -> Any:
    if obj in words.WORDS:
        return NotImplemented  # written by its name
    return keep(obj, kept)


def _builtin(obj: Any, kept: list[Any]) -> Any:
    owner = obj.__self__
    if owner is None or isinstance(owner, (types.ModuleType, type)):
        return keep(obj, kept)
    return getattr, (owner, obj.__name__)


def _method(obj: Any, kept: list[Any]) -> Any:
    return words.method, (obj.__func__, obj.__self__)


def _instance(obj: Any, kept: list[Any]) -> Any:
    kept.append(obj)
    return words.instance, (len(kept) - 1,), obj.__dict__, None, None, words.attributes


def _slotted(obj: Any, kept: list[Any]) -> Any:
    kept.append(obj)
    held = {name: getattr(obj, name) for name in slots_of(type(obj)) if hasattr(obj, name)}
    state = (getattr(obj, "__dict__", None), held)
    return words.instance, (len(kept) - 1,), state, None, None, words.slots


def _random(obj: Any, kept: list[Any]) -> Any:
    kept.append((obj, obj.getstate()))
    return words.generator, (len(kept) - 1,)


def _numpy_generator(obj: Any, kept: list[Any]) -> Any:
    kept.append((obj, obj.bit_generator.state))
    return words.generator, (len(kept) - 1,)


def _bit_generator(obj: Any, kept: list[Any]) -> Any:
    kept.append((obj, obj.state))
    return words.generator, (len(kept) - 1,)


def _random_state(obj: Any, kept: list[Any]) -> Any:
    kept.append((obj, obj.get_state(legacy=False)))
    return words.generator, (len(kept) - 1,)


def _array(obj: Any, kept: list[Any]) -> Any:
    if obj.dtype.hasobject:
        return _copy(obj, kept)
    base = _owner_of(obj)
    if base is None:
        if _shows_bytes_of_another(obj):
            raise TypeError("it shows the bytes of something else, and would not any more: copy it")
        kept.append(obj.copy(order="K"))
        if not obj.flags.writeable:
            kept[-1].flags.writeable = False
        return words.array, (len(kept) - 1,)
    # A part of another array: what is written into one has to be seen in the other.
    offset = obj.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    kept.append((obj.shape, obj.dtype, offset, obj.strides, obj.flags.writeable))
    return words.part, (base, len(kept) - 1)


def _owner_of(array: Any) -> Any:
    """The array that an array is a part of; None if it has items of its own."""
    base = array.base
    if type(base).__name__ == "DummyArray":  # of NumPy's own stride tricks: sliding windows
        base = base.base
    if type(base) is not type(array):
        return None
    return base if type(base.base) is not type(array) else _owner_of(base)


def _shows_bytes_of_another(array: Any) -> bool:
    """Whether what is written into a bytearray, or the like, is seen in an array.

    Not where nobody else holds it: so are the arrays that come out of a pickle.
    """
    if isinstance(array.base, memoryview):
        if array.base.readonly:
            return False
        if not isinstance(array.base.obj, (bytearray, array_type)):
            return True
        alone = sys.modules["numpy"].frombuffer(bytearray(8))
    elif isinstance(array.base, (bytearray, array_type)):
        alone = sys.modules["numpy"].ndarray(1, buffer=bytearray(8))
    else:
        return False
    # Compared with one that is held alone, for the count itself depends on the version of Python.
    return _holders(array) > _holders(alone)


def _holders(array: Any) -> int:
    """How many hold the bytes of an array, or what shows them to it."""
    base = array.base
    count = sys.getrefcount(base)
    return count + sys.getrefcount(base.obj) if isinstance(base, memoryview) else count


def _refuser(reason: str) -> Reducer:
    def refuse(obj: Any, kept: list[Any]) -> Any:
        raise TypeError(reason)

    return refuse


def _copy(obj: Any, kept: list[Any]) -> Any:
    """What the object's own library does to pickle it."""
    own = copyreg.dispatch_table.get(type(obj))
    reduced = own(obj) if own is not None else obj.__reduce_ex__(4)
    if isinstance(reduced, str):
        return keep(obj, kept)
    function, args, *rest = reduced
    if function is copyreg.__newobj__:  # type: ignore[attr-defined]
        function = words.new
    elif function is copyreg.__newobj_ex__:  # type: ignore[attr-defined]
        function = words.new_with_names
    return (function, args, *rest)


_KNOWN: dict[type, Reducer] = {
    types.FunctionType: _function,
    types.BuiltinFunctionType: _builtin,
    types.MethodType: _method,
    Random: _random,
}


def _numpy_reducer(cls: type) -> Reducer | None:
    numpy = sys.modules.get("numpy")
    if numpy is None or library_of(cls) != "numpy":
        return None
    if issubclass(cls, numpy.ndarray):
        if cls is not numpy.ndarray:
            return _refuser("subclasses of arrays do not come back as they were")
        return _array
    if issubclass(cls, numpy.generic) and cls is not numpy.void and cls is not numpy.object_:
        return _number
    if issubclass(cls, (numpy.dtype, numpy.ufunc)):
        return keep
    random = numpy.random
    known = {random.Generator: _numpy_generator, random.RandomState: _random_state}
    return _bit_generator if issubclass(cls, random.BitGenerator) else known.get(cls)


def _is_space(cls: type) -> bool:
    return any(
        base.__name__ in _SPACE_BASES and library_of(base) in _SPACE_LIBRARIES
        for base in cls.__mro__
    )


def only_draws(cls: type) -> bool:
    """Whether it belongs to a library that draws, and is nothing that can be copied."""
    if library_of(cls) not in _DRAWING_LIBRARIES:
        return False
    return not is_plain_python(cls) and _is_reduced_as_usual(cls)


def is_plain_python(cls: type) -> bool:
    """Whether the instances of a class are their ``__dict__`` and slots, and nothing else."""
    if not _is_reduced_as_usual(cls) or not _has_ordinary_state(cls):
        return False
    words_wide = 2 + len(slots_of(cls))  # the count of references, and the class
    if cls.__dictoffset__ and not cls.__flags__ & _MANAGED_DICT:
        words_wide += 1
    if cls.__weakrefoffset__ and not cls.__flags__ & _MANAGED_WEAKREF:
        words_wide += 1
    has_room = cls.__dictoffset__ != 0 or bool(slots_of(cls)) or cls.__flags__ & _MANAGED_DICT
    return bool(has_room) and cls.__basicsize__ <= words_wide * _POINTER_BYTES


def _is_reduced_as_usual(cls: type) -> bool:
    """Whether neither of the methods that pickle a whole object is the class's own."""
    return all(getattr(cls, name) is getattr(object, name) for name in _REDUCING)


_REDUCING = ("__reduce__", "__reduce_ex__")


def _has_ordinary_state(cls: type) -> bool:
    """Whether nothing but EzPickle says otherwise, or what dataclasses say of the same."""
    own = cls.__dict__.get("__getstate__") or getattr(cls, "__getstate__", None)
    usual = getattr(object, "__getstate__", None)
    if own is usual or getattr(own, "__module__", "") == "dataclasses":
        return True
    return getattr(own, "__qualname__", "").startswith("EzPickle.")


def slots_of(cls: type) -> tuple[str, ...]:
    """The attributes of instances that are not in their ``__dict__``, spelled as Python does."""
    names: list[str] = []
    for base in cls.__mro__:
        declared = base.__dict__.get("__slots__", ())
        for name in (declared,) if isinstance(declared, str) else declared:
            if name in ("__dict__", "__weakref__"):
                continue
            hidden = name.startswith("__") and not name.endswith("__")
            names.append(f"_{base.__name__.lstrip('_')}{name}" if hidden else name)
    return tuple(dict.fromkeys(names))
