"""What really went over a peer's wire, for holding what sessions say against it.

Theory of operation: at one end of every link the last datagrams are kept as they were. When it
matters (a peer is claimed to be lost, or is gone and its last words are wanted), they are decoded
and tell which inputs had arrived, without asking the session that took them in. A datagram carries
everything that any recipient lacks, so the newest frame in it is also the newest held without a
gap.

Law: nothing here is taken from a session's own books, but whether it could make use of a datagram
(its episode and epoch when it came).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from peergym.rollback import wire

KEPT_DATAGRAMS = 2048  # of each sender: more than 15 s, however often it repeats itself in a stall
REORDERED_DATAGRAMS = 32  # of later ones that may carry older inputs: thrice what the network does


@dataclass(frozen=True, slots=True)
class Received:
    """A datagram, and what its recipient was at when it came.

    Attributes:
        data: Its bytes.
        episode: The episode that ran; -1 while none did.
        epoch: The latest agreement that the recipient knew.
    """

    data: bytes
    episode: int
    epoch: int


class Wiretap:
    """The ends of the links of one peer.

    Args:
        peer: Whose.
        input_bits: Bits of an input, by player.
        owners_at: Who runs each seat, by epoch; grows while the match runs.
    """

    def __init__(
        self, peer: int, input_bits: Sequence[int], owners_at: Mapping[int, tuple[int, ...]]
    ) -> None:
        self._peer = peer
        self._input_bits = tuple(input_bits)
        self._owners_at = owners_at
        self._received: dict[int, deque[Received]] = {}
        self._sent: deque[bytes] = deque(maxlen=KEPT_DATAGRAMS)

    def note_sent(self, data: bytes) -> None:
        """A datagram has gone out."""
        self._sent.append(data)

    def note_received(self, sender: int, data: bytes, episode: int, epoch: int) -> None:
        """A datagram has come in; ``episode`` and ``epoch`` as of just before."""
        kept = self._received.get(sender)
        if kept is None:
            kept = self._received[sender] = deque(maxlen=KEPT_DATAGRAMS)
        kept.append(Received(data, episode, epoch))

    def newest_received(self, sender: int, episode: int) -> dict[int, int]:
        """For each seat of a sender, the newest input of an episode that has come in."""
        newest: dict[int, int] = {}
        left = KEPT_DATAGRAMS
        for received in reversed(self._received.get(sender, ())):
            if left == 0 or 0 <= received.episode != episode:
                break
            left -= 1
            if received.episode < 0 or wire.peek_epoch(received.data) > received.epoch:
                continue
            for player, inputs in self._inputs(received.data, sender, episode).items():
                if inputs:
                    newest[player] = max(newest.get(player, -1), *inputs)
                    left = min(left, REORDERED_DATAGRAMS)
        return newest

    def last_words(self, episode: int) -> dict[int, dict[int, int]]:
        """What the latest datagrams said of our own inputs: by player, by frame."""
        said: dict[int, dict[int, int]] = {}
        left = REORDERED_DATAGRAMS
        for data in reversed(self._sent):
            if left == 0:
                break
            inputs = self._inputs(data, self._peer, episode)
            # Who hears nobody any more goes on talking, but has nothing to say.
            left -= not inputs or any(inputs.values())
            for player, values in inputs.items():
                said[player] = values | said.get(player, {})
        return said

    def _inputs(self, data: bytes, sender: int, episode: int) -> dict[int, dict[int, int]]:
        """The inputs in a datagram, by player and frame; none of another episode."""
        try:
            owners = self._owners_at.get(wire.peek_epoch(data))
            if owners is None:
                return {}
            seats = wire.SeatTable(owners, self._input_bits)
            body, _ = wire.decode_datagram(data, sender, seats)
        except wire.WireError:
            return {}
        if body.episode != episode:
            return {}
        return {
            player: {
                run.first_frame + offset: value
                for run in runs
                for offset, value in enumerate(run.values)
            }
            for player, runs in zip(seats.players_of(sender), body.inputs, strict=True)
        }
