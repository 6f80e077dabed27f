"""What must hold of every match of the fleet.

Theory of operation: a match is played and judged, and everything that is not as it must be becomes
a `Problem`: a kind, by which a smaller match that fails in the same way is known again, and a
sentence for people. What only describes a match (its speed, its longest wait) is a figure.

    diverged         a confirmed state differs from the oracle's
    agreement        cuts, joins or repairs are not what they must be
    false alarm      a desync was reported in a sound match
    silent desync    a planted one was not reported by everybody, or not repaired
    stuck            the frames were not reached in many times the time they take
    no progress      fewer than 10 frames in the 2 s after a heal
    not back         somebody who could be back in the match is not
    too slow         below 90 % of the nominal speed where full speed is promised
    not exercised    no rollback although the latency exceeds the delay; inputs or states that
                     never changed: then the match would prove nothing
    exception        anything raised

A match that can go wrong in none of these ways proves nothing, so `tests/fleet/test_checks.py`
brings each of them about.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any

from peergym.games.catalogue import find_game
from peergym.lab.result import measure
from peergym.lab.run import build, play
from peergym.rollback.events import DesyncDetected
from peergym.testing.mesh import Mesh
from peergym.testing.mesh_peer import MeshPeer
from peergym.testing.schedule import Kind
from peergym.testing.verdict import Verdict, judge
from tests.fleet.pace import BACK_WITHIN_S, check_pace, least_progress, missing, speed_of
from tests.fleet.trials import Problem, Trial

REPAIRED_BEFORE_END_FRAMES = 60  # a planted desync must be gone by then
EARLY_FRAMES = 60  # whoever is lost before has perhaps done nothing but press nothing
LONG_FRAMES = 300  # in so many, everybody has done something, and surprised the others


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial.

    Attributes:
        problems: What is wrong; empty if nothing is.
        figures: What describes the match.
    """

    problems: tuple[Problem, ...]
    figures: dict[str, Any]


def run_trial(trial: Trial) -> Outcome:
    """Play a trial and check it."""
    try:
        mesh = build(trial.match.lab_options(find_game))
        play(mesh, trial.match.frames)
        return check(trial, mesh)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        where = traceback.extract_tb(error.__traceback__)[-1].name
        kind = f"exception: {type(error).__name__} in {where}"
        return Outcome((Problem(kind, str(error)),), {})


def check(trial: Trial, mesh: Mesh) -> Outcome:
    """Check a match that has been played; those who are on their way back may still come."""
    played_s = mesh.clock.now_s
    mesh.run_until(lambda: not missing(mesh), BACK_WITHIN_S)
    verdict = judge(mesh)
    result = measure(mesh, trial.match.frames)
    problems = [
        *_check_history(trial, mesh, verdict),
        *_check_alarms(trial, mesh),
        *check_pace(trial, mesh, result, played_s),
        *_check_exercise(trial, mesh, verdict),
    ]
    figures = {
        "frames": verdict.frames,
        "peer_frames": sum(peer.checker.counts.frames for peer in mesh.peers.values()),
        "compared": verdict.compared,
        "rollbacks": result.rollbacks,
        "max_rollback_depth": result.max_rollback_depth,
        "cuts": len(result.cuts),
        "joins": len(result.joins),
        "excluded": len(result.excluded),
        "desyncs": len(result.desyncs),
        "speed": round(speed_of(mesh, trial.match.frames, played_s), 4),
        "stall_ms_max": result.stall_ms_max,
        "progress_frames": least_progress(mesh),
        "lag_p99": result.confirmed_lag_frames_p99,
    }
    return Outcome(tuple(problems), figures)


# --- histories


def _check_history(trial: Trial, mesh: Mesh, verdict: Verdict) -> list[Problem]:
    problems = [Problem("agreement", text) for text in verdict.complaints]
    peers = {mesh.owners[happening.player] for happening in trial.match.schedule.of(Kind.DESYNC)}
    # At the frame that the peer itself had reached: it may lag behind the one that the schedule
    # goes by.
    planted = [wrong[1] for peer in peers if (wrong := mesh.peers[peer].runner._wrong) is not None]
    for peer, frames in verdict.wrong.items():
        if not planted or frames[0][1] < min(planted):
            text = f"peer {peer} differs at {len(frames)} frames, first at {frames[0]}"
            problems.append(Problem("diverged", text))
        elif frames[-1][1] > verdict.frames - REPAIRED_BEFORE_END_FRAMES:
            text = f"peer {peer} still differs at {frames[-1]} of {verdict.frames}"
            problems.append(Problem("silent desync", text))
    return problems


def _check_alarms(trial: Trial, mesh: Mesh) -> list[Problem]:
    players = [peer for peer in mesh.survivors if not peer.is_newcomer]
    told = [peer.peer for peer in players if peer.events_of(DesyncDetected)]
    is_planted = bool(trial.match.schedule.of(Kind.DESYNC))
    if told and not is_planted:
        return [Problem("false alarm", f"peers {told} reported a desync of a sound match")]
    if is_planted and len(told) < len(players):
        return [Problem("silent desync", f"only {told} of {len(players)} reported it")]
    return []


# --- whether it proves anything


def _check_exercise(trial: Trial, mesh: Mesh, verdict: Verdict) -> list[Problem]:
    problems = []
    if verdict.states < 0.9 * verdict.frames:
        problems.append(Problem("not exercised", f"{verdict.states} states only"))
    idle = sorted(_players_who_act(trial, mesh) - set(verdict.varied_players))
    if idle and verdict.frames > LONG_FRAMES:
        problems.append(Problem("not exercised", f"players {idle} did nothing"))
    seen = sum(max(0, verdict.frames - peer.history.missed_frames) for peer in mesh.survivors)
    if verdict.compared < 0.9 * seen / trial.match.snapshot_interval:
        text = f"{verdict.compared} comparisons of {seen} frames"
        problems.append(Problem("not exercised", text))
    one_way_s = trial.match.network.rtt_s / 2
    problems += [
        Problem("not exercised", f"peer {peer.peer} never rolled back")
        for peer in mesh.survivors
        if _must_roll_back(mesh, peer, one_way_s) and not peer.checker.counts.rollbacks
    ]
    return problems


def _players_who_act(trial: Trial, mesh: Mesh) -> set[int]:
    """All but those who are lost before they can have done much."""
    early = {
        happening.player
        for happening in trial.match.schedule.of(Kind.DROP)
        if happening.frame < EARLY_FRAMES
    }
    return set(range(len(mesh.owners))) - early


def _must_roll_back(mesh: Mesh, peer: MeshPeer, one_way_s: float) -> bool:
    """Whether its predictions must have been wrong sometimes: late inputs, and enough of them."""
    longest_delay = max(
        each.p2p.input_delay_frames for each in mesh.peers.values() if not each.is_spectator
    )
    is_late = one_way_s > (longest_delay + 1) / mesh.frame_rate_hz
    has_company = len({each.peer for each in mesh.survivors}) > 1
    return is_late and has_company and peer.checker.counts.frames > LONG_FRAMES
