"""What goes over the channel ``input``: from the state of a match to datagrams, and back.

Laws:
    - The body is made once for all recipients; only the trailer is made for each.
    - A datagram that decodes but cannot be true (of another match, or acknowledging what was never
      sent) is refused like one that does not decode.
"""

from __future__ import annotations

from peergym.rollback import wire
from peergym.rollback.config import NOBODY, SessionConfig
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import Episode
from peergym.rollback.roster import Roster

MOST_TABLES = 8  # epochs whose datagrams can still be under way


class Datagrams:
    """Makes and checks the datagrams of a match.

    Args:
        config: The match.
        roster: Everybody.
    """

    def __init__(self, config: SessionConfig, roster: Roster) -> None:
        self._local_peer = config.local_peer
        self._input_bits = config.input_bits
        self._roster = roster
        self._match_tag = wire.match_tag_of(config.match_id)
        self._tables: dict[int, wire.SeatTable] = {}
        self._seats = self.note_seats()
        self._status = self._seats.all_present

    def note_seats(self) -> wire.SeatTable:
        """From the roster's epoch on, the seats are run as the roster says."""
        owners = self._roster.seats.owners
        self._seats = self._tables[self._roster.epoch] = wire.SeatTable(owners, self._input_bits)
        while len(self._tables) > MOST_TABLES:
            del self._tables[min(self._tables)]
        return self._seats

    def note_status(self) -> None:
        """Say from now on of each player what we take it for."""
        membership = self._roster.membership
        self._status = tuple(
            [_status_of(owner, membership.is_lost(owner)) for owner in self._roster.seats.owners]
        )

    def encode(
        self, episode: Episode, now_s: float, *, is_playing: bool
    ) -> list[tuple[bytes, int]]:
        """Make a datagram for the other members: (bytes, peer)."""
        body = wire.encode_body(
            self._body(episode, now_s, is_playing), self._local_peer, self._seats
        )
        datagrams = []
        for endpoint in self._roster.playing():
            stamps = endpoint.round_trip
            trailer = wire.Trailer(stamps.stamp(now_s), stamps.echo(now_s))
            data = body + wire.encode_trailer(trailer)
            endpoint.statistics.packets_sent += 1
            endpoint.statistics.bytes_sent += len(data)
            datagrams.append((data, endpoint.peer))
        return datagrams

    def decode(
        self, data: bytes, endpoint: Endpoint, episode: Episode, *, is_playing: bool
    ) -> tuple[wire.Body, wire.Trailer] | None:
        """Decode and check a peer's datagram.

        Returns:
            Body and trailer; None for one of an epoch that we have not reached or have forgotten.

        Raises:
            WireError: It is malformed or cannot be true.
        """
        endpoint.statistics.packets_received += 1
        endpoint.statistics.bytes_received += len(data)
        seats = self._tables.get(wire.peek_epoch(data))
        if seats is None:
            return None
        body, trailer = wire.decode_datagram(data, endpoint.peer, seats)
        if body.match_tag != self._match_tag:
            raise wire.WireError("datagram of another match")
        if is_playing and body.episode == episode.number:
            for player in self._roster.local_players:
                before_us = episode.local_inputs.first_frame(player) - 1
                newest = max(episode.sync.queues[player].held, before_us)
                if body.held[player] > newest:
                    raise wire.WireError(
                        f"acknowledges frame {body.held[player]} of player {player}, "
                        f"we sent up to {newest}"
                    )
        return body, trailer

    def players_of(self, peer: int, epoch: int) -> tuple[int, ...]:
        """The seats whose inputs a datagram of that peer and epoch carries."""
        return self._tables[epoch].players_of(peer)

    def _body(self, episode: Episode, now_s: float, is_playing: bool) -> wire.Body:
        last_tick, phase = episode.position(now_s) if is_playing else (-1, 0)
        views = self._roster.views
        return wire.Body(
            match_tag=self._match_tag,
            episode=episode.number,
            epoch=self._roster.epoch,
            last_tick=last_tick,
            phase=phase,
            held=episode.held(),
            status=self._status,
            inputs=tuple(
                [episode.unacknowledged(player, views) for player in self._roster.local_players]
            ),
        )


def _status_of(owner: int, is_lost: bool) -> wire.PlayerStatus:
    if owner == NOBODY:
        return wire.PlayerStatus.ABSENT
    return wire.PlayerStatus.LOST if is_lost else wire.PlayerStatus.PRESENT
