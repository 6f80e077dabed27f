"""What goes over the channel ``input``: from the state of a match to datagrams, and back.

Laws:
    - The body is made once for all recipients; only the trailer is made for each.
    - A datagram that decodes but cannot be true (of another match, or acknowledging what was never
      sent) is refused like one that does not decode.
"""

from __future__ import annotations

from peergym.rollback import wire
from peergym.rollback.config import SessionConfig
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import Episode, Views


class Datagrams:
    """Makes and checks the datagrams of a match.

    Args:
        config: The match.
        endpoints: The remote peers, by peer id.
    """

    def __init__(self, config: SessionConfig, endpoints: dict[int, Endpoint]) -> None:
        self._local_peer = config.local_peer
        self._local_players = config.local_players
        self._endpoints = endpoints
        self._seats = wire.SeatTable(config.owners, config.input_bits)
        self._match_tag = wire.match_tag_of(config.match_id)
        self._all_present = (wire.PlayerStatus.PRESENT,) * len(config.owners)

    @property
    def views(self) -> Views:
        """What each remote peer is known to hold."""
        return [endpoint.view for endpoint in self._endpoints.values()]

    def encode(
        self, episode: Episode, now_s: float, *, is_playing: bool
    ) -> list[tuple[bytes, int]]:
        """Make a datagram for every remote peer: (bytes, peer)."""
        body = wire.encode_body(
            self._body(episode, now_s, is_playing), self._local_peer, self._seats
        )
        datagrams = []
        for peer, endpoint in self._endpoints.items():
            stamps = endpoint.round_trip
            trailer = wire.Trailer(stamps.stamp(now_s), stamps.echo(now_s))
            data = body + wire.encode_trailer(trailer)
            endpoint.statistics.packets_sent += 1
            endpoint.statistics.bytes_sent += len(data)
            datagrams.append((data, peer))
        return datagrams

    def decode(
        self, data: bytes, endpoint: Endpoint, episode: Episode, *, is_playing: bool
    ) -> tuple[wire.Body, wire.Trailer]:
        """Decode and check a peer's datagram.

        Raises:
            WireError: It is malformed or cannot be true.
        """
        endpoint.statistics.packets_received += 1
        endpoint.statistics.bytes_received += len(data)
        body, trailer = wire.decode_datagram(data, endpoint.peer, self._seats)
        if body.match_tag != self._match_tag:
            raise wire.WireError("datagram of another match")
        if is_playing and body.episode == episode.number:
            for player in self._local_players:
                newest = episode.sync.queues[player].held
                if body.held[player] > newest:
                    raise wire.WireError(
                        f"acknowledges frame {body.held[player]} of player {player}, "
                        f"we sent up to {newest}"
                    )
        return body, trailer

    def _body(self, episode: Episode, now_s: float, is_playing: bool) -> wire.Body:
        last_tick, phase = episode.position(now_s) if is_playing else (-1, 0)
        views = self.views
        return wire.Body(
            match_tag=self._match_tag,
            episode=episode.number,
            epoch=0,
            last_tick=last_tick,
            phase=phase,
            held=episode.sync.held(),
            status=self._all_present,
            inputs=tuple([episode.unacknowledged(player, views) for player in self._local_players]),
        )
