"""Holds what the peers of a mesh confirmed against the oracle and against each other.

Theory of operation: for each episode the true inputs are taken from the peers that gave them
(`peergym.testing.true_inputs`). The oracle runs them in lockstep, and every checksum of every peer
must equal the oracle's: of those who went on, of newcomers and spectators from their first frame
on, and of those who died or were excluded up to the last frame they confirmed. Frames are numbered
over all episodes: the state at frame 0 of an episode and the last of the one before are different
frames. After a repair the oracle goes on from the state that all agreed on.

Law: tolerance is zero. What was confirmed and has no checksum is not counted as equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peergym.rollback.events import MatchRepaired
from peergym.testing.agreements import complaints
from peergym.testing.history import EpisodeHistory
from peergym.testing.mesh import Mesh
from peergym.testing.mesh_peer import MeshPeer
from peergym.testing.oracle import checksum_of, true_checksums
from peergym.testing.true_inputs import TrueInputs


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the comparison.

    Attributes:
        frames: Frames that every survivor confirmed, over all episodes.
        compared: Checksums that were compared with the oracle's.
        diverged: Frames at which some peer differs from the oracle or from another peer.
        first_diverged: (episode, frame) of the first of them; None without any.
        checksum: The oracle's, of the last frame that every survivor confirmed.
        states: How many different states the oracle went through, up to there.
        varied_players: Players whose inputs were not always the same.
        complaints: What is wrong with agreements and repairs, in sentences.
        wrong: The (episode, frame) pairs at which each peer differs, by peer; sound peers are left
            out.
    """

    frames: int
    compared: int
    diverged: int
    first_diverged: tuple[int, int] | None
    checksum: int
    states: int
    varied_players: tuple[int, ...]
    complaints: tuple[str, ...]
    wrong: Mapping[int, tuple[tuple[int, int], ...]]


def judge(mesh: Mesh, most_frames: int | None = None) -> Verdict:
    """Compare a mesh that has run.

    Args:
        mesh: The mesh.
        most_frames: Leave out what lies beyond so many frames; None looks at everything.

    Returns:
        What came of it.
    """
    wanted = mesh.frames if most_frames is None else min(mesh.frames, most_frames)
    judge_ = _Judge(mesh)
    episodes = 1 + max(
        (history.number for peer in mesh.peers.values() for history in peer.history.episodes),
        default=-1,
    )
    for number in range(episodes):
        before = mesh.frames_before(number)
        if most_frames is None or before < most_frames or number == 0:
            limit = None if most_frames is None else most_frames - before
            judge_.compare_episode(number, wanted - before, limit)
    return judge_.verdict(wanted)


class _Judge:
    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._truth = TrueInputs(mesh)
        self._compared = 0
        self._diverged = 0
        self._first: tuple[int, int] | None = None
        self._checksum = 0
        self._states: set[int] = set()
        self._wrong: dict[int, list[tuple[int, int]]] = {}
        self._inputs: list[set[int]] = [set() for _ in mesh.owners]
        self._complaints = list(complaints(mesh))

    def compare_episode(self, number: int, common: int, limit: int | None) -> None:
        """Compare the states of one episode, as far as anybody confirmed it.

        Args:
            number: Of the episode.
            common: What every survivor confirmed of it and what follows; may be negative.
            limit: The last frame to look at.
        """
        histories = self._histories(number)
        last = max(history.frames for _, history in histories)
        last = last if limit is None else min(last, limit)
        inputs = self._truth.of(number, last)
        if len(inputs) < last:
            self._complaints.append(
                f"episode {number}: frame {len(inputs)} was confirmed, but somebody's input there "
                "was never given"
            )
        seed = histories[0][1].seed
        replaced = self._replaced(number)
        for frame, truth in enumerate(true_checksums(self._mesh.make_game, seed, inputs, replaced)):
            self._compare(number, frame, truth, histories)
            if frame <= common and (common or not number):
                self._checksum = truth
                self._states.add(truth)
        for player, values in enumerate(self._inputs):
            values.update([row[player] for row in inputs[: max(common, 0)]])

    def _histories(self, number: int) -> list[tuple[int, EpisodeHistory]]:
        return [
            (peer.peer, history)
            for peer in self._mesh.peers.values()
            for history in peer.history.episodes
            if history.number == number
        ]

    def _replaced(self, number: int) -> dict[int, object]:
        """The states that an episode went on from after a repair, by frame.

        A state counts only if it really was the state of the peer that all agreed on.
        """
        states: dict[int, object] = {}
        for peer in self._mesh.peers.values():
            told = [event for event in peer.events_of(MatchRepaired) if event.was_replaced]
            for event, (episode, frame, state) in zip(told, peer.checker.replaced, strict=False):
                if episode != number:
                    continue
                authority = event.peer
                history = self._mesh.peers[authority].history.episode(number)
                checksum = checksum_of(peer.game.canonical(state))
                if history is None or history.checksums.get(frame) != checksum:
                    self._complaints.append(
                        f"peer {peer.peer} was repaired at frame {frame} with a state that peer "
                        f"{authority} was never in"
                    )
                else:
                    states[frame] = state
        return states

    def _compare(
        self, number: int, frame: int, truth: int, histories: list[tuple[int, EpisodeHistory]]
    ) -> None:
        is_wrong = False
        for peer, history in histories:
            checksum = history.checksums.get(frame)
            if checksum is not None:
                self._compared += 1
                if checksum != truth:
                    is_wrong = True
                    self._wrong.setdefault(peer, []).append((number, frame))
        if is_wrong:
            self._diverged += 1
            self._first = self._first or (number, frame)

    def verdict(self, frames: int) -> Verdict:
        """What came of all episodes."""
        return Verdict(
            frames=frames,
            compared=self._compared,
            diverged=self._diverged,
            first_diverged=self._first,
            checksum=self._checksum,
            states=len(self._states),
            varied_players=tuple(
                player for player, values in enumerate(self._inputs) if len(values) > 1
            ),
            complaints=tuple(self._complaints),
            wrong={peer: tuple(frames) for peer, frames in self._wrong.items()},
        )


def true_lead_s(one: MeshPeer, other: MeshPeer) -> list[tuple[float, float]]:
    """How far one peer really ran ahead of another, frame by frame.

    Returns:
        (virtual time, lead) in seconds for every frame that both simulated: positive means that
        ``one`` simulated it earlier. No session can know this exactly.
    """
    leads: list[tuple[float, float]] = []
    for ours in one.history.episodes:
        theirs = other.history.episode(ours.number)
        if theirs is None:
            continue
        first = max(ours.first_frame, theirs.first_frame)
        mine_s = ours.tick_times_s[first - ours.first_frame :]
        his_s = theirs.tick_times_s[first - theirs.first_frame :]
        for my_time_s, his_time_s in zip(mine_s, his_s, strict=False):
            leads.append((max(my_time_s, his_time_s), his_time_s - my_time_s))
    return leads
