"""What has to come into the browser with a game: found, checked, and told by name.

Theory of operation: what is installed here is what runs there. A rehearsal (`rehearsal.py`) says
which modules the game imports. They lead to installed distributions, and those, by the requirements
in their metadata, to others; markers are evaluated for the browser's Python. Each is then

- *packed* from here in its exact version, if it is pure Python,
- taken *from Pyodide*, if it is compiled and the browser's Pyodide has it,
- replaced by a stand-in, if it draws (`peergym.envs.absent`),
- or left out, if the rehearsal did without it.

Law: a game that would lack something in a browser is refused here, with the name of what it lacks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from peergym.envs.absent import STAND_INS
from peergym.envs.modules import FILE_PREFIX
from peergym.errors import ConfigurationError
from peergym.server.pyodide_distribution import LockedPackage, PyodideDistribution, normalised
from peergym.server.rehearsal import Rehearsal, rehearse

STAND_IN_DISTRIBUTIONS = frozenset({"pygame", "pygame-ce", "pyglet"})
COMPILED_SUFFIXES = (*EXTENSION_SUFFIXES, ".so", ".pyd", ".dylib", ".dll")
FULL_PYGAME = "pygame-ce"

NATIVE_WAY = (
    "Peers outside a browser can play it: peergym join; docs/browser.md says what goes into one."
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a game finds around it in a browser; peers with other ones do not play together.

    Attributes:
        pyodide: Digest of the Pyodide; empty for the one that comes with us.
        packages: Packages of that Pyodide, each (name, version, SHA-256).
        packed: Distributions packed from here, by name, with their versions.
        modules: Top-level modules packed from here that belong to no distribution.
        stand_ins: Libraries that are replaced by stand-ins.
    """

    pyodide: str = ""
    packages: tuple[tuple[str, str, str], ...] = ()
    packed: tuple[tuple[str, str], ...] = ()
    modules: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but our package, the game and the standard library."""
        return not (self.pyodide or self.packages or self.packed or self.modules)

    def say(self) -> str:
        """Name the libraries and their versions, for people; empty if there are none."""
        named = [f"{name} {version}" for name, version, _ in self.packages]
        named += [f"{name} {version}" for name, version in self.packed]
        return ", ".join([*named, *self.modules])

    def to_json(self) -> str:
        """Return it as text, the same for equal surroundings."""
        return json.dumps(asdict(self), sort_keys=True, indent=1)


NOTHING = Surroundings()


def read_surroundings(told: Mapping[str, Any]) -> Surroundings:
    """Read what a server told; a native peer packs the same from what is installed with it.

    Args:
        told: The fields of `Surroundings`, as JSON carries them.

    Raises:
        ConfigurationError: It is something else.
    """
    try:
        read = Surroundings(
            pyodide=str(told["pyodide"]),
            packages=tuple((str(n), str(v), str(d)) for n, v, d in told["packages"]),
            packed=tuple((str(name), str(version)) for name, version in told["packed"]),
            modules=tuple(map(str, told["modules"])),
            stand_ins=tuple(map(str, told["stand_ins"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError("game", "the server tells of libraries in another way") from error
    # A name with a dot in it would be imported in part only to find where it is.
    if not all(name.isidentifier() for name in read.modules):
        raise ConfigurationError("game", f"the server names modules {read.modules}")
    return read


def find_surroundings(spec: str, players: int | None, pyodide: PyodideDistribution) -> Surroundings:
    """Find what a game needs around it in a browser.

    Args:
        spec: The game, as it is found here.
        players: How many play it; None leaves it to the game.
        pyodide: What browsers run.

    Raises:
        ConfigurationError: It needs what cannot go into a browser; says what, and what else there
            is.
    """
    stand_ins = tuple(name for name in STAND_INS if name not in pyodide.import_names)
    rehearsal = rehearse(spec, players, sorted(pyodide.import_names), stand_ins)
    if rehearsal.error:
        raise ConfigurationError("game", _refusal(spec, rehearsal, pyodide))
    own = [name for name in rehearsal.modules if name not in STAND_INS]
    owners = metadata.packages_distributions()
    roots = {normalised(owner) for name in own for owner in owners.get(name, ())}
    closure = _closure(roots - STAND_IN_DISTRIBUTIONS, pyodide)
    compiled = {name for name, each in closure.items() if is_compiled(each)}
    there = compiled & pyodide.packages.keys()
    left_out = {name for name in compiled - there if not _is_loaded(name, own, owners)}
    packed = closure.keys() - there - left_out
    packages = pyodide.with_depends(there)
    _check_versions(closure, packages)
    loose = [name for name in own if name not in owners and not _is_given(name)]
    return Surroundings(
        pyodide="" if pyodide.is_shipped else pyodide.digest,
        packages=tuple((each.name, each.version, each.sha256) for each in packages),
        packed=tuple((name, closure[name].version) for name in sorted(packed)),
        modules=tuple(sorted(loose)),
        stand_ins=stand_ins,
    )


def is_compiled(distribution: metadata.Distribution) -> bool:
    """Whether some of its modules are compiled."""
    return any(str(path).endswith(COMPILED_SUFFIXES) for path in distribution.files or ())


def browser_environment(pyodide: PyodideDistribution) -> dict[str, str]:
    """What markers in requirements are evaluated against. Source: PEP 508."""
    full = pyodide.python_version or ".".join(map(str, sys.version_info[:3]))
    return {
        "extra": "",
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "wasm32",
        "platform_python_implementation": "CPython",
        "platform_system": "Emscripten",
        "python_full_version": full,
        "python_version": ".".join(full.split(".")[:2]),
        "sys_platform": "emscripten",
    }


def _closure(
    roots: Iterable[str], pyodide: PyodideDistribution
) -> dict[str, metadata.Distribution]:
    """Return distributions and all that they require and that is installed, by name."""
    environment = browser_environment(pyodide)
    found: dict[str, metadata.Distribution] = {}
    waiting = sorted(roots)
    while waiting:
        name = waiting.pop()
        if name in found or name in STAND_IN_DISTRIBUTIONS or name == "peergym":
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # not here either, so the rehearsal did without it
        waiting += [normalised(each.name) for each in _requirements(found[name], environment)]
    return found


def _requirements(
    distribution: metadata.Distribution, environment: Mapping[str, str] | None = None
) -> list[Requirement]:
    requirements = []
    for text in distribution.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # old metadata; whatever it means, the rehearsal shows whether it is needed
        marker = requirement.marker
        if marker is None or marker.evaluate(dict(environment or {"extra": ""})):
            requirements.append(requirement)
    return requirements


def _check_versions(
    closure: Mapping[str, metadata.Distribution], packages: Iterable[LockedPackage]
) -> None:
    """Refuse a package of Pyodide whose version a distribution of ours does not take."""
    versions = {package.name: package.version for package in packages}
    for name, distribution in closure.items():
        for requirement in _requirements(distribution):
            version = versions.get(normalised(requirement.name))
            if version and not requirement.specifier.contains(version, prereleases=True):
                raise ConfigurationError(
                    "pyodide",
                    f"{name} needs {requirement}, and the browser's Pyodide has {version}. "
                    f"{NATIVE_WAY}",
                )


def _is_loaded(name: str, modules: Iterable[str], owners: Mapping[str, Any]) -> bool:
    return any(
        name in [normalised(owner) for owner in owners.get(module, ())] for module in modules
    )


def _is_given(module: str) -> bool:
    """Whether a module is a file that somebody named, which is packed as that."""
    return module.startswith(FILE_PREFIX)


def _refusal(spec: str, rehearsal: Rehearsal, pyodide: PyodideDistribution) -> str:
    owners = metadata.packages_distributions()
    why = f"{rehearsal.error.rstrip('.')}."
    if rehearsal.lacking:
        owner = owners.get(rehearsal.lacking, [rehearsal.lacking])[0]
        why = _why(normalised(owner), pyodide)
    elif rehearsal.lacks_drawing and FULL_PYGAME in pyodide.listed:
        why += f" {FULL_PYGAME} belongs to a full distribution of Pyodide: --pyodide."
    return f"{spec} cannot go into a browser: {why} {NATIVE_WAY}"


def _why(name: str, pyodide: PyodideDistribution) -> str:
    compiled = f"it needs {name}, which is compiled for this machine"
    if name not in pyodide.listed:
        return f"{compiled} and is in no Pyodide of this version."
    where = "that comes with peergym" if pyodide.is_shipped else f"at {pyodide.place}"
    return (
        f"{compiled}. The Pyodide {where} lists it and does not hold it: give one that does, "
        "--pyodide FOLDER or --pyodide URL."
    )
