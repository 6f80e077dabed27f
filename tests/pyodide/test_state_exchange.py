"""States go from native peers to browsers and back, and the games go on as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.pyodide import state_exchange
from tests.pyodide.exchange import Exchange


def test_a_state_means_the_same_natively_and_in_webassembly(tools: Any, tmp_path: Path) -> None:
    exchange = Exchange(tools, state_exchange, tmp_path)
    natively, in_pyodide = exchange.natively, exchange.in_pyodide

    made = natively("make", "native")
    assert made == in_pyodide("make", "wasm")
    assert in_pyodide("take", "native") == made
    assert natively("take", "wasm") == made
    for game in state_exchange.GAMES:
        assert (tmp_path / "native" / game).read_bytes() == (tmp_path / "wasm" / game).read_bytes()
        assert made[game][0] != made[game][1], "the state did not change"
