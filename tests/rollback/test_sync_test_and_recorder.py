"""A session that tests a game, and a recording that is flown again."""

from __future__ import annotations

import pytest

from peergym.errors import ConfigurationError, EnvironmentContractError, UsageError
from peergym.rollback import ArticleInputDelay, AutomaticInputDelay, SyncTestSession
from peergym.rollback.canonical import encode
from peergym.rollback.flight_recorder import (
    RecordedSession,
    config_from_json,
    config_to_json,
    read_recording,
    replay,
)
from tests.rollback.pair import Group, Host, Tally, make_config


class Forgetful(Tally):
    """A game that counts its steps outside its snapshot and lets the count act."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def step(self, inputs: tuple[int, ...]) -> None:
        """Advance by one frame."""
        super().step(inputs)
        self.steps += 1
        self.state["digest"] += self.steps % 7


def run_sync_test(game: Tally, frames: int, distance: int) -> None:
    session = SyncTestSession(2, distance, encode)
    for frame in range(frames):
        session.add_local_input(0, frame % 5)
        session.add_local_input(1, frame % 3)
        game.execute(session.advance_frame())


@pytest.mark.parametrize("distance", [1, 2, 8])
def test_a_sound_game_passes_at_any_distance(distance: int) -> None:
    run_sync_test(Tally(), 100, distance)


@pytest.mark.parametrize("distance", [1, 2, 8])
def test_a_game_with_an_unsaved_attribute_fails_with_the_path(distance: int) -> None:
    with pytest.raises(EnvironmentContractError) as caught:
        run_sync_test(Forgetful(), 100, distance)
    assert caught.value.path == ".digest"


def test_a_missing_input_is_named() -> None:
    session = SyncTestSession(2, 2, encode)
    session.add_local_input(0, 1)
    with pytest.raises(UsageError, match="player 1"):
        session.advance_frame()


def recorded_group(limit_bytes: int = 1 << 20) -> tuple[Group, list[RecordedSession]]:
    group = Group(end_frame=80)
    sessions = []
    for peer in range(2):
        config = make_config(peer, checksum_interval_frames=5)
        session = RecordedSession(config, encode, {"spec": "tally"}, limit_bytes)
        sessions.append(session)
        group.hosts.append(Host(session, Tally(80)))
    group.exchange()
    for _ in range(2):
        group.ready()
        group.play(100)
    group.hosts[0].session.leave(group.now_s)
    group.exchange()
    return group, sessions


def test_a_recording_is_flown_again_with_identical_bytes() -> None:
    group, sessions = recorded_group()
    for host, session in zip(group.hosts, sessions, strict=True):
        recording = read_recording(session.recording())
        assert recording.game == {"spec": "tally"}
        result = replay(recording, encode, Tally(80).execute)
        assert result.first_difference is None
        assert result.calls == len(recording.calls)
        assert [pair[1:] for pair in result.checksums] == host.checksums
        assert {pair[0] for pair in result.checksums} == {0, 1}


def test_another_game_differs_and_the_first_difference_is_found() -> None:
    _, sessions = recorded_group()
    result = replay(read_recording(sessions[0].recording()), encode, Forgetful().execute)
    assert result.first_difference is not None
    assert result.first_difference < result.calls


def test_a_full_recorder_stops_and_what_it_has_can_still_be_flown() -> None:
    _, sessions = recorded_group(limit_bytes=4000)
    assert not sessions[0].is_complete
    assert len(sessions[0].recording()) <= 4000
    result = replay(read_recording(sessions[0].recording()), encode, Tally(80).execute)
    assert result.first_difference is None
    assert result.calls > 50


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda data: b"PNG" + data, "not a flight recording"),
        (lambda data: data[:-3], "damaged"),
        (lambda data: data[:20], "not a flight recording"),
        (lambda data: data.replace(b'"owners"', b'"ovners"'), "header is damaged"),
    ],
)
def test_a_damaged_recording_is_refused_with_a_sentence(damage: object, sentence: str) -> None:
    _, sessions = recorded_group()
    assert callable(damage)
    with pytest.raises(ConfigurationError, match=sentence):
        read_recording(damage(sessions[0].recording()))


@pytest.mark.parametrize("delay", [3, AutomaticInputDelay(), ArticleInputDelay(4)])
def test_a_configuration_survives_its_json(delay: object) -> None:
    config = make_config(1, input_delay=delay, description={"game": "x"})
    assert config_from_json(config_to_json(config)) == config
