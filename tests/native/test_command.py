"""``peergym join`` as people start it, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest

import peergym
from peergym.rollback.events import PeerInterrupted, PeerLeft, PeerLost
from peergym.server.serve import ServerThread
from tests.native.peers import WITHIN_S, Witness

POLICY = """
class Still:
    def __call__(self, game, agent):
        return 0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the command is started, with a policy in it."""
    (tmp_path / "agents.py").write_text(POLICY, encoding="utf-8")
    return tmp_path


async def start(link: str, folder: Path, *more: str) -> Process:
    """Start the command as a process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "peergym.cli", "join", link, "--name", "bo",
        "--policy", "agents:Still", "--record", "kept", *more,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(peergym.__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


async def play_with(waiting: Witness, server: ServerThread, folder: Path) -> Process:
    """Start the command and play with it for a while."""
    process = await start(f"{server.url}/join/{await waiting.wait_for_room()}", folder)
    dying = asyncio.create_task(process.wait())
    playing = asyncio.create_task(waiting.wait_for_checksums(2))
    await asyncio.wait({dying, playing}, return_when=asyncio.FIRST_COMPLETED)
    if dying.done():
        playing.cancel()
        pytest.fail(f"the command ended: {await process.communicate()}")
    dying.cancel()
    return process


async def test_interrupted_it_says_goodbye_and_keeps_the_record(
    server: ServerThread, folder: Path
) -> None:
    waiting = Witness(server)
    process = await play_with(waiting, server, folder)
    process.send_signal(signal.SIGINT)
    assert "left" in await waiting.over()
    assert waiting.of(PeerLeft)
    said, complaints = await asyncio.wait_for(process.communicate(), WITHIN_S)
    assert complaints == b""
    assert process.returncode == 0
    assert b"bo: game 1 has begun." in said
    records = [path.name for path in (folder / "kept").iterdir()]
    assert len(records) == 1
    assert records[0].endswith("-peer1.pgr")


async def test_a_seat_is_asked_for_as_people_count_them(server: ServerThread, folder: Path) -> None:
    waiting = Witness(server)
    link = f"{server.url}/join/{await waiting.wait_for_room()}"
    refused = await start(link, folder, "--seat", "1")
    said, complaints = await asyncio.wait_for(refused.communicate(), WITHIN_S)
    assert complaints == b"peergym: Seat 1 is taken; free is 2.\n"
    assert (said, refused.returncode) == (b"", 2)
    admitted = await start(link, folder, "--seat", "2")
    await waiting.wait_for_checksums(1)
    admitted.send_signal(signal.SIGINT)
    said, _ = await asyncio.wait_for(admitted.communicate(), WITHIN_S)
    assert b"game 1 has begun." in said
    await waiting.over()


async def test_killed_it_is_lost_and_the_other_does_not_wait_for_ever(
    server: ServerThread, folder: Path
) -> None:
    waiting = Witness(server)
    process = await play_with(waiting, server, folder)
    process.kill()
    await process.communicate()
    await waiting.over()
    assert waiting.of(PeerInterrupted)
    assert waiting.of(PeerLost)
    assert not waiting.of(PeerLeft)
    assert max(waiting.confirmed()) >= 60, "nothing was played"
