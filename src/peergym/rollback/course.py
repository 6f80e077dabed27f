"""The course of a match: its state, its running episode, and what all parts of a session share.

Theory of operation: a session has parts that look after one thing each (the opening, those who go,
those who come, our own entry, desyncs). What more than one of them has to know or to change is
here, and nothing else.

Laws:
    - CLOSED is final, and is told once.
    - An episode's number never goes back; everything that counts frames is in the `Episode`.
"""

from __future__ import annotations

from enum import Enum

from peergym.rollback.config import (
    DROP_AFTER_MANY_PEERS_S,
    DROP_AFTER_TWO_PEERS_S,
    SessionConfig,
)
from peergym.rollback.desync import Canonical
from peergym.rollback.episode import Ending, Episode
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import EpisodeStarted, InputDelayChanged, MatchEnded
from peergym.rollback.input_delay import InputDelayController
from peergym.rollback.local_time import LocalTime
from peergym.rollback.prediction import Predictor
from peergym.rollback.roster import Roster
from peergym.rollback.time_sync import TimeSync


class SessionState(Enum):
    """Where the match stands; the transitions are in `peergym.rollback.session`."""

    HANDSHAKE = "handshake"
    WAITING = "waiting"
    FOLLOWING = "following"
    PLAYING = "playing"
    ENDED = "ended"
    CLOSED = "closed"


class Course:
    """What the parts of a session share.

    Args:
        config: The match.
        canonical_bytes: Turns a saved state into its canonical bytes.
        predictor: Guesses missing inputs; None repeats the newest.

    Attributes:
        state: Where the match stands.
        state_since_s: Since when.
        episode: The running or last episode; before the first, an empty one.
        episodes_started: How many there were.
        ending: How the last episode ended; None while one runs.
        is_outside: Whether we have come to a match of which we are not a member yet.
        roster, events, time, time_sync, delay: See there.
    """

    def __init__(
        self, config: SessionConfig, canonical_bytes: Canonical, predictor: Predictor | None
    ) -> None:
        self.config = config
        self.roster = Roster(config)
        self.events = EventQueue()
        self.time = LocalTime()
        self.time_sync = TimeSync(config.frame_period_s)
        self.delay = InputDelayController(
            config.input_delay, config.frame_period_s, config.prediction_window
        )
        self.state = SessionState.HANDSHAKE
        self.state_since_s = 0.0
        self.episodes_started = 0
        self.ending: Ending | None = None
        self.is_outside = config.is_newcomer
        self._canonical_bytes = canonical_bytes
        self._predictor = predictor
        self.episode = self.new_episode(0, 0.0)

    @property
    def number(self) -> int:
        """Number of the running or last episode; -1 before the first."""
        return self.episodes_started - 1

    @property
    def is_between(self) -> bool:
        """Whether an episode could start now."""
        return self.state in (SessionState.WAITING, SessionState.ENDED)

    @property
    def drop_after_s(self) -> float:
        """Silence after which a member is lost, in seconds; it depends on how many there are."""
        chosen = self.config.drop_after_s
        if chosen is not None:
            return chosen
        is_pair = len(self.roster.membership.members) <= 2
        return DROP_AFTER_TWO_PEERS_S if is_pair else DROP_AFTER_MANY_PEERS_S

    def set_state(self, state: SessionState) -> None:
        """Go on to another state."""
        self.state = state
        self.state_since_s = self.time.now_s

    def close(self, reason: str) -> None:
        """End the match for us, with a reason for people."""
        if self.state is not SessionState.CLOSED:
            self.set_state(SessionState.CLOSED)
            self.events.put(MatchEnded(reason))

    def new_episode(
        self, number: int, start_s: float, first_frame: int = 0, state: object = None
    ) -> Episode:
        """Make an episode; one that we are told by somebody else has a first frame or a state."""
        others = self.roster.membership.members - {self.config.local_peer}
        return Episode(
            self.config,
            self.roster.seats,
            () if self.is_outside else tuple(sorted(others)),
            number,
            start_s,
            self._canonical_bytes,
            self._predictor,
            first_frame,
            state,
            is_told=self.is_outside,
        )

    def start_episode(self, number: int, start_s: float) -> None:
        """Begin an episode that all have agreed on."""
        self.set_state(SessionState.PLAYING)
        self.roster.seats.start_episode()
        self.episode = self.new_episode(number, start_s)
        self.episodes_started = number + 1
        self.ending = None
        for endpoint in self.roster.endpoints.values():
            endpoint.start_episode()
        self.events.put(EpisodeStarted(number, self.episode.seed))
        self.start_playing(start_s)

    def start_playing(self, start_s: float) -> None:
        """From now on our own inputs count, and our clock follows the others'."""
        self.time_sync.allow_skips(start_s)
        self.delay.start_episode(self.longest_one_way_s(), self.time.now_s)
        self.apply_delay()

    def longest_one_way_s(self) -> float:
        """The longest one-way time to any other member, in seconds."""
        return max((e.round_trip.one_way_s for e in self.roster.members()), default=0.0)

    def apply_delay(self) -> None:
        """Give our seats the input delay that is wanted now."""
        for player in self.roster.local_players:
            delay_frames = self.delay.frames_of(player)
            self.episode.local_inputs.set_delay(player, delay_frames)
            self.events.put(InputDelayChanged(player, delay_frames))
