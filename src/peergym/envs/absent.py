"""Stand-ins for libraries that a browser does not have: they import, and refuse when used.

Theory of operation: many environments import a drawing library at the top of a module and use it
only to draw, which pages do by themselves. So the library's name leads to a module whose every
attribute is a class: it may be named, subclassed and compared with, and calling it raises. A few
calls that only prepare a drawing (a surface, a font, a clock) are let through and give an object
that refuses in turn, because some environments make these in their constructors.

The server rehearses an environment with the same stand-ins before anybody connects.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from peergym.errors import EnvironmentContractError

DRAWING_LIBRARIES = ("pygame", "pyglet")
NEEDED_TO_IMPORT = ("_multiprocessing",)
"""Of the standard library, and missing in WebAssembly; Gymnasium imports it for vector
environments."""

SURROUNDINGS_FILE = "peergym_browser.json"
"""In the zip for browsers: which libraries came along, and which are replaced."""

STAND_INS = DRAWING_LIBRARIES + NEEDED_TO_IMPORT

HARMLESS = frozenset({"init", "quit", "Surface", "Font", "SysFont", "Clock", "set_caption"})
"""Calls that only prepare or end a drawing."""


class AbsentLibraryError(EnvironmentContractError):
    """Something was used of a library that is not there."""


class Absent(type):
    """The type of everything in a stand-in: a class, so that it can be subclassed."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return absent(f"{cls.__name__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Refuse, unless it does no harm."""
        if cls.__name__.rpartition(".")[2] not in HARMLESS:
            refuse(cls.__name__)
        return absent(f"{cls.__name__}()")


def absent(name: str) -> Absent:
    """Return a stand-in for something of a library, by its full name."""
    return Absent(name, (), {})


def refuse(name: str) -> NoReturn:
    """Say that something is not there.

    Raises:
        AbsentLibraryError: Always; its sentence is shown to people.
    """
    library = name.partition(".")[0]
    raise AbsentLibraryError(
        f"{library} is not there in a browser, and {name} was used. If that is only to draw, "
        "draw by a function of your own: peergym play ... --draw file.py:function"
    )


class _StandInModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return absent(f"{self.__name__}.{name}")


class _StandInFinder(MetaPathFinder, Loader):
    def __init__(self, names: Sequence[str]) -> None:
        self.names = frozenset(names)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] not in self.names:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty."""


def install_stand_ins(names: Sequence[str]) -> None:
    """Let these libraries be imported as stand-ins from now on, whether they are there or not.

    Args:
        names: Of libraries that have not been imported yet.
    """
    if names:
        sys.meta_path.insert(0, _StandInFinder(names))
