"""``peergym lab advise``: its model against simulated matches, and what it advises."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peergym.cli import main
from peergym.errors import ConfigurationError
from peergym.games.catalogue import find_game
from peergym.lab.advise import Situation, advise, expect
from peergym.lab.advise.model import Settings, least_window
from peergym.lab.advise.recommend import MOST_WINDOW, USUAL_WINDOW
from peergym.lab.sweep.runs import Run, simulate
from peergym.rollback.config import SessionConfig
from peergym.rollback.input_delay import AutomaticInputDelay
from peergym.rollback.saving import BUDGET, FrameCosts

CHEAP = FrameCosts(50e-6, 20e-6, 20e-6)


def situation(**figures: Any) -> Situation:
    network = {
        "rtt_s": figures.pop("rtt_ms", 80) / 1000,
        "jitter_s": figures.pop("jitter_ms", 0) / 1000,
        "loss": figures.pop("loss", 0) / 100,
    }
    return Situation(**{"costs": CHEAP, **network, **figures})


def simulated(frames: int, **values: Any) -> dict[str, Any]:
    return simulate(Run(game="chaos", frames=frames, values=values), find_game)


@pytest.mark.parametrize(
    ("network", "chosen"),
    [
        ({"rtt_ms": 30}, (0, 8, 1)),
        ({"rtt_ms": 60, "jitter_ms": 10, "loss": 1}, (0, 8, 1)),
        ({"rtt_ms": 110, "jitter_ms": 20, "loss": 5}, (1, 8, 1)),
        ({"rtt_ms": 110, "jitter_ms": 20, "loss": 5}, (0, 8, 5)),
        ({"rtt_ms": 220, "jitter_ms": 30, "loss": 2}, (3, 8, 1)),
        ({"rtt_ms": 80, "jitter_ms": 20, "loss": 2, "players": 4}, (1, 8, 1)),
    ],
)
def test_rollbacks_are_as_many_and_as_deep_as_in_a_simulated_match(
    network: dict[str, int], chosen: tuple[int, int, int]
) -> None:
    delay, window, interval = chosen
    said = expect(
        situation(**network),
        Settings(input_delay_frames=delay, window_frames=window, snapshot_interval=interval),
    )
    found = simulated(1200, **network, input_delay=delay, window=window, snapshot_interval=interval)
    assert said.rollbacks_per_s == pytest.approx(found["rollbacks_per_s"], rel=0.15)
    assert said.resimulated_per_s == pytest.approx(found["resimulated_per_s"], rel=0.2)
    depth = found["rollback_frames"] / found["rollbacks"]
    assert said.depth_frames_mean == pytest.approx(depth, abs=0.35)
    assert said.depth_frames_p99 == pytest.approx(found["rollback_depth_frames_p99"], abs=1)
    assert said.own_latency_ms == pytest.approx(found["own_latency_ms_p50"], abs=0.2)


@pytest.mark.parametrize(
    ("network", "delay", "window"),
    [
        ({"rtt_ms": 60, "jitter_ms": 10, "loss": 15}, 0, 3),
        ({"rtt_ms": 60, "jitter_ms": 10, "loss": 15}, 3, 0),
    ],
)
def test_play_stalls_about_as_often_as_in_a_simulated_match(
    network: dict[str, int], delay: int, window: int
) -> None:
    said = expect(
        situation(**network), Settings(input_delay_frames=delay, window_frames=window)
    ).stalls_per_min
    found = simulated(3000, **network, input_delay=delay, window=window)["stalls_per_min"]
    assert found > 20, "enough to compare"
    assert 0.5 * found < said < 2.0 * found


def test_the_advice_for_a_good_network_is_the_usual() -> None:
    advice = advise(situation(rtt_ms=50, jitter_ms=10, loss=1))
    assert advice.settings == Settings(input_delay_frames=1, window_frames=8)
    assert advice.warnings == ()
    assert advice.expectation.stalls_per_min < 1
    assert SessionConfig.__dataclass_fields__["prediction_window"].default == USUAL_WINDOW


def test_far_away_the_window_grows_until_play_hardly_ever_stalls() -> None:
    far = situation(rtt_ms=300, jitter_ms=40, loss=5)
    advice = advise(far)
    assert advice.settings.input_delay_frames == 3
    assert advice.settings.window_frames > 8
    assert advice.expectation.stalls_per_min <= 1
    assert advice.settings.window_frames == least_window(far, 3, 1.0)


def test_the_simulated_match_with_the_advice_for_far_away_hardly_stalls() -> None:
    network = {"rtt_ms": 320, "jitter_ms": 40, "loss": 5}
    chosen = advise(situation(**network)).settings
    delay, window = chosen.input_delay_frames, chosen.window_frames
    found = simulated(2000, **network, input_delay=delay, window=window)
    usual = simulated(2000, **network, input_delay=delay, window=8)
    assert found["stalls_per_min"] < 15, "time sync settles at first"
    assert usual["stalls_per_min"] > 4 * found["stalls_per_min"]


def test_a_dear_save_is_made_seldom() -> None:
    dear = FrameCosts(300e-6, 2e-3, 300e-6)
    advice = advise(situation(rtt_ms=100, costs=dear))
    assert advice.settings.snapshot_interval > 1
    assert advise(situation(rtt_ms=100)).settings.snapshot_interval == 1


def test_a_dear_step_is_paid_with_delay_before_it_is_paid_with_lockstep() -> None:
    dear = FrameCosts(3.5e-3, 100e-6, 100e-6)
    advice = advise(situation(rtt_ms=120, jitter_ms=10, costs=dear))
    assert not advice.is_lockstep
    usual = AutomaticInputDelay().wanted_frames(0.06, 1 / 60)
    assert usual < advice.settings.input_delay_frames <= 5
    assert advice.settings.window_frames < 8
    assert any("instead of" in reason for reason in advice.reasons)


def test_lockstep_wins_where_a_frame_can_be_simulated_once_but_not_twice() -> None:
    slow = FrameCosts(9e-3, 500e-6, 500e-6)
    advice = advise(situation(rtt_ms=20, loss=1, costs=slow))
    assert advice.is_lockstep
    assert advice.expectation.rollbacks_per_s == 0
    assert advice.settings.input_delay_frames == 3
    assert advice.warnings == ()
    found = simulated(1200, rtt_ms=20, loss=1, input_delay=3, window=0)
    assert found["rollbacks"] == 0
    assert found["stalls_per_min"] < 8


def test_what_is_too_slow_everywhere_is_said() -> None:
    advice = advise(situation(costs=FrameCosts(20e-3, 1e-3)))
    assert advice.is_lockstep
    assert any("too slow" in warning for warning in advice.warnings)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0, 600),
    st.floats(0, 100),
    st.floats(0, 30),
    st.floats(1, 20_000),
    st.floats(1, 20_000),
    st.integers(2, 8),
)
def test_what_is_advised_fits_into_a_frame_or_a_warning_says_that_nothing_does(
    rtt_ms: float, jitter_ms: float, loss: float, step_us: float, save_us: float, players: int
) -> None:
    costs = FrameCosts(step_us / 1e6, save_us / 1e6, save_us / 1e6)
    where = situation(rtt_ms=rtt_ms, jitter_ms=jitter_ms, loss=loss, costs=costs, players=players)
    advice = advise(where)
    chosen = advice.settings
    fits = advice.expectation.worst_tick_us <= 1e6 * BUDGET * where.period_s
    assert fits or (advice.is_lockstep and any("too slow" in each for each in advice.warnings))
    assert 0 <= chosen.window_frames <= MOST_WINDOW
    assert advice.is_lockstep or 1 <= chosen.input_delay_frames <= 5
    assert len(advice.reasons) >= 3


@given(st.floats(0, 0.4), st.floats(0, 0.1), st.floats(0, 0.5), st.floats(0, 0.3))
def test_an_input_is_the_less_probably_missing_the_longer_one_waits(
    rtt_s: float, jitter_s: float, loss: float, after_s: float
) -> None:
    where = Situation(rtt_s=rtt_s, jitter_s=jitter_s, loss=loss, costs=CHEAP)
    sooner, later = where.is_later(after_s), where.is_later(after_s + 0.01)
    assert 0.0 <= later <= sooner + 1e-12 <= 1.0 + 1e-12
    assert replace(where, loss=min(0.9, loss + 0.1)).is_later(after_s) >= sooner - 1e-12
    assert replace(where, rtt_s=rtt_s + 0.1).is_later(after_s) >= sooner - 1e-12


@pytest.mark.parametrize(
    "figures", [{"rtt_ms": -1}, {"loss": 95}, {"players": 1}, {"frame_rate_hz": 0}]
)
def test_a_situation_that_cannot_be_is_refused(figures: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        situation(**figures)


COMMAND = ("lab", "advise", "--rtt-ms", "120", "--jitter-ms", "20", "--loss", "2")
COSTS = ("--step-us", "300", "--save-us", "100")


def test_the_command_says_what_to_choose_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, *COSTS]) == 0
    printed = capsys.readouterr().out
    assert "Rollback: input delay 1, window 8, snapshot interval 1" in printed
    for word in ("Input delay: the one-way time is 60 ms", "stalled frames a minute", "µs"):
        assert word in printed


def test_the_command_gives_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, *COSTS, "--players", "4", "--frame-rate", "30", "--json"]) == 0
    advice = json.loads(capsys.readouterr().out)
    assert list(advice) == [
        "mode",
        "input_delay_frames",
        "window_frames",
        "snapshot_interval",
        "expected",
        "reasons",
        "warnings",
    ]
    assert advice["mode"] == "rollback"
    assert 0 < advice["expected"]["cpu_share"] < 0.2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rtt-ms", "-5", *COSTS), "rtt_s"),
        (("--rtt-ms", "50", "--step-us", "-1", "--save-us", "1"), "step_s"),
        (("--rtt-ms", "50", *COSTS, "--loss", "100"), "loss"),
        (("--rtt-ms", "50", *COSTS, "--players", "99"), "players"),
    ],
)
def test_a_command_that_makes_no_sense_gets_a_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "advise", *arguments]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1


def test_the_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["lab", "advise", "--help"])
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    assert "usage: peergym lab advise" in printed
    assert "--step-us 900" in printed
