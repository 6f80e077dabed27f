"""The zip that the browser unpacks: our own part, and the game if it is somebody's own."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path

from peergym.errors import ConfigurationError
from peergym.server.packing import PACKAGE, browser_files, digest_of, make_zip, package_digest

__all__ = ["Runtime", "make_runtime", "package_digest"]

USER_PACKAGE = "user_game"
"""Somebody's file goes into a package of its own: a `random.py` must not hide Python's."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What browsers run.

    Attributes:
        data: The zip.
        digest: Of the zip; peers with another one do not play together.
        package_digest: Of our own part alone; a memory snapshot must have been made of it.
        spec: The game, as `peergym.games.catalogue.find_game` finds it inside the zip.
    """

    data: bytes
    digest: str
    package_digest: str
    spec: str


def make_runtime(game: str, package_dir: Path) -> Runtime:
    """Pack what browsers need for a game.

    Args:
        game: Name of a bundled game, ``file.py:Class`` or ``module:Class``.
        package_dir: The folder of our own package.

    Raises:
        ConfigurationError: If the game is in a package of somebody's own, or its source is
            not there.
    """
    own = browser_files(package_dir)
    files, spec = _game_files(game)
    data = make_zip(own | files)
    return Runtime(data, digest_of(data), package_digest(package_dir), spec)


def _game_files(game: str) -> tuple[dict[str, bytes], str]:
    """Return the files to add for a game, and how it is found among them."""
    place, colon, name = game.rpartition(":")
    if not colon or place.startswith(f"{PACKAGE}."):
        return {}, game
    if place.endswith(".py"):
        path = Path(place)
        module = re.sub(r"\W", "_", path.stem)
        return _user_module(module, _read(path)), f"{USER_PACKAGE}.{module}:{name}"
    return {f"{place}.py": _read(_source_of(place))}, game


def _user_module(module: str, source: bytes) -> dict[str, bytes]:
    return {f"{USER_PACKAGE}/__init__.py": b"", f"{USER_PACKAGE}/{module}.py": source}


def _source_of(module: str) -> Path:
    """Return the one file that a module is made of."""
    found: ModuleSpec | None = None if "." in module else importlib.util.find_spec(module)
    if found is None or found.submodule_search_locations or not found.origin:
        raise ConfigurationError(
            "game", f"{module} is not a single file, and only a single file is sent to browsers"
        )
    return Path(found.origin)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError("game", f"{path} cannot be read: {error.strerror}") from error
