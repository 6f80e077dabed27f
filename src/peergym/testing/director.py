"""Lets happen in a mesh what a schedule says.

Theory of operation: after whatever a peer does, the mesh asks how far the match has come: the
frame of the living peer with the lowest id, over all episodes. What is due by then happens in the
same instant, but after everything that peer had to do.

Law: the match's frame never goes back, also when the peer that it was read from dies.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from peergym.rollback.session import SessionState
from peergym.testing.schedule import Happening, Kind, Schedule

if TYPE_CHECKING:
    from peergym.testing.mesh import Mesh

NOT_BEGUN = -1


class Director:
    """Carries a schedule out.

    Args:
        mesh: The match.
        schedule: What shall happen.

    Attributes:
        frame: How far the match has come; -1 until its first frame has been scheduled.
        happened: (virtual time, happening), so far.
    """

    def __init__(self, mesh: Mesh, schedule: Schedule) -> None:
        self.frame = NOT_BEGUN
        self.happened: list[tuple[float, Happening]] = []
        self._mesh = mesh
        self._waiting = deque(schedule.happenings)
        self._actions: dict[Kind, Callable[[Happening], None]] = {
            Kind.DROP: self._drop,
            Kind.GOODBYE: self._say_goodbye,
            Kind.PARTITION: self._part,
            Kind.PAUSE: self._pause,
            Kind.REJOIN: self._come_back,
            Kind.JOIN: self._join,
            Kind.DESYNC: self._plant_desync,
            Kind.KILL_SPECTATOR: self._kill_spectator,
        }

    def note_progress(self) -> None:
        """Look how far the match has come, and schedule what is due."""
        if not self._waiting:
            return
        self.frame = max(self.frame, self._reached())
        while self._waiting and self._waiting[0].frame <= self.frame:
            happening = self._waiting.popleft()
            self._mesh.clock.call_after(0.0, partial(self._carry_out, happening))

    def _reached(self) -> int:
        for peer in self._mesh.survivors:
            session = peer.session
            if session.episode >= 0 and session.state is not SessionState.CLOSED:
                return self._mesh.frames_before(session.episode) + session.current_frame
        return NOT_BEGUN

    def _carry_out(self, happening: Happening) -> None:
        self.happened.append((self._mesh.clock.now_s, happening))
        self._actions[happening.kind](happening)

    def _drop(self, happening: Happening) -> None:
        self._mesh.peer_of(happening.player).die()

    def _say_goodbye(self, happening: Happening) -> None:
        self._mesh.peer_of(happening.player).leave()

    def _part(self, happening: Happening) -> None:
        groups = [
            sorted({self._mesh.peer_of(player).peer for player in group})
            for group in happening.groups
        ]
        now_s = self._mesh.clock.now_s
        self._mesh.links.partition(groups, now_s, now_s + self._seconds(happening))

    def _pause(self, happening: Happening) -> None:
        self._mesh.peer_of(happening.player).pause(self._seconds(happening))

    def _come_back(self, happening: Happening) -> None:
        old = self._mesh.peer_of(happening.player).peer
        self._mesh.take_seats(self._mesh.seats_of(old), old)

    def _join(self, happening: Happening) -> None:
        # No peer ever has the index of a seat that was empty at first, so it names his place.
        self._mesh.take_seats((happening.player,), place_of=happening.player)

    def _plant_desync(self, happening: Happening) -> None:
        self._mesh.peer_of(happening.player).plant_desync()

    def _kill_spectator(self, happening: Happening) -> None:
        self._mesh.watchers[happening.player].die()

    def _seconds(self, happening: Happening) -> float:
        return happening.length_frames / self._mesh.frame_rate_hz
