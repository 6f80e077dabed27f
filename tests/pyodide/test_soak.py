"""The worker's players for a long time: nothing may grow, nothing may be left."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

Soak = Callable[..., Any]


def assert_sound(result: Any, frames: int) -> None:
    """Both played to the end, and every checksum that both hold is the same."""
    assert result["failures"] == []
    assert result["frames"] >= frames
    assert result["checksumsCompared"] >= frames // 40
    assert result["checksumsDiffering"] == 0
    assert "DesyncDetected" not in result["eventNames"]
    assert min(result["rollbacks"]) > 0


def test_memory_and_proxies_after_36000_frames_are_those_after_6000(soak: Soak) -> None:
    result = soak(frames=36_000, marks="6000,36000")
    assert_sound(result, 36_000)
    early, late = result["marks"]
    assert late["frame"] - early["frame"] == 30_000
    assert late["proxies"] == early["proxies"]
    assert late["wasmBytes"] == early["wasmBytes"]
    assert late["timers"] == early["timers"]


def test_10000_rollbacks_in_a_row_cost_the_same_from_first_to_last(soak: Soak) -> None:
    result = soak(frames=10_200, marks="1000,10000", force_rollback=8)
    assert_sound(result, 10_200)
    assert min(result["rollbacks"]) >= 10_000
    early, late = result["marks"]
    assert late["wasmBytes"] == early["wasmBytes"]
    assert late["proxies"] == early["proxies"]
    # A leak of a snapshot or an input per rollback would be thousands of objects.
    assert abs(late["objects"] - early["objects"]) < 1000
    seconds = result["secondsPerThousandFrames"]
    # Other processes may disturb one measurement; growth would show in all the later ones.
    assert median(seconds[-4:]) < 2 * median(seconds[:4])


def test_after_ten_matches_no_timer_proxy_or_object_is_left(soak: Soak) -> None:
    result = soak(frames=3000, matches=10)
    assert_sound(result, 3000)
    first, *_, last = result["afterMatches"]
    assert len(result["afterMatches"]) == 10
    assert last["timers"] == 0
    assert last["proxies"] == first["proxies"]
    assert last["wasmBytes"] == first["wasmBytes"]
    assert abs(last["objects"] - first["objects"]) < 50
