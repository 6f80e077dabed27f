"""The simulated network does what it says, or no other test here means anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import ConfigurationError
from peergym.testing import (
    Conditions,
    DatagramLink,
    Network,
    PairConditions,
    ReliableLink,
    VirtualClock,
)
from peergym.testing.conditions import Transport
from peergym.testing.fates import LossProcess
from peergym.testing.ordered_link import OrderedLink
from peergym.testing.packet_trace import PacketTrace

PACKETS = 20_000
EVERY_S = 0.01

Arrivals = list[tuple[int, float]]
AnyLink = DatagramLink | ReliableLink | OrderedLink


class RttLink(OrderedLink):
    """An ordered link over which news take 0.1 s."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments, rtt_s=0.1)


def send_many(
    link_class: type[AnyLink],
    conditions: Conditions,
    packets: int = PACKETS,
    seed: int = 1,
    before: Callable[[AnyLink], None] = lambda _: None,
) -> tuple[Arrivals, AnyLink]:
    """Send numbered packets at even intervals. Returns (number, time under way) as they arrive."""
    clock, arrivals = VirtualClock(), []

    def deliver(data: bytes) -> None:
        number = int.from_bytes(data, "little")
        arrivals.append((number, clock.now_s - number * EVERY_S))

    link = link_class(clock, conditions, Random(seed), deliver)
    before(link)
    for number in range(packets):
        clock.call_at(number * EVERY_S, partial(link.send, number.to_bytes(4, "little")))
    clock.run_until(packets * EVERY_S + 1000.0)
    return arrivals, link


def test_a_perfect_link_delivers_everything_at_once_and_in_order() -> None:
    arrivals, link = send_many(DatagramLink, Conditions(), 1000)
    assert [number for number, _ in arrivals] == list(range(1000))
    assert max(delay for _, delay in arrivals) < 1e-9
    assert link.statistics.packets_lost == 0
    assert link.statistics.bytes_sent == link.statistics.bytes_carried == 4000


@pytest.mark.parametrize("loss", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("burst", [1.0, 4.0, 10.0])
def test_the_share_of_losses_is_as_said_whatever_the_length_of_bursts(
    loss: float, burst: float
) -> None:
    process = LossProcess(Conditions(loss=loss, burst_packets=burst), Random(1))
    fates = [process.is_lost() for _ in range(300_000)]
    bursts = sum(now and not before for before, now in pairwise(fates))
    assert sum(fates) / len(fates) == pytest.approx(loss, rel=0.15)
    expected = 1.0 / (1.0 - loss) if burst == 1.0 else burst
    assert sum(fates) / bursts == pytest.approx(expected, rel=0.1)


def test_what_is_lost_does_not_arrive_and_is_counted() -> None:
    arrivals, link = send_many(DatagramLink, Conditions(loss=0.1, burst_packets=4))
    assert link.statistics.packets_lost + len(arrivals) == PACKETS
    assert link.statistics.packets_lost == pytest.approx(0.1 * PACKETS, rel=0.2)


def test_jitter_is_uniform_around_the_delay() -> None:
    arrivals, _ = send_many(DatagramLink, Conditions(delay_s=0.06, jitter_s=0.01))
    delays = sorted(delay for _, delay in arrivals)
    assert delays[0] >= 0.05 - 1e-6
    assert delays[-1] <= 0.07 + 1e-6
    for share in (0.25, 0.5, 0.75):
        assert delays[int(share * len(delays))] == pytest.approx(0.05 + 0.02 * share, abs=0.001)


def test_jitter_beyond_the_spacing_reorders() -> None:
    arrivals, _ = send_many(DatagramLink, Conditions(delay_s=0.06, jitter_s=0.03))
    numbers = [number for number, _ in arrivals]
    assert numbers != sorted(numbers)
    assert sorted(numbers) == list(range(PACKETS))


def test_duplication_delivers_the_said_share_once_more_for_each_copy() -> None:
    arrivals, link = send_many(DatagramLink, Conditions(duplicate=0.25, copies=2))
    assert len(arrivals) == pytest.approx(PACKETS * 1.5, rel=0.03)
    assert link.statistics.packets_sent == PACKETS
    assert link.statistics.packets_carried == len(arrivals)


def test_reordering_holds_the_said_share_back_by_no_more_than_said() -> None:
    arrivals, _ = send_many(DatagramLink, Conditions(reorder=0.2, reorder_by_s=0.1))
    held_back = [delay for _, delay in arrivals if delay > 1e-6]
    assert len(held_back) == pytest.approx(0.2 * PACKETS, rel=0.1)
    assert max(held_back) <= 0.1 + 1e-6


def test_a_cut_lets_nothing_through_that_is_sent_in_it() -> None:
    arrivals, link = send_many(
        DatagramLink, Conditions(delay_s=0.05), 1000, before=lambda link: link.cut(2.0, 4.0)
    )
    missing = set(range(1000)) - {number for number, _ in arrivals}
    assert missing == set(range(200, 400))
    assert link.statistics.packets_lost == 200


def test_a_cut_does_not_change_the_fate_of_what_is_sent_after_it() -> None:
    conditions = Conditions(loss=0.2)
    whole, _ = send_many(DatagramLink, conditions, 1000)
    cut, _ = send_many(DatagramLink, conditions, 1000, before=lambda link: link.cut(2.0, 4.0))
    assert [a for a in whole if a[0] >= 400] == [a for a in cut if a[0] >= 400]


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.5])
def test_the_reliable_link_delivers_everything_once_and_in_order(loss: float) -> None:
    conditions = Conditions(delay_s=0.05, jitter_s=0.04, loss=loss, reorder=0.2, duplicate=0.5)
    arrivals, link = send_many(ReliableLink, conditions, 5000)
    assert [number for number, _ in arrivals] == list(range(5000))
    assert link.statistics.packets_lost == 0 if loss == 0.0 else link.statistics.packets_lost > 400


