"""A match of Bomberman: its level, its end, its snapshots, and what peers make of it."""

from __future__ import annotations

import argparse
import json
from random import Random

import pytest

from peergym.cli import lab
from peergym.envs import GameAdapter, GameRunner
from peergym.envs.check import check_game
from peergym.errors import ConfigurationError
from peergym.games.bomberman import Bomberman
from peergym.games.bomberman.bomber import NEVER
from peergym.games.bomberman.field import (
    BRICK,
    CLOSING,
    CLOSING_FRAMES,
    COLUMNS,
    CRUMBLING,
    FRAME_RATE_HZ,
    OPEN,
    PILLAR,
    STARTS,
    is_pillar_place,
)
from peergym.games.bomberman.game import COUNTDOWN_FRAMES, ENDING_FRAMES, NOBODY
from peergym.rollback import SyncTestSession

COUNTS = (2, 4, 8)


def started(players: int = 4, seed: int = 3, **options: int) -> GameAdapter:
    game = GameAdapter(Bomberman(players), options)
    game.reset(seed)
    return game


def play(game: GameAdapter, random: Random | None = None) -> list[str]:
    """Let the computer players, or chance, play to the end; return all effects."""
    heard: list[str] = []
    while not game.terminated:
        players = range(game.players)
        if random is None:
            game.step(tuple(game.policy(player) for player in players))
        else:
            game.step(tuple(random.randrange(10) for _ in players))
        heard += game.take_effects()
    return heard


@pytest.mark.parametrize("players", range(2, 9))
def test_all_corners_of_a_level_are_alike_and_every_start_has_room(players: int) -> None:
    fields = set()
    for seed in range(20):
        env = started(players, seed).env
        fields.add(env.field)
        rows = [env.field[at : at + COLUMNS] for at in range(0, len(env.field), COLUMNS)]
        assert rows == rows[::-1]
        assert all(row == row[::-1] for row in rows)
        starts = [bomber.cell for bomber in env.bombers]
        assert sorted(starts) == sorted(STARTS[:players])
        for start in starts:
            free = [start + step for step in (-COLUMNS, -1, 1, COLUMNS)]
            assert len([cell for cell in free if env.field[cell] == OPEN]) >= 2
    assert len(fields) == 20


def test_a_level_has_bricks_everywhere_and_hides_every_power_up() -> None:
    for seed in range(20):
        field = started(4, seed).env.field
        bricks = [code for code in field if BRICK <= code < CRUMBLING]
        assert 80 < len(bricks) < 110
        for power_up in (1, 2, 3):
            assert bricks.count(BRICK + power_up) >= 4


def test_nobody_always_starts_in_the_same_corner() -> None:
    places = [started(4, seed).env.bombers[0].cell for seed in range(60)]
    assert all(places.count(start) > 5 for start in STARTS[:4])


def test_every_cell_closes_once_each_with_the_opposite_one() -> None:
    field = started().env.field
    closing = [*CLOSING, *[len(field) - 1 - cell for cell in CLOSING]]
    assert sorted(closing) == [cell for cell in range(len(field)) if not is_pillar_place(cell)]


@pytest.mark.parametrize("players", COUNTS)
@pytest.mark.parametrize("seconds", [0, 30, 120])
def test_every_match_ends(players: int, seconds: int) -> None:
    longest = (
        COUNTDOWN_FRAMES
        + max(1, seconds * FRAME_RATE_HZ)
        + len(CLOSING) * CLOSING_FRAMES
        + ENDING_FRAMES
    )
    game = started(players, seconds_until_walls_close=seconds)
    frames = 0
    while not game.terminated:
        game.step((0,) * players)  # nobody does anything: the slowest match there is
        frames += 1
        assert frames <= longest
    assert frames > seconds * FRAME_RATE_HZ
    assert game.env.field.count(PILLAR) > started(players).env.field.count(PILLAR)


@pytest.mark.parametrize("players", COUNTS)
def test_deaths_and_the_end_are_told_once_each(players: int) -> None:
    for seed in range(4):
        game = started(players, seed, seconds_until_walls_close=30)
        heard = play(game, Random(seed))
        alive = [bomber for bomber in game.env.bombers if bomber.died == NEVER]
        assert heard.count("death") == players - len(alive)
        assert heard.count("win") == len(alive) == (game.env.winner != NOBODY)
        assert heard.count("draw") == (game.env.winner == NOBODY)
        assert heard.count("countdown") == 3


def test_a_rematch_is_the_next_episode() -> None:
    game = started(seconds_until_walls_close=0)
    first = game.canonical(game.save())
    play(game)
    game.reset(4)
    assert not game.terminated
    assert (game.env.clock, game.env.winner, game.env.bombs) == (0, NOBODY, ())
    game.reset(3)
    assert game.canonical(game.save()) == first


@pytest.mark.parametrize("players", [0, 1, 9])
def test_it_is_for_two_to_eight(players: int) -> None:
    with pytest.raises(ConfigurationError, match="2 to 8"):
        Bomberman(players)


@pytest.mark.parametrize("players", COUNTS)
def test_it_keeps_the_laws_of_a_game_and_its_states_can_be_sent(players: int) -> None:
    game = started(players)
    check_game(game, Bomberman.metadata["screen"])
    game.reset(5)
    other = started(players, seed=77)
    for frame in range(900):
        if frame % 90 == 0:
            state = game.save()
            other.load(other.restore(game.transfer(state)))
            assert other.canonical(other.save()) == game.canonical(state)
        inputs = tuple(game.policy(player) for player in range(players))
        for each in (game, other):
            each.step(inputs)
        assert other.canonical(other.save()) == game.canonical(game.save())
    assert game.env.clock > 100


@pytest.mark.parametrize("players", COUNTS)
def test_frames_that_are_simulated_again_come_out_the_same(players: int) -> None:
    runner = GameRunner(started(players))
    session = SyncTestSession(
        players=players, check_distance_frames=8, canonical_bytes=runner.game.canonical
    )
    heard: list[str] = []
    for frame in range(700):
        for player in range(players):
            is_playing = frame > 0  # before, there is no state to look at
            session.add_local_input(player, runner.game.policy(player) if is_playing else 0)
        runner.execute(session.advance_frame())  # raises where they do not
        heard += [effect.name for effect in runner.take_effects()[0]]
    assert heard.count("explosion") > 3


@pytest.mark.parametrize("players", COUNTS)
def test_peers_share_one_history_over_a_bad_network(
    players: int, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser(prog="peergym")
    lab.add_parser(parser.add_subparsers(required=True))
    command = f"lab bomberman --players {players} --rtt-ms 150 --jitter-ms 20 --loss 5 --json"
    length = ["--frames", "300", "--option", "seconds_until_walls_close=0"]
    assert lab.run(parser.parse_args([*command.split(), *length])) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["diverged"] == 0
    assert result["frames"] == 300
    assert result["rollbacks"] > 40
    assert result["packets_lost"] > 20
