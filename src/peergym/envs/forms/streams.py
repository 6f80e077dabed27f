"""The global generators of an environment that draws from them, one pair for each copy.

Theory of operation: ``random.random()`` and ``numpy.random.rand()`` draw from generators that the
whole process shares. An environment that uses them gets streams of its own: they are put in place
before it is called and taken away afterwards, so they are part of its state, two copies in one
process do not disturb each other, and the host's own draws disturb nobody. A reset seeds them, as
an environment that never seeds them would otherwise begin differently on every peer.

Law: outside of a call, the process's own generators are as if the environment did not exist.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RANDOM, NUMPY = "random", "numpy"
BOTH = frozenset({RANDOM, NUMPY})


class GlobalStreams:
    """Streams in the place of the global generators.

    Args:
        uses: Which of them the environment draws from.
    """

    def __init__(self, uses: frozenset[str]) -> None:
        self._random = random.Random(0) if RANDOM in uses else None
        numpy = _numpy()
        uses_numpy = NUMPY in uses and numpy is not None
        self._numpy = numpy.random.RandomState(0) if uses_numpy else None

    def seed(self, seed: int) -> None:
        """Begin anew."""
        if self._random is not None:
            self._random.seed(seed)
        if self._numpy is not None:
            self._numpy.seed(seed)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Have the global generators draw from these streams meanwhile."""
        outside = self.enter()
        try:
            yield
        finally:
            self.leave(outside)

    def enter(self) -> tuple[Any, Any]:
        """Put the streams into the place of the global generators, and return what was there."""
        outside = read_global(self._random is not None, self._numpy is not None)
        write_global(
            None if self._random is None else self._random.getstate(),
            None if self._numpy is None else self._numpy.get_state(legacy=False),
        )
        return outside

    def leave(self, outside: tuple[Any, Any]) -> None:
        """Take the streams away, and put back what was there."""
        inside = read_global(self._random is not None, self._numpy is not None)
        if self._random is not None:
            self._random.setstate(inside[0])
        if self._numpy is not None:
            self._numpy.set_state(inside[1])
        write_global(*outside)


def read_global(with_random: bool, with_numpy: bool) -> tuple[Any, Any]:
    """Return the states of the process's generators; None for what is not wanted or not there."""
    numpy = _numpy() if with_numpy else None
    return (
        random.getstate() if with_random else None,
        None if numpy is None else numpy.random.get_state(legacy=False),
    )


def write_global(random_state: Any, numpy_state: Any) -> None:
    """Set the process's generators; None leaves one as it is."""
    if random_state is not None:
        random.setstate(random_state)
    if numpy_state is not None:
        sys.modules[NUMPY].random.set_state(numpy_state)


def differing(before: tuple[Any, Any], after: tuple[Any, Any]) -> frozenset[str]:
    """Which of the process's generators were drawn from or seeded between two readings."""
    used = {RANDOM} if before[0] != after[0] else set()
    if before[1] is not None and _numpy_bytes(before[1]) != _numpy_bytes(after[1]):
        used.add(NUMPY)
    return frozenset(used)


def _numpy_bytes(state: dict[str, Any]) -> tuple[Any, ...]:
    inner = state["state"]
    return inner["pos"], inner["key"].tobytes(), state["has_gauss"], state["gauss"]


def _numpy() -> Any:
    return sys.modules.get(NUMPY)
