"""The match of a room: who gets which peer id, who connects with whom, and what each is told.

Theory of operation: the server knows who was given which number and who is still in the room. It
does not follow the match itself: who plays in which seat at which frame, its members agree upon.
"""

from __future__ import annotations

from peergym.signalling.messages import MAX_PEERS, PEERS_FOR_PLAYERS
from peergym.signalling.room import Match, Room, Sitting, in_order_of_seats
from peergym.signalling.topology import direct_pairs
from peergym.signalling.views import MatchDescription, Offers, PeerView

NOBODY = -1


def begin_match(room: Room, match_id: str, seed: int) -> Match:
    """Make the match of a room out of those who sit there and are connected.

    Args:
        room: Whose match it is; its state is not changed.
        match_id: Name of the match.
        seed: 64 bits.
    """
    players = [one for one in in_order_of_seats(room.players) if one.member is not None]
    owners = [NOBODY] * room.seats_total
    for peer, sitting in enumerate(players):
        sitting.peer = peer
        owners[sitting.seat or 0] = peer
    offers = direct_pairs(range(len(players)))
    room.match = Match(match_id, seed, owners, offers, peers_given=len(players))
    return room.match


def has_room_for_peer(match: Match, *, plays: bool) -> bool:
    """Whether there is a peer id left for somebody who comes, to play or to watch."""
    return match.peers_given < (MAX_PEERS if plays else MAX_PEERS - PEERS_FOR_PLAYERS)


def admit_peer(match: Match, sitting: Sitting) -> None:
    """Give somebody who comes late the next peer id."""
    sitting.peer = match.peers_given
    sitting.is_newcomer = True
    # What was meant for the one he was is not meant for the one he is.
    sitting.held.clear()
    match.peers_given += 1


def describe_match(room: Room, match: Match, sitting: Sitting) -> MatchDescription:
    """Return what somebody in the match is told of it."""
    settings = room.settings
    is_newcomer = sitting.is_newcomer
    watching = [one.peer for one in room.spectators if one.peer is not None and one is not sitting]
    return MatchDescription(
        match_id=match.match_id,
        seed=str(match.seed),
        owners=_present_owners(room, sitting) if is_newcomer else match.owners,
        spectators=watching,
        options=settings.options,
        input_delay=settings.input_delay,
        prediction_window=settings.prediction_window,
        checksum_interval_frames=settings.checksum_interval_frames,
        absent=settings.absent,
        has_arbiter=True,
        grace_s=settings.grace_s or 0.0,
        offers=_offers_of(room, sitting) if is_newcomer else match.offers,
    )


def describe_peer(room: Room, sitting: Sitting) -> PeerView:
    """Return what the others are told of somebody who has come to their match."""
    assert sitting.peer is not None  # noqa: S101 - the caller has just given it
    return PeerView(peer=sitting.peer, seat=sitting.seat, offers=_offers_of(room, sitting))


def _present_owners(room: Room, newcomer: Sitting) -> list[int]:
    owners = [NOBODY] * room.seats_total
    for one in room.players:
        if one is not newcomer and one.seat is not None and one.peer is not None:
            owners[one.seat] = one.peer
    return owners


def _offers_of(room: Room, sitting: Sitting) -> Offers:
    """The direct pairs of somebody who has come late: with those who play, and never who watch."""
    peers = {one.peer for one in room.players} | {sitting.peer}
    pairs = direct_pairs(sorted(peer for peer in peers if peer is not None))
    return [pair for pair in pairs if sitting.peer in pair]
