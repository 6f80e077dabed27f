"""Import what somebody named: a file on its own, or an installed module.

Whatever goes wrong becomes one sentence: a name that is not there, Python that is none, and what
the module itself raises.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import warnings
from hashlib import blake2b
from pathlib import Path
from types import FunctionType, ModuleType

from peergym.errors import ConfigurationError

FIELD = "game"


FILE_PREFIX = "peergym_game_"
PACKED_PACKAGE = "user_game"
"""In browsers, somebody's file is a module of a package of its own: a `random.py` must not hide
Python's."""


def packed_name(stem: str) -> str:
    """Return the module in `PACKED_PACKAGE` that a file with this stem becomes."""
    return re.sub(r"\W", "_", stem)


def shared_name(module: str) -> str:
    """Return a module's name as it is the same on every peer, wherever the file of a game lies."""
    if not module.startswith(FILE_PREFIX):
        return module
    stem, _, _ = module.removeprefix(FILE_PREFIX).rpartition("_")
    return f"{PACKED_PACKAGE}.{packed_name(stem)}"


def load_file(path: Path, field: str = FIELD) -> ModuleType:
    """Import a file on its own.

    Args:
        path: The file.
        field: What a refusal names.

    Raises:
        ConfigurationError: It is not there, or importing it fails; says which.
    """
    if not path.is_file():
        raise ConfigurationError(field, f"There is no file {path}.")
    # Named after its path, so that two files of one name do not get into each other's way.
    digest = blake2b(str(path.resolve()).encode(), digest_size=6).hexdigest()
    name = f"{FILE_PREFIX}{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(field, f"{path} cannot be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise _import_failure(str(path), error, field) from error
    return module


def load_module(name: str, field: str = FIELD) -> ModuleType:
    """Import an installed module; what it warns its own callers of is not passed on.

    Args:
        name: The module.
        field: What a refusal names.

    Raises:
        ConfigurationError: It is not there, or importing it fails; says which.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise ConfigurationError(
                field, f"There is no module {name}. (A file is named with its ending: {name}.py.)"
            ) from error
        raise _import_failure(name, error, field) from error
    except Exception as error:
        raise _import_failure(name, error, field) from error


def _import_failure(place: str, error: Exception, field: str) -> ConfigurationError:
    if isinstance(error, SyntaxError):
        return ConfigurationError(
            field, f"{place} is not valid Python: {error.msg} in line {error.lineno}."
        )
    return ConfigurationError(
        field, f"{place} cannot be imported: {type(error).__name__}: {error}."
    )


def classes_in(module: ModuleType) -> str:
    """A sentence on what a module defines that could be named: its classes, or else functions."""
    own = {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
    }
    classes = [name for name, value in own.items() if isinstance(value, type)]
    functions = [name for name, value in own.items() if isinstance(value, FunctionType)]
    said = [
        f"Its {kind}: {', '.join(names)}."
        for kind, names in (("classes", classes), ("functions", functions))
        if names
    ]
    return " ".join(said) if said else "It defines no class at all."
