"""A record that says what did not happen is found out by executing it."""

from __future__ import annotations

import pytest

from peergym.data.execution import executed, maker_of
from peergym.data.replay import Replay, read_replay
from peergym.data.replay.format import StateKind
from peergym.data.replay.model import Happening, RecordedState
from peergym.data.verify import Outcome, verify_replay
from peergym.errors import ReplayError
from tests.data.pair import Pair

PLAYED_TICKS = 1100


@pytest.fixture(scope="module")
def records() -> dict[str, bytes]:
    """By game, a sealed record."""
    found = {}
    for game in ("pong", "chaos"):
        pair = Pair(game)
        pair.run(PLAYED_TICKS)
        pair.leave()
        found[game] = pair.records[0]
    return found


@pytest.fixture(params=["pong", "chaos"])
def replay(records: dict[str, bytes], request: pytest.FixtureRequest) -> Replay:
    return read_replay(records[request.param])


@pytest.fixture
def chaos(records: dict[str, bytes]) -> Replay:
    return read_replay(records["chaos"])


def test_a_sound_record_is_verified_to_its_last_frame(replay: Replay) -> None:
    told: list[tuple[int, int]] = []
    result = verify_replay(replay, maker_of(replay), lambda *at: told.append(at))
    assert result.outcome is Outcome.VERIFIED
    assert result.checksums >= replay.frames // 60
    assert result.states >= 1
    assert told[-1] == (replay.frames, replay.frames)


def test_every_single_flipped_input_is_caught_where_every_input_counts(chaos: Replay) -> None:
    make_game = maker_of(chaos)
    episode = chaos.episodes[0]
    last_checked = max(episode.checksums)
    for frame in range(1, last_checked, 97):
        sound = episode.rows[frame]
        episode.rows[frame] = (sound[0] ^ 1, *sound[1:])
        result = verify_replay(chaos, make_game)
        episode.rows[frame] = sound
        assert result.outcome is Outcome.DIFFERS
        found = result.mismatch
        assert found is not None
        assert found.what == "checksum"
        assert found.last_equal_frame <= frame < found.frame <= frame + 60
        assert result.later_equal == 0
        changed = result.changed_input
        assert changed is not None
        assert (changed.frame, changed.player) == (frame, 0)
        assert (changed.recorded, changed.fitting) == (sound[0] ^ 1, sound[0])
        assert found.field_frame == frame + 1
        assert found.field.startswith(".state.")


def test_many_flipped_inputs_are_traced_to_a_field(records: dict[str, bytes]) -> None:
    pong = read_replay(records["pong"])
    episode = pong.episodes[0]
    for frame in range(100, 700):
        episode.rows[frame] = ((episode.rows[frame][0] + 1) % 3, episode.rows[frame][1])
    result = verify_replay(pong, maker_of(pong))
    found = result.mismatch
    assert found is not None
    assert found.frame == 120
    assert found.field_frame in episode.kept(), "the first of them that is not equal again"
    assert found.field.startswith(".state.")


@pytest.mark.parametrize("which", [0, 1, -1])
def test_a_flipped_checksum_is_caught_and_told_from_another_match(
    replay: Replay, which: int
) -> None:
    episode = replay.episodes[0]
    frame = list(episode.checksums)[which]
    episode.checksums[frame] ^= 1 << 40
    result = verify_replay(replay, maker_of(replay))
    assert result.outcome is Outcome.DIFFERS
    assert result.mismatch is not None
    assert result.mismatch.frame == frame
    assert result.mismatch.field == ""
    assert result.changed_input is None
    if which != -1:
        assert result.later_equal > 5, "the match itself is sound"


def test_a_changed_seed_is_caught_at_once(replay: Replay) -> None:
    replay.episodes[0].seed ^= 1
    result = verify_replay(replay, maker_of(replay))
    assert result.mismatch is not None
    assert result.mismatch.frame == 0


