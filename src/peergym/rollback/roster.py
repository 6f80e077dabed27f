"""Who is there: the remote peers, the agreement on who is a member, and who runs which seat.

Law: the members of the agreement, but for ourselves, all have an endpoint here.
"""

from __future__ import annotations

from collections.abc import Iterator

from peergym.rollback.config import SessionConfig
from peergym.rollback.control import ControlMessage, Seating
from peergym.rollback.endpoint import Endpoint, PeerState
from peergym.rollback.episode import Views
from peergym.rollback.membership import Membership
from peergym.rollback.seats import Seats

_TALKING = (PeerState.GREETING, PeerState.CONNECTED)


class Roster:
    """Everybody that this session knows.

    Args:
        config: The match.

    Attributes:
        endpoints: The remote peers by id: members, those lost, newcomers and spectators.
        seats: Who runs which seat.
        membership: The agreement on who is in.
        epoch: Number of the latest agreement; a newcomer's is what it was told.
    """

    def __init__(self, config: SessionConfig) -> None:
        self.config = config
        self.local_peer = config.local_peer
        self.seats = Seats(config.owners, config.agents)
        self.membership = Membership(
            config.local_peer, {*config.peers, config.local_peer}, has_arbiter=config.has_arbiter
        )
        self.epoch = 0
        self._local_players = (config.owners, self.seats.players_of(config.local_peer))
        self.endpoints = {
            peer: Endpoint(peer, config, 0.0) for peer in config.peers if peer != config.local_peer
        }
        self._lanes = {peer: endpoint.lanes for peer, endpoint in self.endpoints.items()}

    def meet(self, peer: int, now_s: float, *, is_member: bool) -> Endpoint:
        """Make the endpoint of somebody who has come, or is known again."""
        lanes = self._lanes.get(peer)
        endpoint = Endpoint(peer, self.config, now_s, is_member=is_member, lanes=lanes)
        self.endpoints[peer] = endpoint
        self._lanes[peer] = endpoint.lanes
        return endpoint

    def forget(self, peer: int) -> None:
        """Drop somebody who has departed; nobody comes back under the same id."""
        del self.endpoints[peer]
        self._lanes.pop(peer, None)

    @property
    def local_players(self) -> tuple[int, ...]:
        """The seats that we run now, agents' seats included."""
        owners = self.seats.owners
        if self._local_players[0] is not owners:  # asked for several times a tick
            self._local_players = (owners, self.seats.players_of(self.local_peer))
        return self._local_players[1]

    @property
    def views(self) -> Views:
        """What each other member is known to hold.

        Those taken for lost count until it is agreed upon: their inputs may still be needed.
        """
        members = self.membership.members
        return [e.view for peer, e in self.endpoints.items() if peer in members and e.is_member]

    def take_seating(self, seating: Seating) -> None:
        """Take over who sits where, as somebody who is not a member is told."""
        self.epoch = seating.epoch
        self.seats.assign(seating.owners, seating.since)
        for peer, endpoint in self.endpoints.items():
            endpoint.is_member = peer in seating.members

    def members(self) -> Iterator[Endpoint]:
        """The other members that are not taken for lost."""
        for endpoint in self.endpoints.values():
            if endpoint.is_member and endpoint.state in _TALKING:
                yield endpoint

    def playing(self) -> Iterator[Endpoint]:
        """The other members, and those who are about to be: who gets datagrams."""
        for endpoint in self.talking():
            if endpoint.is_member or endpoint.is_joining:
                yield endpoint

    def talking(self) -> Iterator[Endpoint]:
        """Everybody that we speak with."""
        for endpoint in self.endpoints.values():
            if endpoint.state in _TALKING:
                yield endpoint

    def send_to_members(self, message: ControlMessage) -> None:
        """Queue a control message for all other members."""
        for endpoint in self.members():
            endpoint.send(message)

    def lowest_member(self) -> int:
        """The member with the lowest id, of those not taken for lost."""
        return min(self.membership.survivors)
