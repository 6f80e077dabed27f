"""Any stances, in any order: from members who are honest, and from one who is not.

Every honest member has its own state machine. The bytes decide who hears whom, who is claimed, who
hands on inputs, which stance arrives where, again or never, and what the hostile one says.

Laws:
    - What is to be ignored changes nothing; claims, versions and epochs never go back.
    - A member agrees to a cut only if it holds all inputs up to it.
    - Without silence nobody is taken for lost as long as nobody answers the hostile one in kind.
    - If all are honest: no two members have left each other behind, and if neither has left the
      other, then one of them has agreed on all that the other has.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from peergym.rollback.membership import Agreement, Arrival, Departure, Membership, Stance
from tests.fuzz.choices import Choices
from tests.fuzz.picture import first_change, picture, weight

MOST_STEPS = 120
MOST_WEIGHT = 4_000
NEWCOMERS = (10, 11)


class Member:
    """An honest member: its machine, and what it holds of the others."""

    def __init__(self, peer: int, peers: int, *, has_arbiter: bool) -> None:
        self.machine = Membership(peer, range(peers), has_arbiter=has_arbiter)
        self.held = dict.fromkeys([*range(peers), *NEWCOMERS], 5)
        self.silent: set[int] = set()
        self.claimed: set[int] = set()
        self.agreements: list[Agreement] = []
        self.said: list[Stance] = [self.machine.stance]
        self.has_ignored = False
        self._before = (0, 0)

    @property
    def changes(self) -> set[tuple[int, tuple[int, ...]]]:
        """Everything agreed so far: who came or went, and at which frames."""
        gone = [each for agreed in self.agreements for each in agreed.departures]
        come = [each for agreed in self.agreements for each in agreed.arrivals]
        return {(each.peer, each.held) for each in gone} | {
            (each.peer, (each.frame, *each.players)) for each in come
        }

    @property
    def gone(self) -> set[int]:
        """The peers whose departure it has agreed on."""
        return {each.peer for agreed in self.agreements for each in agreed.departures}

    def held_of(self, peer: int) -> tuple[int, ...]:
        """What it holds of a peer, which has one player."""
        return (self.held.get(peer, -1),)

    def receive(self, sender: int, stance: Stance, *, accepts: bool) -> None:
        """Take in a stance."""
        machine = self.machine
        is_known = sender in machine.survivors and sender != machine.local_peer
        before = None if is_known and not machine.is_excluded else picture(machine)
        machine.receive(
            sender, stance, self.held_of, lambda peer: peer in self.silent, lambda _: accepts
        )
        if before is not None:
            self.has_ignored = True
            after = picture(machine)
            assert before == after, first_change(before, after)

    def check(self) -> None:
        """The laws of one machine."""
        machine = self.machine
        assert (machine.version, machine.epoch) >= self._before
        self._before = (machine.version, machine.epoch)
        assert machine.local_peer in machine.survivors
        lost = {peer for peer in self.held if machine.is_lost(peer)}
        assert lost >= self.claimed, "a claim was taken back"
        self.claimed = lost
        while (agreement := machine.take_agreement()) is not None:
            self.agreements.append(agreement)
            for each in agreement.departures:
                assert each.held == self.held_of(each.peer), "a cut beyond what is held"
                assert each.peer not in machine.members
        assert len(self.changes) == machine.epoch
        if machine.stance != self.said[-1]:
            self.said.append(machine.stance)


class Group:
    """The members, the hostile one if there is one, and the arbiter.

    Args:
        choices: Decide how many there are, and of which kind.
    """

    def __init__(self, choices: Choices) -> None:
        self.peers = 2 + choices.below(3)
        hostile = choices.below(self.peers + 2)
        self.hostile = hostile if hostile < self.peers else None
        has_arbiter = choices.flag()
        self.members = {
            peer: Member(peer, self.peers, has_arbiter=has_arbiter)
            for peer in range(self.peers)
            if peer != self.hostile
        }
        self.has_silence = False
        self.has_newcomers = not has_arbiter
        self.granted = frozenset(range(self.peers))

    def step(self, choices: Choices) -> None:
        """Something happens to one honest member."""
        peer = choices.pick(tuple(self.members))
        member = self.members[peer]
        kind = choices.below(12)
        if kind < 5:
            self._deliver(choices, member)
        elif kind < 7:
            self._lie(choices, member)
        elif kind == 7:
            self._fall_silent(choices, member)
        elif kind == 8:
            self._hand_on(choices, member)
        elif kind == 9:
            self._ask_arbiter(member)
        elif kind == 10 and self.has_newcomers:
            self._bring(choices, member)
        elif kind == 11:
            member.machine.give_up()
        member.check()

    def check(self) -> None:
        """The laws of all machines together."""
        members = self.members
        if self.hostile is None:
            for one, two in combinations(members, 2):
                _check_histories(members[one], members[two])
        elif not self.has_silence:
            lost = {each for member in members.values() for each in member.claimed}
            assert self.hostile in lost or not lost, "one member alone has talked another out"

    def reached(self) -> set[str]:
        """What has happened to any of them."""
        members = self.members.values()
        agreements = [agreed for member in members for agreed in member.agreements]
        happened = {
            "departure agreed": any(agreed.departures for agreed in agreements),
            "arrival agreed": any(agreed.arrivals for agreed in agreements),
            "two agreements": any(len(member.agreements) > 1 for member in members),
            "excluded": any(member.machine.is_excluded for member in members),
            "ignored": any(member.has_ignored for member in members),
            "a liar cut": any(self.hostile in member.gone for member in members),
        }
        return {name for name, has_happened in happened.items() if has_happened}

    def _deliver(self, choices: Choices, member: Member) -> None:
        """A stance of another honest member's arrives, mostly the newest."""
        sender = choices.pick(tuple(self.members))
        said = self.members[sender].said
        stance = said[-1] if choices.below(4) else choices.pick(said)
        if sender not in member.silent:
            member.receive(sender, stance, accepts=choices.flag())

    def _lie(self, choices: Choices, member: Member) -> None:
        if self.hostile is None or self.hostile in member.silent:
            return
        like = self.members[choices.pick(tuple(self.members))].machine.stance
        member.receive(self.hostile, _lie(like, choices), accepts=choices.flag())

    def _fall_silent(self, choices: Choices, member: Member) -> None:
        """It hears nothing more of another, who may still hear it."""
        other = choices.below(self.peers)
        if other != member.machine.local_peer:
            self.has_silence = True
            member.silent.add(other)
            if not member.machine.is_lost(other):
                member.held[other] = max(member.held[other], choices.below(8))
                if choices.flag():
                    member.machine.claim(other, member.held_of(other))

    def _hand_on(self, choices: Choices, member: Member) -> None:
        """Another hands on what it holds of a lost peer."""
        other = self.members[choices.pick(tuple(self.members))]
        for peer in member.machine.open_losses:
            if other.machine.is_lost(peer) and other.held[peer] > member.held[peer]:
                member.held[peer] = other.held[peer]
                member.machine.note_held(peer, member.held_of(peer))

    def _ask_arbiter(self, member: Member) -> None:
        """It grants the first group that asks, and afterwards only parts of it."""
        machine = member.machine
        if machine.wants_arbiter:
            is_granted = machine.survivors <= self.granted
            self.granted = machine.survivors if is_granted else self.granted
            machine.decide(machine.survivors, is_granted=is_granted)

    def _bring(self, choices: Choices, member: Member) -> None:
        """It proposes a newcomer, or takes that back."""
        if choices.below(4):
            member.machine.accept(Arrival(choices.pick(NEWCOMERS), (7,), 20 + choices.below(4)))
        else:
            member.machine.withdraw_arrival()


