"""The network between the browsers does what its conditions say, and is all that they see."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from peergym.server import DROPPED, ForwardedSignal
from tests.browser.proxy import LOOPBACK, Conditions, Network, PeerProxy

CANDIDATE = "candidate:1 1 udp 2122260223 192.168.0.7 {port} typ host generation 0 ufrag a+b/"


@pytest.fixture
def network() -> Iterator[Network]:
    network = Network(Conditions(delay_ms=1, jitter_ms=0, loss=0), seed=7)
    yield network
    network.close()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    pair = tuple(socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for end in pair:
        end.bind((LOOPBACK, 0))
        end.settimeout(30)
    yield pair
    for end in pair:
        end.close()


def signal(kind: str, payload: object, sender: int = 0) -> ForwardedSignal:
    return ForwardedSignal("ROOM", sender, 1 - sender, kind, payload)


def announce(network: Network, end: socket.socket, peer: int) -> tuple[PeerProxy, tuple[str, int]]:
    """Announce an end's address; returns its proxy and where the other side is to send."""
    host, port = end.getsockname()
    text = CANDIDATE.format(port=port).replace("192.168.0.7", host)
    words = network.filter(signal("candidate", {"candidate": text}, peer))["candidate"].split()
    return network.proxy("ROOM", peer), (words[4], int(words[5]))


def test_a_candidate_keeps_everything_but_its_address(network: Network) -> None:
    original = {"candidate": CANDIDATE.format(port=5000), "sdpMid": "0"}
    changed = network.filter(signal("candidate", original))
    [address] = network.proxy("ROOM", 0).addresses
    expected = CANDIDATE.replace("192.168.0.7 {port}", address.replace(":", " "))
    assert changed == {"candidate": expected, "sdpMid": "0"}


@pytest.mark.parametrize(
    "candidate",
    [
        CANDIDATE.format(port=9).replace("udp", "tcp"),
        CANDIDATE.format(port=9).replace("192.168.0.7", "fd00::2"),
        CANDIDATE.format(port=9).replace("host", "srflx raddr 0.0.0.0 rport 0"),
        CANDIDATE.format(port=9).replace("192.168.0.7", "0a1b.local"),
    ],
)
def test_every_way_past_the_proxies_is_left_out(network: Network, candidate: str) -> None:
    assert network.filter(signal("candidate", {"candidate": candidate})) is DROPPED
    sdp = f"v=0\r\na={candidate}\r\na=ice-pwd:x+y/z\r\n"
    description = {"type": "offer", "sdp": sdp}
    changed = network.filter(signal("description", description))
    assert changed == {"type": "offer", "sdp": "v=0\r\na=ice-pwd:x+y/z\r\n"}


def test_candidates_inside_a_description_are_rewritten(network: Network) -> None:
    sdp = f"v=0\r\na={CANDIDATE.format(port=5000)}\r\na=ice-pwd:x+y/z\r\n"
    changed = network.filter(signal("description", {"type": "answer", "sdp": sdp}))
    [address] = network.proxy("ROOM", 0).addresses
    assert address.replace(":", " ") in changed["sdp"]
    assert "192.168.0.7" not in changed["sdp"]
    assert changed["sdp"].endswith("ufrag a+b/\r\na=ice-pwd:x+y/z\r\n")


def test_each_side_sees_only_the_stand_in_of_the_other(
    network: Network, ends: tuple[socket.socket, socket.socket]
) -> None:
    first, second = ends
    first_proxy, to_first = announce(network, first, 0)
    second_proxy, to_second = announce(network, second, 1)
    first.sendto(b"there", to_second)
    data, source = second.recvfrom(100)
    assert (data, source) == (b"there", to_first)
    second.sendto(b"and back", source)
    assert first.recvfrom(100) == (b"and back", to_second)
    assert first_proxy.counters.from_peer == second_proxy.counters.to_peer == 1
    assert first_proxy.counters.to_peer == second_proxy.counters.from_peer == 1


def test_a_cut_stops_everything_and_ends(
    network: Network, ends: tuple[socket.socket, socket.socket]
) -> None:
    first, second = ends
    announce(network, first, 0)
    proxy, to_second = announce(network, second, 1)
    network.conditions.is_cut = True
    first.sendto(b"lost", to_second)
    while proxy.counters.lost == 0:
        pass  # the test's own time limit ends a hang
    network.conditions.is_cut = False
    first.sendto(b"carried", to_second)
    assert second.recv(100) == b"carried"


def test_losses_come_in_bursts_of_the_size_asked_for(network: Network) -> None:
    network.conditions = Conditions(loss=0.05, burst=4)
    proxy = network.proxy("ROOM", 0)
    fates = "".join("x" if proxy._is_lost() else "." for _ in range(4000))
    bursts = [run for run in fates.split(".") if run]
    assert len(bursts) > 50
    assert all(len(run) % 4 == 0 for run in bursts[:-1])
