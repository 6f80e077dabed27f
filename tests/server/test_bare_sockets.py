"""What happens below the frames: pings and parts without end, nobody at the other end."""

from __future__ import annotations

import contextlib
import socket

import pytest

from peergym.rollback import relay_wire as wire
from peergym.rollback.relay_wire import UpKind
from peergym.server import serve
from tests.server.bare_socket import BINARY, CONTINUATION, PING, bare_socket, frame
from tests.server.relay_members import relay_member, token_of

SOCKETS = ["/relay", "/socket.io/?EIO=4&transport=websocket"]


def ping_much(rude: socket.socket) -> None:
    """Send 26 MB, more than the systems between could take, and cause as many of answers."""
    for _ in range(2000):
        rude.sendall(frame(PING, bytes(125)) * 100)


@pytest.mark.parametrize("path", SOCKETS)
async def test_who_pings_without_end_and_reads_no_answer_is_cut_off(server, path):
    with bare_socket(server, path) as rude, pytest.raises(ConnectionError):
        ping_much(rude)


async def test_a_message_of_more_and_more_empty_parts_is_cut_off(server):
    attach = frame(BINARY, wire.encode_attach(token_of(server, "m", 0)))
    parts = frame(BINARY, is_last=False) + frame(CONTINUATION, is_last=False) * 1000
    with bare_socket(server, "/relay") as rude:
        rude.sendall(attach + parts)
        with contextlib.suppress(ConnectionError):  # an orderly end will do as well
            while rude.recv(4096):
                pass


@pytest.mark.parametrize("waiting_frames", [0, 10])
async def test_who_vanishes_without_a_word_is_gone_although_much_waits_for_him(
    make_server, monkeypatch, waiting_frames
):
    monkeypatch.setattr(serve, "PING_EVERY_S", 0.2)
    monkeypatch.setattr(serve, "PONG_WITHIN_S", 0.5)
    server = make_server()
    async with relay_member(server, 0) as ann:
        with bare_socket(server, "/relay") as vanished:
            vanished.sendall(frame(BINARY, wire.encode_attach(token_of(server, "m", 1))))
            assert await ann.next(wire.Came) == wire.Came(1)
            # 200 KB: more than the systems between take, less than what is waited for.
            message = wire.encode_addressed(UpKind.CONTROL, 1, bytes(20_000))
            await ann.send(*[message] * waiting_frames)
            assert await ann.next(wire.Gone) == wire.Gone(1, is_goodbye=False)
        assert server.app.state.server.relay.core.attached("m") == (0,)
