"""A peer that floods, sends garbage, says nothing or lies hurts only itself."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from random import Random

import pytest

from peergym.rollback.events import ProtocolViolated
from peergym.testing import Mesh, MeshPeer, PairConditions
from tests.simulation.matches import PERIOD_S, chaos, judge_sound, match, playing_match

NETWORK = PairConditions(rtt_s=0.06, loss=0.02)


def every_frame(mesh: Mesh, frames: int, action: Callable[[int], None]) -> None:
    for frame in range(frames):
        action(frame)
        mesh.run(PERIOD_S)


def sent_by(peer: MeshPeer, channel: str) -> list[bytes]:
    return [data for sent_on, _, data in peer.sent if sent_on == channel]


@pytest.mark.parametrize("channel", ["input", "control"])
def test_garbage_of_any_length_changes_nothing(channel: str) -> None:
    random = Random(1)
    mesh = playing_match(network=NETWORK)
    victim = mesh.peers[0]

    def send_garbage(_: int) -> None:
        for _ in range(5):
            victim.receive(channel, 1, random.randbytes(random.randrange(200)))

    every_frame(mesh, 240, send_garbage)
    told = victim.events_of(ProtocolViolated)
    assert 3 <= len(told) <= 6, "about one a second, not one for each"
    assert all(event.channel == channel for event in told)
    judge_sound(mesh, 300)


@pytest.mark.parametrize("channel", ["input", "control"])
def test_bit_flips_in_real_packets_never_raise(channel: str) -> None:
    random = Random(2)
    mesh = playing_match(network=NETWORK, keeps_wire=True)
    victim, sender = mesh.peers[0], mesh.peers[1]

    def send_flipped(_: int) -> None:
        data = bytearray(random.choice(sent_by(sender, channel)))
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        victim.receive(channel, 1, bytes(data))

    every_frame(mesh, 240, send_flipped)
    assert len(victim.events_of(ProtocolViolated)) >= 3


def test_prefixes_of_real_packets_change_nothing() -> None:
    mesh = playing_match(network=NETWORK, keeps_wire=True)
    victim, sender = mesh.peers[0], mesh.peers[1]

    def send_prefixes(frame: int) -> None:
        data = sent_by(sender, "input")[-1]
        victim.receive("input", 1, data[: frame % len(data)])

    every_frame(mesh, 240, send_prefixes)
    assert victim.events_of(ProtocolViolated)
    judge_sound(mesh, 300)


def test_packets_from_a_stranger_are_ignored() -> None:
    mesh = playing_match(network=NETWORK, keeps_wire=True)
    victim = mesh.peers[0]
    for packet in sent_by(mesh.peers[1], "input") + sent_by(mesh.peers[1], "control"):
        victim.receive("input", 77, packet)
        victim.receive("control", 77, packet)
    mesh.run(2.0)
    judge_sound(mesh, 200)


def test_a_packet_of_another_match_is_refused_and_told() -> None:
    other = playing_match(network=NETWORK, keeps_wire=True, seed=99)
    mesh = playing_match(network=NETWORK, seed=1)
    for packet in sent_by(other.peers[1], "input"):
        mesh.peers[0].receive("input", 1, packet)
    mesh.run(2.0)
    told = mesh.peers[0].events_of(ProtocolViolated)
    assert told
    assert "another match" in told[0].message
    judge_sound(mesh, 200)


def test_the_whole_past_played_again_and_again_changes_nothing() -> None:
    mesh = playing_match(network=NETWORK, keeps_wire=True)
    victim, sender = mesh.peers[0], mesh.peers[1]

    def send_past(frame: int) -> None:
        for channel in ("input", "control"):
            for packet in sent_by(sender, channel)[frame % 50 :: 50]:
                victim.receive(channel, 1, packet)

    every_frame(mesh, 240, send_past)
    judge_sound(mesh, 300)


def test_no_buffer_grows_under_a_flood() -> None:
    random = Random(3)
    mesh = playing_match(network=NETWORK, keeps_wire=True)
    victim, sender = mesh.peers[0], mesh.peers[1]
    mesh.keeps_wire = False
    packets = sent_by(sender, "input")[-30:] + sent_by(sender, "control")

    def flood(times: int) -> None:
        for _ in range(times):
            channel = "input" if random.random() < 0.5 else "control"
            now_s = victim.clock.read(mesh.clock.now_s)
            data = bytearray(random.choice(packets))
            if random.random() < 0.5:
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            if channel == "input":
                victim.session.receive_datagram(bytes(data), 1, now_s)
            else:
                victim.session.receive_message(bytes(data), 1, now_s)

    flood(2000)
    tracemalloc.start()
    try:
        flood(1000)
        before, _ = tracemalloc.get_traced_memory()
        flood(20_000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 200_000


def test_no_buffer_grows_while_a_peer_is_mute() -> None:
    mesh = Mesh(chaos(3), NETWORK, session={"drop_after_s": 300.0})
    assert mesh.run_frames(120)
    mesh.links.channels[2, 0].input.cut(mesh.clock.now_s)
    mesh.links.channels[2, 0].control.cut(mesh.clock.now_s)
    mesh.run(5.0)
    held = [peer.session.statistics().snapshots_held for peer in mesh.peers.values()]
    longest = max(len(data) for data in _datagrams_of(mesh, 2.0))
    mesh.run(30.0)
    assert [peer.session.statistics().snapshots_held for peer in mesh.peers.values()] == held
    assert max(len(data) for data in _datagrams_of(mesh, 2.0)) <= longest + 1


def _datagrams_of(mesh: Mesh, for_s: float) -> list[bytes]:
    """Every datagram that is sent in the next ``for_s`` seconds."""
    mesh.keeps_wire = True
    mesh.run(for_s)
    mesh.keeps_wire = False
    return [data for peer in mesh.peers.values() for data in sent_by(peer, "input")]


def test_a_hostile_third_peer_does_not_slow_the_others_down() -> None:
    random = Random(4)
    mesh = match(3, NETWORK)
    assert mesh.run_frames(60)
    start_s, frames = mesh.clock.now_s, mesh.frames

    def attack(_: int) -> None:
        for victim in (0, 1):
            for _ in range(10):
                channel = random.choice(["input", "control"])
                mesh.peers[victim].receive(channel, 2, random.randbytes(30))

    every_frame(mesh, 300, attack)
    assert mesh.frames - frames > 0.95 * (mesh.clock.now_s - start_s) * 60
    judge_sound(mesh, 300)
