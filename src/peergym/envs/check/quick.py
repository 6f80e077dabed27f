"""Check that a game keeps its laws, before anybody plays it.

A game whose snapshots are not exact would run well alone and drift apart in a match. So a few
frames are played here, taken back, and played again.

Not done: a check of portability between platforms, and of costs: `peergym check` has those.
"""

from __future__ import annotations

from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.play import difference, perform
from peergym.envs.surface import Surface
from peergym.errors import EnvironmentContractError

CHECK_SEED = 20_240_229
LEAD_FRAMES = 12
"""Frames before the snapshot, so that the game has left its initial state."""
CHECKED_FRAMES = 24
"""Frames played after it: a second and a half would not find much more."""


def check_game(game: GameAdapter, screen: tuple[int, int]) -> None:
    """Play some frames, restore, and play them again.

    Args:
        game: The game; its episode is lost.
        screen: Width and height of the surface it draws on, in pixels.

    Raises:
        EnvironmentContractError: If a law of `peergym.envs.game` is broken; the message says how
            and names the first difference.
    """
    _check_reset(game)
    _play(game, 0, LEAD_FRAMES)
    start = game.save()
    before = game.canonical(start)
    check_reading(game, screen, start)
    course = _play(game, LEAD_FRAMES, CHECKED_FRAMES)
    _check_untouched(game, start, before, "what get_state returned")
    for _ in range(2):
        game.load(start)
        _compare(game, start, game.save(), "set_state did not restore what get_state returned")
        again = _play(game, LEAD_FRAMES, CHECKED_FRAMES)
        _check_untouched(game, start, before, "what set_state was given")
        for first, second in zip(course, again, strict=True):
            _compare(game, first, second, "after set_state the game took another course")


def _check_reset(game: GameAdapter) -> None:
    game.reset(CHECK_SEED)
    first = game.save()
    before = game.canonical(first)  # fails with the path of what cannot be encoded
    _play(game, 0, LEAD_FRAMES)
    _check_untouched(game, first, before, "what get_state returned")
    game.reset(CHECK_SEED)
    _compare(game, first, game.save(), "reset with the same seed led to another state")


def check_reading(game: GameAdapter, screen: tuple[int, int], start: object) -> None:
    """Check that drawing a game, and asking for its policy, leave it as it is.

    Args:
        game: The game.
        screen: Width and height of the surface it draws on, in pixels.
        start: The state that it is in.

    Raises:
        EnvironmentContractError: It was changed; the message names the first difference.
    """
    for player in range(game.players):
        surface = Surface(*screen)
        game.draw(surface, player)
        surface.encode()
        _compare(game, start, game.save(), "draw changed the state")
        if game.has_policy():
            game.policy(player)
            _compare(game, start, game.save(), "policy changed the state")


def _play(game: GameAdapter, first_frame: int, frames: int) -> list[Any]:
    """Step with varied inputs and return the snapshots."""
    course = []
    for frame in range(first_frame, first_frame + frames):
        inputs = tuple(
            # A different pattern for each player; 7 and 5 share no factor with most counts.
            (frame // 3 * 7 + player * 5) % count
            for player, count in enumerate(game.action_counts)
        )
        perform(game, inputs)
        course.append(game.save())
    return course


def _check_untouched(game: GameAdapter, state: object, before: bytes, what: str) -> None:
    if game.canonical(state) != before:
        raise EnvironmentContractError(
            f"{what} was changed by a later step; return and take copies of what changes"
        )


def _compare(game: GameAdapter, expected: object, actual: object, complaint: str) -> None:
    states = game.canonical(expected), game.canonical(actual)
    if states[0] != states[1]:
        raise EnvironmentContractError(f"{complaint}; first difference: {difference(*states)}")
