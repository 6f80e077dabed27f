"""Going on after a desync: those whose state differs get the state of the majority.

Theory of operation: when a difference has been found, everybody waits for everybody's checksum of
that frame, so all know the same and decide the same: the largest group of equal checksums is
right, of equally large ones the one with the lowest peer id. The lowest peer of that group, the
*authority*, sends each of the others the state of its newest confirmed frame, on ``bulk``. Who
gets it puts it in the place of its own, simulates what has happened since, and says from which
frame on its checksums count again.

Laws:
    - Nobody compares anything from the difference to the repair.
    - Only the authority's state is put in place, and only once for a difference.
    - The inputs stay as they are; an episode that was repaired is not clean, and the event says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from peergym.errors import PeergymError
from peergym.rollback import canonical
from peergym.rollback.control import MAX_STATE_BYTES, Repair, StateDump, split_state
from peergym.rollback.desync import Canonical, DumpAssembly
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import Episode
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import MatchRepaired, StateRefused
from peergym.rollback.roster import Roster

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

    def update(self, episode: Episode) -> None:
        """Decide as soon as everybody's checksum is known; send our state if it counts.

        Args:
            episode: The running episode.
        """
        if self._number != episode.number:  # nothing of the last episode is left to repair
            self._number = episode.number
            self._forget()
        if self._authority is not None or self._restore is None:
            return
        checksums = episode.comparer.checksums_at_difference(self._roster.membership.survivors)
        if checksums is None:
            return
        local_peer = self._roster.local_peer
        right = choose_group(checksums)
        self._authority, self._wrong = min(right), frozenset(checksums) - right
        if local_peer not in self._wrong:
            episode.comparer.resume(right, episode.sync.confirmed_frame + 1)
        if local_peer == self._authority:
            slot = episode.sync.snapshots.newest_not_above(episode.sync.confirmed_frame + 1)
            data = self._transfer(slot.state)
            if len(data) <= MAX_STATE_BYTES:
                for part in split_state(episode.number, slot.frame, data):
                    for peer in sorted(self._wrong):
                        self._roster.endpoints[peer].bulk.send(part)
        self._put_in_place(episode)
        self._note_repaired(episode)

    def take_state(self, endpoint: Endpoint, part: StateDump, episode: Episode) -> None:
        """Take in a part of a state that somebody sends us to put in place.

        Raises:
            WireError: The parts come out of order.
        """
        assembly = self._assemblies.setdefault(endpoint.peer, DumpAssembly())
        whole = assembly.add(part)
        if whole is not None and part.episode == episode.number:
            self._states[endpoint.peer] = whole
            self.update(episode)  # it may be here before we have noticed anything
            self._put_in_place(episode)

    def _put_in_place(self, episode: Episode) -> None:
        """Replace our state by the authority's, if ours is wrong and that has come."""
        authority, local_peer = self._authority, self._roster.local_peer
        if authority not in self._states or local_peer not in self._wrong:
            return
        frame, data = self._states.pop(authority)
        try:
            state = self._restore(data) if self._restore is not None else None
        except PeergymError as error:
            self._events.put(StateRefused(authority, str(error)))
            return
        episode.replace(frame, state)
        self._wrong -= {local_peer}
        counts_from = max(frame, episode.sync.frame) + 1
        episode.comparer.resume(self._roster.membership.survivors - self._wrong, counts_from)
        checksum = canonical.checksum(self._canonical_bytes(state))
        self._roster.send_to_members(Repair(episode.number, counts_from, checksum))
        self._events.put(MatchRepaired(episode.number, counts_from, authority, True))
        self._finish()

    def take_repair(self, endpoint: Endpoint, message: Repair, episode: Episode) -> None:
        """Somebody's state has been replaced; its checksums count again from a frame on."""
        if message.episode == episode.number:
            self._repaired[endpoint.peer] = message.frame
            self.update(episode)
            self._note_repaired(episode)

    def _note_repaired(self, episode: Episode) -> None:
        """Count those again who have told that they are repaired, perhaps before we had decided."""
        authority = self._authority
        if authority is None:
            return
        for peer in sorted(self._wrong.intersection(self._repaired)):
            frame = self._repaired.pop(peer)
            self._wrong -= {peer}
            episode.comparer.count_again(peer, frame)
            self._events.put(MatchRepaired(episode.number, frame, authority, False))
        self._finish()

    def _forget(self) -> None:
        """Nothing is left to repair."""
        self._authority, self._wrong = None, frozenset()
        self._assemblies.clear()
        self._states.clear()
        self._repaired.clear()

    def _finish(self) -> None:
        """Once everybody is repaired, the next difference is a new one."""
        present = self._roster.membership.survivors
        if self._authority is not None and not self._wrong & present:
            self._forget()


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
