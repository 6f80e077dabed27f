"""The server ends and begins again: its rooms are there, and nothing else can be taken."""

import json
import os
import sqlite3
import stat
from contextlib import contextmanager

from peergym.server import ServerSettings
from peergym.server.room_store import ROOMS_FILE, RoomStore
from peergym.server.serve import ServerThread
from peergym.signalling import RoomLimits
from tests.server.members import code_of, heard, member, rooms_of, two_in_a_match

OFFER = {"type": "offer", "sdp": "v=0"}
LONG_S = 12 * 3600.0


@contextmanager
def running(folder, port=0, **settings):
    """A server whose data are in a folder."""
    chosen = {"data_dir": folder / "data", "client_dir": folder / "client", **settings}
    with ServerThread(ServerSettings(port=port, **chosen)) as server:
        yield server


async def test_both_sides_of_a_match_find_their_places_after_a_restart(tmp_path):
    with running(tmp_path) as server:
        port = server.app.state.server.settings.port
        async with two_in_a_match(server) as (ann, bob):
            before = rooms_of(server).rooms()[0]
            room, match = before.code, before.match
    with running(tmp_path, port) as server:
        assert rooms_of(server).rooms()[0].match == match
        async with member(server) as ann_again, member(server) as bob_reloaded:
            answer = await ann_again.ask("resume", token=ann.token)
            assert (answer["room"]["you"], answer["room"]["code"]) == (0, room)
            answer = await bob_reloaded.ask("resume", token=bob.token, rejoin=True)
            assert (answer["room"]["seat"], answer["room"]["you"]) == (1, 2)
            # He may hand in a record, as of the same match.
            assert answer["match"]["record_token"]
            assert (await heard(ann_again, "peer"))["peer"] == 2
            assert await ann_again.signal(2, "description", OFFER) == {"ok": True}
            assert (await heard(bob_reloaded, "signal"))["from"] == 0


async def test_a_room_that_waits_waits_on_and_a_closed_one_is_not_back(tmp_path):
    with running(tmp_path) as server:
        port = server.app.state.server.settings.port
        async with member(server) as ann, member(server) as bob:
            code = (await ann.create())["room"]["code"]
            gone = (await bob.create())["room"]["code"]
            await bob.leave()
    with running(tmp_path, port) as server:
        async with member(server) as cid:
            assert code_of(await cid.join(gone)) == "wrong_code"
            answer = await cid.join(code)
            assert (answer["room"]["seat"], answer["room"]["state"]) == (1, "open")


async def test_another_server_that_shares_the_folder_has_rooms_of_its_own(tmp_path):
    with running(tmp_path) as one, running(tmp_path) as other:
        async with member(one) as ann, member(other) as bob:
            code = (await ann.create())["room"]["code"]
            assert code_of(await bob.join(code)) == "wrong_code"
    with running(tmp_path, other.app.state.server.settings.port) as again:
        assert [room.code for room in rooms_of(again).rooms()] != [code]


async def test_another_version_of_the_game_begins_without_rooms(tmp_path):
    with running(tmp_path) as server:
        port = server.app.state.server.settings.port
        async with member(server) as ann:
            await ann.create()
    with running(tmp_path, port, game="chaos") as server:
        assert rooms_of(server).rooms() == []


async def test_a_room_that_cannot_be_read_is_left_out(tmp_path, caplog):
    with running(tmp_path) as server:
        port = server.app.state.server.settings.port
        async with member(server) as ann:
            await ann.create()
    with sqlite3.connect(tmp_path / "data" / ROOMS_FILE) as database:
        database.execute("UPDATE rooms SET data = ?", (json.dumps({"room": {}}),))
    with running(tmp_path, port) as server:
        assert rooms_of(server).rooms() == []
    assert "left out" in caplog.text


async def test_who_stays_away_after_a_restart_loses_the_room(tmp_path):
    with running(tmp_path) as server:
        port = server.app.state.server.settings.port
        async with member(server) as ann:
            await ann.create()
    # The grace is the room's own, which is as long as the first server had it.
    with running(tmp_path, port, room_limits=RoomLimits(grace_s=0.01)) as server:
        (room,) = rooms_of(server).rooms()
        assert room.settings.grace_s == 60.0
        (sitting,) = room.sittings.values()
        assert sitting.member is None


def test_what_is_kept_is_for_its_owner_alone_and_for_no_longer_than_a_room_lives(tmp_path):
    store = RoomStore(tmp_path, "server", LONG_S)
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / ROOMS_FILE).stat().st_mode) == 0o600
    store.save({"a": {"n": 1}, "b": {"n": 2}}, 1000.0)
    store.save({"a": {"n": 3}, "b": None}, 1010.0)
    assert store.load(1020.0) == [(10.0, {"n": 3})]
    assert store.load(1010.0 + LONG_S + 1) == []
    store.close()


def test_a_disk_that_fails_is_told_of_and_stops_nothing(tmp_path, caplog):
    store = RoomStore(tmp_path, "server", LONG_S)
    store.close()
    store.save({"a": {"n": 1}}, 1000.0)
    assert "could not be saved" in caplog.text