def test_an_end_that_never_was_is_caught(records: dict[str, bytes]) -> None:
    pair = Pair(options={"score_to_win": 1})
    pair.run(600)
    pair.leave()
    sound = read_replay(pair.records[0])
    assert sound.episodes[0].end_frame is not None
    for change in (-1, 1):
        replay = read_replay(pair.records[0])
        replay.episodes[0].end_frame += change
        result = verify_replay(replay, maker_of(replay))
        assert result.mismatch is not None
        assert result.mismatch.what == "end"
        assert str(sound.episodes[0].end_frame) in result.mismatch.executed or change < 0
    replay = read_replay(pair.records[0])
    replay.episodes[0].end_checksum ^= 1
    assert verify_replay(replay, maker_of(replay)).mismatch is not None


def test_a_record_goes_on_from_a_repair_and_is_not_clean(chaos: Replay) -> None:
    sound = chaos.episodes[0]
    # The writer's own states were others from frame 301 on; at 400 it got the true one.
    game = maker_of(chaos)()
    true = next(game.transfer(game.save()) for frame in executed(sound, game) if frame == 400)
    for frame in sound.checksums:
        if 300 < frame <= 400:
            sound.checksums[frame] ^= 1
    sound.happenings.append(Happening(380, "DesyncDetected", {"last_equal_frame": 300}))
    sound.states.append(RecordedState(StateKind.REPAIRED, 400, true))
    result = verify_replay(chaos, maker_of(chaos))
    assert result.outcome is Outcome.REPAIRED
    assert [(repair.from_frame, repair.to_frame) for repair in result.repairs] == [(301, 400)]


def test_differences_before_a_desync_are_not_explained_by_its_repair(chaos: Replay) -> None:
    episode = chaos.episodes[0]
    game = maker_of(chaos)()
    true = next(game.transfer(game.save()) for frame in executed(episode, game) if frame == 400)
    episode.checksums[120] ^= 1
    episode.happenings.append(Happening(380, "DesyncDetected", {"last_equal_frame": 300}))
    episode.states.append(RecordedState(StateKind.REPAIRED, 400, true))
    assert verify_replay(chaos, maker_of(chaos)).outcome is Outcome.DIFFERS


def test_a_record_that_begins_in_the_middle_begins_with_a_state(chaos: Replay) -> None:
    episode = chaos.episodes[0]
    game = maker_of(chaos)()
    state = next(game.transfer(game.save()) for frame in executed(episode, game) if frame == 240)
    del episode.rows[:240]
    episode.first_frame = 240
    episode.checksums = {f: c for f, c in episode.checksums.items() if f >= 240}
    missing = verify_replay(chaos, maker_of(chaos))
    assert missing.outcome is Outcome.FAILED
    assert "without a state" in missing.error
    episode.states.insert(0, RecordedState(StateKind.JOINED, 240, state))
    assert verify_replay(chaos, maker_of(chaos)).outcome is Outcome.VERIFIED


@pytest.mark.parametrize("data", [b"", b"\x80\x04N.", b"state"])
def test_a_state_that_is_none_is_a_finding_and_no_crash(chaos: Replay, data: bytes) -> None:
    for kind in StateKind:
        replay = chaos
        replay.episodes[0].states.append(RecordedState(kind, 60, data))
        result = verify_replay(replay, maker_of(replay))
        replay.episodes[0].states.pop()
        assert result.outcome is Outcome.FAILED
        assert result.error


def test_a_game_that_raises_is_a_finding_and_no_crash(chaos: Replay) -> None:
    make = maker_of(chaos)

    def broken():
        game = make()
        game.step = lambda inputs: 1 / 0
        return game

    result = verify_replay(chaos, broken)
    assert result.outcome is Outcome.FAILED
    assert "ZeroDivisionError" in result.error


def test_what_a_file_says_of_code_is_not_run_unasked(chaos: Replay) -> None:
    chaos.header.game["spec"] = "os:system"
    with pytest.raises(ReplayError, match="not bundled"):
        maker_of(chaos)


def test_another_game_than_the_recorded_one_is_told(records: dict[str, bytes]) -> None:
    with pytest.raises(ReplayError, match="does not fit"):
        maker_of(read_replay(records["chaos"]), "pong")
