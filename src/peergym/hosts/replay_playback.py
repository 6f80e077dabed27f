"""Moves along the time line of a replay: forward by steps, anywhere by states kept on the way.

Theory of operation: a game can only be stepped forward, so states are kept, one every few seconds,
and a jump goes on from the nearest before its goal.

Laws:
    - A position has one state, from wherever it was reached.
    - Wherever the record has a checksum, the state is compared with it, once; a repaired desync
      explains differences before its repair, and nothing else does.
    - What is kept is bounded: when there is too much, every second state goes.
"""

from __future__ import annotations

import json
from bisect import bisect_right, insort
from collections.abc import Callable

from peergym.envs import GameAdapter, GameRunner, Surface
from peergym.envs.description import screen_of
from peergym.errors import PeergymError
from peergym.hosts.figures import effects_to_json
from peergym.hosts.replay_timeline import Stretch, Timeline
from peergym.rollback import AdvanceFrame, LoadState, ResetEpisode, canonical

KEPT_EVERY_S = 2.0
MOST_KEPT = 256
MOST_KEPT_BYTES = 64 * 1024 * 1024
FEWEST_KEPT = 8  # of states that are huge
WALK_STEPS = 30  # so far it goes step by step where it might jump: effects are heard only so
NO_EFFECTS = '{"started": [], "stopped": [], "confirmed": []}'


class ReplayPlayback:
    """Plays the episodes of a time line.

    Args:
        timeline: What to play; with an episode at least.
        game: The game, made for it.

    Attributes:
        problem: Why the latest goal could not be reached; empty if it could.
        position: Where it is; -1 before anything was reached, and after a problem.
        frame: The frame there.
        episode: The number of the episode there.
    """

    def __init__(self, timeline: Timeline, game: GameAdapter) -> None:
        self.problem = ""
        self.position = -1
        self.frame = -1
        self.episode = -1
        self._timeline = timeline
        self._game = game
        self._runner = GameRunner(game)
        self._surface = Surface(*screen_of(game))
        every = max(1, round(KEPT_EVERY_S * game.frame_rate_hz))
        self._kept = KeptStates(every, lambda state: len(game.transfer(state)))
        self._has_jumped = False
        self._differing: list[int] = []
        self._checked: set[int] = set()

    def work(self, position: int, most_steps: int) -> bool:
        """Go towards a position.

        Args:
            position: Where to; the nearest there is will do.
            most_steps: Frames to simulate at most.

        Returns:
            Whether there is nothing left to do.
        """
        self.problem = ""
        goal = max(0, min(self._timeline.last, position))
        try:
            self._approach(goal)
            for _ in range(most_steps):
                if self.position == goal:
                    break
                self._step()
        except PeergymError as error:
            self.problem = f"frame {self.frame}: {error}"
        except Exception as error:  # noqa: BLE001 - any fault of a game is told and not passed on
            kind = type(error).__name__
            self.problem = f"frame {self.frame}: the game raised {kind}: {error}"
        if self.problem:
            self.position = -1  # whatever state the game is in now, it is none of the record's
        return self.position in (goal, -1)

    def picture(self, player: int) -> bytes:
        """Draw what is here as a player sees it, as a display list."""
        self._surface.clear()
        self._game.draw(self._surface, max(0, min(self._game.players - 1, player)))
        return self._surface.encode()

    def effects(self) -> str:
        """What is to be heard since the last call, as JSON; nothing after a jump."""
        started, _ = self._runner.take_effects()
        confirmed = self._runner.take_confirmed_events(self.frame)
        has_jumped, self._has_jumped = self._has_jumped, False
        if has_jumped or not (started or confirmed):
            return NO_EFFECTS
        return effects_to_json(started, [], confirmed, self._game.frame_rate_hz).decode()

    def take_differing(self) -> str:
        """Positions at which the state has turned out to be another one, as JSON; each once."""
        taken, self._differing = self._differing, []
        return json.dumps(taken)

    # --- how it gets there

    def _approach(self, goal: int) -> None:
        """Go to the kept state from which the goal is nearest, if that is much nearer."""
        stretch = self._timeline.stretch_at(goal)
        kept = self._kept.before(goal)
        begin = stretch.start if kept is None else max(stretch.start, kept)
        if stretch.start <= self.position <= goal and begin - self.position <= WALK_STEPS:
            return
        self._has_jumped = True
        self._runner = GameRunner(self._game)
        if kept is None or kept < stretch.start:
            self._enter(stretch)
            return
        # The reset is for what a game may not keep in its state; it is overwritten at once.
        self._runner.execute([ResetEpisode(stretch.episode.number, stretch.episode.seed)])
        self._arrive(stretch, kept, self._kept.state(kept))

    def _enter(self, stretch: Stretch) -> None:
        """Begin an episode."""
        episode = stretch.episode
        self._runner.execute([ResetEpisode(episode.number, episode.seed)])
        begun = episode.state_at_first_frame()
        state = None if begun is None else self._game.restore(begun.data)
        self._has_jumped = True
        self._arrive(stretch, stretch.start, state)

    def _step(self) -> None:
        stretch = self._timeline.stretch_at(self.position)
        if self.position == stretch.last:
            self._enter(self._timeline.stretch_at(self.position + 1))
            return
        row = stretch.rows[self.position - stretch.start]
        self._runner.execute([AdvanceFrame(self.frame, row, resimulated=False)])
        repair = self._repair_at(stretch, self.position + 1)
        self._arrive(stretch, self.position + 1, repair)

    def _repair_at(self, stretch: Stretch, position: int) -> object:
        data = stretch.repairs.get(stretch.frame_at(position))
        return None if data is None else self._game.restore(data)

    def _arrive(self, stretch: Stretch, position: int, state: object) -> None:
        """The game is at a position, once a state has taken its place if there is one."""
        self.position, self.frame = position, stretch.frame_at(position)
        self.episode = stretch.episode.number
        if state is not None:
            self._runner.execute([LoadState(self.frame, state)])
        if self._kept.wants(position):
            self._kept.put(position, self._game.save())
        self._check(stretch)

    def _check(self, stretch: Stretch) -> None:
        """Compare with the checksum that the record has of this frame."""
        episode, frame = stretch.episode, self.frame
        recorded = episode.checksums.get(frame)
        if recorded is None and frame == episode.end_frame:
            recorded = episode.end_checksum
        if recorded is None or self.position in self._checked:
            return
        self._checked.add(self.position)
        found = canonical.checksum(self._game.canonical(self._game.save()))
        if found != recorded and not episode.is_explained(frame):
            self._differing.append(self.position)


