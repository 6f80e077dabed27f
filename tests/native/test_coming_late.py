"""Native peers that come to a match that runs, come back to it, or only watch."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

import peergym
from peergym.cli.join import find_runtime
from peergym.data.execution import maker_of
from peergym.data.replay import read_replay
from peergym.data.store_agreement import compare_records
from peergym.data.store_model import Agreeing
from peergym.data.verify import Outcome, verify_replay
from peergym.hosts.native import NativePeer
from peergym.rollback.events import (
    ArbiterWanted,
    DesyncDetected,
    Excluded,
    Following,
    PlayerCut,
    PlayerJoined,
)
from peergym.server.serve import ServerThread
from tests.browser.proxy import Network
from tests.native.peers import Witness, check_shared, two_playing

GAME = """
from peergym.games.chaos import Chaos


class Four(Chaos):
    def __init__(self):
        super().__init__(players={players})

    def policy(self, agent):
        return (self.digest >> 9) % 4
"""
MORE_CHECKSUMS = 3


def written(folder: Path, players: int) -> str:
    """Write a game for so many; returns its name."""
    file = folder / "four.py"
    file.write_text(GAME.format(players=players), encoding="utf-8")
    return f"{file}:Four"


async def join_as_process(server: ServerThread, room: str, game: str, folder: Path) -> Process:
    """A peer in a process of its own, which can be killed."""
    with (folder / "said.txt").open("wb") as said:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "peergym.cli", "join", server.url, "--room", room,
            "--game", game,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(peergym.__file__).parents[1])},
            stdout=said,
            stderr=said,
        )  # fmt: skip


async def wait_for_more(peers: list[Witness]) -> None:
    """Wait until everybody has confirmed more than now."""
    await asyncio.gather(
        *[peer.wait_for_checksums(len(peer.confirmed()) + MORE_CHECKSUMS) for peer in peers]
    )


def check_records(server: ServerThread, peers: list[Witness], game: str) -> None:
    """Check that what the server keeps of a match is one history."""
    store = server.app.state.server.records.store
    (match,) = store.list_matches().matches
    replays = {}
    for peer in [witness.peer.room["you"] for witness in peers]:
        replay = replays[peer] = read_replay(store.read(match["match_id"], peer))
        result = verify_replay(replay, maker_of(replay, game))
        assert result.outcome is Outcome.VERIFIED, (peer, result)
    assert compare_records(replays).state is Agreeing.EQUAL


async def test_of_four_one_is_killed_and_another_takes_its_seat_in_mid_match(
    make_server: Any, tmp_path: Path
) -> None:
    game = written(tmp_path, 4)
    server = make_server(game=game)
    own = {"runtime": find_runtime(game, ""), "absent": "agent", "input_delay": 0}
    first = Witness(server, grace_s=5.0, **own)
    peers = [first]
    try:
        code = await first.wait_for_room()
        process = await join_as_process(server, code, game, tmp_path)
        await first.until(lambda: len(first.peer.room["seats"]) == 2)
        peers += [Witness(server, room=code, **own) for _ in range(2)]
        await asyncio.gather(*[peer.wait_for_checksums(3) for peer in peers])

        process.kill()
        await process.wait()
        cuts = [await peer.wait_for(PlayerCut) for peer in peers]
        assert {(cut.player, cut.peer, cut.heir) for cut in cuts} == {(1, 1, 0)}
        assert len({cut.frame for cut in cuts}) == 1
        await first.until(lambda: len(first.peer.room["seats"]) == 3)

        late = Witness(server, room=code, **own)
        peers.append(late)
        joins = [await peer.wait_for(PlayerJoined) for peer in peers]
        assert {(join.player, join.peer) for join in joins} == {(1, 4)}
        assert late.of(Following)
        await wait_for_more(peers)
        for one, other in combinations(peers, 2):
            assert check_shared(one, other) >= MORE_CHECKSUMS - 1
        for peer in peers:
            assert peer.of(DesyncDetected) == []
            assert peer.statistics.rollbacks > 0

        for peer in peers:
            peer.peer.leave()
        await asyncio.gather(*[peer.over() for peer in peers])
        check_records(server, peers, game)
    finally:
        for peer in peers:
            peer.task.cancel()
        await asyncio.gather(*[peer.task for peer in peers], return_exceptions=True)


async def test_one_watches_what_two_play_until_they_go(server: ServerThread) -> None:
    async with two_playing(server, absent="agent") as (one, two):
        await one.wait_for_checksums(3)
        watcher = Witness(server, room=one.peer.room["code"], watches=True)
        await watcher.wait_for(Following)
        await watcher.wait_for_checksums(3)
        await wait_for_more([one, two])
        assert check_shared(one, watcher) >= 2
        assert watcher.peer.room["seat"] is None
        one.peer.leave()
        await one.over()
        await two.wait_for(PlayerCut)
        await wait_for_more([two, watcher])
        assert check_shared(two, watcher) >= 5
        two.peer.leave()
        assert "no member" in await watcher.over()
        assert watcher.peer.keeper is not None
        assert watcher.peer.keeper.state is None, "who watches hands nothing in"


async def test_one_who_was_away_for_too_long_comes_back_as_another_peer(
    make_server: Any, bad_network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_match = NativePeer._note_match
    # The relay would get round the cut.
    monkeypatch.setattr(
        NativePeer, "_note_match", lambda peer, told: note_match(peer, {**told, "relay": None})
    )
    server = make_server(signal_filter=bad_network.filter)
    async with two_playing(server, absent="agent", input_delay=0) as peers:
        for peer in peers:
            await peer.wait_for_checksums(2)
        bad_network.conditions.is_cut = True
        excluded = {asyncio.create_task(peer.wait_for(Excluded)) for peer in peers}
        _, others = await asyncio.wait(excluded, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        bad_network.conditions.is_cut = False
        (away,) = [peer for peer in peers if peer.of(Excluded)]
        (stays,) = [peer for peer in peers if peer is not away]
        assert len(stays.of(ArbiterWanted)) == len(away.of(ArbiterWanted)) == 1
        seat = away.peer.room["seat"]
        for peer in peers:
            join = await peer.wait_for(PlayerJoined)
            assert (join.player, join.peer) == (seat, 2)
        assert away.peer.room["you"] == 2
        assert [cut.player for cut in stays.of(PlayerCut)] == [seat]
        await wait_for_more(list(peers))
        assert check_shared(*peers) >= 4
        for peer in peers:
            assert peer.of(DesyncDetected) == []
            assert peer.statistics.rollbacks > 0


async def test_one_who_is_left_alone_waits_for_a_while_and_goes(server: ServerThread) -> None:
    async with two_playing(server, absent="agent", grace_s=5.0) as (one, two):
        await one.wait_for_checksums(2)
        two.peer.leave()
        assert "left" in await one.over()
        assert [cut.player for cut in one.of(PlayerCut)] == [1]
