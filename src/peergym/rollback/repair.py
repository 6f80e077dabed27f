"""Going on after a desync: those whose state differs get the state of the majority.

Theory of operation: when a difference has been found, everybody waits for everybody's checksum of
that frame, so all know the same and decide the same: the largest group of equal checksums is
right, of equally large ones the one with the lowest peer id. The lowest peer of that group, the
*authority*, sends each of the others the state of its newest confirmed frame, on ``bulk``. Who
gets it puts it in the place of its own, simulates what has happened since, and says from which
frame on its checksums count again. If that cannot be done (the state is too large to be sent, it is
refused where it arrives, the authority is lost), it says so instead; for the rest of the episode
nobody compares anything with it, and the match goes on.

Laws:
    - Nobody compares anything from the difference to the repair.
    - Only the authority's state is put in place, and only once for a difference.
    - How a repair ended for somebody, all have from himself: he is repaired, given up, or gone.
    - The inputs stay as they are; an episode that was repaired is not clean, and the event says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from peergym.errors import PeergymError
from peergym.rollback import canonical
from peergym.rollback.control import Repair, StateDump, Unrepaired, split_state
from peergym.rollback.control_limits import MAX_REASON_BYTES
from peergym.rollback.desync import Canonical, DumpAssembly
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import Episode
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import MatchRepaired, RepairFailed, StateRefused
from peergym.rollback.roster import Roster
from peergym.rollback.wire import WireError

Restore = Callable[[bytes], object]


class DesyncRepair:
    """Repairs a match.

    Args:
        roster: Everybody.
        events: Where it is told.
        canonical_bytes: Turns a saved state into its canonical bytes, for a checksum.
        transfer: Turns a saved state into bytes that ``restore`` takes.
        restore: Turns such bytes into a state that the game loads; None if that cannot be
            done here, and then nothing is repaired.
    """

    def __init__(
        self,
        roster: Roster,
        events: EventQueue,
        canonical_bytes: Canonical,
        transfer: Canonical,
        restore: Restore | None,
    ) -> None:
        self._roster = roster
        self._events = events
        self._canonical_bytes = canonical_bytes
        self._transfer = transfer
        self._restore = restore
        self._number = 0
        self._assemblies: dict[int, DumpAssembly] = {}
        self._authority: int | None = None
        self._wrong: frozenset[int] = frozenset()
        self._states: dict[int, tuple[int, bytes]] = {}
        self._repaired: dict[int, int] = {}
        self._unrepaired: dict[int, str] = {}
        self._given_up: frozenset[int] = frozenset()

    def update(self, episode: Episode) -> None:
        """Decide as soon as everybody's checksum is known; send our state if it counts.

        Args:
            episode: The running episode.
        """
        if self._number != episode.number:  # nothing of the last episode is left to repair
            self._number = episode.number
            self._given_up = frozenset()
            self._forget()
        if self._authority is not None:
            self._go_on(episode)
        elif episode.comparer.first_different is not None and self._restore is not None:
            self._decide(episode)

    def _decide(self, episode: Episode) -> None:
        """Find out whose state counts, if everybody's checksum is known."""
        local_peer = self._roster.local_peer
        if local_peer in self._given_up:
            return
        peers = self._roster.membership.survivors - self._given_up
        checksums = episode.comparer.checksums_at_difference(peers)
        if checksums is None:
            return
        right = choose_group(checksums)
        self._authority, self._wrong = min(right), frozenset(checksums) - right
        if local_peer not in self._wrong:
            episode.comparer.resume(right, episode.sync.confirmed_frame + 1)
        if local_peer == self._authority:
            self._send_state(episode)
        self._go_on(episode)

    def _send_state(self, episode: Episode) -> None:
        """Send our state to those whose state is wrong, or say that it cannot be sent."""
        slot = episode.sync.snapshots.newest_not_above(episode.sync.confirmed_frame + 1)
        wrong = [self._roster.endpoints[peer] for peer in sorted(self._wrong)]
        try:
            parts = split_state(episode.number, slot.frame, self._transfer(slot.state))
        except PeergymError as error:
            for endpoint in wrong:
                endpoint.send(Unrepaired(episode.number, _shortened(str(error))))
            return
        for part in parts:
            for endpoint in wrong:
                endpoint.bulk.send(part)

    def _go_on(self, episode: Episode) -> None:
        """Do what has become possible since it was decided whose state counts."""
        authority, local_peer = self._authority, self._roster.local_peer
        if authority is None:
            return
        if local_peer in self._wrong:
            if authority in self._states:
                self._put_in_place(episode, authority)
            elif authority in self._unrepaired:
                self._give_up_ours(episode, self._unrepaired[authority])
            elif authority not in self._roster.membership.survivors:
                self._give_up_ours(episode, f"peer {authority}, whose state counts, is lost")
        self._note_told(episode, authority)
        if not self._wrong & self._roster.membership.survivors:
            self._forget()  # the next difference is a new one

    def take_state(self, endpoint: Endpoint, part: StateDump, episode: Episode) -> None:
        """Take in a part of a state that somebody sends us to put in place.

        Raises:
            WireError: The parts come out of order, or from somebody who is no member.
        """
        if endpoint.peer not in self._roster.membership.survivors:
            raise WireError("a state to be put in place, from somebody who is no member")
        assembly = self._assemblies.setdefault(endpoint.peer, DumpAssembly())
        whole = assembly.add(part)
        if whole is not None and part.episode == episode.number:
            self._states[endpoint.peer] = whole
            self.update(episode)  # it may be here before we have noticed anything

    def _put_in_place(self, episode: Episode, authority: int) -> None:
        """Replace our state, which is wrong, by the authority's."""
        local_peer = self._roster.local_peer
        frame, data = self._states.pop(authority)
        try:
            state = self._restore(data) if self._restore is not None else None
        except PeergymError as error:
            self._events.put(StateRefused(authority, str(error)))
            self._give_up_ours(episode, str(error))
            return
        episode.replace(frame, state)
        self._wrong -= {local_peer}
        counts_from = max(frame, episode.sync.frame) + 1
        right = self._roster.membership.survivors - self._wrong - self._given_up
        episode.comparer.resume(right, counts_from)
        checksum = canonical.checksum(self._canonical_bytes(state))
        self._roster.send_to_members(Repair(episode.number, counts_from, checksum))
        self._events.put(MatchRepaired(episode.number, counts_from, authority, True))

    def take_repair(self, endpoint: Endpoint, message: Repair, episode: Episode) -> None:
        """Somebody's state has been replaced; its checksums count again from a frame on."""
        if message.episode == episode.number:
            self._repaired[endpoint.peer] = message.frame
            self.update(episode)

    def take_unrepaired(self, endpoint: Endpoint, message: Unrepaired, episode: Episode) -> None:
        """Somebody cannot take the state over that counts; or, if it is his, not send it."""
        if message.episode == episode.number:
            self._unrepaired[endpoint.peer] = message.reason
            self.update(episode)

    def _note_told(self, episode: Episode, authority: int) -> None:
        """Heed what others have told of the repair, perhaps before we had decided."""
        for peer in sorted(self._wrong.intersection(self._repaired)):
            frame = self._repaired.pop(peer)
            self._wrong -= {peer}
            episode.comparer.count_again(peer, frame)
            self._events.put(MatchRepaired(episode.number, frame, authority, False))
        for peer in sorted(self._wrong.intersection(self._unrepaired)):
            self._give_up(episode, peer, self._unrepaired[peer])

    def _give_up_ours(self, episode: Episode, reason: str) -> None:
        self._roster.send_to_members(Unrepaired(episode.number, _shortened(reason)))
        self._give_up(episode, self._roster.local_peer, reason)

    def _give_up(self, episode: Episode, peer: int, reason: str) -> None:
        """A peer's state stays as it is, for the rest of the episode."""
        self._given_up |= {peer}
        self._wrong -= {peer}
        self._events.put(RepairFailed(episode.number, peer, reason))

    def _forget(self) -> None:
        """Nothing is left to repair."""
        self._authority, self._wrong = None, frozenset()
        self._assemblies.clear()
        self._states.clear()
        self._repaired.clear()
        self._unrepaired.clear()


def choose_group(checksums: Mapping[int, int]) -> frozenset[int]:
    """Whose state counts: the largest group of equal checksums, or the one with the lowest peer.

    Args:
        checksums: By peer, of one frame; everybody knows the same.
    """
    groups: dict[int, set[int]] = {}
    for peer, checksum in checksums.items():
        groups.setdefault(checksum, set()).add(peer)
    ranked = sorted(groups.values(), key=lambda group: (-len(group), min(group)))
    return frozenset(ranked[0])


def _shortened(reason: str) -> str:
    """As much of a reason as a message takes."""
    return reason.encode(errors="replace")[:MAX_REASON_BYTES].decode(errors="ignore")
