"""Records come in again and again, are shown to the operator, and given back byte by byte."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from peergym.data.store_model import StoreLimits
from peergym.server import ServerSettings
from peergym.server.record_tokens import RecordTokens
from peergym.server.settings import RecordLimits
from peergym.server.tokens import load_secret
from tests.data.records import ROOM, match_id, rewritten, with_flipped_input
from tests.server.members import two_in_a_match, until
from tests.server.uploads import STARTED_S, refused, uploader

DAY_S = 24 * 3600.0
QUIET = RecordLimits(verifies=False, uploads_burst=1000.0)


@pytest.fixture
def upload(make_server):
    server = make_server(wall_clock=lambda: STARTED_S + DAY_S, record_limits=QUIET)
    with uploader(server).client as client:
        yield replace_client(uploader(server), client)


def replace_client(one, client):
    one.client.close()
    one.client = client
    return one


def records_of(server):
    return server.app.state.server.records


def test_a_record_grows_and_every_answer_says_what_is_kept(upload):
    *grown, whole = upload.short()
    for number, part in enumerate(grown[:5]):
        answer = upload.put(part)
        assert answer.status_code == (200 if number else 201)
        assert answer.json() == {"stored_bytes": len(part), "sealed": False}
    assert upload.put(whole).json() == {"stored_bytes": len(whole), "sealed": True}
    for again in (whole, grown[0], whole[:99]):
        answer = upload.put(again)
        assert answer.status_code == 200
        assert answer.json() == {"stored_bytes": len(whole), "sealed": True}
    answer = upload.record()
    assert answer.content == whole
    name = f"pong-{match_id(1)}-peer0.pgr"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"


def test_the_list_says_who_played_when_and_what_is_there(upload):
    for number in (1, 2):
        for peer in (0, 1):
            assert upload.put(upload.played(number, peer), number, peer).status_code == 201
    told = upload.matches(limit=1)
    (match,) = told["matches"]
    assert match["match_id"] == match_id(2)
    assert (match["room"], match["game"], match["spec"]) == (ROOM, "Pong", "pong")
    assert match["started"] == "2023-11-14T22:13:22+00:00"
    assert match["duration_s"] == pytest.approx(match["frames"] / 60, abs=0.01)
    assert [player["agent"] for player in match["players"]] == ["left", "right"]
    assert [record["peer"] for record in match["records"]] == [0, 1]
    assert all(record["sealed"] for record in match["records"])
    assert match["agreement"]["state"] == "pending"
    assert match["verification"]["state"] == "waiting"
    (older,) = upload.matches(before=told["next"])["matches"]
    assert older["match_id"] == match_id(1)
    for query in ("limit=0", "limit=201", "limit=x", "limit=-1", "before=x", "before=1-2"):
        assert refused(upload.get(f"/api/matches?{query}"), 422) == "bad_request"


def test_another_history_is_refused_and_what_is_kept_stays(upload):
    whole = upload.short()[-1]
    upload.put(whole)
    assert refused(upload.put(with_flipped_input(whole, 70)), 409) == "conflict"
    assert upload.record().content == whole


def test_only_the_operator_and_the_peer_himself_see_a_record(upload):
    upload.put(upload.short()[-1])
    upload.put(upload.short(peer=1)[-1], peer=1)
    assert upload.record(key=upload.token()).status_code == 200
    for wrong in (upload.token(peer=1), upload.token(2), "x", upload.key + "x", upload.key[:-1]):
        assert refused(upload.record(key=wrong), 403) == "bad_token"
    for path in ("/api/matches", f"/api/matches/{match_id(1)}/records/0"):
        answer = upload.get(path, key="")
        assert refused(answer, 401) == "no_token"
        assert answer.headers["www-authenticate"] == "Bearer"
    assert refused(upload.get("/api/matches", key=upload.token()), 403) == "bad_token"
    assert refused(upload.record(3), 404) == "no_record"


def test_the_operators_key_is_made_of_the_secret_and_of_nothing_else(tmp_path):
    one, same, other = (RecordTokens(load_secret(tmp_path / name), 1.0) for name in ("a", "a", "b"))
    assert same.is_operator(one.operator_key())
    assert not other.is_operator(one.operator_key())


def test_the_pages_for_looking_are_the_clients(upload):
    for path in ("/matches", f"/watch/{match_id(1)}/0"):
        assert "not built" in upload.client.get(path).text


async def test_the_token_that_comes_with_a_match_stores_its_record(make_server):
    server = make_server(record_limits=QUIET)
    async with two_in_a_match(server) as (ann, bob):
        tokens = []
        for someone in (ann, bob):
            match = (await someone.ask("resume", token=someone.token))["match"]
            tokens.append(match["record_token"])
        store, runtime = records_of(server).store, server.app.state.server.game.runtime
        await until(store.runtime_path(runtime.digest).exists)
    read = records_of(server).tokens.read
    claims = [read(token, server.settings.wall_clock()) for token in tokens]
    assert claims[0].match_id == match["match_id"]
    assert [claim.peer for claim in claims] == [0, 1]
    assert claims[1] == replace(claims[0], peer=1)
    assert str(claims[0].seed) == match["seed"]
    assert claims[0].room
    assert (claims[0].digest, claims[0].spec) == (runtime.digest, "pong")


async def test_records_of_many_at_once_are_all_kept(make_server):
    server = make_server(wall_clock=lambda: STARTED_S + DAY_S, record_limits=QUIET)
    one = uploader(server)
    one.client.close()
    limits = httpx.Limits(max_connections=8)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:

        async def send(number):
            for part in one.short(number)[::7]:
                headers = {
                    "authorization": f"Bearer {one.token(number)}",
                    "content-type": "application/octet-stream",
                }
                path = f"/api/matches/{match_id(number)}/records/0"
                answer = await client.put(path, content=part, headers=headers)
                assert answer.status_code in (200, 201), answer.text

        async with asyncio.TaskGroup() as tasks:
            for number in range(12):
                tasks.create_task(send(number))
    store = records_of(server).store
    assert len(store.list_matches().matches) == 12
    for number in range(12):
        assert store.read(match_id(number), 0) == one.short(number)[::7][-1]


GAME = """
class Still:
    possible_agents = ["one", "two"]
    metadata = {"name": "Still", "render_fps": 60}
    def action_space(self, agent): return 3
    def reset(self, seed=None, options=None): self.count = 0; return {}, {}
    def step(self, actions): self.count += 1; return {}, {}, {}, {}, {}
