"""A desync planted in one host: both tell it, keep it in a file, and go on from one state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.errors import EnvironmentContractError
from peergym.games.catalogue import find_game
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.hosts.mailbox import In
from peergym.hosts.match import Runtime
from peergym.hosts.planted_desync import change_a_number
from peergym.lab.desync import Result, game_of, re_execute
from peergym.lab.replay_trace import replay_trace
from peergym.rollback.canonical import decode, first_difference
from peergym.rollback.desync_dump import read_dump
from tests.pyodide.host_runs import HostRun, MatchRun

PLANTED = 240
INTERVAL = 20


def told(side: HostRun, name: str) -> dict[str, Any]:
    (event,) = side.named(name)
    return event


@pytest.mark.parametrize("planted", [0, 1])
@pytest.mark.parametrize("forced", [0, 8])
def test_both_tell_it_and_one_takes_over_the_state_of_the_lowest_peer(
    planted: int, forced: int
) -> None:
    match = MatchRun(forced, latency_ticks=4, planted={planted: PLANTED})
    match.run(900)
    for peer, side in enumerate(match.sides):
        detected = told(side, "DesyncDetected")
        assert (detected["frame"], detected["lastEqualFrame"]) == (PLANTED, PLANTED - INTERVAL)
        assert detected["isRepairable"] is True
        repaired = told(side, "MatchRepaired")
        assert repaired["peer"] == 0
        assert repaired["wasReplaced"] is (peer == 1)
        located = told(side, "DesyncLocated")
        assert (located["frame"], located["peer"]) == (PLANTED, 1 - peer)
        assert located["difference"].startswith(".state.speed: ")
        assert PLANTED < repaired["frame"] < PLANTED + 120
        assert not side.named("ProtocolViolated")
    check_equal_again(match)


def check_equal_again(match: MatchRun) -> None:
    """Up to the planted frame and from the repair on, the histories are one."""
    mine, theirs = (side.checksums for side in match.sides)
    common = sorted(mine.keys() & theirs.keys())
    from_frame = max(told(side, "MatchRepaired")["frame"] for side in match.sides)
    before = [frame for frame in common if frame < PLANTED]
    after = [frame for frame in common if frame > from_frame]
    assert len(before) >= 10
    assert len(after) >= 20
    assert [mine[frame] for frame in before + after] == [theirs[f] for f in before + after]
    assert mine[PLANTED] != theirs[PLANTED]
    assert len({mine[frame] for frame in after}) > 15, "the state hardly changed"


@pytest.mark.parametrize("planted", [0, 1])
def test_the_dump_of_each_side_tells_who_left_the_common_history(planted: int) -> None:
    match = MatchRun(planted={planted: PLANTED})
    match.run(400)
    for peer, side in enumerate(match.sides):
        dump = read_dump(side.host.desync_dump())
        assert (dump.local_peer, dump.frame, dump.peers) == (peer, PLANTED, (peer, 1 - peer))
        assert dump.game["spec"] == "pong"
        assert bool(dump.recording) is (peer == 0)
        verdict = re_execute(dump, game_of(dump, Pong))
        assert verdict.result is Result.EQUALS
        assert (verdict.equals, verdict.differs) == ((1 - planted,), (planted,))


@pytest.mark.parametrize("planted", [0, 1])
def test_a_recording_flies_again_through_a_repair_and_shows_who_was_planted(
    planted: int, tmp_path: Path
) -> None:
    for recorded in (0, 1):
        match = MatchRun(planted={planted: PLANTED}, recorded=recorded)
        match.run(500)
        path = tmp_path / "a.flight"
        path.write_bytes(match.sides[recorded].host.recording())
        _, result = replay_trace(path, find_game)
        assert (result.first_difference is None) is (recorded != planted)
        flown = {frame: checksum for _, frame, checksum in result.checksums}
        if recorded != planted:
            assert flown == match.sides[recorded].checksums


def test_without_a_desync_there_is_no_dump() -> None:
    match = MatchRun()
    assert match.sides[0].host.desync_dump() == b""
    match.run(200)
    assert match.sides[0].host.desync_dump() == b""
    match.sides[0].host.stop()
    assert match.sides[0].host.desync_dump() == b""


def test_only_the_first_episode_is_planted() -> None:
    match = MatchRun(planted={1: 200}, options={"score_to_win": 1, "ball_speed": 12})
    while not match.sides[0].named("EpisodeEnded"):
        match.run(60)
        assert match.tick_number < 20_000
    match.run(60)
    for side in match.sides:
        side.put(In.READY, 0)
    match.run(400)
    for side in match.sides:
        assert len(side.named("EpisodeStarted")) == 2
        assert len(side.named("DesyncDetected")) == 1


class Sealed:
    """A game that takes back only what it gave out itself, so its states cannot be sent."""

    metadata: dict[str, Any] = {}
    possible_agents = ("a", "b")

    def action_space(self, agent: str) -> int:
        return 2

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.total = 0

    def step(self, actions: dict[str, int]) -> Any:
        self.total += 1 + sum(actions.values()) + (0 <= self.fault <= self.total)
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}

    fault = -1
    given: dict[int, Any] = {}

    def get_state(self) -> dict[str, Any]:
        state = {"total": self.total}
        Sealed.given[id(state)] = state
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        if Sealed.given.get(id(state)) is not state:
            raise ValueError("this state is not mine")
        self.total = state["total"]


def test_where_states_cannot_be_sent_a_desync_is_told_to_be_beyond_repair() -> None:
    match = MatchRun(runtime=Runtime("sealed", Sealed))
    match.sides[1].host._driver.runner.game.env.fault = 300  # type: ignore[union-attr]
    match.run(600)
    for side in match.sides:
        assert told(side, "DesyncDetected")["isRepairable"] is False
        assert side.named("MatchRepaired") == []
        assert side.named("StateRefused") == []
    with pytest.raises(EnvironmentContractError, match="no number"):
        change_a_number(match.sides[0].host._driver.runner.game)  # type: ignore[union-attr]


def test_a_room_may_go_without_repair() -> None:
    match = MatchRun(planted={0: PLANTED}, repairs_desyncs=False)
    match.run(500)
    for side in match.sides:
        assert told(side, "DesyncDetected")["isRepairable"] is False
        assert side.named("MatchRepaired") == []


def flat(value: Any) -> type:
    """A game whose whole state is one value."""

    class Flat(Chaos):
        def get_state(self) -> dict[str, Any]:
            return {"value": self.value}

        def set_state(self, state: dict[str, Any]) -> None:
            self.value = state["value"]

        def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
            super().reset(seed, options)
            self.value = value

    return Flat


@pytest.mark.parametrize(
    ("value", "difference"),
    [
        (5, ".state.value: 5 != 6"),
        ([1, (2.5, "a")], ".state.value[1][0]: 2.5 != 3.5"),
        ({"a": True, "b": None, "c": [0]}, ".state.value.c[0]: 0 != 1"),
        ((1e300, 1), ".state.value[1]: 1 != 2"),
    ],
)
def test_a_number_wherever_it_stands_is_changed(value: Any, difference: str) -> None:
    game = GameAdapter(flat(value)())
    game.reset(1)
    assert planted_difference(game, change_a_number) == difference


def planted_difference(game: GameAdapter, plant: Callable[[GameAdapter], None]) -> str | None:
    before = decode(game.canonical(game.save()))
    plant(game)
    return first_difference(before, decode(game.canonical(game.save())))


def test_a_number_in_an_array_is_changed() -> None:
    numpy = pytest.importorskip("numpy")
    game = GameAdapter(flat(numpy.zeros(3, numpy.int64))())
    game.reset(1)
    difference = planted_difference(game, change_a_number)
    assert difference is not None
    assert difference.startswith(".state.value[0]: 0")


def test_a_state_without_a_number_cannot_be_planted() -> None:
    game = GameAdapter(flat("text")())
    game.reset(1)
    with pytest.raises(EnvironmentContractError, match="no number"):
        change_a_number(game)
