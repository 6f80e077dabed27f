"""What costs mean for a match: how fast, how far back, how often saved."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from peergym.cli.check.table import print_report
from peergym.envs.check.advice import FASTEST_HZ, Advice, advise
from peergym.envs.check.findings import Figures, Finding, Report, Verdict
from peergym.rollback.config import MAX_PREDICTION_WINDOW
from peergym.rollback.saving import BUDGET, FrameCosts, worst_tick_s

PERIOD_S = 1 / 60


def printed(costs: FrameCosts, advice: Advice, width: int = 200) -> str:
    figures = Figures("browser", "CPython", costs, 130_000, 245_000, advice)
    finding = Finding(
        "clock", Verdict.WARNED, "reads [a clock]", ".x: 1 != 2", ("game.py:3: time()",)
    )
    console = Console(file=io.StringIO(), width=width)
    print_report(Report("tag", 1, 600, (finding,), (figures,)), console)
    text = console.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def test_a_cheap_game_may_do_anything() -> None:
    costs = FrameCosts(2e-6, 1e-6, 1e-6)
    advice = advise(costs, 60.0, 2)
    assert advice.frame_rate_hz == FASTEST_HZ
    assert advice.window_frames == MAX_PREDICTION_WINDOW
    assert (advice.interval_frames, advice.fits) == (1, True)
    text = printed(costs, advice)
    for part in ("240+ Hz", "60+", "dense", "it fits into a frame", "reads [a clock]",
                 ".x: 1 != 2", "game.py:3: time()", "with 1 thing to know"):  # fmt: skip
        assert part in text


def test_on_a_narrow_terminal_each_host_has_one_line() -> None:
    costs = FrameCosts(999.9e-6, 999.9e-6, 999.9e-6)
    advice = advise(costs, 60.0, 2)
    assert advice.interval_frames > 1
    lines = printed(costs, advice, width=80).splitlines()
    (line,) = [each for each in lines if each.startswith("browser ")]
    assert line.startswith("browser  999.9 µs  999.9 µs  999.9 µs  130 kB  245 kB")
    assert line.rstrip().endswith(f"{advice.window_frames}  1 in {advice.interval_frames}")


def test_the_window_is_the_largest_that_fits_and_the_rate_the_highest() -> None:
    costs = FrameCosts(0.0016, 0.0001, 0.0001)
    advice = advise(costs, 60.0, 2)
    window = advice.window_frames
    assert 0 < window < 8
    assert not advice.fits
    assert worst_tick_s(costs, window, 1) <= BUDGET * PERIOD_S
    assert all(worst_tick_s(costs, window + 1, k) > BUDGET * PERIOD_S for k in range(1, 9))
    assert advice.worst_tick_s == pytest.approx(BUDGET / advice.frame_rate_hz)
    assert f"choose a prediction window of {window}" in printed(costs, advice)
    # At that rate, the usual window fits.
    assert advise(costs, advice.frame_rate_hz * 0.999, 2).fits


def test_where_not_even_one_frame_fits_lockstep_remains() -> None:
    costs = FrameCosts(0.010, 0.001, 0.001)
    advice = advise(costs, 60.0, 2)
    assert advice.window_frames == 0
    assert "lockstep" in printed(costs, advice)


def test_dear_saves_are_made_rarely() -> None:
    costs = FrameCosts(0.0001, 0.002, 0.0005)
    advice = advise(costs, 60.0, 2)
    assert advice.interval_frames > 1
    assert f"1 in {advice.interval_frames}" in printed(costs, advice)