class KeptStates:
    """States on the way, not too many of them.

    Args:
        every: Positions between two of them, at first.
        size_of: Tells how many bytes a state takes, about.
    """

    def __init__(self, every: int, size_of: Callable[[object], int]) -> None:
        self._every = every
        self._most = 0
        self._size_of = size_of
        self._positions: list[int] = []
        self._states: dict[int, object] = {}

    def __len__(self) -> int:
        return len(self._positions)

    def wants(self, position: int) -> bool:
        """Whether a state of this position is to be kept, and is not yet."""
        return position % self._every == 0 and position not in self._states

    def put(self, position: int, state: object) -> None:
        """Keep a state; if there are too many, every second goes."""
        if not self._most:
            affordable = MOST_KEPT_BYTES // max(1, self._size_of(state))
            self._most = max(FEWEST_KEPT, min(MOST_KEPT, affordable))
        insort(self._positions, position)
        self._states[position] = state
        while len(self._positions) > self._most:
            self._every *= 2
            self._positions = [each for each in self._positions if each % self._every == 0]
            self._states = {each: self._states[each] for each in self._positions}

    def before(self, position: int) -> int | None:
        """The last position up to this one of which there is a state."""
        at = bisect_right(self._positions, position)
        return self._positions[at - 1] if at else None

    def state(self, position: int) -> object:
        """The state kept of a position."""
        return self._states[position]
