"""Find the class that somebody named on the command line.

``file.py:Class`` is a class in a file, ``module:Class`` one in an installed module.

A file is loaded on its own: modules beside it cannot be imported, because only the one file is
sent to the browsers. What it imports is the standard library or peergym.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from hashlib import blake2b
from pathlib import Path
from types import ModuleType

from peergym.envs.game import REQUIRED_METHODS
from peergym.errors import ConfigurationError, EnvironmentContractError

FIELD = "game"


def load_game(spec: str) -> type:
    """Return the class that ``spec`` names.

    Args:
        spec: ``file.py:Class`` or ``module:Class``.

    Raises:
        ConfigurationError: If file, module or class is not there, or importing it fails; the
            message says which, in a sentence.
        EnvironmentContractError: If the class is not a game.
    """
    place, _, name = spec.rpartition(":")
    if not place or not name:
        raise ConfigurationError(FIELD, f"{spec!r} is neither file.py:Class nor module:Class.")
    module = _load_file(Path(place)) if place.endswith(".py") else _load_module(place)
    cls = getattr(module, name, None)
    if not isinstance(cls, type):
        raise ConfigurationError(FIELD, f"{place} has no class {name}. {_classes_in(module)}")
    check_class(cls)
    return cls


def check_class(cls: type) -> None:
    """Check that a class has what makes a game.

    Raises:
        EnvironmentContractError: If a method is missing; names all that are.
    """
    missing = [name for name in REQUIRED_METHODS if not callable(getattr(cls, name, None))]
    if missing:
        raise EnvironmentContractError(
            f"{cls.__name__} is not a game: it has no method {' and no method '.join(missing)}. "
            "A game has possible_agents, reset(seed, options), step(actions) and "
            "action_space(agent)."
        )


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ConfigurationError(FIELD, f"There is no file {path}.")
    # Named after its path, so that two files of one name do not get into each other's way.
    digest = blake2b(str(path.resolve()).encode(), digest_size=6).hexdigest()
    name = f"peergym_game_{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(FIELD, f"{path} cannot be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise _import_failure(str(path), error) from error
    return module


def _load_module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise ConfigurationError(
                FIELD, f"There is no module {name}. (A file is named with its ending: {name}.py.)"
            ) from error
        raise _import_failure(name, error) from error
    except Exception as error:
        raise _import_failure(name, error) from error


def _import_failure(place: str, error: Exception) -> ConfigurationError:
    if isinstance(error, SyntaxError):
        return ConfigurationError(
            FIELD, f"{place} is not valid Python: {error.msg} in line {error.lineno}."
        )
    return ConfigurationError(
        FIELD, f"{place} cannot be imported: {type(error).__name__}: {error}."
    )


def _classes_in(module: ModuleType) -> str:
    names = [
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    return f"Its classes: {', '.join(names)}." if names else "It defines no class at all."
