"""A whole room of native peers in one process: a mesh, until somebody leaves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from peergym.cli.join import find_runtime
from peergym.rollback.events import DesyncDetected, PeerLeft
from tests.native.peers import Witness, check_shared

FOUR = """
from peergym.games.chaos import Chaos


class Four(Chaos):
    def __init__(self):
        super().__init__(players=4)
"""


def turn(game: Any, agent: Any) -> int:
    """Depends on the game, so that one wrong state shows in everybody's inputs."""
    return int(game.frame // 11 + game.digest % 2) % 4


async def test_four_native_peers_share_one_history_until_one_leaves(
    make_server: Any, tmp_path: Path
) -> None:
    file = tmp_path / "four.py"
    file.write_text(FOUR, encoding="utf-8")
    game = f"{file}:Four"
    server = make_server(game=game)
    runtime = find_runtime(game, "")
    own = {"runtime": runtime, "policy": turn}
    first = Witness(server, **own)
    code = await first.wait_for_room()
    peers = [first, *[Witness(server, room=code, **own) for _ in range(3)]]
    try:
        await asyncio.gather(*[peer.wait_for_checksums(3) for peer in peers])
        for peer in peers[1:]:
            assert check_shared(first, peer) >= 2
            assert len(peer.statistics.peers) == 3

        first.peer.leave()
        assert await first.over() == "we left"
        for peer in peers[1:]:
            # Without a word of the room on empty seats, a match ends when somebody leaves it.
            assert "left" in await peer.over()
            assert [event.peer for event in peer.of(PeerLeft)] == [first.peer.room["you"]]
            assert peer.of(DesyncDetected) == []
    finally:
        for peer in peers:
            peer.task.cancel()
        await asyncio.gather(*[peer.task for peer in peers], return_exceptions=True)
