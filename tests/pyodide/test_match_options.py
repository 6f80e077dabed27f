"""What a room may leave to each host: how often to save, and how to guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peergym.errors import ConfigurationError
from peergym.games.bomberman import Bomberman
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.hosts.match import MatchFlags, Runtime, open_match, open_practice
from peergym.rollback.events import PeerConnected, PeerRefused

NOW_S = 10.0


def description(**changes: Any) -> dict[str, Any]:
    return {
        "match_id": "test",
        "seed": "1",
        "owners": [0, 1],
        "options": {},
        "input_delay": 0,
        "checksum_interval_frames": 60,
        **changes,
    }


def test_a_game_for_any_number_is_played_by_as_many_as_the_match_has_seats() -> None:
    runtime = Runtime("bomberman", Bomberman)
    driver = open_match(runtime, description(owners=[0, 1, 2, 3, 4]), 3)
    assert len(driver.session.config.input_bits) == len(driver.runner.game.agents) == 5
    with pytest.raises(ConfigurationError, match="for 2, not for 3"):
        open_match(Runtime("pong", Pong), description(owners=[0, 1, 2]), 0)


@pytest.mark.parametrize(("players", "seats"), [(None, 2), (4, 4)])
def test_practice_has_as_many_seats_as_the_rooms(players: int | None, seats: int) -> None:
    driver = open_practice(Runtime("bomberman", Bomberman), {}, 1, 0, players=players)
    assert driver.session.config.owners == (0,) * seats


class Slow(Pong):
    """A game whose snapshots are dear, on a clock of its own."""

    now_s = 0.0

    def get_state(self) -> dict[str, Any]:
        Slow.now_s += 0.002
        return super().get_state()

    def step(self, actions: dict[str, int]) -> Any:
        Slow.now_s += 0.00005
        return super().step(actions)


def interval(game: type, clock: Callable[[], float] | None = None, **changes: Any) -> int:
    clocks = {} if clock is None else {"clock": clock}
    driver = open_match(Runtime("pong", game), description(**changes), 0, **clocks)
    return driver.session.config.snapshot_interval


def test_a_cheap_game_is_saved_every_frame() -> None:
    assert interval(Pong) == 1
    assert interval(Pong, snapshot_interval="auto") == 1


def test_a_game_whose_snapshots_are_dear_is_saved_rarely() -> None:
    assert interval(Slow, lambda: Slow.now_s) >= 4
    assert interval(Slow, lambda: Slow.now_s, snapshot_interval="auto") >= 4


def test_a_room_may_say_how_often() -> None:
    assert interval(Slow, lambda: Slow.now_s, snapshot_interval=1) == 1
    assert interval(Pong, snapshot_interval=5) == 5


@pytest.mark.parametrize("rule", ["often", 0, 61, 1.5, None])
def test_an_interval_that_makes_no_sense_is_refused_by_name(rule: Any) -> None:
    with pytest.raises(ConfigurationError, match="snapshot_interval"):
        interval(Pong, snapshot_interval=rule)


def test_hosts_that_save_and_guess_differently_greet_each_other() -> None:
    runtime = Runtime("pong", Pong, "digest")
    one = open_match(runtime, description(snapshot_interval=1), 0).session
    two = open_match(runtime, description(snapshot_interval=7, prediction="policy"), 1).session
    for tick in range(20):
        now_s = NOW_S + tick * 0.05
        for mine, other in ((one, two), (two, one)):
            mine.handle_timer(now_s)
            for data, _ in mine.messages_to_send(now_s):
                other.receive_message(data, mine.config.local_peer, now_s)
    for session in (one, two):
        events = list(iter(session.next_event, None))
        assert any(isinstance(event, PeerConnected) for event in events)
        assert not any(isinstance(event, PeerRefused) for event in events)


def test_a_game_without_a_policy_cannot_be_guessed_by_it() -> None:
    with pytest.raises(ConfigurationError, match="has no policy"):
        open_match(Runtime("chaos", Chaos), description(prediction="policy"), 0)


@pytest.mark.parametrize("rule", ["guess", None, 1])
def test_a_way_to_guess_that_is_not_known_is_refused_by_name(rule: Any) -> None:
    with pytest.raises(ConfigurationError, match="prediction"):
        open_match(Runtime("pong", Pong), description(prediction=rule), 0)


def test_a_recorded_match_does_not_guess_by_the_policy() -> None:
    with pytest.raises(ConfigurationError, match="prediction"):
        open_match(
            Runtime("pong", Pong), description(prediction="policy"), 0, MatchFlags(is_recorded=True)
        )