def test_one_loss_on_the_reliable_link_holds_up_what_follows() -> None:
    arrivals, _ = send_many(
        ReliableLink, Conditions(delay_s=0.05), 100, before=lambda link: link.cut(0.2, 0.205)
    )
    assert arrivals[19][1] == pytest.approx(0.05)
    assert arrivals[20][1] == pytest.approx(0.25)
    assert arrivals[21][1] == pytest.approx(0.24)
    assert arrivals[39][1] == pytest.approx(0.06)
    assert arrivals[41][1] == pytest.approx(0.05)


def test_the_reliable_link_outlives_a_long_cut_and_dies_in_one_for_ever() -> None:
    arrivals, _ = send_many(
        ReliableLink, Conditions(), 1000, before=lambda link: link.cut(2.0, 8.0)
    )
    assert [number for number, _ in arrivals] == list(range(1000))
    assert 8.0 <= arrivals[200][1] + 2.0 < 9.0 + 1e-6
    arrivals, _ = send_many(ReliableLink, Conditions(), 1000, before=lambda link: link.cut(2.0))
    assert len(arrivals) == 200


def test_the_same_seed_gives_every_packet_the_same_fate() -> None:
    conditions = Conditions(
        delay_s=0.1, jitter_s=0.05, loss=0.1, burst_packets=3, duplicate=0.1, reorder=0.1
    )
    assert (
        send_many(DatagramLink, conditions, 2000)[0] == send_many(DatagramLink, conditions, 2000)[0]
    )
    other_seed, _ = send_many(DatagramLink, conditions, 2000, seed=2)
    assert other_seed != send_many(DatagramLink, conditions, 2000)[0]


@pytest.mark.parametrize("loss", [0.0, 0.05, 0.5])
def test_the_ordered_link_delivers_everything_once_and_in_order(loss: float) -> None:
    conditions = Conditions(delay_s=0.05, jitter_s=0.04, loss=loss, duplicate=0.5)
    arrivals, link = send_many(OrderedLink, conditions, 5000)
    assert [number for number, _ in arrivals] == list(range(5000))
    assert link.statistics.packets_lost == 0 if loss == 0.0 else link.statistics.packets_lost > 200


