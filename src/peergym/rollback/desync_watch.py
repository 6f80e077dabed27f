"""The conversation about checksums: who is told what, and when a difference is raised.

Theory of operation: `ChecksumComparer` decides; the watch sends our checksums, puts the others' in,
and on the first difference of an episode raises one event and sends our state to everybody, so
that each side can name the first field that differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peergym.rollback import canonical, control
from peergym.rollback.config import SessionConfig
from peergym.rollback.desync import Canonical, Mismatch
from peergym.rollback.desync_dump import make_dump
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import Ending, Episode
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import DesyncDetected, DesyncLocated
from peergym.rollback.input_runs import InputRun
from peergym.rollback.roster import Roster


class DesyncWatch:
    """Exchanges the checksums of a match.

    Args:
        roster: Everybody.
        events: Where a difference is told.
        canonical_bytes: Turns a saved state into its canonical bytes.
        transfer: Turns a saved state into bytes that another peer can restore.
    """

    def __init__(
        self, roster: Roster, events: EventQueue, canonical_bytes: Canonical, transfer: Canonical
    ) -> None:
        self._roster = roster
        self._events = events
        self._canonical_bytes = canonical_bytes
        self._transfer = transfer
        self._findings: Findings | None = None
        self._early: dict[int, tuple[int, bytes]] = {}

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
        frame, data = whole
        canonical.decode(data)  # or refuse it now: when we need it, nobody is there to blame
        self.compare(episode)
        findings = self._findings
        if findings is None or (findings.episode, findings.frame) != (episode.number, frame):
            self._early[endpoint.peer] = (frame, data)  # it has noticed earlier than we
        else:
            self._locate(findings, endpoint.peer, data)

    def _locate(self, findings: Findings, peer: int, data: bytes) -> None:
        """Keep another's state of the first different frame, and tell where it differs from ours.

        Raises:
            WireError: It is none.
        """
        difference = findings.difference_from(data)
        findings.add(peer, data)
        if difference is not None:  # a third peer may be as sound as we
            self._events.put(DesyncLocated(peer, findings.frame, difference))

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
        findings = self._findings = self._find(episode, mismatch)
        early, self._early = self._early, {}
        for peer, (frame, data) in early.items():
            if frame == findings.frame:
                self._locate(findings, peer, data)
        for part in episode.comparer.parts_of_first_different(episode.number):
            for endpoint in self._roster.members():
                endpoint.send(part)

    # --- what is kept of it

    def _find(self, episode: Episode, mismatch: Mismatch) -> Findings:
        """Keep what a dump has to hold, before a repair and the course of play take it away."""
        different, equal = episode.comparer.first_different, episode.comparer.last_equal
        peer, frame = self._roster.local_peer, mismatch.frame
        return Findings(
            episode=episode.number,
            seed=episode.seed,
            frame=frame,
            last_equal_frame=equal[0] if equal else -1,
            checksums={peer: mismatch.local_checksum, mismatch.peer: mismatch.remote_checksum},
            canonical_bytes=self._canonical_bytes(different[1]) if different else b"",
            states={peer: self._transfer(different[1])} if different else {},
            last_equal_state=self._transfer(equal[1]) if equal else None,
            rows=tuple(row for row in episode.rows if row[0] >= (equal[0] if equal else 0)),
            owners=self._roster.seats.owners,
        )

    def dump(self, config: SessionConfig, game: Mapping[str, Any], recording: bytes) -> bytes:
        """The latest desync as a file; empty without one.

        Args:
            config: The match.
            game: How to find the game again: ``spec``, ``options``, ``digest``.
            recording: The flight recording, if one was kept.
        """
        findings = self._findings
        return b"" if findings is None else findings.dump(config, game, recording)


@dataclass(slots=True)
class Findings:
    """What is known of a desync, as `make_dump` wants it.

    Attributes:
        canonical_bytes: Of our state of the first different frame.
        rows: Confirmed inputs of all players since the last equal frame: (frame, inputs).
    """

    episode: int
    seed: int
    frame: int
    last_equal_frame: int
    checksums: dict[int, int]
    canonical_bytes: bytes
    states: dict[int, bytes]
    last_equal_state: bytes | None
    rows: tuple[tuple[int, tuple[int, ...]], ...]
    owners: tuple[int, ...]

    def difference_from(self, remote: bytes) -> str | None:
        """Where our state and a peer's differ first; None if they do not.

        Args:
            remote: The peer's canonical bytes.

        Raises:
            WireError: They are not canonical.
        """
        theirs = canonical.decode(remote)
        return canonical.first_difference(canonical.decode(self.canonical_bytes), theirs)

    def add(self, peer: int, data: bytes) -> None:
        """Another peer's canonical bytes of the first different frame have come."""
        self.states[peer] = data
        self.checksums[peer] = canonical.checksum(data)

    def dump(self, config: SessionConfig, game: Mapping[str, Any], recording: bytes) -> bytes:
        """Write it down."""
        first = self.rows[0][0] if self.rows else 0
        columns = zip(*[inputs for _, inputs in self.rows], strict=True)
        runs = [InputRun(first, tuple(column)) for column in columns]
        return make_dump(
            config,
            episode=self.episode,
            seed=self.seed,
            frame=self.frame,
            last_equal_frame=self.last_equal_frame,
            checksums=self.checksums,
            states=self.states,
            last_equal_state=self.last_equal_state,
            inputs=runs or [InputRun(0, ()) for _ in self.owners],
            owners=self.owners,
            game=game,
            recording=recording,
        )
