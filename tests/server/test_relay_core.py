"""The relay without sockets: who gets what, who is closed, and that others do not notice."""

from __future__ import annotations

import pytest

from peergym.rollback import relay_wire as wire
from peergym.rollback.relay_wire import Addressed, DownKind, UpKind
from peergym.server.relay_connection import BAD_TOKEN, RelayConnection, RelayLimits
from peergym.server.relay_core import RelayCore
from peergym.server.relay_tokens import RelayTokens

TRAILER = b"\x01\x02\x03\x04"
BODY = b"\x11body"


class House:
    """A relay, a clock, and whoever is attached."""

    def __init__(self, **limits: float) -> None:
        self.now_s = 100.0
        self.limits = RelayLimits(**limits)
        self.tokens = RelayTokens("secret", self.limits.token_lifetime_s)
        self.core = RelayCore(self.tokens, self.limits, lambda: self.now_s, lambda _: None)

    def attach(self, peer: int, match_id: str = "m") -> RelayConnection:
        connection = self.open()
        token = self.tokens.issue(match_id, peer, self.now_s)
        self.core.receive(connection, wire.encode_attach(token), self.now_s)
        return connection

    def open(self) -> RelayConnection:
        connection = self.core.open(self.now_s)
        assert connection is not None
        return connection

    def send(self, connection: RelayConnection, *frames: bytes) -> None:
        for frame in frames:
            self.core.receive(connection, frame, self.now_s)


def heard(connection: RelayConnection) -> list[wire.DownFrame]:
    frames = []
    while taken := connection.take():
        frames += [wire.decode_down(frame) for frame in taken]
    return frames


@pytest.fixture
def house() -> House:
    return House()


def test_who_is_removed_is_gone_for_good_and_finds_no_way_back(house: House) -> None:
    ann, bob = house.attach(0), house.attach(3)
    token = house.tokens.issue("m", 3, house.now_s)
    heard(ann)
    house.core.expel("m", 3)
    assert bob.closing is not None
    assert bob.closing[0] == BAD_TOKEN
    house.core.lost(bob, 4003)
    assert heard(ann) == [wire.Gone(3, is_goodbye=True)]
    back = house.open()
    house.send(back, wire.encode_attach(token))
    assert back.closing is not None
    assert house.core.attached("m") == (0,)
    assert house.attach(3, "another match").closing is None
    house.core.expel("m", 7)  # who is not there


def test_who_was_removed_is_forgotten_when_his_last_token_has_expired(house: House) -> None:
    token = house.tokens.issue("m", 3, house.now_s)
    house.core.expel("m", 3)
    house.now_s += house.limits.token_lifetime_s
    assert house.tokens.read(token, house.now_s) is None
    house.core.expel("m", 4)
    assert len(house.tokens._revoked) == 1


def test_who_comes_learns_who_is_there_and_they_learn_of_him(house: House) -> None:
    ann, bob = house.attach(0), house.attach(3)
    assert heard(bob) == [wire.Welcome(3, (0,))]
    assert heard(ann) == [wire.Welcome(0, ()), wire.Came(3)]
    assert house.core.attached("m") == (0, 3)


def test_a_datagram_goes_up_once_and_comes_down_whole_with_its_sender(house: House) -> None:
    ann, bob, cid, dan = (house.attach(peer) for peer in range(4))
    for each in (ann, bob, cid, dan):
        heard(each)
    other = b"\x05\x06\x07\x08"
    house.send(ann, wire.encode_input([(1, TRAILER), (3, other)], BODY))
    assert heard(bob) == [Addressed(DownKind.INPUT, 0, BODY + TRAILER)]
    assert heard(dan) == [Addressed(DownKind.INPUT, 0, BODY + other)]
    assert heard(cid) == heard(ann) == []
    counts = house.core.by_peer["m"][0]
    assert (counts.datagrams, counts.fanned) == (1, 2)


def test_nothing_leaves_a_match(house: House) -> None:
    ann, _, stranger = house.attach(0), house.attach(1), house.attach(1, "another match")
    heard(stranger)
    house.send(
        ann,
        wire.encode_input([(1, TRAILER)], BODY),
        wire.encode_addressed(UpKind.CONTROL, 1, b"message"),
    )
    assert heard(stranger) == []
    assert house.core.attached("another match") == (1,)


