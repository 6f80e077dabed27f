"""Flies a flight recording again and says whether it came out the same.

The recording of one peer's session holds everything that went into it. Made in a browser and
replayed here, it shows whether the session behaves the same on both, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from peergym.envs.maker import game_maker
from peergym.envs.runner import GameRunner
from peergym.errors import ConfigurationError
from peergym.rollback.flight_recorder import Recording, ReplayResult, read_recording, replay
from peergym.rollback.requests import Request

FindGame = Callable[[str], type]


def replay_trace(path: Path, find_game: FindGame) -> tuple[Recording, ReplayResult]:
    """Replay a recording.

    Args:
        path: The file.
        find_game: From the name of a game to its class.

    Returns:
        What was recorded, and what came of replaying it.

    Raises:
        ConfigurationError: The file cannot be read, is no recording, or its game is not here.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError("trace", f"cannot read {path}: {error.strerror}") from error
    recording = read_recording(data)
    game = recording.game
    if not isinstance(game.get("spec"), str):
        raise ConfigurationError("trace", f"{path} does not say which game was played")
    make_game = game_maker(
        find_game(game["spec"]), len(recording.config.owners), game.get("options")
    )
    adapter = make_game()
    runner = GameRunner(adapter)

    def execute(requests: list[Request]) -> int | None:
        runner.execute(requests)
        return runner.end_frame

    result = replay(recording, adapter.canonical, execute, adapter.restore, adapter.transfer)
    return recording, result


def describe_replay(recording: Recording, result: ReplayResult) -> str:
    """Say in sentences what came of it."""
    config = recording.config
    said = (
        f"Peer {config.local_peer} of {len(config.peers)} in match {config.match_id!r}, "
        f"{recording.game['spec']}: {result.calls} of {len(recording.calls)} calls, "
        f"{len(result.checksums)} checksums, frame {result.frames}."
    )
    if result.first_difference is None:
        return f"{said}\nEvery byte sent is the same as recorded."
    call = recording.calls[result.first_difference]
    return (
        f"{said}\nWhat is sent differs first at call {result.first_difference} "
        f"({call.op.name.lower()} at {call.time_s:.6f} s)."
    )
