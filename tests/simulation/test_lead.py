"""Keeping everybody's frames at the same moment, measured from outside."""

from __future__ import annotations

from itertools import pairwise

import pytest

from peergym.testing import Mesh, PairConditions, PeerClock, judge, true_lead_s
from tests.simulation.matches import PERIOD_S, chaos, judge_sound, match

SETTLED_AFTER_S = 5.0
VISIBLE_FRAMES = 0.1  # a sixth of a millisecond's lead has a sign, but nobody's attention


def leads_frames(mesh: Mesh, one: int = 0, other: int = 1) -> list[tuple[float, float]]:
    """(seconds since the first frame, lead in frames)."""
    leads = true_lead_s(mesh.peers[one], mesh.peers[other])
    return [(at_s - leads[0][0], lead_s / PERIOD_S) for at_s, lead_s in leads]


def changes_of_sign(leads: list[tuple[float, float]]) -> int:
    signs = [lead > 0 for _, lead in leads if abs(lead) > VISIBLE_FRAMES]
    return sum(a != b for a, b in pairwise(signs))


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("window", [8, 40])
def test_twenty_frames_apart_at_60_ms_are_within_one_frame_after_five_seconds(
    window: int, late: int
) -> None:
    mesh = match(
        network=PairConditions(rtt_s=0.06),
        late_s={late: 20 * PERIOD_S},
        session={"prediction_window": window},
    )
    mesh.run(20.0)
    leads = leads_frames(mesh)
    assert abs(leads[0][1]) > 17, "they began far apart"
    assert max(abs(lead) for at_s, lead in leads if at_s > SETTLED_AFTER_S) < 1.0
    assert changes_of_sign(leads) <= 1
    judge_sound(mesh, 1000)


@pytest.mark.timeout(300)  # 72,000 frames: 13 s alone, more on a busy machine
def test_clocks_2000_ppm_apart_stay_within_one_frame_for_ten_minutes() -> None:
    mesh = match(
        network=PairConditions(rtt_s=0.06, jitter_s=0.01),
        clocks={0: PeerClock(drift_ppm=-1000), 1: PeerClock(drift_ppm=1000)},
    )
    mesh.run(600.0)
    leads = leads_frames(mesh)
    assert len(leads) > 35_900
    assert max(abs(lead) for at_s, lead in leads if at_s > SETTLED_AFTER_S) < 1.0
    verdict = judge(mesh)
    assert verdict.diverged == 0
    assert verdict.frames > 35_900


def test_without_time_sync_such_clocks_would_be_72_frames_apart() -> None:
    fast, slow = PeerClock(drift_ppm=1000), PeerClock(drift_ppm=-1000)
    apart_s = fast.read(600.0) - slow.read(600.0)
    assert apart_s / PERIOD_S == pytest.approx(72.0)


@pytest.mark.parametrize("jitter_ms", [0, 20])
def test_a_symmetric_200_ms_path_never_skips_a_tick(jitter_ms: int) -> None:
    mesh = match(network=PairConditions(rtt_s=0.2, jitter_s=jitter_ms / 1000), seed=2)
    mesh.run(30.0)
    for peer in mesh.peers.values():
        assert peer.session.statistics().skipped_ticks == 0
    assert max(abs(lead) for at_s, lead in leads_frames(mesh) if at_s > SETTLED_AFTER_S) < 1.0
    judge_sound(mesh, 1700)


def test_four_peers_with_four_clocks_run_within_one_frame_of_each_other() -> None:
    mesh = Mesh(
        chaos(4),
        PairConditions(rtt_s=0.08, jitter_s=0.02, loss=0.02),
        clocks={peer: PeerClock(offset_s=100.0 * peer, drift_ppm=200 * peer) for peer in range(4)},
        late_s={3: 10 * PERIOD_S},
    )
    mesh.run(40.0)
    for one in range(4):
        for other in range(one):
            leads = leads_frames(mesh, one, other)
            assert max(abs(lead) for at_s, lead in leads if at_s > SETTLED_AFTER_S) < 1.0
    judge_sound(mesh, 2200)
