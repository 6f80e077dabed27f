"""What a desync dump says: where the sides differ, and who of them is right.

Theory of operation: the states of the sides are decoded and compared field by field. Then the game
is stepped here, from the last state that was known to be equal (or from the seed) with the inputs
that everybody had confirmed. A sound game gives one side's state, and the other side is at fault;
a game that gives neither computes something else here than there, and one that gives two different
results in a row is not deterministic at all. A third execution takes some frames back before each
one: a game that is not restored exactly shows itself there.

Law: nothing in a dump is executed. The game comes from here: a bundled one, or the one that the
caller names; a dump only says what it was called.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, TypeAlias

import peergym
from peergym.envs.adapter import GameAdapter
from peergym.envs.fingerprint import maths_fingerprint
from peergym.envs.maker import MakeGame, game_maker
from peergym.envs.restore import LAYOUT, name_error
from peergym.errors import ConfigurationError, EnvironmentContractError, PeergymError
from peergym.rollback import canonical
from peergym.rollback.desync_dump import DesyncDump
from peergym.rollback.difference import (
    Difference,
    differences,
    first_difference,
    path_of_key,
    show,
)

MAX_SURROUNDINGS = 12  # fields of a container that are shown around a difference
ROLLED_BACK_FRAMES = 2  # taken back before each step: enough to leave traces, cheap enough for all


@dataclass(frozen=True, slots=True)
class Side:
    """Another peer's state of the first different frame, against the writer's.

    Attributes:
        peer: Peer id.
        differences: Where they differ, the writer's values first; empty if they do not.
        has_more: Whether there are more than were asked for.
    """

    peer: int
    differences: tuple[Difference, ...]
    has_more: bool


def plain_state(data: bytes) -> Any:
    """A state as plain data, without what canonical bytes leave out."""
    plain = canonical.decode(data)
    if type(plain) is dict:
        plain.pop(LAYOUT, None)
    return plain


def compare_sides(dump: DesyncDump, limit: int) -> list[Side]:
    """Compare everybody's state with the writer's.

    Args:
        dump: The dump.
        limit: How many differences of each side to look for.
    """
    ours = dump.states.get(dump.local_peer)
    if ours is None:
        return []
    sides = []
    for peer, data in sorted(dump.states.items()):
        if peer != dump.local_peer:
            found = list(islice(differences(plain_state(ours), plain_state(data)), limit + 1))
            sides.append(Side(peer, tuple(found[:limit]), len(found) > limit))
    return sides


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a container, on both sides."""

    name: str
    ours: str
    theirs: str
    is_different: bool


def surroundings(difference: Difference) -> list[Field]:
    """The fields of the container that holds a difference, those that differ among the first."""
    ours, theirs = difference.containers
    fields = [_field(name, a, b) for name, a, b in _children(ours, theirs)]
    if len(fields) <= MAX_SURROUNDINGS:
        return fields
    chosen = [f for f in fields if f.is_different][:MAX_SURROUNDINGS]
    rest = [f for f in fields if not f.is_different]
    kept = {f.name for f in (*chosen, *rest[: MAX_SURROUNDINGS - len(chosen)])}
    return [f for f in fields if f.name in kept]


_NOTHING = object()


def _children(a: Any, b: Any) -> Iterator[tuple[str, Any, Any]]:
    if type(a) is not type(b):
        return
    if type(a) is dict:
        for key in [*a, *[key for key in b if key not in a]]:
            yield path_of_key(key), a.get(key, _NOTHING), b.get(key, _NOTHING)
    elif type(a) in (list, tuple):
        for index in range(max(len(a), len(b))):
            left = a[index] if index < len(a) else _NOTHING
            yield f"[{index}]", left, b[index] if index < len(b) else _NOTHING


