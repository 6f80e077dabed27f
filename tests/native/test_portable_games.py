"""Who may play with whom: portable games cross platforms, others stay on one."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.data.replay import read_replay
from peergym.envs import GameAdapter
from peergym.errors import EnvironmentContractError
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.hosts import match_config
from peergym.hosts.driver import Driver
from peergym.hosts.match import Runtime, open_match
from peergym.rollback.events import PeerConnected, PeerRefused

MATCH = {
    "match_id": "test",
    "seed": "1",
    "owners": [0, 1],
    "options": {},
    "input_delay": 0,
    "checksum_interval_frames": 60,
}


class Unportable(Pong):
    """The same game, which makes no promise."""

    metadata = {**Pong.metadata, "is_portable": False}


def on_another_platform(patch: pytest.MonkeyPatch, game: type) -> tuple[Driver, Driver]:
    """Open a match here and on a platform with other maths and another Python."""
    here = open_match(Runtime("pong", game, "digest"), MATCH, 0)
    patch.setattr(match_config, "maths_fingerprint", lambda: "0" * 16)
    patch.setattr(match_config.platform, "python_version_tuple", lambda: ("3", "99", "0"))
    there = open_match(Runtime("pong", game, "digest"), MATCH, 1)
    return here, there


def events_of(one: Driver, two: Driver) -> list[list[Any]]:
    """Let them greet each other for a second."""
    for tick in range(20):
        now_s = 10.0 + tick * 0.05
        for mine, other in ((one.session, two.session), (two.session, one.session)):
            mine.handle_timer(now_s)
            for data, _ in mine.messages_to_send(now_s):
                other.receive_message(data, mine.config.local_peer, now_s)
    return [list(iter(driver.next_event, None)) for driver in (one, two)]


@pytest.mark.parametrize("game", [Pong, Chaos])
def test_bundled_games_say_that_they_are_portable(game: type) -> None:
    assert GameAdapter(game()).is_portable


def test_a_portable_game_is_played_between_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    for events in events_of(*on_another_platform(monkeypatch, Pong)):
        assert any(isinstance(event, PeerConnected) for event in events)
        assert not any(isinstance(event, PeerRefused) for event in events)


def test_a_game_that_promises_nothing_is_refused_and_told_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for events in events_of(*on_another_platform(monkeypatch, Unportable)):
        (refused,) = [event for event in events if isinstance(event, PeerRefused)]
        assert [name for name, _, _ in refused.differences] == ["maths", "python"]


def test_a_portable_game_still_has_to_be_the_same_game() -> None:
    one = open_match(Runtime("pong", Pong, "digest"), MATCH, 0)
    two = open_match(Runtime("pong", Pong, "another"), MATCH, 1)
    for events in events_of(one, two):
        (refused,) = [event for event in events if isinstance(event, PeerRefused)]
        assert [name for name, _, _ in refused.differences] == ["package"]


@pytest.mark.parametrize("game", [Pong, Unportable])
def test_records_know_the_maths_of_whoever_wrote_them(game: type) -> None:
    driver = open_match(Runtime("pong", game, "digest"), MATCH, 0)
    header = read_replay(driver.take_record(1.0)).header
    assert header.maths == match_config.maths_fingerprint()


def test_a_promise_is_yes_or_no() -> None:
    vague = type("Vague", (Pong,), {"metadata": {**Pong.metadata, "is_portable": "mostly"}})
    with pytest.raises(EnvironmentContractError, match=r"is_portable.*mostly"):
        GameAdapter(vague())
