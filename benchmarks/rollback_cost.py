"""What a rollback of 8 frames costs in a whole session, beside the bare work it stands for.

Two pairs of sessions are connected without a network. In the *calm* pair every datagram arrives at
once; in the *late* pair each arrives 7 ticks later and always contradicts the prediction, so every
tick rolls back 8 frames. What the late tick takes longer is the rollback: finding the wrong frame,
the load, and 8 times (inputs, step, save). Beside it stand the bare load and 8 times (step and
save) of the same environment. The four are measured by turns, tick by tick, so that a slow moment
of the machine hits all alike.

    python benchmarks/rollback_cost.py [--json]

The same file runs in Chromium's worker by ``make bench``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from environment import (
    ROLLBACK_FRAMES,
    TwelveFields,
    TwentyMicroseconds,
    bare_rollback,
    runner_rollback,
)

from peergym.envs import GameAdapter, GameRunner
from peergym.rollback import P2PSession, SessionConfig, SessionState

PERIOD_S = 1 / 60
TICKS = 400  # of a round
ROUNDS = 7
START_WITHIN_S = 5.0

Progress = Callable[[str], object]


class Peer:
    """A session with its game, and what is on its way to it."""

    def __init__(self, number: int, game: type) -> None:
        self.number = number
        self.runner = GameRunner(GameAdapter(game()))
        self.session = P2PSession(
            SessionConfig(
                owners=(0, 1),
                local_peer=number,
                input_bits=self.runner.game.input_bits,
                match_id="bench",
                seed=1,
                # One checksum in a minute: what they cost is the encoding of the state, which
                # depends on the game and is not the rollback's.
                checksum_interval_frames=3600,
            ),
            self.runner.game.canonical,
        )
        self.inbox: deque[bytes] = deque()

    def keep_time(self, now_s: float) -> None:
        """Do what is due besides ticks."""
        timer_s = self.session.get_timer()
        if timer_s is not None and now_s >= timer_s:
            self.session.handle_timer(now_s)

    def tick(self, now_s: float, value: int, waiting: int) -> float:
        """Take in what has arrived, simulate, and make what is to be sent.

        Args:
            now_s: The time.
            value: The local input.
            waiting: How many of the newest datagrams have not arrived yet.

        Returns:
            How long it took, in seconds.
        """
        session, inbox = self.session, self.inbox
        start_s = time.perf_counter()
        while len(inbox) > waiting:
            session.receive_datagram(inbox.popleft(), 1 - self.number, now_s)
        session.add_local_input(self.number, value)
        self.runner.execute(session.advance_frame(now_s))
        session.set_end_frame(self.runner.end_frame)
        self.outbox = session.datagrams_to_send(now_s)
        return time.perf_counter() - start_s


class Pair:
    """Two connected sessions in the middle of a match.

    Args:
        game: What they play.
        depth_frames: How many frames the first peer rolls back in every tick.
    """

    def __init__(self, game: type, depth_frames: int) -> None:
        self.depth_frames = depth_frames
        self.near, self.far = Peer(0, game), Peer(1, game)
        self.now_s = 0.0
        self.ticks = 0
        self.checked_frames = 0
        self._start()

    def tick(self) -> float:
        """Tick both; return how long the near one took, in seconds."""
        self.now_s += PERIOD_S
        self.ticks += 1
        # The far peer changes its input in every frame, so that every prediction is wrong.
        self.far.tick(self.now_s, self.ticks % 3 if self.depth_frames else 1, 0)
        self._post(self.far, self.near)
        # What the far peer sent in this very tick is in time, unless it is kept waiting.
        took_s = self.near.tick(self.now_s, 1, max(0, self.depth_frames))
        self._post(self.near, self.far)
        self._exchange_messages()
        return took_s

    def check(self, ticks: int) -> None:
        """Raise unless all ticks since the last check rolled back as deep as they were meant to."""
        frames = self.near.session.statistics().rollback_frames
        rolled_back, self.checked_frames = frames - self.checked_frames, frames
        if rolled_back != ticks * self.depth_frames and self.ticks > ticks:
            raise RuntimeError(f"{ticks} ticks rolled back {rolled_back} frames")

    def _start(self) -> None:
        peers = (self.near, self.far)
        for peer in peers:
            peer.keep_time(self.now_s)
            peer.session.set_ready(self.now_s)
        while any(peer.session.state is not SessionState.PLAYING for peer in peers):
            self.now_s += PERIOD_S
            if self.now_s > START_WITHIN_S:
                raise RuntimeError("the two sessions did not start")
            for sender, receiver in (peers, peers[::-1]):
                sender.keep_time(self.now_s)
                for data, _ in sender.session.datagrams_to_send(self.now_s):
                    receiver.session.receive_datagram(data, sender.number, self.now_s)
            self._exchange_messages()

    def _exchange_messages(self) -> None:
        for sender, receiver in ((self.near, self.far), (self.far, self.near)):
            for data, _ in sender.session.messages_to_send(self.now_s):
                receiver.session.receive_message(data, sender.number, self.now_s)
            while sender.session.next_event() is not None:
                pass

    @staticmethod
    def _post(sender: Peer, receiver: Peer) -> None:
        receiver.inbox.extend(data for data, _ in sender.outbox)


def midmean(values: Sequence[float]) -> float:
    """Mean of the middle half: robust as the median, and finer than the clock's step."""
    quarter = len(values) // 4
    return statistics.fmean(sorted(values)[quarter : len(values) - quarter])