def _field(name: str, a: Any, b: Any) -> Field:
    ours = "absent" if a is _NOTHING else show(a)
    theirs = "absent" if b is _NOTHING else show(b)
    is_same = a is not _NOTHING and b is not _NOTHING and next(differences(a, b), None) is None
    return Field(name, ours, theirs, not is_same)


class Result(StrEnum):
    """What came of executing the inputs again."""

    EQUALS = "equals"
    NEITHER = "neither"
    UNREPEATABLE = "unrepeatable"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class ReExecution:
    """What came of executing the inputs again.

    Attributes:
        result: In one word.
        sentence: In a sentence.
        from_frame: Where it began; -1 if it did not.
        equals: Peers whose state came out.
        differs: Peers whose state did not.
        differences: By peer of ``differs``, the first difference, what came out here first.
        notes: Further sentences that help to find the cause.
    """

    result: Result
    sentence: str
    from_frame: int = -1
    equals: tuple[int, ...] = ()
    differs: tuple[int, ...] = ()
    differences: dict[int, Difference] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def name_of(dump: DesyncDump, peer: int) -> str:
    """How a peer is called in a sentence about a dump."""
    return f"ours (peer {peer})" if peer == dump.local_peer else f"peer {peer}'s"


def game_of(dump: DesyncDump, game: type) -> MakeGame:
    """What makes the dump's game afresh.

    Args:
        dump: The dump; its options are taken.
        game: The game's class.

    Raises:
        ConfigurationError: The game is not for so many players, or does not know the options.
    """
    options = dump.game.get("options")
    return game_maker(game, len(dump.owners), options if isinstance(options, dict) else None)


def re_execute(dump: DesyncDump, make_game: MakeGame) -> ReExecution:
    """Step the game from the last equal state to the first different frame, twice, and compare.

    Args:
        dump: The dump.
        make_game: Makes the game that was played.
    """
    try:
        from_frame, first = _execute(dump, make_game())
        _, second = _execute(dump, make_game())
        _, rolled_back = _execute(dump, make_game(), _step_after_rollback)
    except EnvironmentContractError as error:
        return ReExecution(
            Result.IMPOSSIBLE,
            f"It cannot be executed again, for its state is not one of this game: {error}",
        )
    except PeergymError as error:
        return ReExecution(Result.IMPOSSIBLE, f"It cannot be executed again: {error}")
    except Exception as error:  # noqa: BLE001 - the game's own code, with a stranger's data
        return ReExecution(
            Result.IMPOSSIBLE, f"The game failed when it was executed again: {name_error(error)}"
        )
    found = first_difference(plain_state(first), plain_state(second))
    if found is not None:
        return ReExecution(
            Result.UNREPEATABLE,
            "Executed natively twice, with two results: the game is not deterministic. "
            f"First difference between the two: {found}",
            from_frame,
        )
    notes = _notes_on_platform(dump)
    found = first_difference(plain_state(first), plain_state(rolled_back))
    if found is not None:
        note = (
            "Executed once more with rollbacks it comes to another state, so the game is not put "
            f"back exactly as it was saved. First difference, without rollbacks != with: {found}"
        )
        notes = (note, *notes)
    return _judge(dump, from_frame, first, notes)


