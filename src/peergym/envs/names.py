"""What the names of environments mean: files, modules, and the ids of registries.

Theory of operation: a name is read from its form alone, in this order.

    file.py:Name                 a class or a callable in a file
    package.module:Name          a class or a callable in a module
    package.module:Id-v0         a Gymnasium id that importing the module registers
    parallel/space/name-v1       a PettingZoo id, ``parallel/`` or ``aec/`` before it or not
    Id-v0, space/Id-v0           a Gymnasium id
    package.module               a PettingZoo module, with ``parallel_env`` or else ``env``

Registries are asked only when their library is installed. Environments are made so that they can
draw themselves into an array, where they can.

Not done: arguments in names. Who needs some writes a function of two lines in a file.
"""

from __future__ import annotations

import importlib.util
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from peergym.envs.maths.substitute import with_portable_maths
from peergym.envs.modules import FIELD, classes_in, load_file, load_module
from peergym.errors import ConfigurationError

FORMS = "file.py:Class, module:Class, a Gymnasium id or a PettingZoo module"
RENDER_MODE = "rgb_array"


@dataclass(frozen=True, slots=True)
class Found:
    """What a name means.

    Attributes:
        make: A class, or what makes an environment when called without arguments.
        name: What to call it.
        source: The module that was named, if one was.
    """

    make: Callable[[], Any]
    name: str
    source: ModuleType | None = None


def find(spec: str) -> Found:
    """Find what a name means.

    Raises:
        ConfigurationError: There is nothing of this name, or importing it fails; says which.
    """
    place, _, name = spec.rpartition(":")
    if place and name:
        return _in_place(place, name, spec)
    if spec.endswith(".py"):
        said = classes_in(load_file(Path(spec)))
        raise ConfigurationError(FIELD, f"Say which class in {spec} it is: {spec}:Class. {said}")
    found = None if ":" in spec else (_pettingzoo_id(spec) or _gymnasium_id(spec))
    if found is None and "." in spec and ":" not in spec:
        found = _pettingzoo_module(spec)
    if found is None:
        hint = _pettingzoo_ids_like(spec)
        raise ConfigurationError(
            FIELD,
            f"{spec!r} is neither file.py:Class nor module:Class, nor an id or a module.{hint}",
        )
    return found


def _in_place(place: str, name: str, spec: str) -> Found:
    is_file = place.endswith(".py")
    module = load_file(Path(place)) if is_file else load_module(place)
    value = getattr(module, name, None)
    if value is None and not is_file:
        found = _gymnasium_id(name)
        if found is not None:
            return found
    if not callable(value):
        raise ConfigurationError(FIELD, f"{place} has no class {name}. {classes_in(module)}")
    value = with_portable_maths(value)
    return Found(value, getattr(value, "__name__", name), module)


def _pettingzoo_id(spec: str) -> Found | None:
    kind, _, rest = spec.partition("/")
    if "/" not in spec or importlib.util.find_spec("pettingzoo") is None:
        return None
    registry = load_module("pettingzoo")
    kinds = [kind] if kind in ("parallel", "aec") else ["parallel", "aec"]
    # The module is called name_v1 and the id name-v1: both are understood.
    name = re.sub(r"_v(\d+)$", r"-v\1", rest if kind in ("parallel", "aec") else spec)
    for each in kinds:
        if name in getattr(registry, f"{each}_registry", {}):

            def make(kind: str = each) -> Any:
                return made_to_draw(lambda **how: registry.make(kind, name, **how))

            entry = getattr(registry, f"{each}_registry")[name].entry_point
            module = entry.partition(":")[0] if isinstance(entry, str) else ""
            beside = name.rpartition("/")[2].replace("-v", "_v")
            return Found(make, name, _module_beside(module, beside))
    return None


def _pettingzoo_ids_like(spec: str) -> str:
    """A sentence on the ids of PettingZoo of the same name, whatever their versions."""
    if "/" not in spec or importlib.util.find_spec("pettingzoo") is None:
        return ""
    registry = load_module("pettingzoo")
    stem = re.sub(r"^(parallel|aec)/|[-_]v\d*$", "", spec)
    known = {
        name: None
        for kind in ("parallel", "aec")
        for name in getattr(registry, f"{kind}_registry", {})
        if name.partition("-v")[0] == stem
    }
    return f" There is {', '.join(known)}." if known else ""


def _module_beside(module: str, name: str) -> ModuleType | None:
    """The module that PettingZoo keeps under an environment's own name, with its manual policy."""
    parts = module.split(".")[:2]
    if len(parts) < 2:
        return None
    try:
        return load_module(".".join([*parts, name]))
    except ConfigurationError:
        return None


def _gymnasium_id(spec: str) -> Found | None:
    stem, _, version = spec.rpartition("-v")
    if not stem or not version.isdecimal() or importlib.util.find_spec("gymnasium") is None:
        return None
    gymnasium = load_module("gymnasium")

    def make() -> Any:
        return made_to_draw(lambda **how: gymnasium.make(spec, **how))

    if spec not in gymnasium.registry:
        known = [each for each in gymnasium.registry if each.partition("-v")[0] == stem]
        hint = f" There is {', '.join(known)}." if known else _pettingzoo_ids_like(spec)
        raise ConfigurationError(FIELD, f"Gymnasium has no environment {spec!r}.{hint}")
    if getattr(gymnasium.registry[spec], "nondeterministic", False):
        raise ConfigurationError(
            FIELD, f"{spec} is registered as nondeterministic, so no two copies of it stay equal."
        )
    return Found(make, spec)


def _pettingzoo_module(spec: str) -> Found | None:
    module = load_module(spec)
    for name in ("parallel_env", "env"):
        factory = getattr(module, name, None)
        if callable(factory):

            def make(factory: Callable[..., Any] = factory) -> Any:
                return made_to_draw(factory)

            return Found(make, spec.rpartition(".")[2], module)
    raise ConfigurationError(
        FIELD, f"The module {spec} has neither parallel_env nor env. {classes_in(module)}"
    )


def made_to_draw(factory: Callable[..., Any]) -> Any:
    """Make an environment, one that draws into an array if it takes the word.

    Args:
        factory: Takes ``render_mode``, or refuses it.
    """
    with warnings.catch_warnings():
        # What a library tells its own callers is not for those who only named it.
        warnings.simplefilter("ignore")
        try:
            return factory(render_mode=RENDER_MODE)
        except (TypeError, ValueError, AssertionError, KeyError):
            return factory()
