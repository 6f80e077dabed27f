"""A simulated network: seeded, on virtual time, between any number of peers.

Theory of operation: for each ordered pair of peers there are three links, as a pair of browsers
has three channels (`peergym.testing.links`). What carries the inputs is a datagram link, or, to
compare, an ordered one (`peergym.testing.ordered_link`).

Law: the same seed and the same sends give the same deliveries, whatever other links do.

Not modelled: bandwidth and queues; game traffic is some kilobytes a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from random import Random

from peergym.errors import ConfigurationError
from peergym.testing.clock import VirtualClock
from peergym.testing.conditions import PairConditions, Transport
from peergym.testing.links import (
    LEAST_TIMEOUT_S,
    TIMEOUT_RTTS,
    DatagramLink,
    Deliver,
    LinkStatistics,
    ReliableLink,
)
from peergym.testing.ordered_link import OrderedLink

__all__ = ["Channels", "DatagramLink", "LinkStatistics", "Network", "ReliableLink"]


@dataclass(slots=True)
class Channels:
    """What leads from one peer to another."""

    input: DatagramLink | OrderedLink
    control: ReliableLink
    bulk: ReliableLink

    def cut(self, from_s: float, until_s: float = inf) -> None:
        """Let nothing through that is sent between these times, in seconds."""
        for link in (self.input, self.control, self.bulk):
            link.cut(from_s, until_s)


@dataclass(slots=True)
class Network:
    """The links between all pairs of peers.

    Args:
        clock: The time.
        seed: Where every packet's fate comes from.
        conditions: Of every pair that has none of its own.
        pairs: Conditions of single pairs, by (lower peer id, higher peer id).

    Attributes:
        channels: By (sender, recipient).
    """

    clock: VirtualClock
    seed: int
    conditions: PairConditions = field(default_factory=PairConditions)
    pairs: Mapping[tuple[int, int], PairConditions] = field(default_factory=dict)
    channels: dict[tuple[int, int], Channels] = field(default_factory=dict)

    def connect(
        self,
        sender: int,
        recipient: int,
        on_input: Deliver,
        on_control: Deliver,
        on_bulk: Deliver,
    ) -> Channels:
        """Make the links from one peer to another.

        Args:
            sender: Peer id.
            recipient: Peer id.
            on_input: Takes the datagrams that arrive.
            on_control: Takes the messages that arrive.
            on_bulk: Takes what arrives on the channel of that name.
        """
        if sender == recipient:
            raise ConfigurationError("recipient", f"peer {sender} needs no link to itself")
        pair = self.pair_of(sender, recipient)
        way = pair.towards_higher if sender < recipient else pair.towards_lower
        timeout_s = max(LEAST_TIMEOUT_S, TIMEOUT_RTTS * pair.usual_rtt_s)

        def reliable(name: str, deliver: Deliver) -> ReliableLink:
            random = self._random(sender, recipient, name)
            return ReliableLink(self.clock, way, random, deliver, timeout_s)

        random = self._random(sender, recipient, "input")
        inputs: DatagramLink | OrderedLink
        if pair.transport is Transport.ORDERED:
            inputs = OrderedLink(self.clock, way, random, on_input, pair.usual_rtt_s, timeout_s)
        else:
            inputs = DatagramLink(self.clock, way, random, on_input)
        channels = self.channels[sender, recipient] = Channels(
            inputs,
            reliable("control", on_control),
            reliable("bulk", on_bulk),
        )
        return channels

    def pair_of(self, one: int, other: int) -> PairConditions:
        """What the path between two peers is like."""
        return self.pairs.get((min(one, other), max(one, other)), self.conditions)

    def set_pair(self, one: int, other: int, pair: PairConditions) -> None:
        """Say what the path between two peers will be like, before they are connected."""
        self.pairs = {**self.pairs, (min(one, other), max(one, other)): pair}

    def is_open(self, one: int, other: int) -> bool:
        """Whether the links between two peers let something through now."""
        links = (self.channels[one, other].input, self.channels[other, one].input)
        return not any(link.is_cut(self.clock.now_s) for link in links)

    def cut(self, from_s: float, until_s: float = inf, peers: Iterable[int] | None = None) -> None:
        """Cut all links, or all that touch one of ``peers``, for a while.

        Args:
            from_s: Virtual time in seconds.
            until_s: Likewise; inf is for ever.
            peers: Peer ids; None means everybody.
        """
        chosen = None if peers is None else set(peers)
        for (sender, recipient), channels in self.channels.items():
            if chosen is None or sender in chosen or recipient in chosen:
                channels.cut(from_s, until_s)

    def partition(self, groups: Iterable[Iterable[int]], from_s: float, until_s: float) -> None:
        """Cut all links that lead from one group of peers to another, for a while.

        Peers that are in no group keep all their links.
        """
        group_of = {peer: index for index, group in enumerate(groups) for peer in group}
        for (sender, recipient), channels in self.channels.items():
            ours, theirs = group_of.get(sender), group_of.get(recipient)
            if ours is not None and theirs is not None and ours != theirs:
                channels.cut(from_s, until_s)

    def totals(self) -> LinkStatistics:
        """The datagram links' statistics, added up."""
        total = LinkStatistics()
        for channels in self.channels.values():
            figures = channels.input.statistics
            total.packets_sent += figures.packets_sent
            total.bytes_sent += figures.bytes_sent
            total.packets_lost += figures.packets_lost
            total.packets_carried += figures.packets_carried
            total.bytes_carried += figures.bytes_carried
        return total

    def _random(self, sender: int, recipient: int, channel: str) -> Random:
        # A text seeds the same way everywhere, unlike hash().
        return Random(f"{self.seed}/{sender}>{recipient}/{channel}")
