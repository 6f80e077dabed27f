"""One peer of the model: its machine, what it holds, and what it has agreed on, as a number.

Theory of operation: a `Membership` knows neither time nor network, so what it does follows from its
state and from what happens to it. Each state is numbered when it is first met, and what becomes of
it by something that happens is computed once, by the real code on a copy. Versions do nothing but
put a sender's stances into order, which the channels do as well: here all of them are 0.

Sets of peers are integers, one bit for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from peergym.rollback.membership import Arrival, Departure, Membership, Quorum, Stance
from tests.rollback.membership_model.bounds import Bounds

UNBORN = 0
"""The number of a newcomer that is not there yet."""

STRANGER = 99
"""Who is nobody."""

FIRST_FRAME = 10
"""The frame of the first proposal; a later one proposes another."""

Action = tuple[Any, ...]


class ViolationError(AssertionError):
    """A law is broken."""


@dataclass(frozen=True)
class Node:
    """What a peer has agreed on at some time.

    Attributes:
        changes: Who came or went, and at which frames.
        group: The members then.
    """

    changes: frozenset[tuple[str, int, object]]
    group: int


@dataclass(slots=True)
class Peer:
    """A state of one peer.

    Attributes:
        machine: Its part in the agreement.
        holds: For each peer that it takes for lost, the newest frame that it really holds; else -1.
        path: What it has agreed on, one after the other.
        stance: The number of what it says.
        is_gone: Whether it does nothing any more: crashed, or excluded.
        has_crashed: Whether it is gone without knowing.
        survivors: As the machine has them; nobody, once it is gone.
    """

    machine: Membership
    holds: tuple[int, ...]
    path: tuple[Node, ...]
    stance: int
    is_gone: bool = False
    has_crashed: bool = False
    survivors: int = 0
    lost: int = 0
    members: int = 0
    is_open: bool = False
    wants_arbiter: bool = False
    may_give_up: bool = False
    has_pending: bool = False
    becomes: dict[Action, int] = field(default_factory=dict)


class Peers:
    """All states of single peers that have been met, by number.

    Args:
        bounds: The world.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.states: list[Peer] = [None]  # type: ignore[list-item]
        self.stances: list[Stance] = []
        self._numbers: dict[object, int] = {}
        self._stance_numbers: dict[Stance, int] = {}

    def __getitem__(self, number: int) -> Peer:
        return self.states[number]

    def first(self, peer: int) -> int:
        """A member when the match begins."""
        bounds = self.bounds
        machine = bounds.machine(peer, range(bounds.peers), has_arbiter=bounds.has_arbiter)
        return self._number(Peer(machine, (-1,) * len(bounds.ids), (), 0))

    def newcomer(self, sponsor: Peer) -> int:
        """The newcomer, told by the one that proposed it."""
        bounds, stance = self.bounds, self.stances[sponsor.stance]
        machine = bounds.machine.for_newcomer(
            bounds.newcomer, listed(sponsor.members), stance, has_arbiter=bounds.has_arbiter
        )
        cuts = {lost.peer: lost.held[0] for lost in machine.stance.departures}
        holds = tuple(cuts.get(peer, -1) for peer in bounds.ids)
        return self._number(Peer(machine, holds, sponsor.path[-1:], 0))

    def after(self, number: int, action: Action) -> int:
        """What becomes of a state by an action."""
        becomes = self.states[number].becomes
        if action not in becomes:
            becomes[action] = self._act(self.states[number], *action)
        return becomes[action]

    def _act(self, old: Peer, kind: str, *what: Any) -> int:
        if kind == "crash":
            return self._number(Peer(old.machine, old.holds, old.path, 0, has_crashed=True))
        machine, holds = copy_of(old.machine), list(old.holds)
        if kind == "hand on":
            peer, frame = what
            holds[peer] = frame
            machine.note_held(peer, (frame,))
        else:
            self._drive(machine, kind, *what)
        for peer in self.bounds.ids:
            if machine.is_lost(peer) and holds[peer] < 0:
                holds[peer] = self._held(machine.local_peer, peer)
        self._check_step(old.machine, machine)
        return self._number(Peer(machine, tuple(holds), (*old.path, *_news(machine)), 0))

    def _drive(self, machine: Membership, kind: str, *what: Any) -> None:
        local_peer = machine.local_peer
        if kind == "claim":
            machine.claim(what[0], (self._held(local_peer, what[0]),))
        elif kind == "hear":
            sender, stance, is_silent = what
            machine.receive(
                sender,
                replace(self.stances[stance], version=1),
                lambda peer: (self._held(local_peer, peer),),
                lambda _: is_silent,
                lambda _: True,
            )
            self._check_old(machine, sender)
        elif kind == "propose":
            newcomer = self.bounds.newcomer
            machine.accept(Arrival(newcomer, (newcomer,), FIRST_FRAME + what[0]))
        elif kind == "withdraw":
            machine.withdraw_arrival()
        elif kind == "be told":
            self._check_strange_decision(machine)
            machine.decide(frozenset(listed(what[0])), is_granted=what[1])
        else:
            machine.give_up()

    def _held(self, peer: int, lost: int) -> int:
        return self.bounds.held.get((peer, lost), 0)

    def _check_old(self, machine: Membership, sender: int) -> None:
        """What is no newer than the last stance heard changes nothing, whatever it says."""
        ours, theirs = machine.stance, machine._stances.get(sender)
        departures = (Departure(machine.local_peer, (9,)),)
        for version in (0, 1):
            claim = Stance(version, is_ready=True, departures=departures, arrivals=())
            machine.receive(sender, claim, lambda _: (9,), lambda _: True, lambda _: True)
        if machine.stance != ours or machine._stances.get(sender) != theirs:
            raise ViolationError(f"an older stance of {sender} has been believed")

    def _check_strange_decision(self, machine: Membership) -> None:
        """What the arbiter has decided about another group changes nothing."""
        before = (machine.is_excluded, machine._granted)
        for is_granted in (False, True):
            machine.decide(machine.survivors | {STRANGER}, is_granted=is_granted)
        if (machine.is_excluded, machine._granted) != before:
            raise ViolationError("a decision about another group counts")

    def _check_step(self, before: Membership, after: Membership) -> None:
        """What holds of every single step of one machine."""
        said, says = before.stance, after.stance
        if says.version < said.version or (says.version == said.version and says != said):
            raise ViolationError(f"says {says} after {said}: no newer version")
        if not all(after.is_lost(lost.peer) for lost in said.departures):
            raise ViolationError("has taken a claim back")

    def _number(self, peer: Peer) -> int:
        """The number of a state; what nobody will ever ask of it is left out."""
        machine = peer.machine
        machine.version = 0
        machine._stances = {
            peer: replace(stance, version=0) for peer, stance in machine._stances.items()
        }
        peer.is_gone = peer.has_crashed or machine.is_excluded
        key: object = (peer.has_crashed, peer.holds, peer.path)
        if not peer.is_gone:
            key = (frozen(vars(machine)), peer.holds, peer.path)
        if key not in self._numbers:
            self._describe(peer)
            self._numbers[key] = len(self.states)
            self.states.append(peer)
        return self._numbers[key]

    def _describe(self, peer: Peer) -> None:
        """Look at the machine once, so that nobody has to again."""
        machine = peer.machine
        peer.stance = self._stance_numbers.setdefault(machine.stance, len(self.stances))
        if peer.stance == len(self.stances):
            self.stances.append(machine.stance)
        peer.members = bits(machine.members)
        peer.lost = bits(peer for peer in self.bounds.ids if machine.is_lost(peer))
        if not peer.is_gone:
            peer.survivors = bits(machine.survivors)
            peer.is_open = machine.is_open
            peer.wants_arbiter = machine.wants_arbiter
            peer.may_give_up = machine.is_open and machine.quorum() is not Quorum.YES
            peer.has_pending = machine.pending_arrival is not None


