"""Chaos: the state is a digest of everything that everybody ever did.

Every player turns a wheel; each step folds all actions into one 64-bit number, and now and then
that number hands a player a point. It is no fun to play, but no other game shows so surely
whether peers share one history: a single wrong input anywhere shows in every later frame.

Law: stepping two different digests with the same actions never makes them equal, because each
step is a bijection of the digest (an odd multiplier, additions and a shifted exclusive-or, all
modulo 2**64).

Portable: integers only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peergym.errors import ConfigurationError

if TYPE_CHECKING:
    from peergym.envs.surface import Surface

MASK = (1 << 64) - 1
MULTIPLIER = 6364136223846793005  # Knuth's for 64 bits (MMIX); odd, as the law needs
ACTIONS = 4
MOST_PLAYERS = 16
POINT_ODDS = 64  # one frame in so many gives somebody a point
WIDTH, HEIGHT = 800, 600
COLOURS = ("#f2b134", "#4fb0c6", "#ed553b", "#7bc950", "#b285d9", "#e8e6e3", "#3f88c5", "#d66ba0")


class Chaos:
    """Chaos in PettingZoo's parallel form.

    Args:
        players: How many play, 1 to 16.

    Attributes:
        digest: All actions so far, folded into 64 bits.
        frame: Frames so far.
        scores: Points, by player.
        wheels: How far each wheel is turned, by player. For drawing.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - PettingZoo wants a plain dict on the class
        "name": "Chaos",
        "render_fps": 60,
        "screen": (WIDTH, HEIGHT),
        "is_portable": True,
        "noop": 0,
        "keys_to_action": {"ArrowLeft": 1, "ArrowRight": 2, "ArrowUp": 3},
        "options": {
            "score_to_win": {
                "label": "Score to win (0: never ends)",
                "default": 0,
                "min": 0,
                "max": 1000,
                "step": 1,
            },
        },
    }

    def __init__(self, players: int = 2) -> None:
        if not 1 <= players <= MOST_PLAYERS:
            raise ConfigurationError("players", f"must lie in 1 to {MOST_PLAYERS}, is {players}")
        self.possible_agents = tuple(f"player_{player}" for player in range(players))
        self.digest = 0
        self.frame = 0
        self.scores: tuple[int, ...] = (0,) * players
        self.wheels: tuple[int, ...] = (0,) * players
        self._score_to_win = 0

    def action_space(self, agent: str) -> int:
        """Return the number of actions: nothing, left, right, push."""
        return ACTIONS

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Start an episode."""
        players = len(self.possible_agents)
        self.digest = (0 if seed is None else seed) & MASK
        self.frame = 0
        self.scores = (0,) * players
        self.wheels = (0,) * players
        self._score_to_win = (options or {}).get("score_to_win", 0)
        return self._by_agent(self.digest), self._by_agent({})

    def step(
        self, actions: dict[str, int]
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Fold everybody's actions into the digest."""
        chosen = [actions[agent] for agent in self.possible_agents]
        digest = self.digest
        for action in chosen:
            digest = (digest * MULTIPLIER + action + 1) & MASK
            digest ^= digest >> 29
        self.digest = digest
        self.frame += 1
        self.wheels = tuple(
            [
                (wheel + (0, -1, 1, 3)[action]) % 360
                for wheel, action in zip(self.wheels, chosen, strict=True)
            ]
        )
        if digest % POINT_ODDS == 0:
            self._give_point((digest >> 32) % len(chosen))
        rewards = self._by_agent(0.0)
        return (
            self._by_agent(digest),
            rewards,
            self._by_agent(self.is_over),
            self._by_agent(False),
            self._by_agent({}),
        )

    @property
    def is_over(self) -> bool:
        """Whether somebody has the points to win."""
        return self._score_to_win > 0 and max(self.scores) >= self._score_to_win

    def get_state(self) -> dict[str, Any]:
        """Return everything that `step` depends on."""
        return {
            "digest": self.digest,
            "frame": self.frame,
            "scores": self.scores,
            "wheels": self.wheels,
            "score_to_win": self._score_to_win,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Put back what `get_state` returned."""
        self.digest = state["digest"]
        self.frame = state["frame"]
        self.scores = state["scores"]
        self.wheels = state["wheels"]
        self._score_to_win = state["score_to_win"]

    def draw(self, surface: Surface, player: int) -> None:
        """Draw the digest as a chequered band, and below it everybody's wheel as a bar."""
        surface.clear("#14161c")
        cell = WIDTH / 32
        for bit in range(64):
            if self.digest >> bit & 1:
                surface.rectangle(
                    bit % 32 * cell, 60 + bit // 32 * cell, cell - 2, cell - 2, "#3d4452"
                )
        height = (HEIGHT - 200) / len(self.scores)
        for index, (wheel, score) in enumerate(zip(self.wheels, self.scores, strict=True)):
            top = 180 + index * height
            colour = COLOURS[index % len(COLOURS)]
            width = 8 + wheel * (WIDTH - 180) / 360
            surface.rectangle(40, top, width, height * 0.6, colour, key=f"wheel_{index}", radius=6)
            surface.text(str(score), WIDTH - 60, top + height * 0.3, 28, colour, align="centre")

    def _give_point(self, player: int) -> None:
        scores = list(self.scores)
        scores[player] += 1
        self.scores = tuple(scores)

    def _by_agent(self, value: Any) -> dict[str, Any]:
        return dict.fromkeys(self.possible_agents, value)
