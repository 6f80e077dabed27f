"""Plays a game in the Python of browsers: Pyodide under Node.js, with what a browser would get."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError
from peergym.server.child import ChildError, ChildRunner
from peergym.server.re_execution import find_node
from peergym.server.runtime import make_served_runtime
from peergym.server.settings import PACKAGE_DIR

SCRIPT = Path(__file__).with_name("answer.mjs")
LIMIT_S = 600.0


class BrowserPython:
    """Asks a browser's Python.

    Args:
        game: The game, as it was named.
        players: How many play it; None leaves it to the game.
        pyodide: A folder with a Pyodide; None takes the one that comes with us.
        client_dir: The built client, which holds that.
    """

    def __init__(
        self,
        game: str,
        players: int | None = None,
        pyodide: str | None = None,
        client_dir: Path = PACKAGE_DIR / "client_dist",
    ) -> None:
        self._game = game
        self._players = players
        self._pyodide = pyodide
        self._client_dir = client_dir

    def ask(self, request: str) -> dict[str, Any]:
        """Send a request and return the answer (`peergym.envs.check.elsewhere`).

        Raises:
            ConfigurationError: There is no Node.js or no Pyodide, the game cannot go into a
                browser, or it failed there; says which, in a sentence.
        """
        node = find_node()
        runtime = make_served_runtime(
            self._game, PACKAGE_DIR, self._client_dir, self._players, self._pyodide
        )
        folder = runtime.pyodide.folder if runtime.pyodide is not None else None
        if folder is None or not (folder / "pyodide.mjs").is_file():
            raise ConfigurationError(
                "pyodide",
                "Node.js needs it in a folder: this copy of peergym comes without one, and an "
                "address will not do",
            )
        packages = json.dumps(list(runtime.packages_to_json()))
        with tempfile.TemporaryDirectory(prefix="peergym-") as scratch:
            files = [Path(scratch) / "runtime.zip", Path(scratch) / "request.json"]
            files[0].write_bytes(runtime.data)
            files[1].write_text(request)
            paths = [str(each.resolve()) for each in (folder, *files)]
            command = [node, str(SCRIPT), *paths, runtime.spec, packages]
            try:
                return ChildRunner(LIMIT_S).run(command, os.environ)
            except ChildError as error:
                raise ConfigurationError("browser", str(error)) from error
