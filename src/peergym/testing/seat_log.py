"""What one peer says of who runs which seat, and what it held when it lost somebody.

Theory of operation: the log listens to a session's events. Beside each loss it notes what had
really come in of the lost peer by then (`peergym.testing.wiretap`), so that the cut that follows
can be held against it.

Law: the log only writes down; whether the peers agree is judged in `peergym.testing.agreements`.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass

from peergym.rollback.events import (
    EpisodeStarted,
    Event,
    PeerLeft,
    PeerLost,
    PlayerCut,
    PlayerJoined,
)
from peergym.testing.wiretap import Wiretap


@dataclass(frozen=True, slots=True)
class SeatChange:
    """A change of who runs a seat, as one peer was told.

    Attributes:
        epoch: Number of the agreement.
        player: The seat.
        frame: The first frame on which another's inputs act.
        runner: Whose they are; `NOBODY` for an empty seat.
        lost: The peer that is gone; None if somebody joined.
        episode: The episode that ``frame`` belongs to.
        told_s: When it was told, in virtual time.
    """

    epoch: int
    player: int
    frame: int
    runner: int
    lost: int | None
    episode: int
    told_s: float

    @property
    def agreed(self) -> tuple[int, int, int, int, int | None]:
        """What must be equal on all peers."""
        return (self.epoch, self.player, self.frame, self.runner, self.lost)


@dataclass(frozen=True, slots=True)
class Claim:
    """The moment at which a peer lost another.

    Attributes:
        lost: Whom.
        newest: For each of its seats, the newest input that had come in; without an entry, none.
        episode: The episode that ran.
        at_s: When, in virtual time.
    """

    lost: int
    newest: dict[int, int]
    episode: int
    at_s: float


class SeatLog:
    """What one peer says of the seats.

    Args:
        owners: Who runs each seat, as the peer knows it at first.
        wiretap: What really comes in.
        owners_at: By epoch; every log of a mesh adds what it is told.

    Attributes:
        changes: In the order in which they were told.
        claims: By the lost peer; the first one counts.
        episode: The episode that had been started when the latest event was told.
    """

    def __init__(
        self,
        owners: Sequence[int],
        wiretap: Wiretap,
        owners_at: MutableMapping[int, tuple[int, ...]],
    ) -> None:
        self.changes: list[SeatChange] = []
        self.claims: dict[int, Claim] = {}
        self.episode = -1
        self._owners = list(owners)
        self._wiretap = wiretap
        self._owners_at = owners_at

    def since(self, player: int, runner: int) -> int:
        """The first frame on which a peer's inputs for a seat act, as last told; 0 from the start.

        Args:
            player: The seat.
            runner: The peer.
        """
        return next(
            (
                change.frame
                for change in reversed(self.changes)
                if (change.player, change.runner) == (player, runner)
            ),
            0,
        )

    def note(self, event: Event, now_s: float) -> None:
        """Take in what the session told, in order."""
        if isinstance(event, EpisodeStarted):
            self.episode = event.episode
        elif isinstance(event, PlayerCut):
            first = event.frame + 1
            self._change(event.epoch, event.player, first, event.heir, event.peer, now_s)
        elif isinstance(event, PlayerJoined):
            self._change(event.epoch, event.player, event.frame, event.peer, None, now_s)
        elif isinstance(event, PeerLost | PeerLeft) and event.peer not in self.claims:
            newest = self._wiretap.newest_received(event.peer, self.episode)
            self.claims[event.peer] = Claim(event.peer, newest, self.episode, now_s)

    def _change(
        self, epoch: int, player: int, frame: int, runner: int, lost: int | None, now_s: float
    ) -> None:
        self.changes.append(SeatChange(epoch, player, frame, runner, lost, self.episode, now_s))
        self._owners[player] = runner
        self._owners_at[epoch] = tuple(self._owners)
