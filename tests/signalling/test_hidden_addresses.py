"""What is left of candidates and descriptions where addresses are hidden."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.signalling.hidden_addresses import (
    hide_in_candidate,
    hide_in_description,
    hide_in_signal,
)

RELAY = "candidate:1 1 udp 41885439 198.51.100.9 50001 typ relay"

KEPT = [
    (
        f"{RELAY} raddr 203.0.113.5 rport 61234 generation 0 ufrag aB+/ network-cost 999",
        f"{RELAY} raddr 0.0.0.0 rport 0 generation 0 ufrag aB+/",
    ),
    (RELAY, f"{RELAY} raddr 0.0.0.0 rport 0"),
    (f"a={RELAY} x-secret 203.0.113.5", f"{RELAY} raddr 0.0.0.0 rport 0"),
    (
        "candidate:7 1 UDP 99 2001:db8::9 50001 typ relay raddr 2001:db8::5 rport 6",
        "candidate:7 1 UDP 99 2001:db8::9 50001 typ relay raddr :: rport 0",
    ),
]

DROPPED = [
    "",
    "candidate:1 1 udp 2122260223 192.168.1.5 61234 typ host generation 0",
    "candidate:1 1 udp 2122260223 0e9a-4c-11.local 61234 typ host",
    "candidate:2 1 udp 1686052607 203.0.113.5 61234 typ srflx raddr 192.168.1.5 rport 61234",
    "candidate:3 1 udp 1686052607 203.0.113.5 61234 typ prflx raddr 192.168.1.5 rport 61234",
    "candidate:4 1 tcp 1518280447 192.168.1.5 9 typ host tcptype active",
    "candidate:5 1 udp 1 home.example.org 9 typ relay",
    f"{RELAY} raddr",
    f"{RELAY}\r\na=candidate:1 1 udp 1 203.0.113.5 9 typ host",
    "203.0.113.5",
]

SDP = "\r\n".join([
    "v=0",
    "o=- 46117 2 IN IP4 203.0.113.5",
    "s=-",
    "t=0 0",
    "m=application 61234 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 203.0.113.5",
    "a=rtcp:61235 IN IP4 203.0.113.5",
    "a=candidate:1 1 udp 2122260223 192.168.1.5 61234 typ host",
    f"a={RELAY} raddr 203.0.113.5 rport 61234",
    "a=remote-candidates:1 203.0.113.5 61234",
    "a=ice-ufrag:aB+/",
    "a=ice-pwd:k/+asdf8923+sdfkjsdf",
    "a=fingerprint:sha-256 AA:BB",
    "a=setup:actpass",
    "a=mid:0",
    "a=sctp-port:5000",
    "",
])  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), KEPT)
def test_of_a_relay_candidate_the_address_at_the_relay_is_left(text, expected):
    assert hide_in_candidate(text) == expected


@pytest.mark.parametrize("text", DROPPED)
def test_any_other_candidate_is_dropped(text):
    assert hide_in_candidate(text) is None


def test_a_description_keeps_what_connects_and_no_address_of_its_own():
    hidden = hide_in_description(SDP)
    assert "203.0.113.5" not in hidden
    assert "192.168.1.5" not in hidden
    assert re.findall(r"(\d+\.\d+\.\d+\.\d+) 50001", hidden) == ["198.51.100.9"]
    for line in (
        "a=ice-ufrag:aB+/",
        "a=ice-pwd:k/+asdf8923+sdfkjsdf",
        "a=fingerprint:sha-256 AA:BB",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    ):
        assert f"{line}\r\n" in hidden
    assert hide_in_description(hidden) == hidden


def test_signals_are_hidden_by_their_kind():
    candidate = {"candidate": KEPT[0][0], "sdpMid": "0"}
    assert hide_in_signal("candidate", candidate) == (
        {"candidate": KEPT[0][1], "sdpMid": "0"},
        True,
    )
    assert hide_in_signal("candidate", {"candidate": DROPPED[1]})[1] is False
    for end in (None, {"candidate": "", "sdpMid": "0"}):
        assert hide_in_signal("candidate", end) == (end, True)
    description = hide_in_signal("description", {"type": "offer", "sdp": SDP})
    assert description == ({"type": "offer", "sdp": hide_in_description(SDP)}, True)


@given(st.text(st.characters(codec="ascii"), max_size=60), st.sampled_from(DROPPED[1:6]))
def test_nothing_around_a_candidate_lets_it_through(noise, candidate):
    for text in (noise + candidate, candidate + noise, candidate.replace("typ", noise)):
        assert hide_in_candidate(text) is None
        assert "203.0.113.5" not in hide_in_description(f"a=candidate:{text}\r\n")
