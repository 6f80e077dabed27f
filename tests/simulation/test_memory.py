"""What is over leaves nothing behind in a session: episodes, and those who came and went."""

from __future__ import annotations

from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from peergym.rollback.config import AbsentPolicy
from peergym.testing import Mesh, MeshPeer, PairConditions, judge
from tests.simulation.matches import chaos

NETWORK = PairConditions(rtt_s=0.06, jitter_s=0.02, loss=0.02)
AGREEMENT_OBJECTS = 10  # that a guest came, from which frame, and went: remembered for the record
SEAT_TABLES_OBJECTS = 50  # of the last few epochs, whose datagrams may still be under way
_NOT_OURS = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)


def objects_held(root: object) -> int:
    """How many containers and objects are reachable from a session, by their own references."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        item = waiting.pop()
        if id(item) not in seen and not isinstance(item, (*_NOT_OURS, int, float, str, bytes)):
            seen.add(id(item))
            waiting += references(item)
    return len(seen)


def references(item: object) -> Iterator[object]:
    """What an object refers to; what belongs to the game and the test is left out."""
    if isinstance(item, dict):
        yield from item.keys()
        yield from item.values()
    elif isinstance(item, (list, tuple, set, frozenset)):
        yield from item
    elif type(item).__module__ == "collections":
        yield from item  # type: ignore[misc]
    elif type(item).__module__.startswith("peergym.rollback"):
        yield from vars(item).values() if hasattr(item, "__dict__") else ()
        for kind in type(item).__mro__:
            for name in getattr(kind, "__slots__", ()):
                if hasattr(item, name):
                    yield getattr(item, name)


def settle(mesh: Mesh) -> None:
    """Run long enough for everything that is kept for a while to be full, or gone."""
    mesh.run(25.0)


def test_a_hundred_episodes_are_as_light_as_ten() -> None:
    mesh = Mesh(chaos(2, score_to_win=1), NETWORK, seed=5)
    peer = mesh.peers[0]

    def held_after(episodes: int) -> int:
        assert mesh.run_until(lambda: peer.session.episode >= episodes, 600.0)
        playing = peer.session.current_frame
        assert mesh.run_until(lambda: 20 <= peer.session.current_frame < 40, 600.0), playing
        return objects_held(peer.session)

    early = held_after(10)
    late = held_after(100)
    assert early > 100, "nothing was counted"
    assert late < 1.2 * early, f"{early} objects after 10 episodes, {late} after 100"
    assert judge(mesh, 600).diverged == 0


def test_ten_who_came_and_went_leave_no_trace() -> None:
    mesh = Mesh(
        chaos(3), NETWORK, seed=6, session={"absent_policy": AbsentPolicy.NOOP}, rematch=False
    )
    assert mesh.run_frames(60)
    mesh.peers[2].leave("dinner")
    settle(mesh)
    before = [objects_held(mesh.peers[peer].session) for peer in (0, 1)]
    for _ in range(10):
        guest = mesh.take_seats((2,))
        assert mesh.run_until(lambda guest=guest: plays(guest), 20.0), "nobody let him in"
        mesh.run(1.0)
        guest.leave("dinner")
        mesh.run(2.0)
    settle(mesh)
    after = [objects_held(mesh.peers[peer].session) for peer in (0, 1)]
    for early, late in zip(before, after, strict=True):
        assert late - early <= 10 * AGREEMENT_OBJECTS + SEAT_TABLES_OBJECTS, (early, late)
    assert set(mesh.peers[0].session._roster.endpoints) == {1}
    assert judge(mesh).diverged == 0


def plays(guest: MeshPeer) -> bool:
    """Whether a newcomer has become a member and simulates."""
    return guest.session.state.value == "playing"
