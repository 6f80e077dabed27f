"""What a rollback of 8 frames costs in a whole session, beside the bare work it stands for.

Two sessions are connected without a network. In the *calm* run every datagram arrives at once; in
the *late* run each arrives 8 ticks later and always contradicts the prediction, so every tick
rolls back 8 frames. The difference of the median ticks is the cost of the rollback: finding the
wrong frame, the load, and 8 times (inputs, step, save). Beside it stands the bare load and 8 times
(step and save) of the same environment, measured in the same run, by turns.

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
from typing import Any

from environment import ROLLBACK_FRAMES, TwelveFields, TwentyMicroseconds, bare_rollback

from peergym.envs import GameAdapter, GameRunner
from peergym.rollback import P2PSession, SessionConfig, SessionState

PERIOD_S = 1 / 60
TICKS = 400
ROUNDS = 7  # calm, late and bare by turns, so that a slow moment hits all three alike


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
                checksum_interval_frames=3600,
            ),
            self.runner.game.canonical,
        )
        self.inbox: deque[bytes] = deque()

    def tick(self, now_s: float, value: int) -> float:
        """Tick once. Returns how long it took, in seconds."""
        self.session.add_local_input(self.number, value)
        start_s = time.perf_counter()
        self.runner.execute(self.session.advance_frame(now_s))
        took_s = time.perf_counter() - start_s
        self.session.set_end_frame(self.runner.end_frame)
        return took_s


def exchange(peers: tuple[Peer, Peer], now_s: float, latency_ticks: int) -> None:
    """Carry messages at once, and datagrams with a latency to the first peer only."""
    for sender, receiver in (peers, peers[::-1]):
        for data, _ in sender.session.messages_to_send(now_s):
            receiver.session.receive_message(data, sender.number, now_s)
        for data, _ in sender.session.datagrams_to_send(now_s):
            receiver.inbox.append(data)
    for receiver, sender in (peers, peers[::-1]):
        keep = latency_ticks if receiver.number == 0 else 0
        while len(receiver.inbox) > keep:
            receiver.session.receive_datagram(receiver.inbox.popleft(), sender.number, now_s)


def tick_us(game: type, latency_ticks: int) -> float:
    """Median time of a tick of the first peer, in microseconds."""
    peers = (Peer(0, game), Peer(1, game))
    now_s = 0.0
    for peer in peers:
        peer.session.handle_timer(now_s)
        peer.session.set_ready(now_s)
    while any(peer.session.state is not SessionState.PLAYING for peer in peers):
        exchange(peers, now_s, 0)
        now_s += PERIOD_S
        if now_s > 1.0:
            raise RuntimeError("the two sessions did not start")
    times_s = []
    for tick in range(TICKS):
        now_s += PERIOD_S
        # The far peer changes its input in every frame, so every prediction is wrong.
        peers[1].tick(now_s, tick % 3 if latency_ticks else 1)
        times_s.append(peers[0].tick(now_s, 1))
        exchange(peers, now_s, latency_ticks)
    expected = ROLLBACK_FRAMES if latency_ticks else 0
    depth = peers[0].session.statistics().rollback_depth_frames
    if depth != expected:
        raise RuntimeError(f"rolled back {depth} frames, not {expected}")
    return statistics.median(times_s[TICKS // 2 :]) * 1e6


def bare_us(game: type) -> float:
    """Median time of the bare load and 8 times (step and save), in microseconds."""
    run = bare_rollback(game())
    times_s = []
    for _ in range(TICKS):
        start_s = time.perf_counter()
        run()
        times_s.append(time.perf_counter() - start_s)
    return statistics.median(times_s[TICKS // 2 :]) * 1e6


def measure(game: type) -> dict[str, float]:
    """Figures of one environment, in microseconds, and the ratio that counts."""
    calm, late, bare = [], [], []
    for _ in range(ROUNDS):
        calm.append(tick_us(game, 0))
        late.append(tick_us(game, ROLLBACK_FRAMES - 1))
        bare.append(bare_us(game))
    step_us = statistics.median(bare) / ROLLBACK_FRAMES
    rollback_us = statistics.median(b - a for a, b in zip(calm, late, strict=True))
    return {
        "step_and_save_us": round(step_us, 2),
        "bare_rollback_us": round(statistics.median(bare), 1),
        "rollback_us": round(rollback_us, 1),
        "ratio": round(
            statistics.median((b - a) / c for a, b, c in zip(calm, late, bare, strict=True)),
            2,
        ),
        "tick_without_rollback_us": round(statistics.median(calm), 1),
        "overhead_per_frame_us": round(statistics.median(calm) - step_us, 1),
    }


def measure_all() -> dict[str, Any]:
    """Figures of the cheap environment and of the one of 20 microseconds."""
    return {game.__name__: measure(game) for game in (TwelveFields, TwentyMicroseconds)}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    figures = measure_all()
    if parser.parse_args().json:
        print(json.dumps(figures))
        return 0
    for name, values in figures.items():
        print(name)
        for figure, value in values.items():
            print(f"  {figure:26} {value:10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
