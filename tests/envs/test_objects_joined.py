"""Who comes late to a game of objects gets its state, and a desync of one is repaired."""

from __future__ import annotations

from random import Random
from typing import Any

from peergym.envs import GameAdapter
from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.events import MatchRepaired
from peergym.rollback.feed import MOST_REPLAYED_FRAMES
from peergym.testing import Mesh, PairConditions, judge
from tests.simulation.arrivals import wait_until_joined

NETWORK = PairConditions(rtt_s=0.12, jitter_s=0.02, loss=0.02)


class Walker:
    def __init__(self, town: Town, at: int) -> None:
        self.town = town
        self.at = at

    def walk(self, way: int) -> None:
        self.at += way + self.town.random.randrange(2)
        self.town.seen[self.at % 7] = self


class Town:
    """Walkers come and go; the newest are kept."""

    possible_agents = (0, 1, 2)

    def __init__(self) -> None:
        self.random = Random(0)

    def action_space(self, agent: int) -> int:
        return 3

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.random = Random(seed)
        self.walkers = [Walker(self, number) for number in range(3)]
        self.seen: dict[int, Walker] = {}
        return {}, {}

    def step(self, actions: dict[int, int]) -> Any:
        for walker, way in zip(self.walkers, actions.values(), strict=False):
            walker.walk(way)
        if self.random.randrange(5) == 0:
            self.walkers = [*self.walkers[1:], Walker(self, self.random.randrange(100))]
        return {}, {}, {}, {}, {}


def make_town() -> GameAdapter:
    return GameAdapter(Town())


def test_one_who_comes_late_gets_the_state_and_plays() -> None:
    mesh = Mesh(
        make_town,
        NETWORK,
        owners=(0, 1, NOBODY),
        session={"absent_policy": AbsentPolicy.NOOP},
    )
    assert mesh.run_frames(MOST_REPLAYED_FRAMES + 100)
    newcomer = mesh.take_seats([2])
    joined = wait_until_joined(mesh, newcomer)
    assert newcomer.history.episodes[-1].first_frame > 0, "he executed it all instead"
    assert mesh.run_frames(joined + 120)
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert newcomer.checker.counts.rollbacks > 0


def test_a_desync_is_repaired_by_the_state_of_the_majority() -> None:
    mesh = Mesh(make_town, NETWORK, session={"checksum_interval_frames": 10})
    assert mesh.run_frames(60)
    mesh.peers[2].plant_desync()
    assert mesh.run_frames(300)
    (event,) = [each for each in mesh.peers[2].events_of(MatchRepaired) if each.was_replaced]
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert set(verdict.wrong) == {2}
    assert verdict.wrong[2][-1][1] < event.frame
