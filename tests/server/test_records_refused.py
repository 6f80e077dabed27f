"""Hostile and mistaken uploads: refused with a sentence, and nothing has changed."""

from __future__ import annotations

import socket
import zlib

import pytest

from peergym.data.replay.format import MAX_STATE_BYTES, Chunk, StateKind
from peergym.data.replay.span import Span, SpanCodec
from peergym.data.store_model import StoreLimits
from peergym.server import ServerSettings
from peergym.server.serve import ServerThread
from peergym.server.settings import RecordLimits
from peergym.signalling import SeatPass
from tests.data.records import match_id, rewritten, with_chunks
from tests.server.uploads import BODY, STARTED_S, refused, uploader

DAY_S = 24 * 3600.0
MEBIBYTE = 1024 * 1024


@pytest.fixture
def make_upload(make_server):
    made = []

    def make(store_limits=None, **record_limits):
        limits = RecordLimits(**{"verifies": False, "uploads_burst": 1000.0, **record_limits})
        settings = {"wall_clock": lambda: STARTED_S + DAY_S, "record_limits": limits}
        server = make_server(store_limits=store_limits or StoreLimits(), **settings)
        made.append(uploader(server))
        return made[-1]

    yield make
    for one in made:
        one.client.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One server for all that is refused and changes nothing."""
    folder = tmp_path_factory.mktemp("refused")
    settings = ServerSettings(
        data_dir=folder / "data",
        client_dir=folder / "client",
        wall_clock=lambda: STARTED_S + DAY_S,
        record_limits=RecordLimits(verifies=False, uploads_burst=1000.0),
    )
    with ServerThread(settings) as server:
        one = uploader(server)
        yield one
        one.client.close()


@pytest.fixture
def upload(shared):
    one = shared
    yield one
    # Whatever was sent, nothing came of it.
    assert one.matches() == {"matches": [], "next": None}
    assert list(one.server.settings.data_dir.glob("replays/**/*.pgr")) == []
    assert list(one.server.settings.data_dir.glob("incoming/*")) == []


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"number": 2}, "other_record"),
        ({"peer": 1}, "other_record"),
        ({"match_id": match_id(3)}, "other_record"),
    ],
)
def test_a_token_of_another_record_stores_nothing(upload, claims, code):
    token = upload.token(**claims)
    assert refused(upload.put(upload.short()[-1], token=token), 403) == code


def test_tokens_that_are_none_are_refused(upload):
    whole = upload.short()[-1]
    for token in ("x", upload.token()[:-2], "." * 100, upload.key, "x" * 5000):
        assert refused(upload.put(whole, token=token), 403) == "bad_token"
    assert refused(upload.put(whole, authorization="Basic eDp4"), 401) == "no_token"
    assert refused(upload.put(whole, authorization="Bearer"), 401) == "no_token"


def test_a_room_token_is_no_record_token(upload):
    signer = upload.server.app.state.server.sockets._signer
    token = signer.issue(SeatPass("room", "sitting"), STARTED_S + DAY_S)
    assert refused(upload.put(upload.short()[-1], token=token), 403) == "bad_token"


def test_a_token_is_good_for_thirty_days_after_the_match(upload):
    old = upload.token(started_s=int(STARTED_S - 30 * DAY_S))
    assert refused(upload.put(upload.short()[-1], token=old), 403) == "bad_token"


@pytest.mark.parametrize(
    "path",
    [
        "/api/matches/{}/records/1.5",
        "/api/matches/{}/records/-1",
        "/api/matches/{}/records/01",
        "/api/matches/{}/records/256",
        "/api/matches/{}/records/..%2f0",
        "/api/matches/{}0/records/0",
        "/api/matches/..%2f..%2fsecret/records/0",
        "/api/matches/%2e%2e/records/0",
        "/api/matches/" + "A" * 24 + "/records/0",
        "/api/matches/" + "%00" * 24 + "/records/0",
        "/api/matches/" + "\u0660" * 24 + "/records/0",
    ],
)
def test_addresses_that_name_no_record_are_not_there(upload, path):
    path = path.format(match_id(1))
    for answer in (upload.put(b"x", path=path), upload.get(path)):
        assert answer.status_code in (404, 405), path
    assert not (upload.server.settings.data_dir.parent / "secret").exists()


def test_a_record_of_something_else_is_told_what_of(upload):
    for change, word in (
        ({"match_id": match_id(2)}, "another match"),
        ({"local_peer": 1}, "Peer 1 wrote"),
        ({"seed": 8}, "seed"),
        ({"game": {"spec": "pong", "digest": "0" * 32}}, "another version"),
        ({"game": {"spec": "os:system", "digest": upload.digest}}, "not of the game"),
    ):
        data = rewritten(upload.short()[-1], header=lambda fields, c=change: fields.update(c))
        answer = upload.put(data)
        assert refused(answer, 422) == "other_match"
        assert word in answer.json()["message"]


@pytest.mark.parametrize(
    "data", [b"", b"x", b"PGRP", b"PGRP\1", b"PGRP\2", b"\x1f\x8b\x08" + bytes(500), bytes(100_000)]
)
def test_what_is_no_record_is_refused(upload, data):
    assert refused(upload.put(data), 422) == "no_replay"


def test_bombs_are_refused_before_they_go_off(upload):
    episode = (Chunk.EPISODE, b"\0" + bytes(8) + b"\0" + b"\1\0\2\0")
    codec, span = SpanCodec((2, 2)), Span(rows=[(0, 0)] * 4096)
    codec.encode(span)
    runs = with_chunks([episode, *[(Chunk.SPAN, codec.encode(span))] * 950])
    assert len(runs) < 20_000
    assert refused(upload.put(runs), 413) == "too_large"
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflater.compress(bytes(50 * MAX_STATE_BYTES)) + deflater.flush()
    states = with_chunks([episode, (Chunk.STATE, bytes([StateKind.KEPT, 0]) + packed)])
    assert refused(upload.put(states), 422) == "no_replay"


def test_the_length_is_counted_and_not_believed(make_upload):
    upload = make_upload(StoreLimits(record_bytes=MEBIBYTE))
    assert refused(upload.put(bytes(MEBIBYTE + 1)), 413) == "too_large"

    def endless():
        for _ in range(64):
            yield bytes(MEBIBYTE // 16)

    assert refused(upload.put(endless()), 413) == "too_large"
    assert upload.matches()["matches"] == []


def test_only_bare_bytes_are_taken(upload):
    whole = upload.short()[-1]
    for headers in (
        {"content_type": "text/plain"},
        {"content_type": "multipart/form-data"},
        {"content_type": ""},
        {"content_encoding": "gzip"},
    ):
        assert refused(upload.put(whole, **headers), 415) == "bad_request"


def test_who_sends_too_often_waits_and_others_do_not(make_upload):
    upload = make_upload(uploads_burst=3.0, uploads_per_s=0.0001)
    parts = upload.short()
    answers = [upload.put(part) for part in parts[:6]]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 429, 429, 429]
    assert refused(answers[-1], 429) == "rate_limited"
    assert int(answers[-1].headers["retry-after"]) > 0
    assert upload.put(upload.short(peer=1)[0], peer=1).status_code == 201
    assert upload.record().content == parts[2]


def test_a_slow_upload_ends_and_takes_nobodys_place(make_upload):
    upload = make_upload(at_once=1, upload_s=0.3)
    head = (
        f"PUT /api/matches/{match_id(1)}/records/0 HTTP/1.1\r\nhost: x\r\n"
        f"authorization: Bearer {upload.token()}\r\ncontent-type: {BODY}\r\n"
        "content-length: 1000\r\n\r\nPGRP"
    )
    port = upload.server.settings.port
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(head.encode())
        assert b" 408 " in slow.recv(4096)
    assert upload.put(upload.short()[-1]).status_code == 201


def test_there_are_only_so_many_uploads_at_once(make_upload):
    upload = make_upload(at_once=1, upload_s=20.0)
    head = (
        f"PUT /api/matches/{match_id(2)}/records/0 HTTP/1.1\r\nhost: x\r\n"
        f"authorization: Bearer {upload.token(2)}\r\ncontent-type: {BODY}\r\n"
        "expect: 100-continue\r\ncontent-length: 1000\r\n\r\n"
    )
    port = upload.server.settings.port
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(head.encode())
        assert b"100 Continue" in slow.recv(4096)
        assert refused(upload.put(upload.short()[-1]), 429) == "rate_limited"
    # Who hangs up in the middle leaves nothing behind, and his place.
    for _ in range(1000):
        if upload.put(upload.short()[-1]).status_code == 201:
            break
    assert len(upload.matches()["matches"]) == 1


def test_a_full_store_says_so_and_keeps_what_it_has(make_upload):
    upload = make_upload(StoreLimits(all_bytes=600))
    first, *_, whole = upload.short()
    assert upload.put(first).status_code == 201
    assert len(first) < 600 < len(whole)
    answer = upload.put(whole)
    assert refused(answer, 507) == "store_full"
    assert "make room" in answer.json()["message"]
    assert upload.record().content == first
