"""The rules of Bomberman.

Everybody lays bombs. A bomb goes off when its fuse has burnt down or flames reach it, and its own
flames spread along row and column until something stops them. Bricks crumble, and some hide a
power-up. Who stands in flames dies; so does whom a wall buries. The last one alive wins; when the
last ones die in the same frame, it is a draw. After a time the walls close in, two opposite cells
at a time, until nothing is left: every match ends.

A frame has a fixed order: flames cool, bombs go off, walls close in, everybody lays bombs,
everybody walks, everybody picks up, the dead are counted. Each of these is done for all at once,
so no seat is better than another.

Portable: integers only, and methods of `random.Random` that are the same on every platform. The
generator makes the level and is then forgotten.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from peergym.errors import ConfigurationError
from peergym.games.bomberman import policy as computer
from peergym.games.bomberman.blast import chain
from peergym.games.bomberman.bomber import NEVER, Bomber
from peergym.games.bomberman.draw import draw_field
from peergym.games.bomberman.field import (
    ACTIONS,
    BOMB,
    CELLS,
    CLOSING,
    CLOSING_FRAMES,
    CRUMBLING,
    DIRECTIONS,
    FIRE_FRAMES,
    FRAME_RATE_HZ,
    FUSE_FRAMES,
    LAY_BOMB,
    OPEN,
    PILLAR,
    POWER_UPS,
    STARTS,
    Bomb,
    put,
)
from peergym.games.bomberman.level import make_level
from peergym.games.bomberman.screen import HEIGHT, WIDTH
from peergym.games.bomberman.sprites import COLOURS

if TYPE_CHECKING:
    from peergym.envs.surface import Surface

MOST_PLAYERS = len(STARTS)

COUNTDOWN_FRAMES = 3 * FRAME_RATE_HZ
ENDING_FRAMES = 45
"""How long the game goes on after it is decided: flames burn out, and the winner is seen."""

NOBODY = -1
COOLED = bytes((0, *range(255)))
"""One less for every cell that burns, as a table for ``bytes.translate``."""
NO_FIRE = bytes(CELLS)


def _keys_to_action() -> dict[Any, int]:
    keys: dict[Any, int] = {" ": LAY_BOMB}
    for names in (("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"), ("w", "d", "s", "a")):
        for direction, name in zip(DIRECTIONS, names, strict=True):
            keys[name] = direction
            keys[name, " "] = direction + LAY_BOMB
    return keys


def _action_names() -> tuple[str, ...]:
    ways = ("stay", "up", "right", "down", "left")
    return (*ways, "bomb", *[f"{way} and bomb" for way in ways[1:]])


class Bomberman:
    """Bomberman in PettingZoo's parallel form.

    Args:
        players: How many play, 2 to 8.

    Attributes:
        field: What is in each cell, as codes of `peergym.games.bomberman.field`.
        fire: For how many frames each cell still burns.
        bombs: The bombs that lie on the field, oldest first.
        bombers: The players' bombers.
        clock: Frames since the countdown.
        countdown: Frames until it begins.
        closed: How many pairs of cells the walls have taken.
        winner: The player who has won, or `NOBODY`.
        ending: Frames until the end, 0 while it is undecided.
        is_over: Whether the match is at its end.
        effects: What was to be heard in the last step.

    Raises:
        ConfigurationError: So many cannot play.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - PettingZoo wants a plain dict on the class
        "name": "Bomberman",
        "render_fps": FRAME_RATE_HZ,
        "screen": (WIDTH, HEIGHT),
        "noop": 0,
        "is_portable": True,
        "confirmed_effects": ("death", "win", "draw"),
        "player_colours": COLOURS,
        "keys_to_action": _keys_to_action(),
        "action_names": _action_names(),
        "options": {
            "seconds_until_walls_close": {
                "label": "Seconds until the walls close in",
                "default": 120,
                "min": 0,
                "max": 600,
                "step": 15,
            },
        },
    }

    field: bytes
    fire: bytes
    bombs: tuple[Bomb, ...]
    bombers: tuple[Bomber, ...]
    clock: int
    countdown: int
    closed: int
    winner: int
    ending: int
    is_over: bool
    effects: list[str]

    def __init__(self, players: int = 2) -> None:
        if not 2 <= players <= MOST_PLAYERS:
            raise ConfigurationError("players", f"must lie in 2 to {MOST_PLAYERS}, is {players}")
        self.possible_agents = tuple(f"player_{player}" for player in range(players))
        self.effects = []
        self.seed = 0
        self._begin(120)

    def action_space(self, agent: str) -> int:
        """Return the number of actions: stay, up, right, down, left; and each with a bomb."""
        return ACTIONS

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Start an episode; without a seed, the one after the last seed."""
        self.seed = self.seed + 1 if seed is None else seed
        self._begin((options or {}).get("seconds_until_walls_close", 120))
        return self._by_agent(self._observation()), self._by_agent({})

    def step(
        self, actions: dict[str, int]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Any]]:
        """Advance by one frame; the rewards are 1 for winning and -1 for dying."""
        rewards = self._by_agent(0.0)
        if self.countdown:
            self._count_down()
        elif not self.is_over:
            self._play([actions.get(agent, 0) for agent in self.possible_agents], rewards)
        return (
            self._by_agent(self._observation()),
            rewards,
            self._by_agent(self.is_over),
            self._by_agent(False),
            self._by_agent({}),
        )

    def get_state(self) -> dict[str, Any]:
        """Return all attributes but the effects; every value is immutable."""
        state = self.__dict__.copy()
        del state["effects"]
        state["bombers"] = tuple([bomber.get_state() for bomber in self.bombers])
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Go back to what `get_state` returned."""
        bombers = self.bombers
        self.__dict__.update(state)
        self.bombers = bombers
        for bomber, of_bomber in zip(bombers, state["bombers"], strict=True):
            bomber.set_state(of_bomber)

    def draw(self, surface: Surface, player: int) -> None:
        """Draw the field as seen by a player."""
        draw_field(self, surface, player)

    def policy(self, agent: str) -> int:
        """Return the action of the computer player in this agent's seat."""
        return computer.choose_action(self, self.possible_agents.index(agent))

    def _begin(self, seconds_until_walls_close: int) -> None:
        random = Random(self.seed)
        players = len(self.possible_agents)
        self.field = make_level(random, players)
        starts = list(STARTS[:players])
        random.shuffle(starts)
        self.bombers = tuple([Bomber(start) for start in starts])
        self.fire = NO_FIRE
        self.bombs = ()
        self.clock = 0
        self.countdown = COUNTDOWN_FRAMES
        self.closing_from = max(1, seconds_until_walls_close * FRAME_RATE_HZ)
        self.closed = 0
        self.winner = NOBODY
        self.ending = 0
        self.is_over = False

    def _count_down(self) -> None:
        if self.countdown % FRAME_RATE_HZ == 0:
            self.effects.append("countdown")
        self.countdown -= 1
        if self.countdown == 0:
            self.effects.append("go")

    def _play(self, actions: list[int], rewards: dict[str, float]) -> None:
        self.clock += 1
        if self.fire != NO_FIRE:
            self._cool()
        if self.bombs:
            self._explode()
        if self.clock >= self.closing_from:
            self._close_in()
        self._act(actions)
        if self.ending:
            self.ending -= 1
            self.is_over = self.ending == 0
        else:
            self._count_the_dead(rewards)

    def _cool(self) -> None:
        """Let flames burn down; where a brick has crumbled, what it hid comes to light."""
        self.fire = fire = self.fire.translate(COOLED)
        for cell, code in enumerate(self.field):
            if CRUMBLING <= code < PILLAR and not fire[cell]:
                self.field = put(self.field, cell, code & POWER_UPS)

    def _explode(self) -> None:
        clock, fire = self.clock, self.fire
        lit = [bomb for bomb in self.bombs if bomb[1] <= clock or fire[bomb[0]]]
        if not lit:
            return
        blast = chain(self.field, self.bombs, lit)
        new_field, new_fire = bytearray(self.field), bytearray(fire)
        for cell in blast.burning:
            new_field[cell] = OPEN  # bombs are gone, and power-ups burn
            new_fire[cell] = FIRE_FRAMES
        for cell in blast.bricks:
            new_field[cell] = CRUMBLING + (self.field[cell] & POWER_UPS)
            new_fire[cell] = FIRE_FRAMES
        self.field, self.fire = bytes(new_field), bytes(new_fire)
        self.bombs = tuple([bomb for bomb in self.bombs if bomb not in blast.bombs])
        self.effects.append("explosion")

    def _close_in(self) -> None:
        """Put pillars on the next two cells, when it is time; bombs there are buried."""
        waited_frames = self.clock - self.closing_from
        if waited_frames % CLOSING_FRAMES or self.closed == len(CLOSING) or self.ending:
            return
        cell = CLOSING[self.closed]
        self.closed += 1
        for each in (cell, CELLS - 1 - cell):
            self.field = put(self.field, each, PILLAR)
            self.fire = put(self.fire, each, 0)
            self.bombs = tuple([bomb for bomb in self.bombs if bomb[0] != each])
        self.effects.append("wall")

    def _act(self, actions: list[int]) -> None:
        """Let all lay bombs, then all walk, then all pick up what they walked over."""
        for player, (bomber, action) in enumerate(zip(self.bombers, actions, strict=True)):
            wants_bomb = action >= LAY_BOMB
            if wants_bomb and not bomber.holds_bomb and bomber.died == NEVER:
                self._lay_bomb(player, bomber)
            bomber.holds_bomb = int(wants_bomb)
        field = self.field
        picked_up = []
        for bomber, action in zip(self.bombers, actions, strict=True):
            if bomber.died != NEVER:
                continue
            direction = action % LAY_BOMB
            if direction:
                bomber.walk(field, direction)
            cell = bomber.cell
            if 0 < field[cell] <= POWER_UPS:
                bomber.take(field[cell])
                picked_up.append(cell)  # by all who come in the same frame
        for cell in picked_up:
            self.field = put(self.field, cell, OPEN)
            self.effects.append("pickup")

    def _lay_bomb(self, player: int, bomber: Bomber) -> None:
        cell = bomber.cell
        own = [bomb for bomb in self.bombs if bomb[2] == player]
        if self.field[cell] != OPEN or len(own) >= bomber.bombs or self.ending:
            return
        self.bombs = (*self.bombs, (cell, self.clock + FUSE_FRAMES, player, bomber.reach))
        self.field = put(self.field, cell, BOMB)
        self.effects.append("bomb")

    def _count_the_dead(self, rewards: dict[str, float]) -> None:
        field, fire = self.field, self.fire
        alive = []
        for player, bomber in enumerate(self.bombers):
            if bomber.died != NEVER:
                continue
            cell = bomber.cell
            if fire[cell] or field[cell] == PILLAR:
                bomber.died = self.clock
                rewards[self.possible_agents[player]] = -1.0
                self.effects.append("death")
            else:
                alive.append(player)
        if len(alive) <= 1:
            self.ending = ENDING_FRAMES
            self.effects.append("win" if alive else "draw")
            for player in alive:
                self.winner = player
                rewards[self.possible_agents[player]] = 1.0

    def _observation(self) -> tuple[Any, ...]:
        """Return what everybody sees: field, fire, bombs, and of each bomber what he is."""
        bombers = [(each.x, each.y, each.died == NEVER) for each in self.bombers]
        return self.field, self.fire, self.bombs, bombers

    def _by_agent(self, value: Any) -> dict[str, Any]:
        return dict.fromkeys(self.possible_agents, value)
