"""Games of objects are saved, sent and continued in WebAssembly as they are natively."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.pyodide import object_exchange
from tests.pyodide.exchange import Exchange


def test_objects_mean_the_same_natively_and_in_webassembly(tools: Any, tmp_path: Path) -> None:
    exchange = Exchange(tools, object_exchange, tmp_path)
    natively, in_pyodide = exchange.natively, exchange.in_pyodide

    course = natively("make", "native")
    assert len(set(course)) == object_exchange.FRAMES_AFTER
    assert in_pyodide("make", "wasm") == course
    assert (tmp_path / "native").read_bytes() == (tmp_path / "wasm").read_bytes()
    assert in_pyodide("take", "native") == course
    assert natively("take", "wasm") == course
