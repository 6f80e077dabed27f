"""What native peers learn of each other's addresses: nothing where these are hidden.

They, the server and coturn are all on the loopback address; a peer's own addresses are those of the
machine's interfaces, which nobody but the peer itself has a reason to name.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

pytest.importorskip("aiortc", reason="native peers need aiortc")

from aioice.ice import get_host_addresses

from peergym.games.catalogue import find_game
from peergym.hosts.match import Runtime
from peergym.server.runtime import make_runtime
from peergym.server.settings import PACKAGE_DIR
from tests.native.peers import Witness, check_shared
from tests.turn.coturn import Coturn
from tests.turn.served import Served, served
from tests.turn.tap import Tap, tapped

CANDIDATE = re.compile(rb"candidate:[\w+/]+ \d+ \w+ \d+ (\S+) (\d+) typ (\w+)([^\\\"]*)")
FRAMES = 30

OWN_ADDRESSES = [address.encode() for address in get_host_addresses(use_ipv4=True, use_ipv6=True)]


@asynccontextmanager
async def two_playing(server: Served) -> AsyncIterator[tuple[Witness, Witness, Tap, Tap]]:
    """Two native peers in one match, each behind a wire that is listened to."""
    packed = make_runtime("pong", PACKAGE_DIR)
    runtime = Runtime(packed.spec, find_game("pong"), packed.digest)
    async with tapped(server.port) as one_tap, tapped(server.port) as two_tap:
        one = Witness(one_tap, runtime=runtime)
        two = None
        try:
            code = await one.wait_for_room()
            two = Witness(two_tap, runtime=runtime, room=code)
            yield one, two, one_tap, two_tap
        finally:
            witnesses = [each for each in (one, two) if each is not None]
            for witness in witnesses:
                witness.task.cancel()
            await asyncio.gather(*[each.task for each in witnesses], return_exceptions=True)


async def play(server: Served) -> tuple[Tap, Tap]:
    """Play for a while and hand the records in; return what was heard."""
    async with two_playing(server) as (one, two, one_tap, two_tap):
        for peer in (one, two):
            await peer.wait_for_checksums(2)
        assert check_shared(one, two) >= 2
    return one_tap, two_tap


def candidates(tap: Tap) -> list[tuple[bytes, bytes, bytes, bytes]]:
    """Return address, port, type and rest of all candidates that a peer was told."""
    return CANDIDATE.findall(bytes(tap.heard))


@pytest.fixture
def turn_arguments(coturn: Coturn) -> list[str]:
    return ["--turn", coturn.url, "--turn-secret-file", str(coturn.secret_file)]


async def test_peers_that_meet_at_the_turn_server_alone_play(tmp_path, turn_arguments, coturn):
    with served(tmp_path, *turn_arguments, "--ice-policy", "relay") as server:
        for tap in await play(server):
            assert {kind for _, _, kind, _ in candidates(tap)} == {b"relay"}
    users = coturn.said(r"user <(\d+:[0-9a-f]+)>: incoming packet ALLOCATE processed, success")
    assert len(set(users)) >= 2


@pytest.mark.skipif(not OWN_ADDRESSES, reason="the machine has no address but the loopback one")
@pytest.mark.parametrize("has_turn", [True, False])
async def test_no_peer_hears_reads_or_leaves_behind_an_address(tmp_path, turn_arguments, has_turn):
    arguments = ["--privacy", "relay", *(turn_arguments if has_turn else [])]
    with served(tmp_path, *arguments) as server:
        taps = await play(server)
        headers = {"authorization": f"Bearer {server.operator_key}"}
        matches = await asyncio.to_thread(httpx.get, f"{server.url}/api/matches", headers=headers)
        assert matches.status_code == 200
        assert matches.json()["matches"]
        kept = server.all_that_is_kept() + matches.content
    for tap in taps:
        assert bool(candidates(tap)) == has_turn
        for address, _, kind, rest in candidates(tap):
            assert (address, kind) == (b"127.0.0.1", b"relay")
            assert rest.startswith(b" raddr 0.0.0.0 rport 0")
    for address in OWN_ADDRESSES:
        for place in (taps[0].heard, taps[1].heard, kept):
            assert address not in place


@pytest.mark.skipif(not OWN_ADDRESSES, reason="the machine has no address but the loopback one")
async def test_where_nothing_is_hidden_the_same_search_finds_addresses(tmp_path):
    with served(tmp_path) as server:
        for tap in await play(server):
            assert any(address in tap.heard for address in OWN_ADDRESSES)
