"""Laws that are checked by playing again: seeds, resets, saves and loads, states that are sent.

Theory of operation: one course is the measure. A fresh game must follow it, the same game must
after it has played something else, and so must a game that is taken back at any frame to any
earlier one, as rollback does it, or that took over a state that was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.findings import Finding, Verdict
from peergym.envs.check.play import (
    Course,
    Departure,
    Script,
    canonical,
    departure,
    departure_of,
    difference,
    perform,
    record,
    replay,
)
from peergym.envs.check.remains import changed_outside, remains_after_load
from peergym.errors import EnvironmentContractError

DEEPEST_FRAMES = 24
"""How far back a load goes: three times the usual prediction window."""
LOADS = 60
MOST_LOADS_PER_FRAME = 0.25  # more would leave nothing between them to go back over
KEPT_SNAPSHOTS = 24
TIMES = 3  # each of the kept ones is restored
SENT_STATES = 4
AFTER_SENT_FRAMES = 30
NOT_RESTORED = "Not restored"
"""What comes before the names of what a load leaves as it was."""


def check_same_seed(make: Callable[[], GameAdapter], script: Script, course: Course) -> Finding:
    """Check that a fresh game follows the course."""
    left = departure_of(course, record(make(), script))
    failed = "a second game with the same seed and inputs in the same process took another course"
    changed = changed_outside(make(), course.operations) if left is not None else []
    if changed:
        failed += f". Outside the game, playing changes {', '.join(changed)}"
    return _finding(
        "same seed",
        left,
        f"a second game with the same seed and inputs had the same {len(course.digests)} states",
        failed,
    )


def check_reset(game: GameAdapter, script: Script, course: Course) -> Finding:
    """Check that a game that has played follows the course after a reset.

    Args:
        game: One that has played.
        script: Of the course.
        course: Of a fresh game.
    """
    other = Script(script.seed + 1000, max(1, script.frames // 4))
    record(game, other)
    left = departure(course, replay(game, course.operations))
    return _finding(
        "reset",
        left,
        "reset with the same seed leads to the same states, whatever was played before",
        "after a reset with the same seed the game went on otherwise than a fresh one: something "
        "of the last episode is left behind",
    )


def check_save_and_load(make: Callable[[], GameAdapter], course: Course, seed: int) -> Finding:
    """Check that a game can be taken back from any frame to any earlier one.

    Args:
        make: Makes a fresh game.
        course: Of a fresh game.
        seed: Of the choice of frames.
    """
    game, rng = make(), Random(f"loads {seed}")
    snapshots: dict[int, Any] = {}
    loads = deepest = 0
    rate = min(MOST_LOADS_PER_FRAME, LOADS / len(course.operations))
    for number, operation in enumerate(course.operations):
        perform(game, operation)
        snapshots[number] = game.save()
        if rng.random() >= rate:
            continue
        snapshots = {key: each for key, each in snapshots.items() if key >= number - DEEPEST_FRAMES}
        first = rng.choice(list(snapshots))
        loads, deepest = loads + 1, max(deepest, number - first)
        # Each is loaded once: whether it can be loaded again is another check.
        game.load(snapshots.pop(first))
        failed = _check_loaded(make, game, course, first, number)
        if failed is not None:
            return failed
    return Finding(
        "save and load",
        Verdict.PASSED,
        f"taken back {loads} times by up to {deepest} frames, the game came to the same states",
    )


def check_many_loads(game: GameAdapter, course: Course, seed: int) -> Finding:
    """Check that a snapshot stays as it is, and can be restored many times and in any order."""
    rng = Random(f"many loads {seed}")
    count = min(KEPT_SNAPSHOTS, len(course.operations))
    chosen = set(rng.sample(range(len(course.operations)), count))
    snapshots = {}
    for number, operation in enumerate(course.operations):
        perform(game, operation)
        if number in chosen:
            snapshots[number] = game.save()
    order = sorted(snapshots) * TIMES
    rng.shuffle(order)
    for number in order:
        game.load(snapshots[number])
        after = course.operations[number + 1 : number + 4]
        left = departure(course, [canonical(game), *replay(game, after)], number)
        if left is not None:
            return _finding(
                "many loads",
                left,
                "",
                "a snapshot that was restored before did not lead to the same states again: "
                "set_state must copy what changes, and get_state too",
            )
    return Finding(
        "many loads",
        Verdict.PASSED,
        f"{count} snapshots of all the course, restored {TIMES} times in any order, were exact",
    )


def check_sent_states(make: Callable[[], GameAdapter], course: Course, seed: int) -> Finding:
    """Check that another game can go on from a state that was sent as data."""
    sender, rng = make(), Random(f"sent {seed}")
    last = len(course.operations) - 1
    chosen = sorted({rng.randint(1, last) if last else 0 for _ in range(SENT_STATES)})
    for number, operation in enumerate(course.operations):
        perform(sender, operation)
        if number not in chosen:
            continue
        receiver = make()
        receiver.reset(_seed_before(course, number))
        try:
            receiver.load(receiver.restore(sender.transfer(sender.save())))
        except EnvironmentContractError as refusal:
            return Finding(
                "sent states",
                Verdict.WARNED,
                "states cannot be sent, so who joins executes the episode again, and desyncs are "
                f"not repaired: {refusal}",
                refusal.path,
            )
        after = course.operations[number + 1 : number + 1 + AFTER_SENT_FRAMES]
        left = departure(course, [canonical(receiver), *replay(receiver, after)], number)
        if left is not None:
            return _finding(
                "sent states", left, "", "a game that took over a state went on otherwise"
            )
    return Finding(
        "sent states",
        Verdict.PASSED,
        f"fresh games took over {len(chosen)} states as data and went on alike: people can join",
    )


def _check_loaded(
    make: Callable[[], GameAdapter], game: GameAdapter, course: Course, first: int, last: int
) -> Finding | None:
    """Check a game that was taken back from the last state to the first, and go forward again."""
    restored = canonical(game)
    path = difference(course.states.get(first), restored)
    if path:
        sentence = "what was saved is not what is restored: "
        sentence += (
            "set_state and get_state do not agree"
            if hasattr(game.env, "get_state")
            else "something is not in its attributes, such as which weak references live"
        )
        left: Departure | None = Departure(first, course.where(first), path)
    else:
        depth = last - first
        sentence = (
            f"taken back from {course.where(last)} by {depth} frame{'s' * (depth != 1)} and played "
            "again with the same inputs, the game came to other states"
        )
        operations = course.operations[first + 1 : last + 1]
        left = departure(course, replay(game, operations), first + 1)
    if left is None:
        return None
    remaining = remains_after_load(make(), course.operations[: last + 1], first)
    if remaining:
        sentence += f". {NOT_RESTORED}: {', '.join(remaining)}"
    return _finding("save and load", left, "", sentence)


def _seed_before(course: Course, number: int) -> int:
    """Return the seed of the episode that a state belongs to."""
    return next(each for each in reversed(course.operations[: number + 1]) if type(each) is int)


def _finding(check: str, left: Departure | None, passed: str, failed: str) -> Finding:
    if left is None:
        return Finding(check, Verdict.PASSED, passed)
    return Finding(check, Verdict.FAILED, f"{failed}; first at {left.where}", left.path)
