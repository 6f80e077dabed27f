"""Watches a session and its game while they play, and writes the replay.

Theory of operation: the host shows the recorder what passes through its hands anyway: the requests
of each tick, the checksums, the events. The confirmed inputs it takes from the session. Once a
second, and when an episode ends, what has gathered becomes a chunk, so a crash costs a second.

Laws:
    - The recorder only looks: a match with one runs as it does without.
    - Only what is confirmed is written as an input; nothing of it is ever taken back.
    - A file that has grown to its limit is sealed, and the match goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict

from peergym.data.replay.format import (
    MAX_CHECKSUMS,
    MAX_REPLAY_BYTES,
    MAX_SPAN_FRAMES,
    MAX_STATE_BYTES,
    StateKind,
)
from peergym.data.replay.model import RecordedState, ReplayHeader, SeatChange
from peergym.data.replay.span import Figures, Span
from peergym.data.replay.writer import ReplayWriter
from peergym.rollback import AdvanceFrame, LoadState, P2PSession, Request, ResetEpisode, SaveState
from peergym.rollback.config import NOBODY
from peergym.rollback.events import EpisodeEnded, EpisodeStarted, Event, PlayerCut, PlayerJoined
from peergym.rollback.requests import SnapshotSlot
from peergym.rollback.seats import Control
from peergym.rollback.statistics import SessionStatistics

FLUSH_EVERY_S = 1.0
FIRST_KEPT_S = 10.0  # a state to compare with, once a desync of the first seconds would show
KEPT_EVERY_S = 120.0
MOST_KEPT_BYTES = 4 * 1024 * 1024  # of such states together, before compression
MOST_EVENTS = 2000  # whatever a hostile peer makes happen
ROOM_BYTES = 2 * MAX_STATE_BYTES  # what one more second may take at most


class MatchRecorder:
    """Records one match as one peer sees it.

    Args:
        header: What was agreed.
        transfer: Turns a saved state into bytes, as `GameAdapter.transfer`.

    Attributes:
        is_closed: Whether nothing more is written.
    """

    def __init__(self, header: ReplayHeader, transfer: Callable[[object], bytes]) -> None:
        self.is_closed = False
        self._writer = ReplayWriter(header)
        self._transfer = transfer
        self._rate_hz = header.frame_rate_hz
        self._checksum_every = header.checksum_interval_frames
        self._is_playing = False
        self._next_row = 0
        self._checksum_frame = 0
        self._span = Span()
        self._guess_frame = 0
        self._slots: dict[int, SnapshotSlot] = {}
        self._newest: tuple[int, object] | None = None
        self._next_kept = 0
        self._kept_bytes = 0
        self._events_left = MOST_EVENTS
        self._counted = (0, 0, 0)
        self._flushed_s: float | None = None
        self._written_bytes = 0

    def take(self) -> bytes:
        """What was written since the last call, in whole chunks; empty most of the time."""
        data = self._writer.take()
        self._written_bytes += len(data)
        return data

    # --- what the host shows

    def note_requests(self, requests: Iterable[Request], session: P2PSession) -> None:
        """A tick's requests have been carried out."""
        reset: ResetEpisode | None = None
        for request in requests:
            if reset is not None:
                state = request if isinstance(request, LoadState) else None
                self._begin_episode(reset, state.frame if state else 0, session)
                reset = None
            if isinstance(request, AdvanceFrame):
                if not request.resimulated and request.frame == self._guess_frame:
                    self._span.guesses.append(request.guessed)
                    self._guess_frame += 1
            elif isinstance(request, SaveState):
                if request.frame % self._checksum_every == 0:
                    self._slots[request.frame] = request.slot
            elif isinstance(request, ResetEpisode):
                reset = request
            elif request.is_foreign:
                self._put_in_place(request, session)

    def note_checksums(self, checksums: Iterable[tuple[int, int]]) -> None:
        """States have become final."""
        if self.is_closed or not self._is_playing:
            return
        for frame, checksum in checksums:
            if frame <= self._checksum_frame:
                continue
            self._span.checksums.append((frame - self._checksum_frame, checksum))
            self._checksum_frame = frame
            slot = self._slots.get(frame)
            self._slots = {later: kept for later, kept in self._slots.items() if later > frame}
            if slot is not None:
                self._newest = (frame, slot.state)
            if frame >= self._next_kept:
                self._keep_newest()

    def note_event(self, event: Event, session: P2PSession) -> None:
        """Something has happened."""
        if self.is_closed:
            return
        if isinstance(event, EpisodeEnded) and self._is_playing:
            self._flush(session)
            self._keep_newest()
            self._writer.end_episode(event.frame, event.checksum)
            self._is_playing = False
        elif isinstance(event, PlayerCut) and self._is_playing:
            is_agent = event.heir != NOBODY
            control = Control(event.frame + 1, event.heir, is_agent)
            self._writer.seat(SeatChange(event.player, control, event.epoch))
        elif isinstance(event, PlayerJoined) and self._is_playing:
            control = Control(event.frame, event.peer)
            self._writer.seat(SeatChange(event.player, control, event.epoch))
        if self._events_left and not isinstance(event, EpisodeStarted | EpisodeEnded):
            self._events_left -= 1
            self._writer.event(session.current_frame, type(event).__name__, asdict(event))

    def update(self, session: P2PSession, now_s: float) -> None:
        """Write what has gathered, if that is due.

        Args:
            session: The session.
            now_s: The time, on any clock that never goes back.
        """
        if self.is_closed or not self._is_playing:
            return
        if self._flushed_s is None or now_s - self._flushed_s >= FLUSH_EVERY_S:
            self._flushed_s = now_s
            self._flush(session)
            if self._written_bytes > MAX_REPLAY_BYTES - ROOM_BYTES:
                self.close(session, "the file is as long as it may be")

    def close(self, session: P2PSession, reason: str) -> None:
        """Write the rest and the seal."""
        if self.is_closed:
            return
        if self._is_playing:
            self._flush(session)
            self._keep_newest()
        self._writer.seal(reason)
        self.is_closed = True

    # --- what is written

    def _begin_episode(self, reset: ResetEpisode, frame: int, session: P2PSession) -> None:
        if self.is_closed:
            return
        self._is_playing = True
        self._span = Span()
        self._slots.clear()
        self._newest = None
        self._counted = _counts(session.statistics())
        self._next_row = self._guess_frame = frame
        self._checksum_frame = frame - 1
        self._next_kept = frame + round(FIRST_KEPT_S * self._rate_hz)
        players = range(len(session.config.owners))
        controls = [session.controller(player, frame) for player in players]
        self._writer.episode(reset.episode, reset.seed, frame, controls)

    def _put_in_place(self, request: LoadState, session: P2PSession) -> None:
        """A state of somebody else: the record goes on from it."""
        if self.is_closed or not self._is_playing:
            return
        is_beginning = request.frame == self._next_row == self._guess_frame
        kind = StateKind.JOINED if is_beginning else StateKind.REPAIRED
        if not is_beginning:
            self._flush(session)
        data = self._transfer(request.state)
        self._writer.state(RecordedState(kind, request.frame, data))

    def _flush(self, session: P2PSession) -> None:
        rows = session.confirmed_inputs(self._next_row)
        span, self._span = self._span, Span()
        span.rows = [inputs for _, inputs in rows]
        self._next_row += len(rows)
        span.figures = self._figures(session)
        for part in _split(span):
            self._writer.span(part)

    def _figures(self, session: P2PSession) -> Figures:
        statistics = session.statistics()
        counts = _counts(statistics)
        rollbacks, frames, stalls = (
            now - before for now, before in zip(counts, self._counted, strict=True)
        )
        self._counted = counts
        rtts_ms = {peer.peer: peer.rtt_s * 1000 for peer in statistics.peers}
        return Figures(rollbacks, frames, stalls, rtts_ms)

    def _keep_newest(self) -> None:
        """Write the newest final state down, for comparison."""
        if self._newest is None:
            return
        frame, state = self._newest
        self._newest = None
        self._next_kept = frame + round(KEPT_EVERY_S * self._rate_hz)
        data = self._transfer(state)
        self._kept_bytes += len(data)
        if self._kept_bytes <= MOST_KEPT_BYTES:
            self._writer.state(RecordedState(StateKind.KEPT, frame, data))


def _counts(figures: SessionStatistics) -> tuple[int, int, int]:
    return figures.rollbacks, figures.rollback_frames, figures.stalls


def _split(span: Span) -> Iterable[Span]:
    """A span as several, none longer than one may be; the figures with the last."""
    most = max(len(span.rows), len(span.guesses))
    while most > MAX_SPAN_FRAMES or len(span.checksums) > MAX_CHECKSUMS:
        yield Span(
            span.rows[:MAX_SPAN_FRAMES],
            span.guesses[:MAX_SPAN_FRAMES],
            span.checksums[:MAX_CHECKSUMS],
        )
        span.rows = span.rows[MAX_SPAN_FRAMES:]
        span.guesses = span.guesses[MAX_SPAN_FRAMES:]
        span.checksums = span.checksums[MAX_CHECKSUMS:]
        most = max(len(span.rows), len(span.guesses))
    yield span
