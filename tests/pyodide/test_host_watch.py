"""The worker's host of a replay, here under CPython: what it shows, from wherever it is reached."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from peergym.data.replay import read_replay
from peergym.data.replay.writer import ReplayWriter
from peergym.games.catalogue import find_game
from peergym.hosts import replay_playback
from peergym.hosts.match import Runtime
from peergym.hosts.replay import ReplayHost
from peergym.hosts.replay_playback import KeptStates, ReplayPlayback
from peergym.hosts.replay_timeline import Timeline
from tests.data.pair import Pair
from tests.pyodide.host_runs import MatchRun
from tests.pyodide.test_host_replay import Pieces

SHORT = {"score_to_win": 1, "ball_speed": 12}
PONG = Runtime("pong", find_game("pong"))


def opened(data: bytes, runtime: Runtime = PONG) -> tuple[ReplayHost, dict[str, Any]]:
    host = ReplayHost(runtime)
    host.allocate(len(data))
    host.buffer[:] = data
    return host, json.loads(host.open())


def playback_of(data: bytes) -> ReplayPlayback:
    host, told = opened(data)
    assert told["problem"] == ""
    assert host.playback is not None
    return host.playback


def reach(playback: ReplayPlayback, position: int, most_steps: int = 50) -> None:
    for _ in range(10_000):
        if playback.work(position, most_steps):
            assert playback.problem == ""
            return
    raise AssertionError(f"position {position} was not reached")


@pytest.fixture(scope="module")
def two_games() -> Pair:
    """A match of a whole game and the beginning of another."""
    pair = Pair(options=SHORT)
    session = pair.drivers[0].session
    for _ in range(4000):
        if session.episode == 1 and session.current_frame > 150:
            break
        pair.run(1)
    assert session.episode == 1
    pair.leave()
    return pair


def test_a_position_shows_one_picture_from_wherever_it_was_reached(two_games: Pair) -> None:
    forward = playback_of(two_games.records[0])
    pictures = []
    position = 0
    while True:
        reach(forward, position, 1)
        if forward.position < position:
            break
        pictures.append((forward.episode, forward.frame, forward.picture(0)))
        position += 1
    assert len(pictures) > 200
    assert len({picture for *_, picture in pictures}) > 150
    assert len({episode for episode, *_ in pictures}) >= 2
    jumping = playback_of(two_games.records[0])
    random = Random(3)
    for _ in range(120):
        goal = random.randrange(len(pictures))
        reach(jumping, goal)
        assert (jumping.episode, jumping.frame, jumping.picture(0)) == pictures[goal], goal
    assert json.loads(forward.take_differing()) == []
    assert json.loads(jumping.take_differing()) == []


def test_the_last_frame_is_drawn_as_it_was_while_playing() -> None:
    pair = Pair(options=SHORT)
    while pair.drivers[0].runner.end_frame is None or pair.drivers[0].session.episode == 0:
        live = [d.draw(d.new_surface(), player) for player, d in enumerate(pair.drivers)]
        pair.run(1)
        if pair.drivers[0].session.state.value == "ended":
            break
    live = [d.draw(d.new_surface(), player) for player, d in enumerate(pair.drivers)]
    for peer in (0, 1):
        playback = playback_of(pair.records[peer])
        reach(playback, 10**9)
        assert [playback.picture(player) for player in (0, 1)] == live


def test_effects_are_told_step_by_step_and_not_after_a_jump(two_games: Pair) -> None:
    playback = playback_of(two_games.records[0])
    (first, *_) = read_replay(two_games.records[0]).episodes
    reach(playback, 0)
    heard = []
    for position in range(1, len(first.played_rows) + 1):
        reach(playback, position)
        news = json.loads(playback.effects())
        heard += [each["name"] for each in (*news["started"], *news["confirmed"])]
    assert "score" in heard
    assert len(heard) >= 2
    reach(playback, 0)
    playback.effects()
    reach(playback, len(first.played_rows) + 5)
    assert json.loads(playback.effects()) == {"started": [], "stopped": [], "confirmed": []}


def test_every_recorded_checksum_is_compared_once(two_games: Pair) -> None:
    replay = read_replay(two_games.records[0])
    (first, *_) = replay.episodes
    frames = sorted(first.checksums)
    assert len(frames) >= 2
    first.checksums[frames[1]] ^= 1
    host, _ = opened(two_games.records[0])
    assert host.playback is not None
    playback = ReplayPlayback(Timeline(replay), host.playback._game)
    reach(playback, 10**9)
    assert json.loads(playback.take_differing()) == []  # it jumped over the first game
    for _ in range(2):
        reach(playback, len(first.played_rows))
        reach(playback, 0)
    assert json.loads(playback.take_differing()) == [frames[1]]


def test_what_is_kept_is_bounded_and_thins_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_playback, "MOST_KEPT", 16)
    kept = KeptStates(2, lambda state: 10)
    for position in range(1000):
        if kept.wants(position):
            kept.put(position, position)
        assert len(kept) <= 16
    assert len(kept) > 4
    for goal in range(1000):
        before = kept.before(goal)
        assert before is not None
        assert goal - before <= 128
        assert kept.state(before) == before


def test_huge_states_are_kept_only_a_few_times() -> None:
    kept = KeptStates(1, lambda state: 10**9)
    for position in range(100):
        if kept.wants(position):
            kept.put(position, None)
    assert 2 <= len(kept) <= 8


def test_a_repaired_desync_is_marked_and_differs_nowhere() -> None:
    run = MatchRun(planted={1: 100})
    pieces = Pieces(run)
    run.run(420)
    assert run.sides[1].named("MatchRepaired")
    for data in pieces.data:
        host, told = opened(data)
        kinds = [mark["kind"] for mark in told["marks"]]
        assert kinds[0] == "episode"
        assert {"desync", "repair"} <= set(kinds)
        assert host.playback is not None
        for position in range(0, told["positions"], 7):
            reach(host.playback, position)
        assert json.loads(host.playback.take_differing()) == []


def test_the_page_is_told_what_it_shows_beside_the_pictures(two_games: Pair) -> None:
    _, told = opened(two_games.records[1])
    assert told["name"] == "Pong"
    assert (told["peer"], told["player"]) == (1, 1)
    assert told["frameRateHz"] == 60
    assert told["episodes"][0]["start"] == 0
    assert told["episodes"][1]["start"] == told["episodes"][0]["last"] + 1
    assert told["positions"] == told["episodes"][-1]["last"] + 1
    assert [seat["peer"] for seat in told["seats"][:2]] == [0, 1]
    assert sum(sample["rollbacks"] for sample in told["samples"]) > 5
    assert told["samples"][1]["rttsMs"]["0"] > 0
    assert told["hints"] == []
    assert told["reason"] is not None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: b"PNG" + data, "not a replay"),
        (lambda data: data[:4] + b"\x63" + data[5:], "newer peergym"),
        (lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:], "damaged"),
        (lambda data: data[:4], "nothing is in it"),
    ],
)
def test_a_file_that_cannot_be_played_is_answered_by_a_sentence(
    two_games: Pair, change: Any, sentence: str
) -> None:
    host, told = opened(change(two_games.records[0]))
    assert host.playback is None
    assert sentence in told["problem"]


def test_who_watches_with_another_version_is_told(two_games: Pair) -> None:
    replay = read_replay(two_games.records[0])
    game = {**replay.header.game, "digest": "0" * 32}
    for runtime_digest, hints in (("0" * 32, 0), ("1" * 32, 1), ("", 0)):
        runtime = Runtime("pong", find_game("pong"), runtime_digest)
        _, told = opened(_with_header(two_games, game=game), runtime)
        assert len(told["hints"]) == hints


def test_a_torn_file_is_played_as_far_as_it_goes(two_games: Pair) -> None:
    data = two_games.records[0]
    host, told = opened(data[: len(data) * 3 // 4])
    assert told["reason"] is None
    assert told["soundBytes"] <= len(data) * 3 // 4
    assert host.playback is not None
    reach(host.playback, 10**9)
    assert host.playback.position == told["positions"] - 1 > 20


def test_a_replay_of_another_bundled_game_is_played_and_one_of_an_unknown_game_refused() -> None:
    pair = Pair("chaos")
    pair.run_frames(60)
    pair.leave()
    host, told = opened(pair.records[0])
    assert told["problem"] == ""
    assert host.playback is not None
    reach(host.playback, 10**9)
    stranger = Runtime("mine.py:Mine", find_game("pong"))
    host, told = opened(_with_header(pair, game={"spec": "other.py:Game"}), stranger)
    assert (
        "it is of the game 'other.py:Game', and this page is of 'mine.py:Mine'" in told["problem"]
    )


def _with_header(pair: Pair, **changes: Any) -> bytes:
    """The beginning of a record with another header."""
    replay = read_replay(pair.records[0])
    writer = ReplayWriter(replace(replay.header, **changes))
    episode = replay.episodes[0]
    writer.episode(0, episode.seed, 0, episode.controls)
    return writer.take()
