"""Two hosts that play each other on a simulated clock, and what they recorded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from peergym.games.catalogue import find_game
from peergym.hosts.driver import Driver
from peergym.hosts.match import Runtime, open_match
from peergym.rollback import SessionState

FRAME_S = 1.0 / 60.0
Actions = Callable[[int, int], int]
"""(player, tick) -> action."""


def key_changes(seed: int, per_s: float = 4.0, actions: int = 3) -> Actions:
    """Keys that change so many times a second, at random moments."""
    generators = [Random(f"{seed}/{player}") for player in range(8)]
    held = [0] * 8

    def action(player: int, tick: int) -> int:
        random = generators[player]
        if random.random() < per_s / 60:
            held[player] = (held[player] + random.randrange(1, actions)) % actions
        return held[player]

    return action


class Pair:
    """Two peers, one seat each, joined by a path of so many ticks.

    Attributes:
        drivers: By peer.
        records: What each has recorded so far.
    """

    def __init__(
        self,
        game: str = "pong",
        actions: Actions | None = None,
        latency_ticks: int = 3,
        options: dict[str, Any] | None = None,
        seed: int = 7,
    ) -> None:
        runtime = Runtime(game, find_game(game))
        match = {
            "match_id": f"{game}-{seed}",
            "seed": str(seed),
            "owners": [0, 1],
            "options": options or {},
            "input_delay": 0,
            "checksum_interval_frames": 60,
            "snapshot_interval": 1,
        }
        self.drivers: list[Driver] = [open_match(runtime, match, peer) for peer in (0, 1)]
        self.records = [b"", b""]
        self.now_s = 0.0
        self.is_cut = False
        self._tick = 0
        self._latency = latency_ticks
        self._actions = actions or key_changes(seed)
        self._post: list[tuple[int, str, bytes, int, int]] = []

    def run(self, ticks: int) -> None:
        """Play so many ticks."""
        for _ in range(ticks):
            self._tick += 1
            self.now_s = self._tick * FRAME_S
            due = [letter for letter in self._post if letter[0] <= self._tick]
            self._post = [letter for letter in self._post if letter[0] > self._tick]
            for _, channel, data, sender, receiver in due:
                getattr(self.drivers[receiver].session, f"receive_{channel}")(
                    data, sender, self.now_s
                )
            for peer, driver in enumerate(self.drivers):
                driver.set_action(peer, self._actions(peer, self._tick))
                driver.handle_time(self.now_s)
                if driver.session.state is SessionState.ENDED:
                    driver.is_ready_wanted = True
                self._drain(peer, driver)

    def run_frames(self, frames: int) -> None:
        """Play until both have simulated so many frames of the running episode."""
        for _ in range(frames * 3):
            if all(driver.session.current_frame >= frames for driver in self.drivers):
                return
            self.run(1)
        raise AssertionError(f"{frames} frames were not reached")

    def leave(self) -> None:
        """Peer 0 says goodbye; both records are sealed."""
        self.drivers[0].session.leave(self.now_s)
        self._drain(0, self.drivers[0])
        self.run(60)

    def _drain(self, peer: int, driver: Driver) -> None:
        session, now_s = driver.session, self.now_s
        for channel, letters in (
            ("datagram", session.datagrams_to_send(now_s)),
            ("message", session.messages_to_send(now_s)),
            ("bulk", session.bulk_to_send(now_s)),
        ):
            for data, receiver in letters:
                if not self.is_cut:
                    due = self._tick + self._latency
                    self._post.append((due, channel, data, peer, receiver))
        driver.take_checksums()
        while driver.next_event() is not None:
            pass
        self.records[peer] += driver.take_record(now_s)
