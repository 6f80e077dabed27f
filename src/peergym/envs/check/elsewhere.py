"""Plays a script somewhere else, and says where it leaves the course that was played here.

    python -m peergym.envs.check.elsewhere SPEC < request.json

Theory of operation: what is sent is the script and the digests of the course; the other side plays
until a digest differs, and sends that one state back. So one run finds the frame, and the state is
compared here, where the other one is. It runs as a process with another ``PYTHONHASHSEED``, and,
from the same file, in a browser's Python.

Law: nothing but plain data is exchanged, as JSON; what a game prints does not get in between.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.advice import Advice
from peergym.envs.check.figures import measure
from peergym.envs.check.findings import Figures
from peergym.envs.check.play import Course, Departure, Script, canonical, difference, digest
from peergym.envs.check.play import operations_of as _operations_of
from peergym.envs.load import load_game
from peergym.envs.maker import game_maker
from peergym.envs.maths.substitute import with_portable_maths
from peergym.rollback.saving import FrameCosts

TELL_EVERY_FRAMES = 100

Tell = Callable[[int, int], object]
"""Told (frames done, frames in all)."""


def request_of(course: Course, script: Script, players: int | None, host: str = "") -> str:
    """Return what to send, as JSON.

    Args:
        course: What was played here.
        script: By which script.
        players: How many play; None leaves it to the game.
        host: What to call the other host in figures; empty measures none.
    """
    return json.dumps(
        {
            "seed": script.seed,
            "frames": script.frames,
            "digests": course.digests,
            "players": players,
            "host": host,
        }
    )


def answer(cls: Any, request: str, tell: Tell | None = None) -> str:
    """Play what a request asks for and return the answer, as JSON.

    Args:
        cls: The game's class.
        request: From `request_of`.
        tell: Told how far it is.
    """
    asked = json.loads(request)
    script = Script(asked["seed"], asked["frames"])
    make = game_maker(with_portable_maths(cls), asked["players"])
    said: dict[str, Any] = {"left_at": None, "state": None, "figures": None}
    number, state = _first_difference(make(), script, asked["digests"], tell)
    if number is not None:
        said |= {"left_at": number, "state": base64.b64encode(state).decode()}
    if asked["host"]:
        said["figures"] = asdict(measure(make(), asked["host"], time.perf_counter))
    return json.dumps(said)


def read_answer(course: Course, said: dict[str, Any]) -> tuple[Departure | None, Figures | None]:
    """Read an answer.

    Returns:
        Where the course was left, if it was; and figures, if they were asked for.
    """
    left = None
    if said["left_at"] is not None:
        number = said["left_at"]
        path = difference(course.states.get(number), base64.b64decode(said["state"]))
        left = Departure(number, course.where(min(number, len(course.digests) - 1)), path)
    return left, _read_figures(said["figures"])


def _read_figures(told: dict[str, Any] | None) -> Figures | None:
    if told is None:
        return None
    nested = {"costs": FrameCosts(**told["costs"]), "advice": Advice(**told["advice"])}
    return Figures(**{**told, **nested})


def _first_difference(
    game: GameAdapter, script: Script, digests: list[str], tell: Tell | None
) -> tuple[int | None, bytes]:
    state = b""
    number = -1
    for number, _ in enumerate(_operations_of(game, script)):
        state = canonical(game)
        if number >= len(digests) or digest(state) != digests[number]:
            return number, state
        if tell is not None and number % TELL_EVERY_FRAMES == 0:
            tell(number, len(digests))
    return (number, state) if number + 1 < len(digests) else (None, b"")


def main() -> None:
    """Answer the request on the standard input; the game is the first argument."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a game prints goes elsewhere
    out.write(f'{{"result": {answer(load_game(sys.argv[1]), sys.stdin.read())}}}\n')
    out.flush()


if __name__ == "__main__":
    main()
