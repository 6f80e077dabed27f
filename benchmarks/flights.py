"""What the flight recordings of a match between two pages tell: how late each input was held.

Theory of operation: a page that is opened with ``?record`` writes down every call of its session,
with its time. Here the same calls are made natively, and the session is asked after each of them:
which frame's input it was just given, and up to which frame it holds the other side's. So nothing
in the page is changed, or slowed, for being looked at; and that every byte sent comes out as in the
page shows that what is looked at is what happened.

An input is *given* at the tick that takes it from the keyboard. It is *held* when the bytes that
complete all inputs up to its own have reached the thread with the game.
"""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from peergym.envs import GameAdapter, GameRunner
from peergym.games.catalogue import find_game
from peergym.rollback import AdvanceFrame, P2PSession, SessionState
from peergym.rollback.flight_recorder import Call, Op, digest_of, read_recording

FrameTimes = dict[int, float]


@dataclass
class Flight:
    """One side of a match, by frame.

    Attributes:
        given_ms: When our input for a frame was given.
        held_ms: When the other side's was held.
        simulated_ms: When a frame was simulated for the first time.
        depths: The frames at which something was simulated again: how many frames.
        stalled: The frames before which we waited for the other side: how many ticks.
    """

    given_ms: FrameTimes = field(default_factory=dict)
    held_ms: FrameTimes = field(default_factory=dict)
    simulated_ms: FrameTimes = field(default_factory=dict)
    depths: FrameTimes = field(default_factory=dict)
    stalled: Counter[int] = field(default_factory=Counter)


class OtherBytesError(Exception):
    """What is sent here is not what the page sent."""


class Flyer:
    """Makes the calls of a recording, and looks at the session.

    Args:
        recording: Of a match of one episode, with an input delay that stays the same.
        origin_ms: What to add to its times.
    """

    def __init__(self, recording: bytes, origin_ms: float = 0.0) -> None:
        self.recording = read_recording(recording)
        self.flight = Flight()
        self._origin_ms = origin_ms
        game = self.recording.game
        adapter = GameAdapter(find_game(game["spec"])(), game["options"])
        self._runner = GameRunner(adapter)
        self._session = P2PSession(
            self.recording.config,
            adapter.canonical,
            restore=adapter.restore,
            transfer=adapter.transfer,
        )
        self._digest = b""
        self._held = -1

    def fly(self) -> Flight:
        """Make all calls.

        Raises:
            OtherBytesError: What is sent differs from the recording.
        """
        for call in self.recording.calls:
            if call.op is Op.ADVANCE_FRAME:
                self._advance(call)
            else:
                self._make(call)
            if self._session.state is SessionState.PLAYING:
                self._note_held(self._ms(call))
        return self.flight

    def _ms(self, call: Call) -> float:
        return 1000.0 * call.time_s + self._origin_ms

    def _make(self, call: Call) -> None:
        method = getattr(self._session, call.op.name.lower())
        match call.op:
            case Op.DATAGRAMS_TO_SEND | Op.MESSAGES_TO_SEND | Op.BULK_TO_SEND:
                self._digest = digest_of(self._digest, method(call.time_s))
                if self._digest != call.payload:
                    raise OtherBytesError(f"{call.op.name.lower()} at {call.time_s:.6f} s")
            case Op.RECEIVE_DATAGRAM | Op.RECEIVE_MESSAGE | Op.RECEIVE_BULK:
                method(call.payload, call.index, call.time_s)
            case Op.ADD_LOCAL_INPUT:
                method(call.index, int.from_bytes(call.payload, "little"))
            case Op.LINK_CLOSED | Op.PATH_RESTORED:
                method(call.index, call.time_s)
            case Op.LEAVE:
                method(call.time_s, call.payload.decode())
            case _:
                method(call.time_s)

    def _advance(self, call: Call) -> None:
        session, flight, now_ms = self._session, self.flight, self._ms(call)
        frame, stalls = session.current_frame, session.statistics().stalls
        flight.given_ms.setdefault(frame + session.input_delay_frames, now_ms)
        requests = session.advance_frame(call.time_s)
        self._runner.execute(requests)
        if requests:
            session.set_end_frame(self._runner.end_frame)
        if session.current_frame > frame:
            flight.simulated_ms[frame] = now_ms
        flight.stalled[frame] += session.statistics().stalls - stalls
        again = sum(isinstance(each, AdvanceFrame) and each.resimulated for each in requests)
        if again:
            flight.depths[frame] = again

    def _note_held(self, now_ms: float) -> None:
        session = self._session
        [other] = session.statistics().peers
        held = session.current_frame + other.input_buffer_frames
        for frame in range(self._held + 1, held + 1):
            self.flight.held_ms[frame] = now_ms
        self._held = max(self._held, held)


def latencies_ms(sender: Flight, receiver: Flight, frames: range) -> list[float]:
    """How long the sender's inputs for these frames took until the receiver held them.

    Raises:
        KeyError: If one of them was never given or never held.
    """
    return [receiver.held_ms[frame] - sender.given_ms[frame] for frame in frames]


@dataclass
class Round:
    """What was seen of a match, of both sides together.

    Attributes:
        latencies_ms: Of every input of the frames that count.
        depths: Frames simulated again, of each rollback.
        waits_ms: The longest time between two new frames, on each side.
        stalls: Ticks that waited for the other side, on each.
        durations_s: How long each side played these frames.
    """

    latencies_ms: list[float]
    depths: list[float]
    waits_ms: list[float]
    stalls: list[float]
    durations_s: list[float]

    def summary(self) -> dict[str, float]:
        """The figures of a table."""
        played_s = sum(self.durations_s)
        figures = {
            "inputs": len(self.latencies_ms),
            **{f"p{level}_ms": percentile(self.latencies_ms, level) for level in (50, 95, 99)},
            "most_ms": max(self.latencies_ms),
            "rollbacks_per_s": len(self.depths) / played_s,
            "again_per_s": sum(self.depths) / played_s,
            "depth_p50_frames": percentile(self.depths, 50),
            "depth_p95_frames": percentile(self.depths, 95),
            "stalls_per_min": 60 * sum(self.stalls) / played_s,
            "longest_wait_ms": max(self.waits_ms),
            "frames_per_s": len(self.latencies_ms) / played_s,
        }
        return {name: round(value, 2) for name, value in figures.items()}


def evaluate(flights: Sequence[Flight], quiet: range, lossy: range) -> Round:
    """What was seen of a match.

    Args:
        flights: Of both sides.
        quiet: Frames before the losses; a quiet way takes as long forth as back, so what is
            left between the two directions is how far the pages' clocks are apart.
        lossy: The frames that count.
    """
    ways = [(flights[0], flights[1]), (flights[1], flights[0])]
    forth_ms, back_ms = (statistics.median(latencies_ms(*way, quiet)) for way in ways)
    apart_ms = (forth_ms - back_ms) / 2
    forth, back = (latencies_ms(*way, lossy) for way in ways)
    times_ms = [[flight.simulated_ms[frame] for frame in lossy] for flight in flights]
    return Round(
        [each - apart_ms for each in forth] + [each + apart_ms for each in back],
        [flight.depths[frame] for flight in flights for frame in lossy if frame in flight.depths],
        [max(b - a for a, b in itertools.pairwise(times)) for times in times_ms],
        [float(sum(flight.stalled[frame] for frame in lossy)) for flight in flights],
        [(times[-1] - times[0]) / 1000 for times in times_ms],
    )


def percentile(values: Sequence[float], level: float) -> float:
    """The smallest value that at least so many percent of all do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * level / 100) - 1)] if ordered else 0.0