def test_for_a_slow_receiver_only_the_newest_of_each_sender_is_kept(house: House) -> None:
    ann, bob, cid = (house.attach(peer) for peer in range(3))
    heard(cid)
    for number in range(50):
        house.send(ann, wire.encode_input([(2, TRAILER)], bytes((17, number))))
        house.send(bob, wire.encode_input([(2, TRAILER)], bytes((17, 100 + number))))
        house.send(ann, wire.encode_addressed(UpKind.REPORT, 2, bytes((1, number))))
    house.send(ann, wire.encode_addressed(UpKind.CONTROL, 2, b"kept"))
    assert heard(cid) == [
        Addressed(DownKind.CONTROL, 0, b"kept"),
        Addressed(DownKind.INPUT, 0, bytes((17, 49)) + TRAILER),
        Addressed(DownKind.INPUT, 1, bytes((17, 149)) + TRAILER),
        Addressed(DownKind.REPORT, 0, bytes((1, 49))),
    ]
    assert cid.dropped == 3 * 49


def test_bulk_waits_until_nothing_else_does_and_keeps_its_order(house: House) -> None:
    ann, bob = house.attach(0), house.attach(1)
    heard(bob)
    house.send(ann, *[wire.encode_addressed(UpKind.BULK, 1, bytes((n,))) for n in (1, 2)])
    house.send(ann, wire.encode_addressed(UpKind.CONTROL, 1, b"first"))
    assert [wire.decode_down(frame) for frame in bob.take()] == [
        Addressed(DownKind.CONTROL, 0, b"first")
    ]
    assert [wire.decode_down(frame) for frame in bob.take()] == [
        Addressed(DownKind.BULK, 0, b"\x01")
    ]
    house.send(ann, wire.encode_input([(1, TRAILER)], BODY))
    assert heard(bob) == [
        Addressed(DownKind.INPUT, 0, BODY + TRAILER),
        Addressed(DownKind.BULK, 0, b"\x02"),
    ]


@pytest.mark.parametrize("kind", [UpKind.CONTROL, UpKind.BULK])
def test_a_receiver_for_whom_too_much_waits_is_cut_off_and_never_left_a_gap(kind: UpKind) -> None:
    house = House(control_bytes=100_000, bulk_bytes=100_000)
    ann, bob, cid = (house.attach(peer) for peer in range(3))
    heard(cid)
    for _ in range(5):
        house.send(ann, wire.encode_addressed(kind, 1, bytes(24_000)))
    assert bob.closing == (1013, "too much waits for this receiver")
    assert bob.take() == []
    house.send(ann, wire.encode_addressed(kind, 2, b"still there"))
    assert heard(cid) == [Addressed(DownKind(kind + 16), 0, b"still there")]


@pytest.mark.parametrize("kind", [UpKind.CONTROL, UpKind.BULK])
def test_one_sender_cannot_have_a_slow_receiver_cut_off(house: House, kind: UpKind) -> None:
    ann, bob, cid = (house.attach(peer) for peer in range(3))
    heard(bob)
    honest = 0
    while honest < 2 * 256 * 1024:  # what a host has under way at most, and repeats
        house.send(ann, wire.encode_addressed(kind, 1, bytes(24_000)))
        honest += 24_000
    assert ann.closing is None
    for _ in range(300):
        house.send(cid, wire.encode_addressed(kind, 1, bytes(24_000)))
    assert bob.closing is ann.closing is None
    assert cid.closing == (1008, "too much waits for one receiver")
    house.core.lost(cid, 1008)
    from_ann = [frame for frame in heard(bob) if getattr(frame, "peer", 0) == 0]
    assert len(from_ann) == honest // 24_000
    # Nothing is remembered of what has left.
    house.now_s += 60.0
    for _ in range(100):
        house.send(ann, wire.encode_addressed(kind, 1, bytes(24_000)))
        heard(bob)
        house.now_s += 0.1
    assert ann.closing is None


