"""Holds what the peers of a mesh confirmed against the oracle and against each other.

Theory of operation: for each episode the true inputs are taken from the peers that ran the seats
(a peer's own inputs are never predicted), or from the others where that peer is gone. The oracle
runs them in lockstep, and every checksum of every peer must equal the oracle's. Frames are
numbered over all episodes: the state at frame 0 of an episode and the last of the one before are
different frames.

Law: tolerance is zero. What was confirmed and has no checksum is not counted as equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from peergym.testing.history import EpisodeHistory
from peergym.testing.mesh import Mesh
from peergym.testing.mesh_peer import MeshPeer
from peergym.testing.oracle import MakeGame, true_checksums


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the comparison.

    Attributes:
        frames: Frames that every survivor confirmed, over all episodes.
        compared: Checksums that were compared with the oracle's.
        diverged: Frames at which some peer differs from the oracle or from another peer.
        first_diverged: (episode, frame) of the first of them; None without any.
        checksum: The oracle's, of the last frame that every survivor confirmed.
        states: How many different states the oracle went through.
        varied_players: Players whose inputs were not always the same.
    """

    frames: int
    compared: int
    diverged: int
    first_diverged: tuple[int, int] | None
    checksum: int
    states: int
    varied_players: tuple[int, ...]


def judge(mesh: Mesh, most_frames: int | None = None) -> Verdict:
    """Compare a mesh that has run.

    Args:
        mesh: The mesh.
        most_frames: Leave out what lies beyond so many frames; None looks at everything.

    Returns:
        What came of it.
    """
    survivors = mesh.survivors
    left = mesh.frames if most_frames is None else min(mesh.frames, most_frames)
    wanted = left
    judge_ = _Judge(mesh.make_game, mesh.owners)
    for number, histories in enumerate(zip_longest(*[peer.history.episodes for peer in survivors])):
        present = {
            peer.peer: history
            for peer, history in zip(survivors, histories, strict=True)
            if history is not None
        }
        # While some have not begun the episode, nobody can have confirmed a frame of it.
        frames = min(history.frames for history in present.values())
        frames = min(frames, left) if len(present) == len(survivors) else 0
        left -= frames
        judge_.compare_episode(number, present, frames)
        if not left:
            break
    return judge_.verdict(wanted)


class _Judge:
    def __init__(self, make_game: MakeGame, owners: Sequence[int]) -> None:
        self._make_game = make_game
        self._owners = owners
        self._compared = 0
        self._diverged = 0
        self._first: tuple[int, int] | None = None
        self._checksum = 0
        self._states: set[int] = set()
        self._inputs: list[set[int]] = [set() for _ in owners]

    def compare_episode(
        self, number: int, histories: dict[int, EpisodeHistory], frames: int
    ) -> None:
        """Compare the states 0 to ``frames`` of one episode."""
        inputs = self._true_inputs(histories, frames)
        seed = next(iter(histories.values())).seed
        for frame, truth in enumerate(true_checksums(self._make_game, seed, inputs)):
            seen = [history.checksums.get(frame) for history in histories.values()]
            known = [checksum for checksum in seen if checksum is not None]
            self._compared += len(known)
            if any(checksum != truth for checksum in known):
                self._diverged += 1
                self._first = self._first or (number, frame)
            self._checksum = truth
            self._states.add(truth)

    def _true_inputs(
        self, histories: dict[int, EpisodeHistory], frames: int
    ) -> list[tuple[int, ...]]:
        # Of a seat whose peer is gone, what the others hold counts; they must still agree.
        anybody = next(iter(histories.values()))
        own = [histories.get(owner, anybody).inputs for owner in self._owners]
        true = [
            tuple([inputs[frame][player] for player, inputs in enumerate(own)])
            for frame in range(frames)
        ]
        for player, values in enumerate(self._inputs):
            values.update([inputs[player] for inputs in true])
        return true

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
        )


def true_lead_s(one: MeshPeer, other: MeshPeer) -> list[tuple[float, float]]:
    """How far one peer really ran ahead of another, frame by frame.

    Returns:
        (virtual time, lead) in seconds for every frame that both simulated: positive means that
        ``one`` simulated it earlier. No session can know this exactly.
    """
    leads: list[tuple[float, float]] = []
    for ours, theirs in zip(one.history.episodes, other.history.episodes, strict=False):
        for mine_s, his_s in zip(ours.tick_times_s, theirs.tick_times_s, strict=False):
            leads.append((max(mine_s, his_s), his_s - mine_s))
    return leads
