"""The state of a game that cannot be saved: what it has been seen to do.

Theory of operation: some environments live in a library's own memory, behind a handle, and nobody
can put them back. In lockstep nothing is ever put back: a frame is simulated once, when all inputs
are there. What is left to compare among peers is the course: the digest of everything that `reset`
and every `step` have returned. So a desync is noticed in the frame in which anybody could see it.

A game is played in this way if ``metadata["lockstep"]`` is True.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from random import Random
from typing import Any, NoReturn

from peergym.envs.objects.pickler import write
from peergym.envs.objects.view import plain_view
from peergym.envs.resetting import resetter
from peergym.errors import UsageError
from peergym.rollback.canonical import encode

DIGEST_BYTES = 16


class CourseState:
    """Notes what a game returns.

    Args:
        env: The game.
        options: What it declares that players may choose.

    Raises:
        EnvironmentContractError: It declares options, and its `reset` takes none.
    """

    takes_all = False

    def __init__(self, env: Any, options: Mapping[str, Any]) -> None:
        self._reset = resetter(env, options)
        self._step = env.step
        self._frames = 0
        self._digest = b""
        self.make_generator: Callable[[Random], Any] = _the_same

    def reset(self, seed: int, options: dict[str, Any]) -> None:
        """Start an episode."""
        self._frames, self._digest = 0, b""
        self._note(self._reset(seed=seed, options=options))

    def step(self, actions: dict[Any, Any]) -> Any:
        """Step the game."""
        result = self._step(actions)
        self._frames += 1
        self._note(result)
        return result

    def save(self) -> tuple[int, bytes]:
        """Return how far the game is, and the digest of its course."""
        return self._frames, self._digest

    def save_whole(self) -> tuple[int, bytes]:
        """Return the same, for it is all that is known."""
        return self.save()

    def whole(self, state: tuple[int, bytes]) -> tuple[int, bytes]:
        """Return the state, for it is all that is known."""
        return state

    def load(self, state: Any) -> NoReturn:
        """Refuse.

        Raises:
            UsageError: Always.
        """
        raise UsageError(
            "this game is played in lockstep, with a prediction window of 0: it cannot be put back"
        )

    def plain(self, state: tuple[int, bytes]) -> dict[str, Any]:
        """Return a state as plain data."""
        frames, digest = state
        return {"frames": frames, "course": digest.hex()}

    def _note(self, result: Any) -> None:
        data = encode(plain_view(write(result)))
        self._digest = blake2b(self._digest + data, digest_size=DIGEST_BYTES).digest()


def _the_same(generator: Random) -> Random:
    return generator
