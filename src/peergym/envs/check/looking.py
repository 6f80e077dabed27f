"""Checks of what people see of a game, and that looking at it changes nothing."""

from __future__ import annotations

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.findings import Finding, Verdict
from peergym.envs.check.play import Course, canonical, departure, digest, perform, replay
from peergym.envs.check.quick import check_reading
from peergym.envs.description import read_description, screen_of
from peergym.envs.drawing import is_picture
from peergym.envs.raised import name_of_game_error
from peergym.errors import EnvironmentContractError

DRAWN_STATES = 4
SEEN_BY = "Write draw(surface, player), or have a function draw it: --draw file.py:function"


def check_metadata(game: GameAdapter) -> Finding:
    """Check that what a game says of itself can be used: keys, options, screen and others."""
    name = "metadata"
    try:
        description = read_description(game)
    except EnvironmentContractError as refusal:
        return Finding(name, Verdict.FAILED, str(refusal))
    has_pointer = description.pointer is not None or any(description.pointed_boxes)
    if not has_pointer and not any(description.keys_by_player):
        sentence = "nobody has a key: name some in metadata['keys_to_action']"
        return Finding(name, Verdict.WARNED, sentence)
    return Finding(name, Verdict.PASSED, "its keys, options and sizes can be used")


def check_drawing(game: GameAdapter, course: Course) -> Finding:
    """Check that drawing a game for everybody, on the way, leaves its state alone."""
    name = "drawing"
    every = max(1, len(course.operations) // DRAWN_STATES)
    for number, operation in enumerate(course.operations):
        perform(game, operation)
        if digest(canonical(game)) != course.digests[number]:
            # In lockstep the state is what the game returns: what drawing changes shows later.
            sentence = f"after it was drawn it took another course, first at {course.where(number)}"
            return Finding(name, Verdict.FAILED, sentence)
        if number % every:
            continue
        try:
            check_reading(game, screen_of(game), game.save())
        except EnvironmentContractError as refusal:
            sentence = f"at {course.where(number)}, {refusal}"
            return Finding(name, Verdict.FAILED, sentence, refusal.path)
    unseen = _why_unseen(game)
    if unseen:
        return Finding(name, Verdict.WARNED, f"nobody sees anything of it: {unseen}. {SEEN_BY}")
    return Finding(name, Verdict.PASSED, "drawing it for everybody changed nothing")


def _why_unseen(game: GameAdapter) -> str:
    """Why there is nothing to be seen of a game; empty if there is something."""
    if getattr(game.env, "draw", None) is not None:
        return ""
    render = getattr(game.env, "render", None)
    try:
        pixels = None if render is None else render()
    except Exception as error:  # noqa: BLE001 - pages show the same
        return f"it cannot render here ({name_of_game_error(error)})"
    return "" if is_picture(pixels) else "it has no draw method and renders no array of pixels"


def check_observations(game: GameAdapter, course: Course) -> Finding:
    """Check that a game goes on alike if all its observations are computed.

    Args:
        game: The game.
        course: Of a game that left out what it can.
    """
    name = "observations"
    names = ", ".join(getattr(game.env, "unobserved", ()))
    if not names:
        return Finding(name, Verdict.PASSED, "none are left out")
    game.compute_observations()
    left = departure(course, replay(game, course.operations))
    if left is None:
        sentence = (
            f"with and without {names} it goes on alike: it is left out while nobody reads it"
        )
        return Finding(name, Verdict.PASSED, sentence)
    sentence = (
        f"it goes on otherwise if {names} is left out, as it is while nobody reads it: its rules "
        'need it. Say so by metadata["rules_observe"] = True; first different at ' + left.where
    )
    return Finding(name, Verdict.FAILED, sentence, left.path)