def test_the_ordered_link_repeats_at_once_what_three_later_packets_overtook() -> None:
    def lose_one(link: AnyLink) -> None:
        link.cut(0.2, 0.205)

    fast, _ = send_many(RttLink, Conditions(delay_s=0.05), 100, before=lose_one)
    assert fast[19][1] == pytest.approx(0.05)
    # Three more are sent, a round trip later that is known, and a way later it is there.
    assert fast[20][1] == pytest.approx(0.03 + 0.1 + 0.05)
    assert fast[21][1] == pytest.approx(0.17), "what follows waits for it"
    assert fast[40][1] == pytest.approx(0.05)
    slow, _ = send_many(ReliableLink, Conditions(delay_s=0.05), 100, before=lose_one)
    assert slow[20][1] == pytest.approx(0.25)


def test_the_ordered_link_waits_for_its_timer_where_nothing_follows() -> None:
    clock, arrivals = VirtualClock(), []
    link = RttLink(clock, Conditions(delay_s=0.05), Random(1), arrivals.append)
    link.cut(0.0, 0.1)
    link.send(b"x")
    clock.run_until(0.2499)
    assert arrivals == []
    clock.run_until(0.2501)
    assert arrivals == [b"x"]


def test_a_path_holds_everything_back_for_the_said_share_of_the_time() -> None:
    conditions = Conditions(delay_s=0.02, hold_every_s=1.9, hold_s=0.1)
    arrivals, _ = send_many(DatagramLink, conditions)
    late = [delay for _, delay in arrivals if delay > 0.0201]
    assert len(late) / PACKETS == pytest.approx(0.05, rel=0.3)
    assert max(late) > 0.3, "some last much longer than the mean"
    assert [number for number, _ in arrivals] == list(range(PACKETS)), "it reorders nothing"


def test_a_recorded_path_is_repeated_packet_for_packet() -> None:
    trace = PacketTrace("trace", (0.01, 0.02, None, 0.03))
    arrivals, link = send_many(DatagramLink, Conditions(trace=trace), 400)
    assert link.statistics.packets_lost == 100
    lost = min(set(range(400)) - {number for number, _ in arrivals})
    for number, delay in arrivals:
        assert delay == pytest.approx((0.03, 0.01, 0.02)[(number - lost - 1) % 4])


def test_each_way_begins_somewhere_else_in_a_recording() -> None:
    trace = PacketTrace("trace", tuple(number / 1000 for number in range(1000)))
    clock, network, seen = network_of(3, PairConditions(trace=trace))
    for channels in network.channels.values():
        channels.input.send(b"x")
    clock.run_until(2.0)
    assert len({at_s for _, _, at_s in seen}) == 6


def test_an_ordered_link_over_a_recording_hears_of_losses_as_late_as_it_says() -> None:
    trace = PacketTrace("trace", (0.04,) * 999 + (None,))
    clock, network, seen = network_of(2, PairConditions(trace=trace, transport=Transport.ORDERED))
    for number in range(1000):
        clock.call_at(number * EVERY_S, partial(network.channels[0, 1].input.send, b"x"))
    clock.run_until(20.0)
    arrivals = [at_s for _, _, at_s in seen]
    late = max(at_s - number * EVERY_S for number, at_s in enumerate(arrivals))
    assert late == pytest.approx(0.03 + 0.08 + 0.04)


def network_of(
    peers: int, conditions: PairConditions, seed: int = 1
) -> tuple[VirtualClock, Network, list[tuple[int, int, float]]]:
    clock, seen = VirtualClock(), []
    network = Network(clock, seed, conditions)
    for sender in range(peers):
        for recipient in range(peers):
            if sender != recipient:

                def note(_: bytes, sender: int = sender, recipient: int = recipient) -> None:
                    seen.append((sender, recipient, clock.now_s))

                network.connect(sender, recipient, note, note, note)
    return clock, network, seen


@pytest.mark.parametrize(
    ("spacing_s", "least", "most"), [(0.3, 0.03, 0.05), (0.05, 0.15, 0.2)], ids=["rare", "often"]
)
def test_a_burst_is_over_after_its_time_without_a_packet(
    spacing_s: float, least: float, most: float
) -> None:
    conditions = Conditions(loss=0.2, burst_packets=10, burst_s=0.2)
    process = LossProcess(conditions, Random(3))
    lost = [process.is_lost(number * spacing_s) for number in range(PACKETS)]
    assert 0.17 < sum(lost) / PACKETS < 0.23
    in_a_row = sum(one and other for one, other in pairwise(lost)) / PACKETS
    assert least < in_a_row < most, "by chance alone it is 0.04, in bursts 0.18"