def _news(machine: Membership) -> list[Node]:
    """What has just been agreed, if anything."""
    has_news = False
    while machine.take_agreement() is not None:
        has_news = True
    stance = machine.stance
    changes = frozenset(
        [("lost", each.peer, each.held) for each in stance.departures if each.is_agreed]
        + [("new", each.peer, each.frame) for each in stance.arrivals if each.is_agreed]
    )
    return [Node(changes, bits(machine.members))] if has_news else []


def copy_of(machine: Membership) -> Membership:
    """The same again, sharing nothing that changes."""
    copied = object.__new__(type(machine))
    for name, value in vars(machine).items():
        is_mutable = isinstance(value, dict | set | list)
        vars(copied)[name] = value.copy() if is_mutable else value
    return copied


def frozen(value: object) -> object:
    """Something hashable that equals the same of an equal value."""
    if isinstance(value, dict):
        return tuple((key, frozen(value[key])) for key in sorted(value))
    if isinstance(value, set):
        return frozenset(value)
    return tuple(value) if isinstance(value, list) else value


def bits(peers: Iterable[int]) -> int:
    """A set of peers as an integer."""
    return sum(1 << peer for peer in peers)


@cache
def listed(peers: int) -> tuple[int, ...]:
    """The peers of such an integer, ascending."""
    return tuple(peer for peer in range(peers.bit_length()) if peers >> peer & 1)
