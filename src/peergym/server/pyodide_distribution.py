"""The Pyodide that browsers run: the one that comes with us, a folder, or an address.

Theory of operation: a distribution of Pyodide says in its ``pyodide-lock.json`` which compiled
packages belong to it, with their digests. The npm package, which is what comes with us, has the
list and none of the packages. A folder with packages is served from our own origin, and what is
not in it is not there; at an address, everything that is listed is.

Law: of a folder, only Pyodide's own files and those that its lock names are ever served.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from peergym.errors import ConfigurationError

FIELD = "pyodide"
LOCK = "pyodide-lock.json"
REQUIRED_FILES = ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
CORE_FILES = (*REQUIRED_FILES, "pyodide.asm.js", "pyodide.asm.mjs")
"""What a browser fetches to run Python; which of the last two depends on the version."""

SHIPPED_URL = "/pyodide/"
SERVED_URL = "/pyodide-{digest}/"
DIGEST_DIGITS = 16
LOCK_TIMEOUT_S = 20.0
MAX_LOCK_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """A package of a distribution.

    Attributes:
        name: Normalised, as in the lock.
        version: Its version.
        file_name: Of its wheel or archive.
        sha256: Of that file, in hexadecimal.
        imports: Modules that it has; none for a library that others link to.
        depends: Names of others that it needs.
    """

    name: str
    version: str
    file_name: str
    sha256: str
    imports: tuple[str, ...]
    depends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PyodideDistribution:
    """A Pyodide to run in browsers.

    Attributes:
        url: Where pages find it, ending in a slash.
        version: As its lock has it; newer locks do not say.
        python_version: Of its CPython.
        digest: Of its core files and its lock; of the lock alone at an address.
        packages: What it has, by name.
        listed: Names of all that its lock lists, there or not.
        folder: Where its files are; None at an address.
        is_shipped: Whether it is the one that comes with us.
    """

    url: str
    version: str
    python_version: str
    digest: str
    packages: Mapping[str, LockedPackage]
    listed: frozenset[str]
    folder: Path | None = None
    is_shipped: bool = False

    @property
    def import_names(self) -> frozenset[str]:
        """Top-level modules of all its packages."""
        packages = self.packages.values()
        return frozenset(name.partition(".")[0] for each in packages for name in each.imports)

    def with_depends(self, names: Iterable[str]) -> tuple[LockedPackage, ...]:
        """Return packages and all that they need, by name.

        Raises:
            ConfigurationError: The distribution has not all of them; names the first.
        """
        wanted, found = sorted(names), {}
        while wanted:
            name = wanted.pop()
            if name in found:
                continue
            if name not in self.packages:
                raise ConfigurationError(FIELD, f"{name} is not in the Pyodide at {self.place}")
            found[name] = self.packages[name]
            wanted += self.packages[name].depends
        return tuple(found[name] for name in sorted(found))

    @property
    def is_served(self) -> bool:
        """Whether it is a folder that somebody named, which our own server gives to pages."""
        return self.folder is not None and not self.is_shipped

    def to_json(self) -> dict[str, str]:
        """Return what pages need to know of it."""
        return {"url": self.url, "version": self.version, "python": self.python_version}

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return str(self.folder) if self.folder is not None else self.url

    def serves(self, file_name: str) -> bool:
        """Whether a file of the folder may be served."""
        return file_name in CORE_FILES or any(
            file_name == package.file_name for package in self.packages.values()
        )


def normalised(name: str) -> str:
    """Return the name of a package as all tools compare it. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def open_distribution(where: str | None, client_dir: Path) -> PyodideDistribution:
    """Read which Pyodide browsers run.

    Args:
        where: A folder, or an address (``https://...``); None for the one that comes with us.
        client_dir: The built client, which holds that.

    Raises:
        ConfigurationError: There is none; says what is missing.
    """
    if where is None:
        return _shipped(client_dir / "pyodide")
    if where.startswith(("https://", "http://")):
        return _at_address(where if where.endswith("/") else f"{where}/")
    folder = Path(where).resolve()
    missing = [name for name in REQUIRED_FILES if not (folder / name).is_file()]
    if missing:
        raise ConfigurationError(
            FIELD, f"{folder} is not a distribution of Pyodide: it has no {', no '.join(missing)}"
        )
    return _in_folder(folder)


def _shipped(folder: Path) -> PyodideDistribution:
    try:
        lock = (folder / LOCK).read_bytes()
    except OSError:  # not built yet; the page says so
        return PyodideDistribution(SHIPPED_URL, "", "", "", {}, frozenset(), None, is_shipped=True)
    version, python, packages = _read_lock(lock, folder)
    listed = frozenset(packages)
    there = _there(packages, folder)
    return PyodideDistribution(
        SHIPPED_URL, version, python, "", there, listed, folder, is_shipped=True
    )


def _in_folder(folder: Path) -> PyodideDistribution:
    digest = hashlib.sha256()
    for name in sorted(CORE_FILES):
        path = folder / name
        if path.is_file():
            digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    told = digest.hexdigest()
    version, python, packages = _read_lock((folder / LOCK).read_bytes(), folder)
    url = SERVED_URL.format(digest=told[:DIGEST_DIGITS])
    there = _there(packages, folder)
    _check_digests(there, folder)
    return PyodideDistribution(url, version, python, told, there, frozenset(packages), folder)


def _at_address(url: str) -> PyodideDistribution:
    try:
        with urlopen(f"{url}{LOCK}", timeout=LOCK_TIMEOUT_S) as response:  # noqa: S310 - http(s)
            lock = response.read(MAX_LOCK_BYTES)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise ConfigurationError(FIELD, f"{url}{LOCK} cannot be fetched: {error}") from error
    version, python, packages = _read_lock(lock, url)
    digest = hashlib.sha256(lock).hexdigest()
    return PyodideDistribution(url, version, python, digest, packages, frozenset(packages))


def _read_lock(lock: bytes, where: object) -> tuple[str, str, dict[str, LockedPackage]]:
    """Return version, Python's version, and what is listed."""
    try:
        told = json.loads(lock)
        info = told["info"]
        packages = {normalised(name): _package(each) for name, each in told["packages"].items()}
        python = str(info["python"])
        return str(info.get("version", "")), python, packages
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(FIELD, f"the {LOCK} of {where} cannot be read: {error}") from error


def _package(told: Mapping[str, Any]) -> LockedPackage:
    return LockedPackage(
        name=normalised(told["name"]),
        version=str(told["version"]),
        file_name=str(told["file_name"]),
        sha256=str(told["sha256"]),
        imports=tuple(told.get("imports", ())),
        depends=tuple(normalised(name) for name in told.get("depends", ())),
    )


def _there(packages: Mapping[str, LockedPackage], folder: Path) -> dict[str, LockedPackage]:
    """Return the packages whose files are in the folder itself."""
    here = {path.name for path in folder.iterdir() if path.is_file()}
    return {name: each for name, each in packages.items() if each.file_name in here}


def _check_digests(packages: Mapping[str, LockedPackage], folder: Path) -> None:
    for package in packages.values():
        found = hashlib.sha256((folder / package.file_name).read_bytes()).hexdigest()
        if found != package.sha256:
            raise ConfigurationError(
                FIELD,
                f"{folder / package.file_name} is another file than its {LOCK} names: "
                f"sha256 {found[:12]}... instead of {package.sha256[:12]}...",
            )
