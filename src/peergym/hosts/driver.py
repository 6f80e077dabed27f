"""Plays one match: a session, its game, and the players who sit here.

Theory of operation: the driver is still without IO. Its host puts bytes and actions in, calls
`advance` when `next_tick_s` has come, and drains the session. In between the driver does what
every host must do in the same way: fill in the local inputs, carry out the requests, and tell the
session where the game ended.
"""

from __future__ import annotations

from math import inf

from peergym.data.replay import MatchRecorder
from peergym.envs import GameAdapter, GameRunner, Surface
from peergym.envs.description import screen_of
from peergym.rollback import AdvanceFrame, P2PSession, Request, SessionState
from peergym.rollback.events import Event, MatchEnded

EARLY_S = 0.001  # timers fire up to a millisecond early; the session counts nominal times anyway
LATE_S = 0.1  # beyond what the session's clock makes up for, a frame's time is when it came


class MatchDriver:
    """Drives a session with a game.

    Args:
        session: The session; nobody else may call its `advance_frame`.
        game: The game, made for this match.
        bots: Local seats played by the game's own policy, or by the no-op without one.
        recorder: Writes the match down; None records nothing.

    Attributes:
        session: The session.
        recorder: The same.
        runner: What carries out its requests.
        is_ready_wanted: Whether to be ready for the next episode as soon as that is possible.
        nominal_s: The time that the newest frame was due, in seconds.
        rollback_depth_frames: Frames resimulated in the latest tick.
    """

    def __init__(
        self,
        session: P2PSession,
        game: GameAdapter,
        bots: tuple[int, ...] = (),
        recorder: MatchRecorder | None = None,
    ) -> None:
        self.session = session
        self.recorder = recorder
        self.runner = GameRunner(game)
        self.is_ready_wanted = True
        self.nominal_s = 0.0
        self.rollback_depth_frames = 0
        self._game = game
        self._bots = bots if game.has_policy() else ()
        self._inputs = dict.fromkeys(session.config.local_players, 0)

    def set_action(self, player: int, action: int) -> None:
        """Let a local seat hold an action from now on; other seats and actions are ignored.

        Ignored rather than refused, for a page may send what was meant for the match before.
        """
        if player in self._inputs and self._game.has_action(player, action):
            self._inputs[player] = self._game.encode_action(player, action)

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
        if self.is_ready_wanted and session.state in _MAY_BE_READY:
            self.is_ready_wanted = False
            session.set_ready(now_s)
        due_s = session.next_tick_s()
        if due_s is None or now_s < due_s - EARLY_S:
            return False
        self.nominal_s = due_s if now_s - due_s <= LATE_S else now_s
        return self._tick(now_s)

    def take_checksums(self) -> list[tuple[int, int]]:
        """(frame, checksum) of the confirmed frames since the last call, ascending."""
        checksums = self.session.take_confirmed_checksums()
        if self.recorder is not None:
            self.recorder.note_checksums(checksums)
        return checksums

    def next_event(self) -> Event | None:
        """The oldest event of the session that has not been taken yet."""
        event = self.session.next_event()
        if event is not None and self.recorder is not None:
            self.recorder.note_event(event, self.session)
            if isinstance(event, MatchEnded):
                self.recorder.close(self.session, event.reason)
        return event

    def take_record(self, now_s: float) -> bytes:
        """What has been recorded since the last call, in whole chunks; empty most of the time.

        Args:
            now_s: The time, in seconds.
        """
        if self.recorder is None:
            return b""
        self.recorder.update(self.session, now_s)
        return self.recorder.take()

    def wake_s(self) -> tuple[float, bool]:
        """When `handle_time` is due next (infinity: never), and whether that is for a frame."""
        tick_s = self.session.next_tick_s()
        timer_s = self.session.get_timer()
        if tick_s is not None and (timer_s is None or tick_s <= timer_s):
            return tick_s, True
        return (inf if timer_s is None else timer_s), False

    def new_surface(self) -> Surface:
        """A surface of the size of the game's screen."""
        return Surface(*screen_of(self._game))

    def draw(self, surface: Surface, player: int) -> bytes:
        """Draw the newest frame as a player sees it, as a display list."""
        surface.clear()
        self._game.draw(surface, player)
        return surface.encode()

    def _tick(self, now_s: float) -> bool:
        session, inputs = self.session, self._inputs
        for player in self._bots:
            # The policy reads the state, so it must wait until the first reset.
            if self.runner.frame >= 0:
                inputs[player] = self._game.policy(player)
        for player, value in inputs.items():
            session.add_local_input(player, value)
        requests = session.advance_frame(now_s)
        self.runner.execute(requests)
        if self.recorder is not None:
            self.recorder.note_requests(requests, session)
        self.rollback_depth_frames = _resimulated(requests)
        session.set_end_frame(self.runner.end_frame)
        return bool(requests)


def _resimulated(requests: list[Request]) -> int:
    # A tick without rollback has three requests at most; counting is for the others.
    if len(requests) <= 3:
        return 0
    return sum(1 for r in requests if isinstance(r, AdvanceFrame) and r.resimulated)


_MAY_BE_READY = (SessionState.WAITING, SessionState.ENDED, SessionState.HANDSHAKE)
