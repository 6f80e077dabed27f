"""The zip that the browser unpacks: our own part, the game, and what the game needs."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from peergym.envs.absent import SURROUNDINGS_FILE
from peergym.envs.drawing import join_spec, split_spec
from peergym.envs.modules import PACKED_PACKAGE, packed_name
from peergym.errors import ConfigurationError
from peergym.games.catalogue import BUNDLED
from peergym.server.dependencies import NOTHING, Surroundings, find_surroundings
from peergym.server.library_files import library_files
from peergym.server.packing import PACKAGE, browser_files, digest_of, make_zip, package_digest
from peergym.server.pyodide_distribution import PyodideDistribution, open_distribution

__all__ = ["Runtime", "make_runtime", "make_served_runtime", "package_digest"]


@dataclass(frozen=True, slots=True)
class Runtime:
    """What browsers run.

    Attributes:
        data: The zip.
        digest: Of the zip; peers with another one do not play together.
        package_digest: Of our own part alone; a memory snapshot must have been made of it.
        spec: The game, as `peergym.games.catalogue.find_game` finds it inside the zip.
        surroundings: What the game finds around it.
        pyodide: What runs it; None if that was not asked.
    """

    data: bytes
    digest: str
    package_digest: str
    spec: str
    surroundings: Surroundings = field(default=NOTHING)
    pyodide: PyodideDistribution | None = None

    def packages_to_json(self) -> Iterator[dict[str, Any]]:
        """Yield what pages need to know of each package that Pyodide has to load."""
        if self.pyodide is None:
            return
        for name, _, sha256 in self.surroundings.packages:
            package = self.pyodide.packages[name]
            yield {
                "name": name,
                "file_name": package.file_name,
                "sha256": sha256,
                "imports": list(package.imports),
            }


def make_runtime(
    game: str,
    package_dir: Path,
    surroundings: Surroundings | None = None,
    pyodide: PyodideDistribution | None = None,
) -> Runtime:
    """Pack what browsers need for a game.

    Args:
        game: Name of a bundled game, of a file's class, or of any environment installed here;
            possibly with the function that draws it (`peergym.envs.drawing`).
        package_dir: The folder of our own package.
        surroundings: What it needs around it; None: nothing but, perhaps, the one file of an
            installed module.
        pyodide: What runs it.

    Raises:
        ConfigurationError: A file cannot be read, or a library is not here in that version.
    """
    own = browser_files(package_dir)
    name, drawing = split_spec(game)
    files, spec = _files_of(name)
    if drawing:
        drawing_files, drawing_spec = _files_of(drawing)
        if any(files.get(each, data) != data for each, data in drawing_files.items()):
            raise ConfigurationError("draw", f"give {drawing} and {name} different names")
        files, spec = files | drawing_files, join_spec(spec, drawing_spec)
    if surroundings is None:
        surroundings = NOTHING
        files |= _single_module(name)
    elif not surroundings.is_plain:
        files |= library_files(surroundings)
        files[SURROUNDINGS_FILE] = surroundings.to_json().encode()
    data = make_zip(files | own)
    digest = package_digest(package_dir)
    return Runtime(data, digest_of(data), digest, spec, surroundings, pyodide)


def make_served_runtime(
    game: str,
    package_dir: Path,
    client_dir: Path,
    players: int | None = None,
    pyodide: str | None = None,
) -> Runtime:
    """Find out what a game needs in browsers, and pack it.

    Args:
        game: As of `make_runtime`.
        package_dir: The folder of our own package.
        client_dir: The built client, which holds the Pyodide that comes with us.
        players: How many seats its rooms have; None leaves it to the game.
        pyodide: Another Pyodide to run: a folder or an address; None takes ours.

    Raises:
        ConfigurationError: There is no such Pyodide, or the game needs what cannot go into a
            browser; says what.
    """
    distribution = open_distribution(pyodide, client_dir)
    if _is_ours(game):
        of_pyodide = "" if distribution.is_shipped else distribution.digest
        surroundings = Surroundings(pyodide=of_pyodide)
    else:
        surroundings = find_surroundings(game, players, distribution)
    return make_runtime(game, package_dir, surroundings, distribution)


def _is_ours(game: str) -> bool:
    """Whether a game needs no more than the package itself; so do all that are bundled."""
    name, drawing = split_spec(game)
    place = name.rpartition(":")[0]
    return not drawing and (name in BUNDLED or place.startswith(f"{PACKAGE}."))


def _files_of(name: str) -> tuple[dict[str, bytes], str]:
    """Return the file that a name means, if it means one, and how it is found in the zip."""
    place, colon, inside = name.rpartition(":")
    if not colon or not place.endswith(".py"):
        return {}, name
    path = Path(place)
    module = packed_name(path.stem)
    files = {f"{PACKED_PACKAGE}/__init__.py": b"", f"{PACKED_PACKAGE}/{module}.py": _read(path)}
    return files, f"{PACKED_PACKAGE}.{module}:{inside}"


def _single_module(name: str) -> dict[str, bytes]:
    """Return the one file of an installed module; nothing for files and what is bundled."""
    place, colon, _ = name.rpartition(":")
    if not colon or place.endswith(".py") or place.startswith(f"{PACKAGE}."):
        return {}
    found: ModuleSpec | None = None if "." in place else importlib.util.find_spec(place)
    if found is None or found.submodule_search_locations or not found.origin:
        raise ConfigurationError(
            "game", f"{place} is not a single file, and only a single file is sent to browsers"
        )
    return {f"{place}.py": _read(Path(found.origin))}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError("game", f"{path} cannot be read: {error.strerror}") from error