def _notes_on_platform(dump: DesyncDump) -> tuple[str, ...]:
    here = {
        "maths": maths_fingerprint(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "peergym": peergym.__version__,
    }
    return tuple(
        f"The peers agreed on {name} {there}, here it is {here[name]}."
        for name, there in dump.description.items()
        if name in here and there != here[name]
    )


Step: TypeAlias = Callable[[GameAdapter, tuple[int, ...]], None]


def _step(game: GameAdapter, inputs: tuple[int, ...]) -> None:
    game.step(inputs)


def _step_after_rollback(game: GameAdapter, inputs: tuple[int, ...]) -> None:
    """Step as a session does whose prediction was wrong."""
    state = game.save()
    wrong = tuple(
        (value + 1) % (1 << bits) for value, bits in zip(inputs, game.input_bits, strict=True)
    )
    for _ in range(ROLLED_BACK_FRAMES):
        game.step(wrong)
    game.load(state)
    game.step(inputs)


def _execute(dump: DesyncDump, game: GameAdapter, step: Step = _step) -> tuple[int, bytes]:
    """(frame begun at, canonical bytes of the first different frame as they come out here).

    Raises:
        ConfigurationError: Something needed is not in the dump.
        EnvironmentContractError: The state in the dump is not one of this game.
    """
    if tuple(game.input_bits) != dump.input_bits:
        raise ConfigurationError(
            "game", f"its inputs have {game.input_bits} bits, those of the dump {dump.input_bits}"
        )
    from_frame = dump.last_equal_frame if dump.last_equal_state is not None else 0
    inputs = _inputs_from(dump, from_frame)
    state = None if dump.last_equal_state is None else game.restore(dump.last_equal_state)
    game.reset(dump.seed)
    # At frame 0 the game is in this state already, and nobody has loaded it there.
    if state is not None and game.canonical(state) != game.canonical(game.save()):
        game.load(state)
    for values in inputs:
        step(game, values)
        game.take_effects()
    return from_frame, game.canonical(game.save())


def _inputs_from(dump: DesyncDump, first: int) -> list[tuple[int, ...]]:
    inputs: list[tuple[int, ...]] = []
    for frame in range(first, dump.frame):
        values = [dump.input_of(player, frame) for player in range(len(dump.owners))]
        known = tuple([value for value in values if value is not None])
        if len(known) < len(values):
            lacks = " and no state before it" if dump.last_equal_state is None else ""
            raise ConfigurationError("dump", f"it lacks an input of frame {frame}{lacks}")
        inputs.append(known)
    return inputs


def _judge(
    dump: DesyncDump, from_frame: int, executed: bytes, notes: tuple[str, ...]
) -> ReExecution:
    plain = plain_state(executed)
    equals: list[int] = []
    differs: list[int] = []
    found: dict[int, Difference] = {}
    for peer in dump.peers:
        state = dump.states.get(peer)
        if state is None:
            is_equal = dump.checksums.get(peer) == canonical.checksum(executed)
        else:
            first = next(differences(plain, plain_state(state)), None)
            is_equal = first is None
            if first is not None:
                found[peer] = first
        (equals if is_equal else differs).append(peer)
    result = Result.EQUALS if equals else Result.NEITHER
    sentence = _sentence(dump, from_frame, equals, differs)
    return ReExecution(result, sentence, from_frame, tuple(equals), tuple(differs), found, notes)


def _sentence(dump: DesyncDump, from_frame: int, equals: list[int], differs: list[int]) -> str:
    start = f"Re-executed natively from frame {from_frame}: "
    if not equals:
        return (
            f"{start}equals neither side. The game computes something else here than on the "
            "players' machines, or both sides went wrong."
        )
    said = f"{start}equals {_list([name_of(dump, peer) for peer in equals])}."
    if not differs:
        return f"{said} Nobody went wrong that this dump knows of."
    guilty = _list(["we" if peer == dump.local_peer else f"peer {peer}" for peer in differs])
    verb = "have" if len(differs) > 1 or guilty == "we" else "has"
    return f"{said} It is {guilty} that {verb} left the common history."


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def input_runs(dump: DesyncDump) -> Iterator[tuple[int, int, tuple[int | None, ...]]]:
    """The inputs from the last equal to the first different frame.

    Yields:
        (first frame, last frame, input of each player) for each stretch without a change; None
        for an input that is not in the dump.
    """
    first, values = max(dump.last_equal_frame, 0), None
    for frame in range(first, dump.frame):
        following = tuple(dump.input_of(player, frame) for player in range(len(dump.owners)))
        if following != values:
            if values is not None:
                yield first, frame - 1, values
            first, values = frame, following
    if values is not None:
        yield first, dump.frame - 1, values