def test_a_flooding_client_is_closed_and_nobody_else() -> None:
    house = House(frames_per_s=10.0, frames_burst=20.0)
    ann, bob = house.attach(0), house.attach(1)
    far = house.attach(0, "another match")
    for _ in range(40):
        house.send(ann, wire.encode_ping(1))
    assert ann.closing == (1008, "too many frames")
    assert bob.closing is far.closing is None
    heard(far)
    house.send(far, wire.encode_ping(7))
    assert heard(far) == [wire.Pong(7)]
    house.core.lost(ann, 1008)
    assert heard(bob)[-1] == wire.Gone(0, is_goodbye=False)
    assert house.core.traffic.closed == {1008: 1}


def test_what_is_sent_to_many_costs_the_sender_as_often() -> None:
    house = House(bytes_per_s=1.0, bytes_burst=20_000.0)
    ann = house.attach(0)
    recipients = [(peer, TRAILER) for peer in range(1, 200)]
    house.send(ann, wire.encode_input(recipients, bytes(50)))
    assert ann.closing is None
    house.send(ann, wire.encode_input(recipients, bytes(50)))
    assert ann.closing == (1008, "too many bytes")


def test_a_steady_game_of_eight_is_within_the_limits(house: House) -> None:
    ann, bob = house.attach(0), house.attach(1)
    recipients = [(peer, TRAILER) for peer in range(1, 8)]
    for _ in range(60 * 60):
        house.now_s += 1 / 60
        house.send(ann, wire.encode_input(recipients, bytes(300)))
        house.send(ann, wire.encode_addressed(UpKind.BULK, 1, bytes(4096)))
        heard(bob)
    assert ann.closing is bob.closing is None


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"", 1008),
        (b"\xff", 1008),
        (wire.encode_pong(1), 1008),
        (bytes(24 * 1024 + 3), 1009),
        (wire.encode_ping(1), 1008),
        (wire.encode_attach("no token of ours"), 4003),
    ],
)
def test_who_begins_otherwise_is_closed(house: House, frame: bytes, code: int) -> None:
    stranger = house.open()
    house.send(stranger, frame)
    assert stranger.closing is not None
    assert stranger.closing[0] == code


def test_who_says_nothing_is_closed(house: House) -> None:
    stranger = house.open()
    house.now_s += 4.9
    house.core.handle_timer(stranger, house.now_s)
    assert stranger.closing is None
    house.now_s += 0.2
    house.core.handle_timer(stranger, house.now_s)
    assert stranger.closing == (1008, "no token came")


def test_a_token_is_good_for_its_time_and_who_is_attached_gets_a_fresh_one(house: House) -> None:
    ann = house.attach(0)
    old = house.tokens.issue("m", 1, house.now_s)
    heard(ann)
    house.now_s += 301
    house.core.handle_timer(ann, house.now_s)
    (fresh,) = heard(ann)
    assert isinstance(fresh, wire.FreshToken)
    house.now_s += 300
    late, again = house.open(), house.open()
    house.send(late, wire.encode_attach(old))
    house.send(again, wire.encode_attach(fresh.token))
    assert late.closing is not None
    assert late.closing[0] == 4003
    assert heard(again) == [wire.Welcome(0, ())]


def test_the_newest_connection_of_a_peer_counts(house: House) -> None:
    ann, old = house.attach(0), house.attach(1)
    new = house.attach(1)
    assert old.closing is not None
    assert old.closing[0] == 4001
    heard(ann), heard(new)
    house.core.lost(old, 4001)
    house.send(ann, wire.encode_addressed(UpKind.CONTROL, 1, b"to the new one"))
    assert heard(new) == [Addressed(DownKind.CONTROL, 0, b"to the new one")]
    assert heard(ann) == []  # he has not gone


def test_who_closes_on_purpose_is_gone_for_good_and_who_breaks_off_is_not(house: House) -> None:
    ann = house.attach(0)
    for peer, code in ((1, 1000), (2, 1001), (3, 1006)):
        house.core.lost(house.attach(peer), code)
    news = [frame for frame in heard(ann) if isinstance(frame, wire.Gone)]
    assert news == [wire.Gone(1, True), wire.Gone(2, True), wire.Gone(3, False)]
    house.core.lost(ann, 1000)
    assert house.core.matches == house.core.connections == 0


def test_there_are_no_more_connections_than_allowed() -> None:
    house = House(connections=2)
    first = house.attach(0)
    house.attach(1)
    assert house.core.open(house.now_s) is None
    house.core.lost(first, 1006)
    assert house.core.open(house.now_s) is not None
