"""The files of installed libraries, as they go into the zip for browsers.

What is compiled for this machine, and caches, stay behind. Of the metadata goes what programs ask
for when they run: the version, and the entry points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from peergym.errors import ConfigurationError
from peergym.server.dependencies import COMPILED_SUFFIXES, Surroundings

METADATA_FILES = frozenset({"METADATA", "PKG-INFO", "entry_points.txt", "top_level.txt"})
METADATA_ENDINGS = (".dist-info", ".egg-info")
CACHE = "__pycache__"
LEFT_BEHIND = (*COMPILED_SUFFIXES, ".pyc", ".pyo", ".a", ".lib", ".c", ".h", ".pyx")
OURS = "peergym"

MAX_BYTES = 96 * 2**20
"""Of all libraries together: what a page unpacks into memory, and a person waits for."""


def library_files(surroundings: Surroundings) -> dict[str, bytes]:
    """Read the files of what is packed from here.

    Raises:
        ConfigurationError: Something is not installed here in that version, or all of it together
            is too large.
    """
    files: dict[str, bytes] = {}
    for name, version in surroundings.packed:
        files |= _of_distribution(name, version)
    for module in surroundings.modules:
        files |= _of_module(module)
    size = sum(map(len, files.values()))
    if size > MAX_BYTES:
        raise ConfigurationError(
            "game",
            f"its libraries have {size / 2**20:.0f} MB, and {MAX_BYTES / 2**20:.0f} MB is the most "
            "that goes into a browser",
        )
    return files


def _of_distribution(name: str, version: str) -> dict[str, bytes]:
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError as error:
        raise ConfigurationError("game", f"it is played with {name}, not installed here") from error
    if distribution.version != version:
        raise ConfigurationError(
            "game", f"it is played with {name} {version}; here is {distribution.version}"
        )
    files = {}
    for path in distribution.files or ():
        if _is_wanted(path):
            located = Path(str(path.locate()))
            if located.is_file():
                files[path.as_posix()] = located.read_bytes()
    if any(not _is_metadata(PurePosixPath(each)) for each in files):
        return files
    # An editable installation lists nothing but its metadata.
    for module in _modules_of(distribution):
        files |= _of_module(module)
    return files


def _modules_of(distribution: metadata.Distribution) -> list[str]:
    owners = metadata.packages_distributions()
    return [module for module, names in owners.items() if distribution.name in names]


def _of_module(name: str) -> dict[str, bytes]:
    """Read a module that belongs to no distribution: one file, or a folder."""
    spec = find_spec(name)
    if spec is None:
        raise ConfigurationError("game", f"there is no module {name}")
    if spec.submodule_search_locations:
        files: dict[str, bytes] = {}
        for folder in spec.submodule_search_locations:
            files |= dict(_of_folder(Path(folder), name))
        return files
    if spec.origin is None or spec.origin.endswith(COMPILED_SUFFIXES):
        return {}
    return {f"{name}.py": Path(spec.origin).read_bytes()}


def _of_folder(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = PurePosixPath(name) / PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and _is_wanted(inside):
            yield inside.as_posix(), path.read_bytes()


def _is_wanted(path: PurePosixPath) -> bool:
    parts = path.parts
    if CACHE in parts or parts[0] in ("..", "/", OURS) or path.name.endswith(LEFT_BEHIND):
        return False
    return path.name in METADATA_FILES if _is_metadata(path) else _is_inside(parts)


def _is_metadata(path: PurePosixPath) -> bool:
    return path.parts[0].endswith(METADATA_ENDINGS)


def _is_inside(parts: Iterable[str]) -> bool:
    return ".." not in parts
