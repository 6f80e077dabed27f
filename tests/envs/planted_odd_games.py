"""Games that break a law where a check might blame something else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.envs.planted_games import Sound


class CalendarClock(Sound):
    """Asks for the time of day, which cannot be replaced for a look."""

    def step(self, actions: dict[str, int]) -> Any:
        self.x += datetime.now(tz=UTC).timestamp() % 1.0
        return super().step(actions)


class PaintsState(Sound):
    """Counts how often it was drawn."""

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.drawn = 0
        return super().reset(seed, options)

    def draw(self, surface: Any, player: int) -> None:
        self.drawn += 1


class Waits(Sound):
    """Is played in lockstep, since a generator cannot be saved."""

    metadata = {"name": "Waits", "lockstep": True}

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.script = iter(n for n in range(1000))
        return super().reset(seed, options)

    def step(self, actions: dict[str, int]) -> Any:
        self.x += next(self.script)
        result = super().step(actions)
        return {"left": self.x}, *result[1:]


class HistoryOfSet(Sound):
    """Goes through a set, which comes back in another order than the one it had grown into."""

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.doors: set[int] = set()
        return super().reset(seed, options)

    def step(self, actions: dict[str, int]) -> Any:
        result = super().step(actions)
        self.doors.add(self.frame * 37 % 101)
        self.doors.discard(self.frame * 31 % 101)
        for door in self.doors:
            self.x = (self.x * 3.0 + door) % 101.0
        return result


class CountsInAClosure(Sound):
    """Keeps a number where nobody can put it back."""

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        so_far = 0

        def count() -> int:
            nonlocal so_far
            so_far += 1
            return so_far

        self.count = count
        return super().reset(seed, options)

    def step(self, actions: dict[str, int]) -> Any:
        self.x += self.count()
        return super().step(actions)
