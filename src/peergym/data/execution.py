"""A recorded episode, executed again frame by frame: what verifying and filming have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from peergym.data.replay.model import RecordedEpisode, Replay
from peergym.envs.adapter import GameAdapter
from peergym.envs.maker import MakeGame, game_maker
from peergym.errors import ConfigurationError, ReplayError
from peergym.games.catalogue import BUNDLED, find_game

OnProgress = Callable[[int, int], object]
"""(frames done, frames in all); called now and then."""


def tell_nobody(done: int, total: int) -> None:
    """Let nobody know how far it is."""


def maker_of(replay: Replay, spec: str | None = None) -> MakeGame:
    """Return what makes the game of a replay.

    Args:
        replay: The replay.
        spec: The game to take; None takes the one that the replay names, if that is bundled: what
            a file says of other code is not run unasked.

    Raises:
        ReplayError: The replay names no bundled game, or does not fit the game.
        ConfigurationError: There is no such game.
        EnvironmentContractError: It is not a game.
    """
    named = replay.header.game.get("spec")
    if spec is None:
        if named not in BUNDLED:
            raise ReplayError(
                f"it is of the game {named!r}, which is not bundled: say which game that is here"
            )
        spec = str(named)
    game = find_game(spec)
    options = replay.header.game.get("options")
    try:
        make = game_maker(
            game, len(replay.header.owners), options if isinstance(options, dict) else None
        )
        bits = make().input_bits
    except ConfigurationError as error:
        raise ReplayError(f"it does not fit the game {spec}: {error}") from None
    if bits != replay.header.input_bits:
        raise ReplayError(
            f"it does not fit the game {spec}: its inputs have {replay.header.input_bits} bits, "
            f"those of the game {bits}"
        )
    return make


def executed(episode: RecordedEpisode, game: GameAdapter) -> Iterator[int]:
    """Execute an episode.

    Args:
        episode: What was recorded.
        game: A fresh game.

    Yields:
        The frame that the game is at, from the first one recorded on. States that were put in
        place while playing are put in place before their frame is yielded.

    Raises:
        ReplayError: It begins in the middle, and not with a state.
        EnvironmentContractError: A recorded state is none of this game.
    """
    game.reset(episode.seed)
    state = episode.state_at_first_frame()
    if state is not None:
        game.load(game.restore(state.data))
    elif episode.first_frame:
        raise ReplayError(
            f"episode {episode.number} begins at frame {episode.first_frame} without a state"
        )
    repairs = episode.repairs()
    rows = episode.played_rows
    for frame in range(episode.first_frame, episode.first_frame + len(rows) + 1):
        if frame in repairs:
            game.load(game.restore(repairs[frame]))
        yield frame
        if frame - episode.first_frame < len(rows):
            game.step(rows[frame - episode.first_frame])
