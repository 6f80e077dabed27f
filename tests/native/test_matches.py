"""Native peers play each other over real WebRTC, introduced by a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from peergym.data.execution import maker_of
from peergym.data.replay import read_replay
from peergym.data.store_agreement import Agreeing, compare_records
from peergym.data.verify import Outcome, verify_replay
from peergym.errors import UsageError
from peergym.games.pong.court import DOWN, STAY, UP
from peergym.hosts.native_http import Kept
from peergym.rollback.events import (
    DesyncDetected,
    EpisodeEnded,
    EpisodeStarted,
    PeerLeft,
    PeerLost,
    ProtocolViolated,
)
from peergym.server.serve import ServerThread
from tests.browser.proxy import Conditions, Network
from tests.native.peers import Witness, check_shared, two_playing

OFTEN = {"options": {"ball_speed": 12, "score_to_win": 21}}


class Restless:
    """Changes its mind every few frames, which nobody can guess."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, game: Any, agent: str) -> int:
        self.calls += 1
        return (UP, STAY, DOWN)[self.calls // 7 % 3 if agent == "left" else self.calls // 5 % 3]


def stored(server: ServerThread, peer: int) -> bytes:
    """What the server keeps of the record of a peer of its one match."""
    store = server.app.state.server.records.store
    (match,) = store.list_matches().matches
    data: bytes | None = store.read(match["match_id"], peer)
    assert data is not None
    return data


async def test_two_native_peers_share_one_history_over_a_bad_network(
    make_server: Any, bad_network: Network, tmp_path: Path
) -> None:
    server = make_server(signal_filter=bad_network.filter)
    folder = tmp_path / "records"
    async with two_playing(server, **OFTEN, policy=Restless(), record_folder=folder) as peers:
        for peer in peers:
            await peer.wait_for_checksums(5)
        assert check_shared(*peers) >= 4
        for peer in peers:
            figures = peer.statistics
            print(figures)
            assert figures.rollbacks > 0
            assert figures.max_rollback_depth_frames <= 8
            assert figures.peers[0].rtt_s > 0.03, "they met past the proxies"
            assert peer.of(DesyncDetected) == peer.of(ProtocolViolated) == []

        peers[0].peer.leave("enough")
        assert await peers[0].over() == "we left"
        assert "left" in await peers[1].over()
        assert peers[1].of(PeerLeft)[0].reason == "enough"

    records = [read_replay(stored(server, peer)) for peer in (0, 1)]
    agreement = compare_records({0: records[0], 1: records[1]})
    assert agreement.state is Agreeing.EQUAL
    for peer, record in enumerate(records):
        result = verify_replay(record, maker_of(record))
        assert result.outcome is Outcome.VERIFIED, result
        assert result.checksums >= 4
        rows = {row[peer] for episode in record.episodes for row in episode.played_rows}
        assert rows == {0, 1, 2}, "the policy was not asked"
        (path,) = folder.glob(f"*-peer{peer}.pgr")
        assert path.read_bytes() == stored(server, peer)


async def test_when_a_game_is_over_another_begins(server: ServerThread) -> None:
    quick = {"options": {"ball_speed": 12, "score_to_win": 1}}
    async with two_playing(server, **quick, policy=Restless(), episodes=2) as peers:
        reasons = [await peer.over() for peer in peers]
    assert any("we left" in reason for reason in reasons)
    for peer in peers:
        assert [event.episode for event in peer.of(EpisodeStarted)] == [0, 1]
        assert peer.peer.keeper is not None
        assert peer.peer.keeper.state is Kept.SAVED
    ends = [{(e.episode, e.frame, e.checksum) for e in peer.of(EpisodeEnded)} for peer in peers]
    # Whoever is done first says goodbye, which may reach the other before the last frame is sure.
    assert ends[0] & ends[1]
    assert ends[0] <= ends[1] or ends[1] <= ends[0]


async def test_whoever_is_cancelled_says_goodbye(server: ServerThread) -> None:
    async with two_playing(server, **OFTEN) as (one, two):
        await two.wait_for(EpisodeStarted)
        one.task.cancel()
        assert "left" in await two.over()
        with pytest.raises(asyncio.CancelledError):
            await one.over()
        assert two.of(PeerLeft)
        assert not two.of(PeerLost)
        assert one.peer.keeper is not None
        assert one.peer.keeper.state is Kept.SAVED


async def test_a_goodbye_that_is_lost_on_its_way_arrives_all_the_same(
    make_server: Any, bad_network: Network
) -> None:
    server = make_server(signal_filter=bad_network.filter)
    async with two_playing(server, **OFTEN, policy=Restless()) as (one, two):
        await asyncio.gather(one.wait_for_checksums(2), two.wait_for_checksums(2))
        assert one.statistics.rollbacks + two.statistics.rollbacks > 0
        # Longer than anything that is under way, and shorter than what counts as a silence.
        bad_network.conditions = Conditions(is_cut=True)
        one.peer.leave("enough")
        healed = Conditions(delay_ms=30.0, jitter_ms=10.0, loss=0.1)
        asyncio.get_running_loop().call_later(
            0.3, lambda: setattr(bad_network, "conditions", healed)
        )
        await asyncio.gather(one.over(), two.over())
        assert [event.reason for event in two.of(PeerLeft)] == ["enough"]
        assert two.of(PeerLost) == []


async def test_a_policy_that_fails_does_not_leave_the_other_waiting(server: ServerThread) -> None:
    def broken(game: Any, agent: str) -> int:
        return 99

    async with two_playing(server, **OFTEN, second={"policy": broken}) as (one, two):
        with pytest.raises(UsageError, match="99, which is no action of 'right'"):
            await two.over()
        assert "left" in await one.over()
        assert one.of(PeerLeft)


async def test_a_match_goes_on_without_the_server(make_server: Any) -> None:
    server = make_server()
    async with two_playing(server, **OFTEN) as (one, two):
        await one.wait_for_checksums(1)
        server.__exit__(None, None, None)
        await one.wait_for_checksums(len(one.confirmed()) + 2)
        await two.wait_for_checksums(len(one.confirmed()))
        assert check_shared(one, two) >= 3


async def test_whoever_waits_alone_gives_the_seat_back(server: ServerThread) -> None:
    alone = Witness(server)
    await alone.wait_for_room()
    assert alone.peer.room["state"] == "open"
    alone.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await alone.over()
    assert server.app.state.server.rooms.rooms() == []


async def test_who_has_only_lost_the_server_is_played_with_and_whom_the_host_removed_is_not(
    make_server: Any,
) -> None:
    async with two_playing(make_server(), policy=Restless()) as (ours, theirs):
        await ours.wait_for_checksums(1)
        match = ours.peer.match
        assert match is not None
        match.note_gone(1, is_removed=False)
        await ours.wait_for_checksums(4)
        match.note_gone(1, is_removed=True)
        await ours.over()
        assert [event.peer for event in ours.of(PeerLeft)] == [1]
        await theirs.over()
