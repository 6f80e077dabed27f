"""The match as one follower is told it: how things stand, then what is confirmed, in order.

Theory of operation: somebody who watches, or wants to join, follows one member. He is told who sits
where and, in the middle of an episode, the state of a confirmed frame; then the confirmed inputs of
all players, some frames at a time; then how the episode ended, and so on. All of it on ``bulk``,
reliable and in order, so what he simulates is final and never corrected. Where states cannot be
sent he is told all inputs from frame 0 on (`peergym.rollback.reexecution`), and now and then how
far the match is and which state all agreed on last.

Laws:
    - Only what is confirmed is told.
    - A follower who does not keep up is told less, never more: what waits for him is bounded, and
      if he falls too far behind he is given a state anew.
    - However often he asks anew, and whatever he says he has seen: a state, or the inputs from the
      beginning, are sent once in `STATE_EVERY_S`, and a few messages at a time.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

from peergym.rollback.control import (
    MAX_STATE_BYTES,
    ControlMessage,
    EpisodeEnd,
    Follow,
    Followed,
    NotTold,
    Reexecute,
    Rows,
    Seating,
    split_state,
)
from peergym.rollback.control_limits import MAX_REEXECUTED_FRAMES
from peergym.rollback.desync import Canonical
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import MOST_ROWS, Ending, Episode
from peergym.rollback.past_inputs import PastInputs, Row, most_rows_in_message
from peergym.rollback.roster import Roster

ROWS_EVERY_S = 0.1  # six frames at 60 Hz: the price of watching, against a message for each frame
MOST_UNSEEN_FRAMES = 600  # ten seconds: further ahead of what he has simulated nothing is sent
MOST_UNSEEN_AGAIN_FRAMES = 2400  # to one who executes the episode again, at thousands in a second
MOST_MESSAGES_AT_ONCE = 4  # of inputs: to pack and unpack them costs a few milliseconds
MOST_REPLAYED_FRAMES = 60  # from the start of an episode: beyond them a state is quicker
SEATING_EVERY_S = 1.0  # without anything to tell, that we are there
AGREED_EVERY_S = 2.0  # to one who executes again, once he is as far as we said last
STATE_EVERY_S = 10.0  # half of what the rows reach back, so that nobody asks for more in earnest
MOST_WAITING_MESSAGES = 8  # to be sent on ``bulk``: more is told when these are gone


TOO_MANY_INPUTS = "too much has happened in this game to tell it whole; the next one can be joined"
TOO_LARGE_A_STATE = "the state of this game is too large to be sent; the next one can be joined"


class Feed:
    """What one follower has been told so far.

    Args:
        endpoint: The follower.
        roster: Everybody.
        transfer: Turns a saved state into bytes that another peer can restore.

    Attributes:
        has_begun: Whether he has been told where to begin since he asked.
    """

    def __init__(self, endpoint: Endpoint, roster: Roster, transfer: Canonical) -> None:
        self._endpoint = endpoint
        self._roster = roster
        self._transfer = transfer
        self.has_begun = False
        self._episode = -1
        self._next_frame = 0
        self._seen_frame = 0
        self._epoch = -1
        self._said_s = 0.0
        self._stated_s = -STATE_EVERY_S
        self._has_told_end = False
        self._tells_rows = False
        self._is_untold = False
        self._wanted = Follow(-1, 0)
        self._most_rows = most_rows_in_message(roster.config.input_bits)
        self._again_to = -1  # how far the match was when we said so last
        self._again_said_s = 0.0

    @property
    def is_caught_up(self) -> bool:
        """Whether he has simulated all but the last half second of what he was told."""
        rate_hz = self._roster.config.frame_rate_hz
        if self._is_untold:
            return False
        is_near = self._next_frame - self._seen_frame <= rate_hz / 2
        return is_near and self._again_to - self._next_frame <= rate_hz

    def restart(self, wanted: Follow) -> None:
        """He has come, or come back: go on from where he says, if that is still held."""
        self._wanted = wanted
        self.has_begun = False
        self._episode = -1
        self._epoch = -1

    def note_followed(self, message: Followed) -> None:
        """He has simulated so far."""
        if message.episode == self._episode:
            self._seen_frame = max(self._seen_frame, min(message.frame, self._next_frame))

    def update(self, episode: Episode | None, ending: Ending | None, now_s: float) -> None:
        """Tell what there is to tell.

        Args:
            episode: The running or last episode; None before the first.
            ending: How it ended, if it has.
            now_s: The time.
        """
        if self._endpoint.bulk.waiting > MOST_WAITING_MESSAGES:
            return
        if episode is None:
            self.has_begun = True
        elif episode.number != self._episode and self._may_begin(episode, now_s):
            self._begin(episode, now_s)
        if self._epoch != self._roster.membership.epoch or now_s - self._said_s >= SEATING_EVERY_S:
            self._say_seating(has_state=False)
            self._said_s = now_s
        if episode is not None and episode.number == self._episode and self._tells_rows:
            if isinstance(episode.rows, PastInputs):
                self._say_agreed(episode, now_s)
            self._say_rows(episode, now_s, is_all=ending is not None)
            self._say_end(episode, ending)

    def tell_stance(self) -> None:
        """Tell a newcomer that it has been agreed upon, after who sits where now."""
        self._say_seating(has_state=False)
        self.tell(self._roster.membership.stance)

    def tell(self, message: ControlMessage) -> None:
        """Tell something that has to come after all that was told before."""
        self._endpoint.bulk.send(message)

    def is_done(self, frame: int) -> bool:
        """Whether he has been told everything below ``frame``."""
        return self._episode >= 0 and self._next_frame >= frame

    def _may_begin(self, episode: Episode, now_s: float) -> bool:
        """Whether it is time: not before we are as far as he, or if he has just had a state."""
        if self._wanted.episode > episode.number:
            return False
        first = self._first_row(episode)
        return not self._is_dear(episode, first) or now_s - self._stated_s >= STATE_EVERY_S

    def _is_dear(self, episode: Episode, first: int | None) -> bool:
        """Whether beginning there takes a state, or more inputs than are kept of every game."""
        return first is None or episode.sync.confirmed_frame - first > MOST_ROWS

    def _first_row(self, episode: Episode) -> int | None:
        """From which frame on confirmed inputs are all that he needs; None if it takes a state."""
        oldest, wanted = _oldest_row(episode), self._wanted
        if wanted.episode == episode.number and oldest <= wanted.frame:
            return wanted.frame
        is_short = episode.sync.confirmed_frame < MOST_REPLAYED_FRAMES
        return 0 if oldest == 0 and (is_short or not self._roster.config.sends_states) else None

    def _begin(self, episode: Episode, now_s: float) -> None:
        """Begin with an episode, or go on with it."""
        first = self._first_row(episode)
        self._episode, self._has_told_end = episode.number, False
        self.has_begun = True
        self._tells_rows = first is not None
        self._is_untold = False
        self._again_to = -1
        if self._is_dear(episode, first):
            self._stated_s = now_s
        if first is None:
            self._say_state(episode)
        else:
            self._next_frame = self._seen_frame = first
            self._say_seating(has_state=False)

    def _say_state(self, episode: Episode) -> None:
        """Begin with a state; where there is none that can be sent, he waits for the next."""
        if not self._roster.config.sends_states:
            self._say_untold(episode, TOO_MANY_INPUTS)
            return
        slot = episode.sync.snapshots.newest_not_above(episode.sync.confirmed_frame + 1)
        data = self._transfer(slot.state)
        if len(data) > MAX_STATE_BYTES:
            self._say_untold(episode, TOO_LARGE_A_STATE)
            return
        self._tells_rows = True
        self._next_frame = self._seen_frame = slot.frame
        self._say_seating(has_state=True)
        for part in split_state(episode.number, slot.frame, data):
            self._endpoint.bulk.send(part)

    def _say_untold(self, episode: Episode, reason: str) -> None:
        self._is_untold = True
        self.tell(NotTold(episode.number, reason))

    def _say_seating(self, *, has_state: bool) -> None:
        roster = self._roster
        self._epoch = roster.membership.epoch
        self._endpoint.bulk.send(
            Seating(
                self._episode if self._tells_rows else -1,
                self._next_frame,
                has_state,
                self._epoch,
                tuple(sorted(roster.membership.members)),
                roster.seats.owners,
                roster.seats.since(),
            )
        )

    def _say_rows(self, episode: Episode, now_s: float, *, is_all: bool) -> None:
        rows = episode.rows
        if not rows or (now_s - self._said_s < ROWS_EVERY_S and not is_all):
            return
        if _oldest_row(episode) > self._next_frame:  # he was away for too long
            self.restart(Follow(-1, 0))
            return
        most_unseen = MOST_UNSEEN_FRAMES if self._again_to < 0 else MOST_UNSEEN_AGAIN_FRAMES
        for _ in range(MOST_MESSAGES_AT_ONCE):
            is_all_told = self._next_frame > rows[-1][0]
            if is_all_told or self._next_frame - self._seen_frame > most_unseen:
                return
            self._said_s = now_s
            inputs = self._inputs_of(rows)
            columns = tuple(zip(*inputs, strict=True))
            self._endpoint.bulk.send(Rows(self._episode, self._next_frame, columns))
            self._next_frame += len(inputs)

    def _inputs_of(self, rows: deque[Row]) -> list[tuple[int, ...]]:
        """The inputs of the next frames, as many as a message holds."""
        first = self._next_frame - rows[0][0]
        if first < 0 and isinstance(rows, PastInputs):
            return rows.inputs_from(self._next_frame)
        return [row[1] for row in islice(rows, first, first + self._most_rows)]

    def _say_agreed(self, episode: Episode, now_s: float) -> None:
        """Say how far to execute the episode again, and which state all agreed on last."""
        is_early = now_s - self._again_said_s < AGREED_EVERY_S or self._seen_frame < self._again_to
        if self._again_to >= 0 and is_early:
            return
        frame, agreed = episode.sync.confirmed_frame + 1, episode.comparer.newest_agreed
        if agreed is None or not agreed[0] <= frame <= MAX_REEXECUTED_FRAMES:
            return
        self._again_to, self._again_said_s = frame, now_s
        self.tell(Reexecute(episode.number, episode.seed, frame, *agreed))

    def _say_end(self, episode: Episode, ending: Ending | None) -> None:
        is_all_told = self._next_frame > episode.sync.confirmed_frame
        if ending is not None and is_all_told and not self._has_told_end:
            self._has_told_end = True
            self._endpoint.bulk.send(EpisodeEnd(self._episode, ending.frame, ending.checksum))


def _oldest_row(episode: Episode) -> int:
    """The oldest frame whose confirmed inputs are held."""
    rows = episode.rows
    if isinstance(rows, PastInputs) and rows.is_whole:
        return 0
    return rows[0][0] if rows else episode.sync.confirmed_frame + 1
