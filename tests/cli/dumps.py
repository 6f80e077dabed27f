"""Two copies of a game that play the same inputs, and the dump of the first difference."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from peergym.envs import GameAdapter
from peergym.rollback import SessionConfig
from peergym.rollback.canonical import checksum
from peergym.rollback.desync_dump import make_dump
from peergym.rollback.input_runs import InputRun
from peergym.testing.scripted import ScriptedInputs

SEED = 11
INTERVAL = 60


def config_of(game: GameAdapter, **fields: Any) -> SessionConfig:
    values: dict[str, Any] = {
        "owners": tuple(range(game.players)),
        "local_peer": 0,
        "input_bits": game.input_bits,
        "match_id": "field-trial",
        "seed": SEED,
        "description": {"game": "a game of the tests"},
    }
    return SessionConfig(**(values | fields))


def roll_back(game: GameAdapter, inputs: tuple[int, ...]) -> None:
    """Simulate some frames with wrong inputs and take them back, as a late input does."""
    state = game.save()
    for _ in range(3):
        game.step(tuple((value + 1) % 3 for value in inputs))
    game.load(state)


def first_different(
    games: list[GameAdapter], rolling_back: Collection[int] = (), frames: int = 1200
) -> dict[str, Any] | None:
    """Play until the states of a compared frame differ.

    Args:
        games: One copy for each peer, the first one being ours.
        rolling_back: Whose simulation goes wrong now and then and is corrected.
        frames: How long at most.

    Returns:
        What `make_dump` takes beside the configuration; None if they never differ.
    """
    script = ScriptedInputs(SEED, games[0].action_counts)
    for game in games:
        game.reset(SEED)
    history: list[tuple[int, ...]] = []
    equal: tuple[int, bytes | None] = (-1, None)
    for frame in range(frames):
        if frame % INTERVAL == 0:
            states = {peer: game.canonical(game.save()) for peer, game in enumerate(games)}
            if len(set(states.values())) > 1:
                first = max(equal[0], 0)
                return {
                    "episode": 0,
                    "seed": SEED,
                    "frame": frame,
                    "last_equal_frame": equal[0],
                    "checksums": {peer: checksum(data) for peer, data in states.items()},
                    "states": states,
                    "last_equal_state": equal[1],
                    "inputs": [
                        InputRun(first, tuple(values[player] for values in history[first:]))
                        for player in range(games[0].players)
                    ],
                }
            equal = (frame, games[0].transfer(games[0].save()))
        inputs = tuple(script.value(player, 0, frame) for player in range(games[0].players))
        history.append(inputs)
        for peer, game in enumerate(games):
            if peer in rolling_back and frame % 11 == 10:
                roll_back(game, inputs)
            game.step(inputs)
    return None


def dump_of(
    *kinds: type, rolling_back: Collection[int] = (), spec: str = "", **fields: Any
) -> bytes:
    """The dump of a match of which each peer runs one of these classes."""
    games = [GameAdapter(kind()) for kind in kinds]
    found = first_different(games, rolling_back)
    assert found is not None, "the planted fault must show"
    found["game"] = {"spec": spec, "options": {}, "digest": ""}
    return make_dump(config_of(games[0]), **(found | fields))