def test_asymmetry_makes_the_way_to_the_higher_peer_longer() -> None:
    clock, network, seen = network_of(2, PairConditions(rtt_s=0.21, asymmetry_s=0.19))
    network.channels[0, 1].input.send(b"x")
    network.channels[1, 0].input.send(b"x")
    clock.run_until(1.0)
    assert [(sender, recipient) for sender, recipient, _ in seen] == [(1, 0), (0, 1)]
    assert [at_s for _, _, at_s in seen] == pytest.approx([0.01, 0.2])


def test_what_other_links_carry_does_not_change_a_packets_fate() -> None:
    conditions = PairConditions(rtt_s=0.1, jitter_s=0.05, loss=0.3)
    arrivals = []
    for others_send in (False, True):
        clock, network, seen = network_of(3, conditions)
        for _ in range(200):
            network.channels[0, 1].input.send(b"x")
            if others_send:
                network.channels[2, 1].input.send(b"y")
                network.channels[0, 1].control.send(b"z")
        clock.run_until(10.0)
        times = [at_s for sender, recipient, at_s in seen if (sender, recipient) == (0, 1)]
        arrivals.append(times)
    assert len(arrivals[0]) > 100
    assert set(arrivals[0]) <= set(arrivals[1])


def test_a_partition_cuts_only_what_leads_from_group_to_group() -> None:
    clock, network, seen = network_of(4, PairConditions())
    network.partition([[0, 1], [2, 3]], 0.0, 5.0)
    for channels in network.channels.values():
        channels.input.send(b"x")
    clock.run_until(1.0)
    assert {(s, r) for s, r, _ in seen} == {(0, 1), (1, 0), (2, 3), (3, 2)}
    assert network.totals().packets_lost == 8


def test_a_cut_of_one_peer_touches_only_its_own_links() -> None:
    clock, network, seen = network_of(3, PairConditions())
    network.cut(0.0, inf, peers=[2])
    for channels in network.channels.values():
        channels.input.send(b"x")
    clock.run_until(1.0)
    assert {(s, r) for s, r, _ in seen} == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"loss": 1.0}, "loss"),
        ({"loss": -0.1}, "loss"),
        ({"rtt_s": -1.0}, "rtt_s"),
        ({"jitter_s": -0.1}, "jitter_s"),
        ({"burst_packets": 0.5}, "burst_packets"),
        ({"burst_s": -1.0}, "burst_s"),
        ({"loss": 0.9, "burst_packets": 2.0}, "burst_packets"),
        ({"rtt_s": 0.1, "asymmetry_s": 0.2}, "asymmetry_s"),
        ({"duplicate": 2.0}, "duplicate"),
        ({"reorder": -1.0}, "reorder"),
        ({"loss": float("nan")}, "loss"),
    ],
)
def test_impossible_conditions_are_refused_by_name(fields: dict[str, float], named: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        PairConditions(**fields)  # type: ignore[arg-type]
    assert refusal.value.field == named


@given(
    st.floats(0, 0.9),
    st.floats(1, 20),
    st.floats(0, 0.2),
    st.floats(0, 0.2),
    st.integers(0, 2**32),
)
def test_no_packet_arrives_before_it_was_sent(
    loss: float, burst: float, delay_s: float, jitter_s: float, seed: int
) -> None:
    if burst > 1.0:
        loss = min(loss, 0.99 * burst / (burst + 1.0))  # more cannot be lost in such bursts
    conditions = Conditions(delay_s=delay_s, jitter_s=jitter_s, loss=loss, burst_packets=burst)
    arrivals, link = send_many(DatagramLink, conditions, 50, seed)
    assert all(delay >= -1e-9 for _, delay in arrivals)
    assert len(arrivals) + link.statistics.packets_lost == 50
