"""A simulated network: seeded, on virtual time, between any number of peers.

Theory of operation: for each ordered pair of peers there are three links, as a pair of browsers
has three channels. The datagram link loses, delays, duplicates and reorders. The reliable links
repeat what was lost after a timeout that doubles, and deliver in order, so one loss holds up
everything behind it (head-of-line blocking). A link can be cut for a while: nothing sent then
arrives.

Laws:
    - The same seed and the same sends give the same deliveries, whatever other links do.
    - A reliable link delivers everything once and in order, unless it is cut for ever.

Not modelled: bandwidth and queues; game traffic is some kilobytes a second.

Source: the timeouts of the reliable link are of the size that Chromium's SCTP shows (RFC 9260
with a lower minimum).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import inf
from random import Random

from peergym.errors import ConfigurationError
from peergym.testing.clock import VirtualClock
from peergym.testing.conditions import Conditions, DelayProcess, LossProcess, PairConditions

LEAST_TIMEOUT_S = 0.2  # until the first repetition on the reliable link
TIMEOUT_RTTS = 1.5
MOST_TIMEOUT_S = 1.0

Deliver = Callable[[bytes], None]
Cut = tuple[float, float]


@dataclass(slots=True)
class LinkStatistics:
    """What a link has done so far.

    Attributes:
        packets_sent, bytes_sent: Handed to the link.
        packets_lost: Never arrive (datagrams), or had to be sent again (reliable link; a packet
            lost twice counts twice).
        packets_carried, bytes_carried: Delivered, copies included.
    """

    packets_sent: int = 0
    bytes_sent: int = 0
    packets_lost: int = 0
    packets_carried: int = 0
    bytes_carried: int = 0


class _Link:
    """What both kinds of link share: counters and cuts."""

    def __init__(
        self, clock: VirtualClock, conditions: Conditions, random: Random, deliver: Deliver
    ) -> None:
        self.conditions = conditions
        self.statistics = LinkStatistics()
        self.cuts: list[Cut] = []
        self._clock = clock
        self._loss = LossProcess(conditions, random)
        self._delay = DelayProcess(conditions, random)
        self._random = random
        self._deliver = deliver

    def cut(self, from_s: float, until_s: float = inf) -> None:
        """Let nothing through that is sent between these times, in seconds."""
        self.cuts.append((from_s, until_s))

    def is_cut(self, at_s: float) -> bool:
        """Whether nothing gets through that is sent at this time."""
        return any(from_s <= at_s < until_s for from_s, until_s in self.cuts)

    def _note_sent(self, data: bytes) -> None:
        self.statistics.packets_sent += 1
        self.statistics.bytes_sent += len(data)

    def _arrive(self, data: bytes) -> None:
        self.statistics.packets_carried += 1
        self.statistics.bytes_carried += len(data)
        self._deliver(data)


class DatagramLink(_Link):
    """One direction of an unordered channel without retransmission.

    Args:
        clock: The time.
        conditions: What happens to packets.
        random: Where their fate comes from.
        deliver: Called with each packet that arrives, when it does.
    """

    def send(self, data: bytes) -> None:
        """Send a packet now."""
        self._note_sent(data)
        now_s = self._clock.now_s
        is_lost = self._loss.is_lost(now_s)  # drawn also in a cut, which shifts nobody's fate
        if is_lost or self.is_cut(now_s):
            self.statistics.packets_lost += 1
            return
        for _ in range(1 + self._extra_copies()):
            self._clock.call_after(self._delay.delay_s(), partial(self._arrive, data))

    def _extra_copies(self) -> int:
        duplicate = self.conditions.duplicate
        if duplicate and self._random.random() < duplicate:
            return self.conditions.copies
        return 0


class ReliableLink(_Link):
    """One direction of a reliable, ordered channel.

    Args:
        clock, conditions, random, deliver: As for `DatagramLink`. Packets are neither duplicated
            nor reordered, but the delays that reordering means hold up what follows.
        timeout_s: Wait before the first repetition, in seconds.
    """

    def __init__(
        self,
        clock: VirtualClock,
        conditions: Conditions,
        random: Random,
        deliver: Deliver,
        timeout_s: float = LEAST_TIMEOUT_S,
    ) -> None:
        super().__init__(clock, conditions, random, deliver)
        self._timeout_s = timeout_s
        self._last_arrival_s = 0.0

    def send(self, data: bytes) -> None:
        """Send a message now."""
        self._note_sent(data)
        departure_s = self._departure_s()
        if departure_s == inf:
            self._last_arrival_s = inf
        # Not earlier than what was sent before: the head of the line blocks the rest.
        arrival_s = max(self._last_arrival_s, departure_s + self._delay.delay_s())
        self._last_arrival_s = arrival_s
        if arrival_s < inf:
            self._clock.call_at(arrival_s, partial(self._arrive, data))

    def _departure_s(self) -> float:
        """When the first transmission that arrives is made; inf if none ever does."""
        at_s, timeout_s = self._clock.now_s, self._timeout_s
        while self.is_cut(at_s) or self._loss.is_lost(at_s):
            self.statistics.packets_lost += 1
            if self._is_cut_for_ever(at_s):
                return inf
            at_s += timeout_s
            timeout_s = min(2.0 * timeout_s, MOST_TIMEOUT_S)
        return at_s

    def _is_cut_for_ever(self, at_s: float) -> bool:
        return any(from_s <= at_s and until_s == inf for from_s, until_s in self.cuts)


@dataclass(slots=True)
class Channels:
    """What leads from one peer to another."""

    input: DatagramLink
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
        timeout_s = max(LEAST_TIMEOUT_S, TIMEOUT_RTTS * pair.rtt_s)

        def reliable(name: str, deliver: Deliver) -> ReliableLink:
            random = self._random(sender, recipient, name)
            return ReliableLink(self.clock, way, random, deliver, timeout_s)

        channels = self.channels[sender, recipient] = Channels(
            DatagramLink(self.clock, way, self._random(sender, recipient, "input"), on_input),
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
