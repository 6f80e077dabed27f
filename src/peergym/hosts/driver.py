"""What a host does with any match: time, events, pictures; and with one that it only watches.

Theory of operation: a driver is still without IO. Its host puts bytes in, calls `handle_time` when
`wake_s` has come, and drains the session. In between a driver does what every host must do in the
same way: it carries out the requests and tells the session where the game ended. Of those who play
is `peergym.hosts.match_driver`; a spectator has no inputs, no say in anything and no record.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import inf
from typing import Any, TypeAlias

from peergym.data.replay import MatchRecorder
from peergym.envs import GameAdapter, GameRunner, Surface
from peergym.envs.description import screen_of
from peergym.errors import UsageError
from peergym.rollback import AdvanceFrame, P2PSession, Request
from peergym.rollback.events import Event, ProtocolViolated
from peergym.rollback.spectator import SpectatorSession
from peergym.rollback.statistics import SessionStatistics

EARLY_S = 0.001  # timers fire up to a millisecond early; the session counts nominal times anyway
LATE_S = 0.1  # beyond what the session's clock makes up for, a frame's time is when it came

AnySession: TypeAlias = P2PSession | SpectatorSession


class Driver:
    """Drives a session with a game.

    Args:
        session: The session; nobody else may call its `advance_frame`.
        game: The game, made for this match.

    Attributes:
        session: The session.
        runner: What carries out its requests.
        seats: Those that are played here by whoever gives actions.
        recorder: What writes the match down; None for a match that is not recorded.
        is_ready_wanted: Whether to be ready for the next episode as soon as that is possible.
        nominal_s: The time that the newest frame was due, in seconds.
        rollback_depth_frames: Frames resimulated in the latest tick.
    """

    session: AnySession
    seats: tuple[int, ...] = ()
    recorder: MatchRecorder | None = None

    def __init__(self, session: AnySession, game: GameAdapter) -> None:
        self.session = session
        self.runner = GameRunner(game)
        self.is_ready_wanted = False
        self.nominal_s = 0.0
        self.rollback_depth_frames = 0
        self._game = game
        self._told_peers: set[int] = set()
        self._own_events: deque[Event] = deque()

    # --- what the host puts in

    def set_action(self, player: int, action: Any) -> None:
        """Let a seat of ours hold an action from now on; who has no seat is ignored."""

    def add_peer(self, peer: int, now_s: float) -> None:
        """Somebody has come to the match.

        Said again, it changes nothing. A number that was another's in this match changes nothing
        either, but is an event: it cannot be that peer.
        """
        if peer in self._told_peers:
            return
        self._told_peers.add(peer)
        if peer == self.session.config.local_peer:
            self._refuse(peer, f"peer {peer} are we")
            return
        try:
            self.session.add_peer(peer, now_s)
        except UsageError as error:
            self._refuse(peer, str(error))

    def _refuse(self, peer: int, why: str) -> None:
        self._own_events.append(ProtocolViolated(peer, "signalling", why))

    def note_event(self, event: Event) -> None:
        """Let something that the host has found out be told, and recorded, as the session's are."""
        self._own_events.append(event)

    def decide(self, group: tuple[int, ...], now_s: float, *, is_granted: bool) -> None:
        """Tell what the arbiter said about a group; a spectator is in none."""

    def path_restored(self, peer: int, now_s: float) -> None:
        """The transport has found its way to a silent peer again; a spectator asks another."""

    def handle_time(self, now_s: float) -> bool:
        """Do what is due.

        Args:
            now_s: The time, in seconds.

        Returns:
            Whether the game has moved, so that it should be drawn.
        """
        session = self.session
        timer_s = session.get_timer()
        if timer_s is not None and now_s >= timer_s:
            session.handle_timer(now_s)
        due_s = session.next_tick_s()
        if due_s is None or now_s < due_s - EARLY_S:
            return False
        self.nominal_s = due_s if now_s - due_s <= LATE_S else now_s
        return self._tick(now_s)

    # --- what the host takes out

    def take_checksums(self) -> list[tuple[int, int]]:
        """(frame, checksum) of the confirmed frames since the last call, ascending."""
        return self.session.take_confirmed_checksums()

    def next_event(self) -> Event | None:
        """The oldest event that has not been taken yet."""
        return self._own_events.popleft() if self._own_events else self.session.next_event()

    def take_record(self, now_s: float) -> bytes:
        """What has been recorded since the last call, in whole chunks; empty most of the time.

        Args:
            now_s: The time, in seconds.
        """
        del now_s
        return b""

    def wake_s(self) -> tuple[float, bool]:
        """When `handle_time` is due next (infinity: never), and whether that is for a frame."""
        tick_s = self.session.next_tick_s()
        timer_s = self.session.get_timer()
        if tick_s is not None and (timer_s is None or tick_s <= timer_s):
            return tick_s, True
        return (inf if timer_s is None else timer_s), False

    def statistics(self) -> SessionStatistics:
        """Figures for people to look at."""
        frame = self.session.current_frame
        return SessionStatistics(frame=frame, complete_frame=frame - 1, confirmed_frame=frame - 1)

    def members(self) -> tuple[int, ...]:
        """Who plays, as last agreed on; nobody, as far as a spectator can say."""
        return ()

    def desync_dump(self, game: Mapping[str, Any], recording: bytes = b"") -> bytes:
        """The latest desync as a file; empty without one."""
        del game, recording
        return b""

    # --- pictures

    @property
    def players(self) -> int:
        """How many seats the game has."""
        return self._game.players

    def new_surface(self) -> Surface:
        """A surface of the size of the game's screen."""
        return Surface(*screen_of(self._game))

    def draw(self, surface: Surface, player: int) -> bytes:
        """Draw the newest frame as a player sees it, as a display list."""
        surface.clear()
        self._game.draw(surface, player)
        return surface.encode()

    # --- a tick

    def _tick(self, now_s: float) -> bool:
        requests = self.session.advance_frame(now_s)
        self.runner.execute(requests)
        self._note_requests(requests)
        self.session.set_end_frame(self.runner.end_frame)
        return bool(requests)

    def _note_requests(self, requests: list[Request]) -> None:
        """A tick's requests have been carried out."""
        self.rollback_depth_frames = _resimulated(requests)


def _resimulated(requests: list[Request]) -> int:
    # A tick without rollback has three requests at most; counting is for the others.
    if len(requests) <= 3:
        return 0
    return sum(1 for r in requests if isinstance(r, AdvanceFrame) and r.resimulated)
