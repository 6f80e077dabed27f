"""Plays a game in the Python of browsers: Pyodide under Node.js, with what a browser would get."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError
from peergym.server.child import ChildError, ChildRunner
from peergym.server.re_execution import PYODIDE_DIR, find_node
from peergym.server.runtime import make_runtime
from peergym.server.settings import PACKAGE_DIR

SCRIPT = Path(__file__).with_name("answer.mjs")
LIMIT_S = 600.0


class BrowserPython:
    """Asks a browser's Python.

    Args:
        game: The game, as it was named.
        pyodide_dir: Where Pyodide is.
    """

    def __init__(self, game: str, pyodide_dir: Path = PYODIDE_DIR) -> None:
        self._game = game
        self._pyodide_dir = pyodide_dir

    def ask(self, request: str) -> dict[str, Any]:
        """Send a request and return the answer (`peergym.envs.check.elsewhere`).

        Raises:
            ConfigurationError: There is no Node.js or no Pyodide, the game cannot go into a
                browser, or it failed there; says which, in a sentence.
        """
        node = find_node()
        if not (self._pyodide_dir / "pyodide.mjs").is_file():
            raise ConfigurationError(
                "pyodide",
                f"it is not in {self._pyodide_dir}: this copy of peergym comes without its page",
            )
        runtime = make_runtime(self._game, PACKAGE_DIR)
        with tempfile.TemporaryDirectory(prefix="peergym-") as folder:
            files = [Path(folder) / "runtime.zip", Path(folder) / "request.json"]
            files[0].write_bytes(runtime.data)
            files[1].write_text(request)
            paths = [str(each.resolve()) for each in (self._pyodide_dir, *files)]
            command = [node, str(SCRIPT), *paths, runtime.spec]
            try:
                return ChildRunner(LIMIT_S).run(command, os.environ)
            except ChildError as error:
                raise ConfigurationError("browser", str(error)) from error
