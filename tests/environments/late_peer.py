"""One peer of a match in a process of its own; one of them comes when it has run for long.

    python -m tests.environments.late_peer NAME PEER PORTS COME_FRAME SECONDS

Peer 2 comes late, to peer 0 or to both others. PORTS is JSON: for each pair, such as "0-2", the
port of datagrams of the lower peer, that of the higher, and the port where they meet. All that is
sent goes over bad lines, as in `tests.environments.peer`. What came of it is printed as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

warnings.simplefilter("ignore")

from peergym.envs import GameAdapter, GameRunner  # noqa: E402 - after the others' warnings
from peergym.games.catalogue import find_game  # noqa: E402
from peergym.rollback import P2PSession, SessionConfig  # noqa: E402
from peergym.rollback.config import NOBODY, AbsentPolicy  # noqa: E402
from peergym.rollback.events import (  # noqa: E402
    DesyncDetected,
    Following,
    MatchEnded,
    PlayerJoined,
    Reexecuting,
    StateRefused,
)
from tests.environments.peer import MAY_BE_READY, Line  # noqa: E402

RATE_HZ = 30.0
LONG = Path(__file__).with_name("long.py")
NEWCOMER = 2
CONTROL, BULK = b"c", b"b"


def meet_all(peer: int, ports: dict[str, list[int]]) -> dict[int, Line]:
    """Lines to all others."""
    lines = {}
    for pair, (lower, higher, meeting) in sorted(ports.items()):
        one, other = map(int, pair.split("-"))
        if peer == one:
            lines[other] = Line(0, [lower, higher, meeting])
        elif peer == other:
            lines[one] = Line(1, [higher, lower, meeting])
    return lines


class Host:
    """What every host does, for one of them."""

    def __init__(self, name: str, peer: int, lines: dict[int, Line]) -> None:
        self.game = game = GameAdapter(find_game(f"{LONG}:{name}")())
        self.can_restore = game.can_restore()
        members = min(2, game.players - 1)
        self.session = P2PSession(
            SessionConfig(
                owners=(*(player % members for player in range(game.players - 1)), NOBODY),
                local_peer=peer,
                input_bits=game.input_bits,
                match_id=name,
                seed=20_240_229,
                frame_rate_hz=RATE_HZ,
                checksum_interval_frames=10,
                absent_policy=AbsentPolicy.NOOP,
                repairs_desyncs=False,
                sends_states=self.can_restore,
            ),
            game.canonical,
            restore=game.restore,
            transfer=game.transfer,
        )
        self.runner = GameRunner(game)
        self.lines = lines
        self.checksums: dict[str, dict[int, int]] = defaultdict(dict)
        self.told: list[str] = []
        self.longest_slice_s = 0.0
        self._hands = Random(100 + peer)
        self._held: dict[int, int] = {}

    def turn(self, now_s: float) -> None:
        """Take in what has come, do what is due, let out what follows."""
        session = self.session
        for peer, line in self.lines.items():
            datagrams, messages = line.pump(now_s)
            for data in messages:
                is_bulk = data[:1] == BULK
                take = session.receive_bulk if is_bulk else session.receive_message
                take(data[1:], peer, now_s)
            for data in datagrams:
                session.receive_datagram(data, peer, now_s)
        due_s, tick_s = session.get_timer(), session.next_tick_s()
        if due_s is not None and now_s >= due_s:
            session.handle_timer(now_s)
        if tick_s is not None and now_s >= tick_s:
            self._tick(now_s)
        self._drain(now_s)

    def _tick(self, now_s: float) -> None:
        for player in self.session.local_players:
            if self._hands.random() < 0.4:
                self._held[player] = self._hands.randrange(self.game.action_counts[player])
            self.session.add_local_input(player, self._held.get(player, 0))
        self.runner.execute(self.session.advance_frame(now_s))
        self.session.set_end_frame(self.runner.end_frame)
        self.longest_slice_s = max(self.longest_slice_s, time.monotonic() - now_s)

    def _drain(self, now_s: float) -> None:
        session = self.session
        for data, peer in session.messages_to_send(now_s):
            self.lines[peer].send_message(CONTROL + data)
        for data, peer in session.bulk_to_send(now_s):
            self.lines[peer].send_message(BULK + data)
        for data, peer in session.datagrams_to_send(now_s):
            self.lines[peer].send(data, now_s)
        self.checksums[str(session.episode)].update(session.take_confirmed_checksums())
        while (event := session.next_event()) is not None:
            if isinstance(
                event,
                (DesyncDetected, Following, MatchEnded, PlayerJoined, Reexecuting, StateRefused),
            ):
                self.told.append(f"{now_s:.3f} {event!r}")


def play(
    name: str, peer: int, ports: dict[str, list[int]], come_frame: int, seconds: float
) -> dict[str, Any]:
    """Play for a while, or come and play."""
    host = Host(name, peer, meet_all(peer, ports))
    if peer == NEWCOMER:
        host.session.join((host.game.players - 1,), time.monotonic())
    begin_s, has_come = time.monotonic(), peer == NEWCOMER
    while (now_s := time.monotonic()) < begin_s + seconds:
        if not has_come and host.session.confirmed_frame >= come_frame:
            has_come = True
            host.session.add_peer(NEWCOMER, now_s)
        if peer != NEWCOMER and host.session.state in MAY_BE_READY:
            host.session.set_ready(now_s)
        host.turn(now_s)
        time.sleep(0.001)
    seen = host.session.statistics()
    return {
        "checksums": host.checksums,
        "told": host.told,
        "can_restore": host.can_restore,
        "rollbacks": seen.rollbacks,
        "longest_slice_s": host.longest_slice_s,
        "state": str(host.session.state),
    }


if __name__ == "__main__":
    NAME, PEER, PORTS, COME_FRAME, SECONDS = sys.argv[1:]
    RESULT = play(NAME, int(PEER), json.loads(PORTS), int(COME_FRAME), float(SECONDS))
    print(json.dumps(RESULT))
