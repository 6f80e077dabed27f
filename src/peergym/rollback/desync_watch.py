"""The conversation about checksums: who is told what, and when a difference is raised.

Theory of operation: `ChecksumComparer` decides; the watch sends our checksums, puts the others' in,
and on the first difference of an episode raises one event and sends our state to everybody, so
that each side can name the first field that differs.
"""

from __future__ import annotations

from peergym.rollback import control
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import Ending, Episode
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import DesyncDetected, DesyncLocated
from peergym.rollback.roster import Roster


class DesyncWatch:
    """Exchanges the checksums of a match.

    Args:
        roster: Everybody.
        events: Where a difference is told.
    """

    def __init__(self, roster: Roster, events: EventQueue) -> None:
        self._roster = roster
        self._events = events

    def exchange(self, episode: Episode) -> list[tuple[int, int]]:
        """Send what has become final, compare what has come.

        Returns:
            (frame, checksum) of what has become final, ascending.
        """
        computed = episode.compute_checksums()
        if computed:
            for endpoint in self._roster.members():
                rolled_back = endpoint.rolled_back_frames
                endpoint.send(control.Checksums(episode.number, rolled_back, tuple(computed)))
        self.compare(episode)
        return computed

    def tell_end(self, episode: Episode, ending: Ending) -> None:
        """Tell how our episode ended, and compare it with what the others said."""
        for endpoint in self._roster.members():
            endpoint.send(control.EpisodeEnd(episode.number, ending.frame, ending.checksum))
        self.compare(episode)

    def take_checksums(
        self, episode: Episode, endpoint: Endpoint, message: control.Checksums
    ) -> None:
        """Take in a peer's checksums."""
        if message.episode == episode.number:
            endpoint.peer_rolled_back_frames = message.rolled_back_frames
            for frame, checksum in message.reports:
                episode.comparer.add_report(endpoint.peer, frame, checksum)

    def take_end(self, episode: Episode, endpoint: Endpoint, message: control.EpisodeEnd) -> None:
        """Take in how a peer's episode ended."""
        if message.episode == episode.number:
            episode.comparer.add_end_report(endpoint.peer, message.frame, message.checksum)

    def take_dump(self, episode: Episode, endpoint: Endpoint, message: control.StateDump) -> None:
        """Take in a part of a peer's state; with the last one, name what differs.

        Raises:
            WireError: The parts are out of order, too many, or no state.
        """
        whole = endpoint.dump.add(message)
        if whole is None or message.episode != episode.number:
            return
        self.compare(episode)
        frame, data = whole
        difference = episode.comparer.difference_from(frame, data)
        if difference is not None:
            self._events.put(DesyncLocated(endpoint.peer, frame, difference))

    def compare(self, episode: Episode) -> None:
        """Compare what can be compared; the first difference is told to the host and all peers."""
        mismatch = episode.comparer.compare()
        if mismatch is None:
            return
        self._events.put(
            DesyncDetected(
                mismatch.peer,
                mismatch.frame,
                mismatch.local_checksum,
                mismatch.remote_checksum,
                mismatch.last_equal_frame,
            )
        )
        for part in episode.comparer.parts_of_first_different(episode.number):
            for endpoint in self._roster.members():
                endpoint.send(part)
