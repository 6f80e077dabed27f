"""Of what must hold of every match, what has to do with time: that it goes on, and how fast."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import inf

from peergym.lab.result import LabResult
from peergym.rollback.events import PlayerCut
from peergym.testing.mesh import Mesh
from peergym.testing.schedule import WITH_LENGTH, Happening, Kind
from tests.fleet.trials import Problem, Trial

BACK_WITHIN_S = 15.0  # after the last frame that was wanted
PROGRESS_FRAMES = 10
PROGRESS_WITHIN_S = 2.0
LEAST_SPEED = 0.9
FULL_SPEED_LOSS = 0.05
MOST_BEHIND_FRAMES = 120  # a spectator, of what all have confirmed
LONGEST_CUT_S = 4.0  # from a silence that is noticed at last to the agreement


def check_pace(trial: Trial, mesh: Mesh, result: LabResult, played_s: float) -> list[Problem]:
    """Check that a match came to its end, that everybody is in it, and that it was fast enough.

    Args:
        trial: What was played.
        mesh: The match after it.
        result: Its figures.
        played_s: Virtual time at which the wanted frames had been confirmed, in seconds.
    """
    wanted = trial.match.frames
    if result.frames < wanted:
        return [Problem("stuck", f"{result.frames} of {wanted} frames in {played_s:.0f} s")]
    problems = [Problem("not back", text) for text in missing(mesh)]
    progress = least_progress(mesh)
    if progress is not None and progress < PROGRESS_FRAMES:
        text = f"{progress} frames in the {PROGRESS_WITHIN_S:g} s after a heal"
        problems.append(Problem("no progress", text))
    network, speed = trial.match.network, speed_of(mesh, wanted, played_s)
    is_promised = network.burst_packets == 1.0 and network.loss <= FULL_SPEED_LOSS
    if trial.failure == "nothing" and is_promised and speed < LEAST_SPEED:
        problems.append(Problem("too slow", f"{speed:.0%} of the nominal speed"))
    return problems


def missing(mesh: Mesh) -> list[str]:
    """Who could be in the match and is not."""
    said = []
    for player, taker in mesh.takers.items():
        peer = mesh.peers[taker]
        if peer.is_dead or peer.has_left:
            continue
        if peer.is_excluded or not peer.is_member:
            state = "excluded" if peer.is_excluded else peer.session.state.value
            said.append(f"player {player} (peer {peer.peer}) is {state}")
    for peer in mesh.watchers:
        seen = peer.history.frames
        if not peer.is_gone and seen < mesh.frames - MOST_BEHIND_FRAMES:
            said.append(f"spectator {peer.peer} has seen {seen} of {mesh.frames} frames")
    return said


def speed_of(mesh: Mesh, wanted: int, played_s: float) -> float:
    """Frames played, as a share of what the time since the first one would have been good for."""
    firsts_s = [
        part.tick_times_s[0]
        for peer in mesh.peers.values()
        for part in peer.history.episodes[:1]
        if part.tick_times_s
    ]
    nominal_frames = (played_s - min(firsts_s, default=0.0)) * mesh.frame_rate_hz
    return wanted / nominal_frames if nominal_frames > 0 else 0.0


def least_progress(mesh: Mesh) -> int | None:
    """The fewest frames that anybody simulated in the time after a heal; None without a heal."""
    heals_s = _heals_s(mesh)
    counts = []
    for peer in mesh.survivors:
        if peer.is_newcomer:
            continue
        times_s = sorted(at for part in peer.history.episodes for at in part.tick_times_s)
        for heal_s in heals_s:
            until_s = heal_s + PROGRESS_WITHIN_S
            counts.append(bisect_right(times_s, until_s) - bisect_left(times_s, heal_s))
    return min(counts, default=None)


def _heals_s(mesh: Mesh) -> list[float]:
    """When everything was well again, and stayed so for long enough to see what follows."""
    troubles = [_trouble_s(mesh, at_s, each) for at_s, each in mesh.director.happened]
    troubles = [(began_s, ended_s) for began_s, ended_s in troubles if began_s < ended_s]
    cuts_s = _cuts_s(mesh)
    ends_s = [ended_s for _, ended_s in troubles]
    calm_s = PROGRESS_WITHIN_S + 0.01
    return [
        heal_s
        for heal_s in sorted({*ends_s, *cuts_s})
        if heal_s + calm_s < mesh.clock.now_s
        and not any(
            began_s <= heal_s + calm_s and ended_s > heal_s for began_s, ended_s in troubles
        )
        # Nor did they wait for somebody whose silence had begun with what was healed.
        and not any(heal_s < cut_s <= heal_s + calm_s + LONGEST_CUT_S for cut_s in cuts_s)
    ]


def _trouble_s(mesh: Mesh, began_s: float, happening: Happening) -> tuple[float, float]:
    """From when to when others may have had to wait; what must never stop them takes no time."""
    if happening.kind in WITH_LENGTH:
        return began_s, began_s + happening.length_frames / mesh.frame_rate_hz
    if happening.kind in (Kind.DROP, Kind.GOODBYE):
        cuts_s = [at_s for at_s in _cuts_s(mesh, happening.player) if at_s >= began_s]
        return began_s, max(cuts_s, default=inf)
    return began_s, began_s


def _cuts_s(mesh: Mesh, player: int | None = None) -> list[float]:
    """When survivors were told of cuts: of any player, or of one."""
    return [
        at_s
        for peer in mesh.survivors
        for at_s, event in peer.events
        if isinstance(event, PlayerCut) and player in (None, event.player)
    ]
