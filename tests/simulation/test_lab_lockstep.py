"""A game that cannot be put back is simulated as it is played: without prediction."""

from __future__ import annotations

from peergym.lab.match_file import match_from_json
from peergym.lab.run import run_lab
from tests.envs.planted_odd_games import Waits


def test_a_game_in_lockstep_needs_no_window_of_0_to_be_asked_for() -> None:
    match = match_from_json({"frames": 60, "network": {"rtt_ms": 120}})
    options = match.lab_options(lambda _: Waits)
    assert options.window_frames == 0
    result, _ = run_lab(options)
    assert result.is_sound
    assert result.rollbacks == 0
