"""Native peers and the relay: two by it alone, and eight of whom four are a mesh."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

from peergym.cli.join import find_runtime
from peergym.rollback.events import (
    DesyncDetected,
    PeerLeft,
    PeerLost,
    ProtocolViolated,
    RouteChanged,
)
from peergym.server.ice import IceSettings
from peergym.server.relay_connection import BAD_TOKEN
from peergym.server.relay_core import PeerTraffic
from tests.native.peers import Witness, check_shared, two_playing

COUNTER = count()

EIGHT = """
from peergym.games.chaos import Chaos


class Eight(Chaos):
    metadata = {**Chaos.metadata, "render_fps": 15}

    def __init__(self):
        super().__init__(players=8)
"""


def turn(game: Any, agent: Any) -> int:
    """Depends on the game, so that one wrong state shows in everybody's inputs."""
    return int(game.frame // 5 + game.digest % 2) % 4


def restless(game: Any, agent: Any) -> int:
    """Changes at every frame, so that every prediction that has to be made is wrong."""
    return next(COUNTER) % 3


def routes_of(witness: Witness) -> dict[int, str]:
    """By which way each other peer was reached last."""
    return {event.peer: event.route for event in witness.of(RouteChanged)}


def traffic_of(server: Any) -> dict[int, PeerTraffic]:
    """What the peers of the only match have sent to the relay."""
    (counts,) = server.app.state.server.relay.core.by_peer.values()
    return dict(counts)


async def test_two_play_by_the_relay_alone(make_server: Any) -> None:
    server = make_server(ice=IceSettings(is_p2p=False))
    async with two_playing(server, input_delay=0, policy=restless) as (one, two):
        await asyncio.gather(one.wait_for_checksums(4), two.wait_for_checksums(4))
        assert check_shared(one, two) >= 3
        for witness, other in ((one, 1), (two, 0)):
            assert routes_of(witness) == {other: "relay"}
            assert witness.statistics.rollbacks > 0
            assert witness.of(DesyncDetected) == witness.of(ProtocolViolated) == []
        assert server.app.state.server.traffic.signals == 0
        for counts in traffic_of(server).values():
            assert counts.datagrams == counts.fanned > 150
        one.peer.leave()
        await asyncio.gather(one.over(), two.over())
        assert [event.peer for event in two.of(PeerLeft)] == [0]


async def test_a_token_that_the_relay_refuses_is_replaced_at_once_over_signalling(
    make_server: Any,
) -> None:
    server = make_server(ice=IceSettings(is_p2p=False))
    async with two_playing(server, input_delay=0, policy=restless) as (one, two):
        await asyncio.gather(one.wait_for_checksums(2), two.wait_for_checksums(2))
        closed = server.app.state.server.relay.core.traffic.closed
        match = one.peer.match
        assert match is not None
        assert match._relay is not None
        match._routes.relay.set_token("of another time")
        match._relay.reopen()
        await one.until(lambda: closed[BAD_TOKEN] > 0)
        frame = max(one.confirmed())
        await one.until(lambda: max(one.confirmed()) >= frame + 120)
        # Refused once: the second socket had the fresh token. Nobody took a seat again for it.
        assert closed[BAD_TOKEN] == 1
        assert check_shared(one, two) >= 3
        assert one.statistics.rollbacks > 0
        assert one.of(PeerLost) == two.of(PeerLost) == []


async def test_eight_of_whom_four_are_a_mesh_upload_each_datagram_once(
    make_server: Any, tmp_path: Path
) -> None:
    file = tmp_path / "eight.py"
    file.write_text(EIGHT, encoding="utf-8")
    game = f"{file}:Eight"
    server = make_server(game=game)
    own = {"runtime": find_runtime(game, ""), "policy": turn, "input_delay": 0}
    first = Witness(server, **own)
    code = await first.wait_for_room()
    peers = [first]
    try:
        for _ in range(7):  # one after the other, so that the numbers are known
            peers.append(Witness(server, room=code, **own))
            await peers[-1].wait_for_room()
        await asyncio.gather(*[peer.wait_for_checksums(3) for peer in peers])
        for peer in peers[1:]:
            assert check_shared(first, peer) >= 2
        for number, peer in enumerate(peers):
            expected = {
                other: "direct" if max(number, other) < 4 else "relay"
                for other in range(8)
                if other != number
            }
            assert routes_of(peer) == expected
            assert peer.of(DesyncDetected) == peer.of(ProtocolViolated) == []
        assert any(peer.statistics.rollbacks > 0 for peer in peers)
        for number, counts in traffic_of(server).items():
            others = 4 if number < 4 else 7
            # At the very beginning, not all are there yet; what falls silent goes over both ways.
            assert 0.8 * others < counts.fanned / counts.datagrams < others + 0.5
            assert counts.datagrams > 30
    finally:
        for peer in peers:
            peer.task.cancel()
        await asyncio.gather(*[peer.task for peer in peers], return_exceptions=True)
