"""What a peer holds: said in every datagram, also in one without inputs, and never taken back."""

from __future__ import annotations

from peergym.rollback import wire
from peergym.rollback.endpoint import Endpoint
from tests.rollback.pair import PERIOD_S, Group, make_config, make_group


def test_an_older_view_that_comes_later_takes_nothing_back() -> None:
    endpoint = Endpoint(1, make_config(0), 0.0)
    endpoint.raise_view((7, 3))
    endpoint.raise_view((5, 4))
    assert endpoint.view == [7, 4]


def carry(group: Group, sender: int, recipient: int) -> list[bytes]:
    """Carry what one has to say to another. Returns it."""
    drained = group.hosts[sender].session.datagrams_to_send(group.now_s)
    said = [data for data, peer in drained if peer == recipient]
    for data in said:
        group.hosts[recipient].session.receive_datagram(data, sender, group.now_s)
    return said


def test_a_keepalive_says_what_its_sender_holds() -> None:
    group = make_group()
    group.ready()
    group.play(10)
    ahead, behind = group.hosts
    # The first goes on and hears nothing; what the second says then, it has no input to add to.
    for frame in range(10, 16):
        group.now_s += PERIOD_S
        ahead.tick(group.now_s, frame)
        carry(group, 0, 1)
        behind.tick(group.now_s, frame)
        behind.session.datagrams_to_send(group.now_s)
    newest = ahead.session.current_frame - 1
    assert behind.session.confirmed_frame < newest - 3
    behind.session.handle_timer(group.now_s + 0.2)
    group.now_s += 0.2
    carry(group, 1, 0)
    ahead.session.handle_timer(group.now_s + 0.2)
    group.now_s += 0.2
    (keepalive,) = carry(group, 0, 1)
    body, _ = wire.decode_datagram(keepalive, 0, wire.SeatTable((0, 1), (4, 4)))
    assert body.inputs == ((),), "it has nothing else to say"
    behind.tick(group.now_s, 0)
    assert behind.session.confirmed_frame == newest