def _check_histories(one: Member, two: Member) -> None:
    """Of two honest members, in a group of honest ones."""
    has_left = one.machine.local_peer in two.gone
    is_left = two.machine.local_peer in one.gone
    assert not (has_left and is_left), "two groups go on"
    if not has_left and not is_left:
        assert one.changes <= two.changes or two.changes <= one.changes, "two histories"


def _lie(stance: Stance, choices: Choices) -> Stance:
    """A stance that another might have, with some changes; peers ascend, as the bytes demand."""
    departures = {each.peer: each for each in stance.departures}
    arrivals = {each.peer: each for each in stance.arrivals}
    for _ in range(choices.below(4)):
        kind, peer = choices.below(4), choices.below(6)
        if kind == 0:
            departures.pop(peer, None)
        elif kind == 1:
            held = tuple([choices.number((5,)) for _ in range(1 + choices.below(8) // 6)])
            departures[peer] = Departure(peer, held, choices.flag())
        elif kind == 2 and peer in departures:
            departures[peer] = replace(departures[peer], is_agreed=choices.flag())
        else:
            newcomer = choices.pick((*NEWCOMERS, peer))
            frame = choices.number((20,))
            arrivals[newcomer] = Arrival(newcomer, (7,), frame, choices.flag())
    return Stance(
        choices.number((stance.version,)),
        choices.flag(),
        tuple(departures[peer] for peer in sorted(departures)),
        tuple(arrivals[peer] for peer in sorted(arrivals)),
    )


DEEP = frozenset({
    "departure agreed", "arrival agreed", "excluded", "ignored", "a liar cut", "two agreements",
})  # fmt: skip


def reach(data: bytes) -> set[str]:
    """The bytes decide what happens."""
    choices = Choices(data)
    group = Group(choices)
    for _ in range(MOST_STEPS):
        if not choices.left:
            break
        group.step(choices)
        group.check()
    for member in group.members.values():
        assert weight(picture(member.machine)) <= MOST_WEIGHT
    return group.reached()
