"""Breadth-first through every reachable state, with the shortest way to whatever breaks a law."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.rollback.membership_model.bounds import Bounds
from tests.rollback.membership_model.laws import check_end, check_history, entitled, next_fair
from tests.rollback.membership_model.peers import ViolationError, listed
from tests.rollback.membership_model.world import State, World


@dataclass(frozen=True)
class Explored:
    """What was visited.

    Attributes:
        states: Different states of the world.
        transitions: What could happen in them, all together.
        steps: The most that can happen one after the other without coming to a known state.
        agreements: The states in which somebody has agreed on something.
        is_whole: Whether that were all states.
        took_s: Seconds.
    """

    states: int
    transitions: int
    steps: int
    agreements: int
    is_whole: bool
    took_s: float


def explore(bounds: Bounds, most_states: int | None = None) -> Explored:
    """Visit every state, and check the laws in each.

    Args:
        bounds: The world.
        most_states: Then it ends, and was not whole.

    Raises:
        ViolationError: A law is broken; the message says how it came about.
    """
    return Search(bounds).run(most_states)


class Search:
    """One search.

    Args:
        bounds: The world.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.world = World(bounds)
        self._came_from: dict[State, State | None] = {}
        self._ends: dict[State, int] = {}
        self._transitions = 0
        self._agreements = 0

    def run(self, most_states: int | None) -> Explored:
        """As `explore`."""
        start_s, steps = time.monotonic(), 0
        first = self.world.first()
        self._came_from[first] = None
        frontier = [first]
        while frontier and (most_states is None or len(self._came_from) < most_states):
            frontier = [after for state in frontier for after in self._visit(state)]
            steps += 1
        return Explored(
            len(self._came_from),
            self._transitions,
            steps - 1,
            self._agreements,
            not frontier,
            time.monotonic() - start_s,
        )

    def _visit(self, state: State) -> list[State]:
        """Check one state, and all that can happen in it; return what is new."""
        new, known, peers = [], self._came_from, self.world.peers
        after, words = state, ()
        try:
            for words, after in self.world.happenings(state):
                self._transitions += 1
                if after not in known:
                    known[after] = state
                    new.append(after)
                    x = words[0]
                    if state[x] and peers[after[x]].path != peers[state[x]].path:
                        check_history(self.world, after, x)
            words = ()
            self._check_progress(state)
        except Exception as error:
            if words:
                known.setdefault(after, state)
            raise ViolationError(f"{error!r}{self._story(state, words)}") from error
        self._agreements += any(peer.path for _, peer in self.world.born(state))
        return new

    def _check_progress(self, state: State) -> None:
        """Let everything happen that should, and look at the end."""
        path, last = [], state
        while last not in self._ends:
            path.append(last)
            after = next_fair(self.world, last)
            if after is None:
                check_end(self.world, last)
                born = self.world.born(last)
                self._ends[last] = sum(1 << x for x, peer in born if not peer.is_gone)
                break
            last = after
        going_on = self._ends[last]
        self._ends.update(dict.fromkeys(path, going_on))
        peaceful, must_go_on = entitled(self.world, state)
        if peaceful & ~going_on or (must_go_on and not going_on):
            raise ViolationError(
                f"{listed(peaceful)} have no quarrel, but {listed(going_on)} go on"
            )

    def _story(self, state: State, words: tuple[object, ...]) -> str:
        """How a state came about, a line for each happening."""
        lines = [self._line(words)] if words else ["and then whatever should happen"]
        while (before := self._came_from[state]) is not None:
            happened = next(w for w, after in self.world.happenings(before) if after == state)
            lines.append(self._line(happened))
            state = before
        return "\n" + "\n".join(reversed(lines))

    def _line(self, words: tuple[object, ...]) -> str:
        who, what, *more = words
        if what == "hear":
            sender, stance, is_silent = more
            said = self.world.peers.stances[stance]
            lost = [(each.peer, *each.held, each.is_agreed) for each in said.departures]
            new = [(each.frame, each.is_agreed) for each in said.arrivals]
            return (
                f"{who} hears {sender}: ready {said.is_ready}, lost {lost}, new {new}"
                + ", with them silent" * bool(is_silent)
            )
        return f"{who} {what} {' '.join(map(str, more))}".rstrip()
