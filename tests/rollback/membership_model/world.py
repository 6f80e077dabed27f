"""All peers together: what can happen next, and what comes of it.

Theory of operation: a state of the world is a tuple of numbers: the peers, their channels, and the
rest. Whatever happens happens to one peer, which may then say something.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from peergym.rollback.membership import Stance
from tests.rollback.membership_model.bounds import ANY, Bounds
from tests.rollback.membership_model.channels import DEAF, Channels
from tests.rollback.membership_model.peers import UNBORN, Action, Peer, Peers, bits, listed

State = tuple[int, ...]
Happening = tuple[tuple[object, ...], State]
"""What happens, in words, and the state afterwards."""

SILENCE = Stance(0, False, (), ())
NOBODY = -1


class Rest(NamedTuple):
    """What belongs to no single peer.

    Attributes:
        granted: The last group that the arbiter has granted, or none.
        answers: What it has answered: to whom, about which group, and whether it was granted.
        proposals: How many newcomers have been proposed.
        sponsor: Who proposed the last one.
        suspicions: How many wrong ones are left.
    """

    granted: int
    answers: frozenset[tuple[int, int, bool]]
    proposals: int
    sponsor: int
    suspicions: int


class World:
    """Some peers and their network.

    Args:
        bounds: How many, and what may happen to them.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.peers = Peers(bounds)
        self.channels = Channels(bounds.in_flight)
        self._ids = bounds.ids
        self._rests: list[Rest] = []
        self._rest_numbers: dict[Rest, int] = {}

    def first(self) -> State:
        """The world when the match begins."""
        bounds = self.bounds
        here = range(bounds.peers)
        peers = [self.peers.first(peer) if peer in here else UNBORN for peer in self._ids]
        channels = [
            self.channels.number((), [0 if x in here and x != peer else DEAF for x in self._ids])
            for peer in self._ids
        ]
        rest = Rest(0, frozenset(), 0, NOBODY, bounds.suspicions)
        return (*peers, *channels, self._number(rest))

    # --- what there is to know

    def rest(self, state: State) -> Rest:
        """What belongs to no single peer."""
        return self._rests[state[-1]]

    def born(self, state: State) -> list[tuple[int, Peer]]:
        """The peers that there are, gone or not."""
        states = self.peers.states
        return [(x, states[state[x]]) for x in self._ids if state[x] != UNBORN]

    def waiting(self, state: State, sender: int, receiver: int) -> tuple[int, ...]:
        """The stances that may still arrive, oldest first."""
        return self.channels.waiting(state[len(self._ids) + sender], receiver)

    # --- what can happen

    def happenings(self, state: State) -> Iterator[Happening]:
        """Everything that can happen."""
        rest = self.rest(state)
        crashed = bits(x for x, peer in self.born(state) if peer.has_crashed)
        may_crash = crashed.bit_count() < min(self.bounds.crashes, len(self._ids) - 1)
        for x in self._ids:
            if state[x] == UNBORN:
                yield from self.birth(state)
                continue
            peer = self.peers[state[x]]
            if peer.is_gone:
                continue
            if may_crash and x in self.bounds.mortals:
                yield from self.act(state, x, ("crash",))
            yield from self._claims(state, x, peer, rest)
            for sender in listed(peer.survivors & ~(1 << x)):
                waiting = self.waiting(state, sender, x)
                for remaining in range(len(waiting) - 1, -1, -1):
                    yield from self.hear(state, x, sender, remaining)
                yield from self.hand_on(state, x, sender)
            if peer.may_give_up:
                yield from self.act(state, x, ("give up",))
            yield from self.ask(state, x)
            yield from self.be_told(state, x)
            yield from self._propose(state, x, peer, rest)

    def _claims(self, state: State, x: int, peer: Peer, rest: Rest) -> Iterator[Happening]:
        for y in listed(peer.survivors & ~(1 << x)):
            is_there = state[y] == UNBORN or not self.peers[state[y]].is_gone
            if not is_there:
                yield from self.act(state, x, ("claim", y))
            elif rest.suspicions:
                left = rest.suspicions - (rest.suspicions != ANY)
                for words, after in self.act(state, x, ("claim", y)):
                    rested = self.rest(after)._replace(suspicions=left)
                    yield (*words, "wrongly"), (*after[:-1], self._number(rested))

    def hear(
        self, state: State, x: int, sender: int, remaining: int, *, is_fair: bool = False
    ) -> Iterator[Happening]:
        """A stance arrives: all but the last ``remaining`` of those on their way are too old now.

        Peers that are gone may be silent to the receiver already, or not yet; in a fair run they
        are claimed anyway.
        """
        place = len(self._ids) + sender
        stance = self.waiting(state, sender, x)[-1 - remaining]
        heard = self.channels.hear(state[place], x, remaining)
        moved = (*state[:place], heard, *state[place + 1 :])
        claimed = [lost.peer for lost in self.peers.stances[stance].departures]
        survivors = self.peers[state[x]].survivors
        is_doubtful = any(
            survivors >> y & 1 and state[y] != UNBORN and self.peers[state[y]].is_gone
            for y in claimed
        )
        for is_silent in (False, True) if is_doubtful and not is_fair else (False,):
            words = ("hear", sender, stance, is_silent)
            after = self._after(moved, x, words)
            if after != moved or not remaining:  # else it is as good as never heard
                yield (x, *words), after

    def hand_on(self, state: State, x: int, giver: int) -> Iterator[Happening]:
        """A survivor hands on what it holds; it may have crashed since."""
        if state[giver] == UNBORN:
            return
        theirs, ours = self.peers[state[giver]], self.peers[state[x]]
        if theirs.is_gone or theirs.survivors >> x & 1:
            for y in listed(theirs.lost & ours.lost):
                if theirs.holds[y] > ours.holds[y]:
                    yield from self.act(state, x, ("hand on", y, theirs.holds[y]))

    def ask(self, state: State, x: int) -> Iterator[Happening]:
        """Somebody asks the arbiter, who grants one group, and afterwards only parts of it."""
        peer, rest = self.peers[state[x]], self.rest(state)
        if peer.wants_arbiter:
            group = peer.survivors
            is_granted = not rest.granted or not group & ~rest.granted
            after = rest._replace(
                granted=group if is_granted else rest.granted,
                answers=rest.answers | {(x, group, is_granted)},
            )
            if after != rest:
                yield (x, "ask", group), (*state[:-1], self._number(after))

    def be_told(self, state: State, x: int) -> Iterator[Happening]:
        """An answer of the arbiter arrives, perhaps again; it may be for another group by now."""
        for asked, group, is_granted in sorted(self.rest(state).answers):
            if asked == x and group == self.peers[state[x]].survivors:
                yield from self.act(state, x, ("be told", group, is_granted))

    def _propose(self, state: State, x: int, peer: Peer, rest: Rest) -> Iterator[Happening]:
        is_sponsor = not peer.survivors & ((1 << x) - 1)
        if is_sponsor and rest.proposals < self.bounds.proposals:
            for words, after in self.act(state, x, ("propose", rest.proposals)):
                proposed = self.rest(after)._replace(proposals=rest.proposals + 1, sponsor=x)
                yield words, (*after[:-1], self._number(proposed))
        if peer.has_pending and rest.sponsor == x and self.bounds.proposals > 1:
            yield from self.act(state, x, ("withdraw",))

    def birth(self, state: State) -> Iterator[Happening]:
        """The newcomer comes into being, if its sponsor has agreed on it.

        It hears from everybody what they said last, and what they say from now on.
        """
        x, sponsor = self.bounds.newcomer, self.rest(state).sponsor
        if sponsor == NOBODY or self.peers[state[sponsor]].is_gone:
            return
        if not self.peers[state[sponsor]].survivors >> x & 1:
            return
        n, after = len(self._ids), list(state)
        after[x] = self.peers.newcomer(self.peers[state[sponsor]])
        newcomer, places = self.peers[after[x]], [DEAF] * n
        for y, peer in self.born(state):
            if not peer.is_gone and newcomer.survivors >> y & 1:
                says = None if self.peers.stances[peer.stance] == SILENCE else peer.stance
                after[n + y] = self.channels.connect(state[n + y], x, says)
            if not peer.is_gone and not peer.lost >> x & 1:
                places[y] = 0
        after[n + x] = self.channels.number((newcomer.stance,), places)
        yield (x, "birth"), tuple(after)

    def act(self, state: State, x: int, action: Action) -> Iterator[Happening]:
        """Something happens to one peer, if it changes anything."""
        after = self._after(state, x, action)
        if after != state:
            yield (x, *action), after

    # --- inside

    def _after(self, state: State, x: int, action: Action) -> State:
        """What becomes of the world when something happens to one peer."""
        number = self.peers.after(state[x], action)
        if number == state[x]:
            return state
        old, new = self.peers[state[x]], self.peers[number]
        n, after = len(self._ids), list(state)
        after[x] = number
        if new.stance != old.stance and not new.is_gone:
            after[n + x] = self.channels.say(state[n + x], new.stance)
        if new.is_gone or new.lost != old.lost:
            self._close_ears(after, x, (1 << n) - 1 if new.is_gone else new.lost & ~old.lost)
        return tuple(after)

    def _close_ears(self, after: list[int], x: int, senders: int) -> None:
        """A peer listens to these no more, nor to the arbiter about a group that is no more."""
        n, rest = len(self._ids), self._rests[after[-1]]
        for sender in listed(senders & ~(1 << x)):
            after[n + sender] = self.channels.deafen(after[n + sender], x)
        if rest.answers:
            survivors = self.peers[after[x]].survivors
            answers = frozenset(a for a in rest.answers if a[0] != x or not a[1] & ~survivors)
            after[-1] = self._number(rest._replace(answers=answers))

    def _number(self, rest: Rest) -> int:
        if rest not in self._rest_numbers:
            self._rest_numbers[rest] = len(self._rests)
            self._rests.append(rest)
        return self._rest_numbers[rest]
