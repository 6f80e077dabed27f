"""Any file as the dump of a desync: refused with a sentence, or shown and executed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from typing import Any

from peergym.envs import GameAdapter
from peergym.errors import ConfigurationError
from peergym.lab.desync import compare_sides, game_of, input_runs, re_execute, surroundings
from peergym.rollback import canonical
from peergym.rollback.desync_dump import DIGEST_BYTES, MAGIC, make_dump, read_dump
from peergym.rollback.input_runs import InputRun
from tests.fuzz.choices import EDGES, Choices
from tests.fuzz.targets.state import Toybox
from tests.fuzz.values import spoil
from tests.rollback.pair import make_config

FRAME, LAST_EQUAL = 9, 4
SHOWN_FRAMES = 30  # executing more shows no more
MOST_CHARACTERS = 20_000  # of a sentence: a path of 64 keys and two values, all cut short
DEEP = frozenset({"refused", "read", "a difference", "impossible", "equals", "neither"})


def reach(data: bytes) -> set[str]:
    """The first byte says whether the others are a file or spoil a sound one."""
    choices = Choices(data)
    kind = choices.below(4)
    file = choices.take(choices.left) if kind == 0 else _dump()
    if kind == 1:
        file = choices.mutate(file)
    elif kind > 1:
        try:
            file = _with_odd_parts(choices)
        except (TypeError, ValueError):
            return set()
    try:
        dump = read_dump(file)
    except ConfigurationError:
        return {"refused"}
    reached = {"read"}
    for side in compare_sides(dump, 5):
        for difference in side.differences:
            reached.add("a difference")
            assert len(str(difference)) <= MOST_CHARACTERS
            assert len(surroundings(difference)) <= 100
    if dump.frame - max(dump.last_equal_frame, 0) > SHOWN_FRAMES:
        return reached
    for _ in input_runs(dump):
        pass
    try:
        found = re_execute(dump, game_of(dump, Toybox))
    except ConfigurationError:
        return reached
    assert len(found.sentence) <= MOST_CHARACTERS
    return reached | {found.result.value}


def _with_odd_parts(choices: Choices) -> bytes:
    """A sound dump with other values in its header, and other states, whose digest is right."""
    line, _, body = _dump().removeprefix(MAGIC).partition(b"\n")
    header: dict[str, Any] = json.loads(line)
    pieces = []
    for blob in header["blobs"]:
        piece, body = body[: blob["bytes"]], body[blob["bytes"] :]
        if not choices.below(3):
            piece = _spoil_piece(piece, choices)
            blob["bytes"] = len(piece)
        pieces.append(piece)
    body = b"".join(pieces)
    header["digest"] = blake2b(body, digest_size=DIGEST_BYTES).hexdigest()
    if choices.flag():
        header = spoil(header, choices, EDGES)
    return MAGIC + json.dumps(header, default=repr).encode() + b"\n" + body


def _spoil_piece(piece: bytes, choices: Choices) -> bytes:
    if choices.flag():
        return choices.mutate(piece)
    return canonical.encode(spoil(canonical.decode(piece), choices, EDGES))


@cache
def _dump() -> bytes:
    """A sound dump of a short match in which one side has lost a step."""
    played = _play(FRAME)
    return make_dump(
        make_config(0, input_bits=(2, 2)),
        episode=0,
        seed=3,
        frame=FRAME,
        last_equal_frame=LAST_EQUAL,
        checksums={0: 1, 1: 2},
        states={0: played(FRAME), 1: played(FRAME - 1)},
        last_equal_state=played(LAST_EQUAL),
        inputs=[InputRun(0, (1,) * FRAME), InputRun(0, (0,) * FRAME)],
        game={"spec": "toybox", "options": {}},
    )


def _play(frames: int) -> Callable[[int], bytes]:
    game = GameAdapter(Toybox())
    game.reset(3)
    states = [game.transfer(game.save())]
    for _ in range(frames):
        game.step((1, 0))
        states.append(game.transfer(game.save()))
    return states.__getitem__
