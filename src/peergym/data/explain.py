"""Finds the one input that was changed in a record, if it was one.

Theory of operation: between the last checksum that fits and the first that does not lie some
sixty frames. If one input among them was changed, putting the right one back makes the checksum fit
again, and there are few enough to try them all. With it, the state that was really played is known
for every frame, so the first field that differs can be named although no state was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peergym.data.execution import executed
from peergym.data.replay.model import RecordedEpisode, Row
from peergym.envs.adapter import GameAdapter
from peergym.rollback import canonical

MOST_STEPS = 200_000  # about a second
MOST_CHOICES = 64  # of one input; more are not tried


@dataclass(frozen=True, slots=True)
class ChangedInput:
    """An input that explains a difference.

    Attributes:
        frame: Of the input.
        player: Whose.
        recorded: What the record says.
        fitting: What makes the checksum fit.
        field: The first field that differs in the state of the next frame: as played first, as
            the record would have it second.
    """

    frame: int
    player: int
    recorded: int
    fitting: int
    field: str


def find_changed_input(
    episode: RecordedEpisode, game: GameAdapter, last_equal_frame: int, frame: int
) -> ChangedInput | None:
    """Look for one input that makes a recorded checksum fit.

    Args:
        episode: What was recorded.
        game: A fresh game.
        last_equal_frame: The newest frame before whose state fits; below the first for none.
        frame: The frame whose recorded checksum does not fit.

    Returns:
        What was found; None if no single input explains it, or too many would have to be tried.
    """
    first = max(last_equal_frame, episode.first_frame)
    rows = episode.played_rows[first - episode.first_frame : frame - episode.first_frame]
    choices = [count if count <= MOST_CHOICES else 0 for count in game.action_counts]
    steps = len(rows) * (len(rows) + 1) // 2 * sum(choices)
    is_replaced = any(first < repaired <= frame for repaired in episode.repairs())
    if steps > MOST_STEPS or is_replaced:
        return None
    states = _states(episode, game, first, frame)
    wanted = episode.checksums[frame]
    for index, row in enumerate(rows):
        for player, other in _others(row, choices):
            game.load(states[index])
            changed = (*row[:player], other, *row[player + 1 :])
            for inputs in (changed, *rows[index + 1 :]):
                game.step(inputs)
            if canonical.checksum(game.canonical(game.save())) == wanted:
                field = _first_field(game, states[index], changed, row)
                return ChangedInput(first + index, player, row[player], other, field)
    return None


def _states(episode: RecordedEpisode, game: GameAdapter, first: int, frame: int) -> list[object]:
    """The states of the frames from ``first`` to the one before ``frame``, as recorded."""
    states: list[object] = []
    for at in executed(episode, game):
        if at == frame:
            break
        if at >= first:
            states.append(game.save())
    return states


def _others(row: Row, choices: list[int]) -> Iterator[tuple[int, int]]:
    """Every input that a player could have given instead: (player, input)."""
    for player, count in enumerate(choices):
        yield from ((player, value) for value in range(count) if value != row[player])


def _first_field(game: GameAdapter, state: object, played: Row, recorded: Row) -> str:
    after = []
    for inputs in (played, recorded):
        game.load(state)
        game.step(inputs)
        after.append(game.plain(game.save()))
    return canonical.first_difference(*after) or ""