"""


def test_after_a_restart_with_another_game_records_of_the_first_still_come(make_server, tmp_path):
    (tmp_path / "still.py").write_text(GAME)
    clock = {"wall_clock": lambda: STARTED_S + DAY_S, "record_limits": QUIET}
    before = uploader(make_server(game=f"{tmp_path / 'still.py'}:Still", **clock))
    spec = "user_game.still:Still"
    token = before.token(spec=spec)
    before.records.note_begin()  # as any match of it does
    before.records.writer.submit(int).result()
    after = uploader(make_server(**clock))
    assert after.digest != before.digest
    whole = rewritten(before.short()[-1], header=lambda fields: fields["game"].update(spec=spec))
    assert after.put(whole, token=token).status_code == 201
    (match,) = after.matches()["matches"]
    assert (match["game"], match["spec"]) == ("Still", spec)
    # To watch it, a page needs what was played.
    runtime = after.client.get(f"/runtime/{before.digest}.zip")
    assert runtime.content == before.server.app.state.server.game.runtime.data
    assert "immutable" in runtime.headers["cache-control"]
    for one in (before, after):
        one.client.close()


def test_settings_of_the_store_reach_it(tmp_path):
    limits = StoreLimits(all_bytes=1)
    assert ServerSettings(store_limits=limits).store_limits.all_bytes == 1