def time_of(run: Callable[[], object]) -> float:
    """How long a call takes, in seconds."""
    start_s = time.perf_counter()
    run()
    return time.perf_counter() - start_s


def measure(game: type, progress: Progress = print) -> dict[str, Any]:
    """Figures of one environment, in microseconds, and the ratio that counts."""
    calm, late = Pair(game, 0), Pair(game, ROLLBACK_FRAMES)
    bare, runner = bare_rollback(game()), runner_rollback(game())
    meters: dict[str, Callable[[], float]] = {
        "calm": calm.tick,
        "late": late.tick,
        "bare": lambda: time_of(bare),
        "runner": lambda: time_of(runner),
    }
    rounds: list[dict[str, float]] = []
    for number in range(ROUNDS + 1):
        times_s: dict[str, list[float]] = {name: [] for name in meters}
        for _ in range(TICKS):
            for name, meter in meters.items():
                times_s[name].append(meter())
        for pair in (calm, late):
            pair.check(TICKS)
        # The first round warms up: interpreters and compilers are slower at first.
        if number:
            rounds.append({name: midmean(values) * 1e6 for name, values in times_s.items()})
            progress(f"{game.__name__}: round {number} of {ROUNDS}")
    return summary(rounds)


def summary(rounds: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Medians over the rounds; ratios are of figures of the same round."""

    def median(figure: Callable[[dict[str, float]], float], digits: int = 1) -> float:
        return round(statistics.median(figure(each) for each in rounds), digits)

    ratios = [(each["late"] - each["calm"]) / each["bare"] for each in rounds]
    return {
        "step_and_save_us": median(lambda each: each["bare"] / ROLLBACK_FRAMES, 2),
        "bare_rollback_us": median(lambda each: each["bare"]),
        "rollback_us": median(lambda each: each["late"] - each["calm"]),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_of_rounds": [round(ratio, 2) for ratio in ratios],
        "runner_ratio": median(lambda each: each["runner"] / each["bare"], 2),
        "frame_without_rollback_us": median(lambda each: each["calm"]),
        "overhead_per_frame_us": median(lambda each: each["calm"] - each["bare"] / ROLLBACK_FRAMES),
    }


def measure_all(progress: Progress = print) -> dict[str, Any]:
    """Figures of the cheap environment and of the one of 20 microseconds."""
    return {game.__name__: measure(game, progress) for game in (TwelveFields, TwentyMicroseconds)}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    figures = measure_all(lambda _: None)
    if as_json:
        print(json.dumps(figures))
        return 0
    for name, values in figures.items():
        print(name)
        for figure, value in values.items():
            print(f"  {figure:26} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
