"""What cannot be joined is told in a sentence, in the API and on the command line."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import main
from peergym.cli.join import find_runtime
from peergym.errors import ConfigurationError, SignallingError
from peergym.games.pong import Pong
from peergym.hosts import match_config
from peergym.hosts.native import NativePeer, PeerSettings
from peergym.hosts.native_http import read_address
from peergym.hosts.native_policy import load_policy
from peergym.rollback.events import EpisodeStarted
from peergym.server.serve import ServerThread
from tests.native.peers import Witness, served_runtime, two_playing

POLICY = """
class Still:
    def __call__(self, game, agent):
        return 0

def up(game, agent):
    return 1

number = 3
"""


EIGHT = """
from peergym.games.chaos import Chaos


class Eight(Chaos):
    def __init__(self):
        super().__init__(players=8)
"""


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must fail with one sentence, and return that."""
    assert main(["join", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("peergym: ")
    assert said.count("\n") == 1
    return said


@pytest.mark.parametrize("code", ["K7FMRX", "no such code"])
async def test_a_room_that_is_not_there(server: ServerThread, code: str) -> None:
    settings = PeerSettings(server.url, served_runtime(server), room=code)
    with pytest.raises(SignallingError, match=r"room.*\.$") as refused:
        await NativePeer(settings).run()
    assert refused.value.code == "wrong_code"


async def test_a_room_that_is_full(server: ServerThread) -> None:
    async with two_playing(server) as (one, two):
        await two.wait_for(EpisodeStarted)
        with pytest.raises(SignallingError) as refused:
            await Witness(server, room=str(one.peer.room["code"])).over()
        assert refused.value.code == "room_full"


async def test_a_seat_that_is_taken_is_refused_and_the_one_asked_for_is_taken(
    make_server: Any, tmp_path: Path
) -> None:
    file = tmp_path / "eight.py"
    file.write_text(EIGHT, encoding="utf-8")
    server = make_server(game=f"{file}:Eight")
    own = {"runtime": find_runtime(f"{file}:Eight", ""), "policy": lambda game, agent: 0}
    one = Witness(server, **own)
    room = await one.wait_for_room()
    two = Witness(server, room=room, seat=5, **own)
    await two.wait_for_room()
    with pytest.raises(
        SignallingError, match=r"Seat 6 is taken; free is 2, 3, 4, 5, 7, 8"
    ) as refused:
        await Witness(server, room=room, seat=5, **own).over()
    assert refused.value.code == "seat_taken"
    await one.until(lambda: len(one.peer.room["seats"]) == 2)
    assert [seat["seat"] for seat in one.peer.room["seats"]] == [0, 5]
    with pytest.raises(ConfigurationError, match="first seat"):
        await Witness(server, seat=1, **own).over()
    for witness in (one, two):
        witness.task.cancel()
    await asyncio.gather(one.task, two.task, return_exceptions=True)


async def test_another_game_or_version_is_refused_before_a_seat_is_taken(
    server: ServerThread,
) -> None:
    runtime = served_runtime(server)
    for other, says in (
        (dataclasses.replace(runtime, digest="0" * 32), "Install the same versions"),
        (dataclasses.replace(runtime, spec="chaos"), "serves pong.*would play chaos"),
    ):
        with pytest.raises(ConfigurationError, match=says):
            await NativePeer(PeerSettings(server.url, other)).run()
    assert server.app.state.server.rooms.rooms() == []


async def test_a_game_without_a_policy_wants_one_before_a_seat_is_taken(make_server: Any) -> None:
    server = make_server(game="chaos")
    with pytest.raises(ConfigurationError, match="Chaos has no policy of its own"):
        await NativePeer(PeerSettings(server.url, served_runtime(server))).run()
    assert server.app.state.server.rooms.rooms() == []


async def test_a_game_that_is_not_portable_is_refused_between_platforms_with_the_reason(
    server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Pong.metadata, "is_portable", False)
    fingerprints = iter(("0" * 16, "1" * 16) * 2)
    monkeypatch.setattr(match_config, "maths_fingerprint", lambda: next(fingerprints))
    async with two_playing(server) as peers:
        results = await asyncio.gather(*[peer.over() for peer in peers], return_exceptions=True)
    refused = [result for result in results if isinstance(result, ConfigurationError)]
    assert refused, results
    assert "maths" in str(refused[0])
    assert "docs/determinism.md" in str(refused[0])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://127.0.0.1:8000", ("http://127.0.0.1:8000", "")),
        ("https://play.example.org/", ("https://play.example.org", "")),
        ("http://192.0.2.7:8000/join/K7FMRX", ("http://192.0.2.7:8000", "K7FMRX")),
    ],
)
def test_a_server_is_named_by_its_address_or_a_rooms_link(
    text: str, address: tuple[str, str]
) -> None:
    assert read_address(text) == address


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["play.example.org", "--room", "K7FMRX"], "is not an address"),
        (["http://127.0.0.1:9/matches", "--room", "K7FMRX"], "neither a server nor the link"),
        (["http://127.0.0.1:9/join/K7FMRX", "--seat", "0"], "seats are counted from 1"),
        (["http://127.0.0.1:9"], "name the room with --room CODE"),
        (["http://127.0.0.1:9", "--room", "K7FMRX"], "http://127.0.0.1:9 does not answer"),
        (["http://127.0.0.1:9/join/K7FMRX", "--policy", "nowhere:f"], "No module named 'nowhere'"),
        (["http://127.0.0.1:9/join/K7FMRX", "--policy", "nowhere"], "neither module:callable"),
    ],
)
def test_what_is_typed_wrongly_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert sentence in error_of(capsys, *arguments)


def test_policies_are_functions_or_classes_in_files_and_modules(tmp_path: Path) -> None:
    file = tmp_path / "agents.py"
    file.write_text(POLICY, encoding="utf-8")
    assert load_policy(f"{file}:up")(None, "left") == 1
    assert load_policy(f"{file}:Still")(None, "left") == 0
    assert callable(load_policy("peergym.games.pong.policy:choose_action"))
    for name, says in (("down", "nothing named down"), ("number", "can be called")):
        with pytest.raises(ConfigurationError, match=says):
            load_policy(f"{file}:{name}")
    with pytest.raises(ConfigurationError, match="no file"):
        load_policy(f"{tmp_path}/none.py:up")


def test_no_module_is_imported_because_a_server_named_it() -> None:
    with pytest.raises(ConfigurationError, match="--game"):
        find_runtime(None, "this:Zen")
    assert "this" not in sys.modules
    assert find_runtime(None, "pong").spec == "pong"
