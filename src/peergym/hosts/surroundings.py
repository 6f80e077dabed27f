"""What a game finds around it in a browser: packed libraries, and stand-ins for absent ones.

Theory of operation: the zip that a worker gets begins with our own package, which is imported from
the zip as it is. What else is in it was packed from the server's Python: the game, and libraries in
their exact versions. Those may read files that lie beside their modules, so they are unpacked into
a folder, which comes first on the path. ``peergym_browser.json`` in the zip says what they are.
"""

from __future__ import annotations

import importlib
import json
import sys
import zipfile
from pathlib import Path

from peergym.envs.absent import SURROUNDINGS_FILE, install_stand_ins
from peergym.errors import ConfigurationError

OURS = "peergym/"


def set_up(runtime: str, folder: str) -> None:
    """Make importable what was packed besides our own package.

    Args:
        runtime: The zip.
        folder: Where to unpack; need not be there. Nothing is unpacked where a zip holds no
            libraries, and the game is then imported from the zip.
    """
    with zipfile.ZipFile(runtime) as archive:
        names = archive.namelist()
        if SURROUNDINGS_FILE not in names:
            return
        told = json.loads(archive.read(SURROUNDINGS_FILE))
        Path(folder).mkdir(parents=True, exist_ok=True)
        archive.extractall(folder, [name for name in names if not name.startswith(OURS)])
    if folder not in sys.path:
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    install_stand_ins(told["stand_ins"])


def packages_of(runtime: str) -> str:
    """Return the names of what Pyodide has to load for a zip, as a JSON list."""
    with zipfile.ZipFile(runtime) as archive:
        if SURROUNDINGS_FILE not in archive.namelist():
            return "[]"
        told = json.loads(archive.read(SURROUNDINGS_FILE))
    return json.dumps([name for name, _, _ in told["packages"]])


def check_imports(names: str) -> None:
    """Import modules to see that they are there.

    Pyodide's own loading says nothing of a package that it could not load.

    Args:
        names: JSON: a list of modules.

    Raises:
        ConfigurationError: One of them cannot be imported; says which, and why.
    """
    for name in json.loads(names):
        try:
            importlib.import_module(name)
        except Exception as error:
            raise ConfigurationError(
                "pyodide", f"{name} does not import here: {type(error).__name__}: {error}"
            ) from error
