"""Puts portable maths in the place of `math`, in the modules of a game that asks for it.

    metadata = {"name": "Waves", "portable_maths": True}

Theory of operation: a module looks its imports up through its own ``__builtins__``. The game's
module is executed once more with builtins of its own, whose import gives `peergym.envs.maths` to
whoever asks for `math`. So all of these are covered, in functions too, and what is computed while
the module is loaded: ``import math``, ``import math as m``, ``from math import sin``. The first
execution, from which we learn that it asks, leaves nothing behind: its names are bound anew.

The value may also name further modules, for a game that wraps somebody else's environment:
``"portable_maths": ["their_package.their_module"]``. They are executed anew first.

Laws
    1. No other module is touched: the same process goes on with `math` everywhere else.
    2. Doing it twice is doing it once.

Not done: NumPy's functions; `random.Random.gauss` and the like, which are the standard library's
own (`maths.gauss` does it); the operator ``**``; modules that the game imports, unless named.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from peergym.errors import EnvironmentContractError

FIELD = "portable_maths"
REPLACED = "math"
SUBSTITUTE = "peergym.envs.maths"
"""Imported when it is first wanted: every game's name comes through here, and few games ask."""


def with_portable_maths(made: Any) -> Any:
    """Return a game's class, or what makes one, with its module's `math` replaced if it asks.

    Args:
        made: A class or function; asked for its ``metadata``.

    Returns:
        The same where it does not ask, and otherwise what the module has under its name now.

    Raises:
        EnvironmentContractError: The metadata is of another kind, or the module cannot be
            executed so: it needs a function of `math` that is not portable.
    """
    metadata = getattr(made, "metadata", None)
    wanted = metadata.get(FIELD, False) if isinstance(metadata, Mapping) else False
    if wanted is False:
        return made
    further = _further_modules(wanted)
    module, own_name = sys.modules[made.__module__], made.__name__
    if getattr(module, own_name, None) is not made:
        return made  # not what its module defines, but made of that: it was asked before
    for name in further:
        _execute_anew(importlib.import_module(name))
    _execute_anew(module)
    return getattr(module, own_name)


def has_portable_maths(module: ModuleType) -> bool:
    """Whether a module's `math` is ours."""
    own = vars(module).get("__builtins__")
    return isinstance(own, dict) and own.get("__import__") is _import


def _further_modules(wanted: object) -> Sequence[str]:
    if wanted is True:
        return ()
    if isinstance(wanted, (list, tuple)) and all(isinstance(each, str) for each in wanted):
        return wanted
    raise EnvironmentContractError(
        f"metadata[{FIELD!r}] is True, False or a list of module names, not {wanted!r}"
    )


def _execute_anew(module: ModuleType) -> None:
    if has_portable_maths(module):
        return
    loader = module.__spec__.loader if module.__spec__ is not None else None
    if loader is None:
        raise EnvironmentContractError(
            f"the source of {module.__name__} cannot be found, so its math cannot be replaced"
        )
    vars(module)["__builtins__"] = {**vars(builtins), "__import__": _import}
    try:
        loader.exec_module(module)
    except (ImportError, AttributeError) as error:
        vars(module)["__builtins__"] = vars(builtins)
        raise EnvironmentContractError(
            f"{module.__name__} cannot be loaded with portable maths: {error}"
        ) from error


def _import(
    name: str,
    globals: Mapping[str, Any] | None = None,  # noqa: A002 - as in `builtins.__import__`
    locals: Mapping[str, Any] | None = None,  # noqa: A002
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    if name == REPLACED and level == 0:
        return importlib.import_module(SUBSTITUTE)
    return builtins.__import__(name, globals, locals, fromlist or (), level)
