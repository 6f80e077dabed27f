"""Nothing is predicted (window 0): delay alone hides what the network takes."""

from __future__ import annotations

import json

import pytest

from peergym.rollback import ArticleInputDelay, AutomaticInputDelay
from peergym.rollback.config import InputDelay
from peergym.testing import Mesh, PairConditions
from tests.simulation.matches import PERIOD_S, checksums, judge_sound, match, rollbacks, stalls
from tests.simulation.test_lab_command import run

AUTOMATIC, ARTICLE = AutomaticInputDelay(), ArticleInputDelay()
BAD = PairConditions(rtt_s=0.12, jitter_s=0.02, loss=0.05)
WORSE = PairConditions(rtt_s=0.2, jitter_s=0.04, loss=0.15, burst_packets=4)


def lockstep(delay: InputDelay, network: PairConditions, players: int = 2, seed: int = 1) -> Mesh:
    """A match in which nothing is predicted."""
    session = {"input_delay": delay, "prediction_window": 0}
    return match(players, network, seed=seed, session=session)


def judge_lockstep(mesh: Mesh, least_frames: int) -> None:
    """One history, the right one, and never a rollback."""
    judge_sound(mesh, least_frames, expect_rollbacks=False)
    assert rollbacks(mesh) == 0
    for peer in mesh.peers.values():
        assert peer.session.statistics().rollback_frames == 0


@pytest.mark.parametrize("network", [BAD, WORSE])
@pytest.mark.parametrize("delay", [0, 3, 9, ARTICLE, AUTOMATIC], ids=str)
@pytest.mark.parametrize("players", [2, 3])
def test_lockstep_never_rolls_back_and_shares_one_history(
    players: int, delay: InputDelay, network: PairConditions
) -> None:
    mesh = lockstep(delay, network, players)
    assert mesh.run_frames(150)
    judge_lockstep(mesh, 150)


def test_lockstep_and_prediction_come_to_the_same_history() -> None:
    predicting = match(2, BAD, seed=5, session={"input_delay": 4})
    waiting = lockstep(4, BAD, seed=5)
    for mesh in (predicting, waiting):
        assert mesh.run_frames(300)
    assert rollbacks(predicting) > 0 == rollbacks(waiting)
    assert checksums(predicting.peers[0], 300) == checksums(waiting.peers[1], 300)


@pytest.mark.parametrize(("rtt_ms", "frames"), [(0, 0), (50, 3), (120, 6), (240, 10)])
def test_a_delay_beyond_the_one_way_time_plays_at_full_speed(rtt_ms: int, frames: int) -> None:
    mesh = lockstep(frames, PairConditions(rtt_s=rtt_ms / 1000))
    mesh.run(31.0)
    judge_lockstep(mesh, 1780)
    # A way long at the start, for nobody knows yet that the first frames are empty.
    assert stalls(mesh) <= 2 * (rtt_ms / 2000 * 60 + 1)


def test_without_delay_each_frame_takes_the_one_way_time() -> None:
    mesh = lockstep(0, PairConditions(rtt_s=0.1))
    mesh.run(31.0)
    # What arrives between two ticks waits for the second.
    judge_lockstep(mesh, round(30.0 / (0.050 + 2 * PERIOD_S)))
    assert mesh.frames <= 31.0 / 0.050


@pytest.mark.parametrize(
    ("network", "delay", "most_stalls"),
    [
        (PairConditions(), 2, 0),
        (PairConditions(rtt_s=0.05), 4, 10),
        (PairConditions(rtt_s=0.12), 6, 10),
        (BAD, 6, 30),
        (PairConditions(rtt_s=0.2, jitter_s=0.02, loss=0.02), 8, 30),
        (PairConditions(rtt_s=0.4), 14, 40),
    ],
)
def test_the_automatic_delay_takes_all_of_the_one_way_time_and_does_not_stall(
    network: PairConditions, delay: int, most_stalls: int
) -> None:
    mesh = lockstep(AUTOMATIC, network)
    mesh.run(31.0)
    judge_lockstep(mesh, 1750)
    for peer in mesh.peers.values():
        assert delay <= peer.session.input_delay_frames <= delay + 1
    assert stalls(mesh) <= most_stalls


def test_the_automatic_delay_of_a_window_of_eight_stays_as_it_is() -> None:
    session = {"input_delay": AUTOMATIC}
    mesh = match(2, PairConditions(rtt_s=0.12), session=session)
    mesh.run(31.0)
    judge_sound(mesh, 1780)
    assert stalls(mesh) == 0
    assert [peer.session.input_delay_frames for peer in mesh.peers.values()] == [1, 1]


@pytest.mark.parametrize("delay", ["0", "3", "6", "article", "auto"])
def test_the_lab_plays_in_lockstep(delay: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = f"chaos --rtt-ms 120 --window 0 --input-delay {delay} --frames 300 --json"
    assert run(*arguments.split()) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["frames"], result["diverged"], result["rollbacks"]) == (300, 0, 0)
    if delay in ("6", "article", "auto"):
        assert result["stalls"] <= 10
    if delay == "auto":
        assert result["input_delay_frames"] == 6
