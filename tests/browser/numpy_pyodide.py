"""A Pyodide with NumPy, for tests of environments that need it; without it they are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.numpy_pyodide import UnobtainableError, provide

FOLDER = Path(__file__).parents[2] / ".build" / "numpy-pyodide"


def numpy_pyodide() -> Path:
    """Return its folder, or skip the test and say why."""
    try:
        return provide(FOLDER)
    except UnobtainableError as error:
        pytest.skip(f"NOT TESTED, for there is no Pyodide with NumPy here: {error}")
