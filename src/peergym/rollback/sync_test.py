"""A session without a network that rolls back in every tick, to test a game.

Theory of operation: each tick goes back some frames, simulates them again with the same inputs,
and compares the canonical bytes of every frame with those of its first simulation. A game that
keeps something outside its snapshot, or reads a clock, shows itself within a few frames.

Law: a sound game never fails, whatever the check distance; the requests are in the same legal
order as a match's.

Source: the idea is GGPO's sync test (Cannon, 2009).
"""

from __future__ import annotations

from peergym.errors import ConfigurationError, EnvironmentContractError, UsageError
from peergym.rollback import canonical
from peergym.rollback.desync import Canonical
from peergym.rollback.requests import (
    AdvanceFrame,
    LoadState,
    Request,
    ResetEpisode,
    SaveState,
    SnapshotSlot,
)


class SyncTestSession:
    """Roll back ``check_distance_frames`` in every tick and compare.

    Args:
        players: Number of players.
        check_distance_frames: How far to go back, 1 or more.
        canonical_bytes: Turns a saved state into its canonical bytes.
        seed: Seed of the only episode.
    """

    def __init__(
        self,
        players: int,
        check_distance_frames: int,
        canonical_bytes: Canonical,
        seed: int = 0,
    ) -> None:
        if players < 1:
            raise ConfigurationError("players", f"must be 1 or more, is {players}")
        if check_distance_frames < 1:
            raise ConfigurationError(
                "check_distance_frames", f"must be 1 or more, is {check_distance_frames}"
            )
        self.current_frame = 0
        self._seed = seed
        self._distance = check_distance_frames
        self._canonical_bytes = canonical_bytes
        self._pending: list[int | None] = [None] * players
        self._inputs: dict[int, tuple[int, ...]] = {}
        self._slots: dict[int, SnapshotSlot] = {}
        self._first_bytes: dict[int, bytes] = {}
        self._unchecked: list[SnapshotSlot] = []

    def add_local_input(self, player: int, value: int) -> None:
        """Set the input of a player for the next frame."""
        self._pending[player] = value

    def advance_frame(self, now_s: float = 0.0) -> list[Request]:
        """Do one tick, which is always a rollback once there is enough to roll back.

        Returns:
            What the host has to do, in order.

        Raises:
            UsageError: A player's input is missing.
            EnvironmentContractError: A frame came out differently; says where first.
        """
        self._check()
        inputs = self._take_inputs()
        requests: list[Request] = []
        frame = self.current_frame
        if frame == 0:
            requests.append(ResetEpisode(0, self._seed))
        requests.append(self._save(frame))
        if frame >= self._distance:
            self._resimulate(requests, frame - self._distance)
        self._inputs[frame] = inputs
        requests.append(AdvanceFrame(frame, inputs, False))
        self.current_frame += 1
        self._forget_below(self.current_frame - self._distance - 1)
        return requests

    def _take_inputs(self) -> tuple[int, ...]:
        missing = [player for player, value in enumerate(self._pending) if value is None]
        if missing:
            raise UsageError(f"no input for player {missing[0]} at frame {self.current_frame}")
        inputs = tuple(value for value in self._pending if value is not None)
        self._pending = [None] * len(self._pending)
        return inputs

    def _resimulate(self, requests: list[Request], start: int) -> None:
        requests.append(LoadState(start, self._slots[start].state))
        for frame in range(start, self.current_frame):
            requests.append(AdvanceFrame(frame, self._inputs[frame], True))
            requests.append(self._save(frame + 1))

    def _save(self, frame: int) -> SaveState:
        slot = self._slots[frame] = SnapshotSlot(frame)
        self._unchecked.append(slot)
        return SaveState(frame, slot)

    def _check(self) -> None:
        """Compare what was saved since the last call with the first time each frame was saved."""
        for slot in self._unchecked:
            data = self._canonical_bytes(slot.state)
            first = self._first_bytes.setdefault(slot.frame, data)
            if first != data:
                difference = canonical.first_difference(
                    canonical.decode(first), canonical.decode(data)
                )
                raise EnvironmentContractError(
                    f"frame {slot.frame} came out differently when it was simulated again: "
                    f"{difference}",
                    path=(difference or "").split(":", 1)[0],
                )
        self._unchecked.clear()

    def _forget_below(self, frame: int) -> None:
        for kept in (self._inputs, self._slots, self._first_bytes):
            kept.pop(frame - 1, None)
