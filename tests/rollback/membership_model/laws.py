"""What must hold in every state, said without the arithmetic of the code under test.

Laws:
    - Whoever agrees holds all inputs of the lost up to the cut, as everybody of its group does, and
      the cut is the most that any of them held when it froze them, unless one that was lost later
      had handed it more.
    - The same peer is cut at the same frame, wherever that is agreed.
    - Of two agreements neither of which contains the other, one group lies within the other, and
      the larger group never agrees on anything again.
    - If nobody crashes any more, and everything else that should happen does, then everybody is
      excluded, or a member of one and the same group, with nothing open.
    - Those who have no quarrel with anybody then go on, if they are enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from tests.rollback.membership_model.peers import UNBORN, Node, Peer, ViolationError, listed
from tests.rollback.membership_model.world import NOBODY, Happening, State, World


def check_history(world: World, state: State, moved: int) -> None:
    """Check what the peer that has just moved has agreed on.

    Raises:
        ViolationError: There are two histories, or a cut is wrong.
    """
    paths = [peer.path for _, peer in world.born(state)]
    nodes = {node for path in paths for node in path}
    cuts: dict[int, object] = {}
    for kind, peer, value in {change for node in nodes for change in node.changes}:
        if kind == "lost" and cuts.setdefault(peer, value) != value:
            raise ViolationError(f"{peer} is cut at {cuts[peer]} and at {value}")
    for one, other in combinations(nodes, 2):
        if not (one.changes <= other.changes or other.changes <= one.changes):
            _check_fork(one, other, nodes)
    path = world.peers[state[moved]].path
    before = path[-2].changes if len(path) > 1 else frozenset()
    if not before < path[-1].changes:
        raise ViolationError(f"agreed on {path[-1]} after {before}")
    for kind, peer, value in path[-1].changes - before:
        if kind == "lost":
            _check_cut(world, state, path[-1].group, peer, value)


def _check_fork(one: Node, other: Node, nodes: set[Node]) -> None:
    small, large = sorted((one, other), key=lambda node: node.group.bit_count())
    if small.group & ~large.group or small.group == large.group:
        raise ViolationError(f"two histories: {listed(one.group)} and {listed(other.group)}")
    if any(node.changes > large.changes for node in nodes):
        raise ViolationError(f"{listed(large.group)} went on without {listed(small.group)}")


def _check_cut(world: World, state: State, group: int, lost: int, cut: object) -> None:
    members = {x: peer for x, peer in world.born(state) if group >> x & 1}
    holds = {x: peer.holds[lost] for x, peer in members.items()}
    if any((held,) != cut for held in holds.values()):
        raise ViolationError(f"{lost} is cut at {cut}, but they hold {holds}")
    frozen = max(world.bounds.held.get((x, lost), 0) for x in members)
    held_by_the_gone = {
        peer.holds[lost] for x, peer in world.born(state) if x not in members and peer.holds[lost]
    }
    if cut != (frozen,) and not (cut > (frozen,) and {cut} <= {(h,) for h in held_by_the_gone}):
        raise ViolationError(f"{lost} is cut at {cut}, but the most held was {frozen}")


def next_fair(world: World, state: State) -> State | None:
    """One more step of a run in which all that should happen does; None when it is over."""
    for step in (_fair_births, _fair_claims, _fair_messages, _fair_ends):
        found = next(step(world, state), None)
        if found is not None:
            return found[1]
    return None


def _living(world: World, state: State) -> list[tuple[int, Peer]]:
    return [(x, peer) for x, peer in world.born(state) if not peer.is_gone]


def _fair_births(world: World, state: State) -> Iterator[Happening]:
    if UNBORN in state[: len(world.bounds.ids)]:
        yield from world.birth(state)


def _fair_claims(world: World, state: State) -> Iterator[Happening]:
    """Whoever is gone is found silent; a newcomer too, if it will never come."""
    gone = {x for x, peer in world.born(state) if peer.is_gone}
    sponsor = world.rest(state).sponsor
    if state[world.bounds.ids[-1]] == UNBORN and (
        sponsor == NOBODY
        or sponsor in gone
        or world.peers[state[sponsor]].lost >> world.bounds.newcomer & 1
    ):
        gone.add(world.bounds.newcomer)
    for x, peer in _living(world, state):
        for y in sorted(gone):
            if peer.survivors >> y & 1:
                yield from world.act(state, x, ("claim", y))


def _fair_messages(world: World, state: State) -> Iterator[Happening]:
    living = _living(world, state)
    for x, peer in living:
        for y, _ in living:
            if x != y and peer.survivors >> y & 1:
                if world.waiting(state, y, x):
                    yield from world.hear(state, x, y, 0, is_fair=True)
                yield from world.hand_on(state, x, y)
        yield from world.ask(state, x)
        yield from world.be_told(state, x)


def _fair_ends(world: World, state: State) -> Iterator[Happening]:
    for x, peer in _living(world, state):
        if peer.may_give_up:
            yield from world.act(state, x, ("give up",))


def check_end(world: World, state: State) -> None:
    """Check a state in which nothing happens any more.

    Raises:
        ViolationError: Somebody waits for ever, or there are two groups.
    """
    living = _living(world, state)
    waiting = [x for x, peer in living if peer.is_open]
    if waiting:
        raise ViolationError(f"{waiting} wait for ever")
    if len({peer.members for _, peer in living}) > 1:
        raise ViolationError(f"groups: { {x: listed(peer.members) for x, peer in living} }")


def entitled(world: World, state: State) -> tuple[int, bool]:
    """Who must go on, whatever happens, if nobody crashes any more.

    Those with no quarrel: they claim nobody who is there, and nobody claims them. And of two who
    claim each other and have no other quarrel, the one with the lower id. All this only if these
    are enough, in the eyes of each of them.

    Returns:
        Those with no quarrel; and whether somebody has to go on at all.
    """
    living = dict(_living(world, state))
    newcomer = world.bounds.newcomer
    if any(not peer.members >> newcomer & 1 for peer in living.values()):
        living.pop(newcomer, None)  # it may not be able to come
    claimed_by_dead = 0
    for _, peer in world.born(state):
        if peer.has_crashed:
            claimed_by_dead |= peer.lost
    quarrels = {
        x: {y for y, other in living.items() if other.lost >> x & 1 or peer.lost >> y & 1}
        for x, peer in living.items()
    }
    peaceful, chosen = 0, 0
    for x, foes in quarrels.items():
        if claimed_by_dead >> x & 1:
            continue
        if not foes:
            peaceful |= 1 << x
        if not foes or (len(foes) == 1 and quarrels[min(foes)] == {x} and x < min(foes)):
            chosen |= 1 << x
    is_enough = all(_is_enough(world, state, living[x], chosen) for x in listed(chosen))
    return (peaceful, True) if chosen and is_enough else (0, False)


def _is_enough(world: World, state: State, peer: Peer, chosen: int) -> bool:
    """Whether somebody would have to let these go on."""
    older = peer.machine._older
    for base in {frozenset(listed(peer.members)), older or peer.machine.members}:
        left = [x for x in base if chosen >> x & 1]
        if 2 * len(left) < len(base):
            return False
        if 2 * len(left) > len(base):
            continue
        if not world.bounds.has_arbiter:
            if min(base) not in left:
                return False
        else:
            granted = world.rest(state).granted
            others = [x for x, _ in _living(world, state) if not chosen >> x & 1]
            if (granted and chosen & ~granted) or others:
                return False
    return True
