"""Plays one match: fills in the inputs of the seats that are ours, and writes the match down.

Theory of operation: some seats are played by whoever sits at this host (a person, or the policy of
a native peer); those alone take actions. All other seats that the session gives us, now or later,
are an agent's: somebody who has left, or nobody, sits there. The game's own policy plays them, and
where the game has none they do nothing.

A newcomer's driver asks for its seat at once, follows, and plays once all have agreed.

Laws:
    - What is put in for a seat that is not ours has no effect.
    - Without the arbiter a half goes on only if all of the other half have said that they go.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from peergym.data.replay import MatchRecorder
from peergym.envs import GameAdapter
from peergym.errors import UsageError
from peergym.hosts.driver import Driver
from peergym.rollback import P2PSession, Request, SessionState
from peergym.rollback.events import ArbiterWanted, Event, MatchEnded, PeerLeft, PlayerJoined
from peergym.rollback.statistics import SessionStatistics

LINK_CLOSED = "closed the connection"
"""The reason of a `PeerLeft` that was no goodbye: the peer may be there without us."""


class MatchDriver(Driver):
    """Drives the session of one who plays.

    Args:
        session: The session; nobody else may call its `advance_frame`.
        game: The game, made for this match.
        seats: Those played here by whoever gives actions; all others that are ours are agents'.
        recorder: Writes the match down; None records nothing.
        guests: Who is there beside the owners of seats, for a newcomer: those who watch.
    """

    session: P2PSession

    def __init__(
        self,
        session: P2PSession,
        game: GameAdapter,
        seats: tuple[int, ...],
        recorder: MatchRecorder | None = None,
        guests: tuple[int, ...] = (),
    ) -> None:
        super().__init__(session, game)
        self.seats = seats
        self.recorder = recorder
        self.is_ready_wanted = True
        self._has_come = not session.config.is_newcomer
        self._guests = guests
        self._actions = dict.fromkeys(seats, 0)
        self._has_policy = game.has_policy()
        self._gone: set[int] = set()
        self._now_s = 0.0

    # --- what the host puts in

    def set_action(self, player: int, action: Any) -> None:
        """Let a seat of ours hold an action from now on; other seats and actions are ignored.

        Ignored rather than refused, for a page may send what was meant for the match before.
        """
        if player in self._actions and self._game.has_action(player, action):
            self._actions[player] = self._game.encode_action(player, action)

    def decide(self, group: tuple[int, ...], now_s: float, *, is_granted: bool) -> None:
        """Tell what the arbiter said about a group that an event asked about."""
        self.session.decide(group, now_s, is_granted=is_granted)

    def path_restored(self, peer: int, now_s: float) -> None:
        """The transport has found its way to a silent peer again."""
        self.session.path_restored(peer, now_s)

    def handle_time(self, now_s: float) -> bool:
        """Do what is due, as `Driver.handle_time`; first be ready, or ask for our seat."""
        self._now_s = now_s
        if not self._has_come:
            self._come(now_s)
        if self.is_ready_wanted:
            self._be_ready(now_s)
        return super().handle_time(now_s)

    def _come(self, now_s: float) -> None:
        self._has_come = True
        self.session.join(self.seats, now_s)
        for peer in self._guests:
            self.add_peer(peer, now_s)

    def _be_ready(self, now_s: float) -> None:
        session = self.session
        state = session.state
        may_say_so = state in (SessionState.WAITING, SessionState.ENDED)
        # A newcomer's word counts once it is a member.
        if may_say_so or (state is SessionState.HANDSHAKE and not session.config.is_newcomer):
            self.is_ready_wanted = False
            session.set_ready(now_s)
        elif state is SessionState.PLAYING:
            self.is_ready_wanted = False  # it came into the middle; for the next it will be asked

    # --- what the host takes out

    def take_checksums(self) -> list[tuple[int, int]]:
        """(frame, checksum) of the confirmed frames since the last call, ascending."""
        checksums = super().take_checksums()
        if self.recorder is not None:
            self.recorder.note_checksums(checksums)
        return checksums

    def next_event(self) -> Event | None:
        """The oldest event that has not been taken yet."""
        event = super().next_event()
        if event is None:
            return None
        if self.recorder is not None:
            self.recorder.note_event(event, self.session)
            if isinstance(event, MatchEnded):
                self.recorder.close(self.session, event.reason)
        if isinstance(event, PeerLeft) and event.reason != LINK_CLOSED:
            self._gone.add(event.peer)
        elif isinstance(event, ArbiterWanted) and self._are_all_others_gone(event.group):
            self.session.decide(event.group, self._now_s, is_granted=True)
            return self.next_event()
        elif isinstance(event, PlayerJoined) and event.peer == self.session.config.local_peer:
            self._greet_those_who_come()
        return event

    def _are_all_others_gone(self, group: tuple[int, ...]) -> bool:
        """Whether nobody can go on but a group, so that there is nothing to ask the arbiter."""
        return set(self.session.members) - set(group) <= self._gone

    def _greet_those_who_come(self) -> None:
        """Know again whom the room named and the members do not: they may be about to come."""
        session = self.session
        for peer in sorted(set(session.config.peers) - set(session.members)):
            with suppress(UsageError):  # it speaks with us already, or has been a member
                session.add_peer(peer, self._now_s)

    def take_record(self, now_s: float) -> bytes:
        """What has been recorded since the last call, in whole chunks; empty most of the time."""
        if self.recorder is None:
            return b""
        self.recorder.update(self.session, now_s)
        return self.recorder.take()

    def statistics(self) -> SessionStatistics:
        """Figures for people to look at."""
        return self.session.statistics()

    def members(self) -> tuple[int, ...]:
        """Who plays, as last agreed on."""
        return self.session.members

    def desync_dump(self, game: Mapping[str, Any], recording: bytes = b"") -> bytes:
        """The latest desync as a file for `peergym desync`; empty without one."""
        return self.session.desync_dump(game, recording)

    # --- a tick

    def _tick(self, now_s: float) -> bool:
        session, actions = self.session, self._actions
        for player in session.local_players:
            value = actions.get(player)
            session.add_local_input(player, self._agent(player) if value is None else value)
        return super()._tick(now_s)

    def _agent(self, player: int) -> int:
        # The policy reads the state, so it must wait until the first reset.
        if self._has_policy and self.runner.frame >= 0:
            return self._game.policy(player)
        return 0

    def _note_requests(self, requests: list[Request]) -> None:
        super()._note_requests(requests)
        if self.recorder is not None:
            self.recorder.note_requests(requests, self.session)
