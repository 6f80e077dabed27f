"""What a game is: a class in PettingZoo's parallel form, with or without PettingZoo.

Theory of operation
    Every peer runs its own copy of the game. The copies stay equal because `step` is a function
    of the state and of everybody's actions alone; the network carries nothing but the actions.
    When a late action arrives, the game is put back to an earlier state and stepped again. So a
    game needs three things: to be deterministic, to be steppable, and to be saved and restored.

Laws
    1. `reset(seed=s)` always leads to the same state, whatever happened before.
    2. `step` uses no clock, no entropy, no global state; random numbers come from the seed.
    3. What `get_state` returned is never changed afterwards by the game, and `set_state` can be
       called with the same value any number of times.
    4. `draw`, `policy` and observations read the state and never change it.

A class written for PettingZoo keeps laws 1 and 2 already. Law 3 is kept for you if you leave out
`get_state` and `set_state` (see `peergym.envs.snapshots`). Environments of other forms than this
one are put into it (`peergym.envs.forms`).

Optional attributes of the class
    ``metadata``
        A dict with any of: ``name``; ``render_fps`` (frames a second, default 60); ``noop`` (the
        action of somebody who does nothing, default 0); ``screen`` ((width, height) in pixels,
        default (800, 600)); ``options`` (see `peergym.envs.options`); ``keys_to_action`` (see
        `peergym.envs.keys`); ``zoom`` (how much to enlarge what it renders); ``wait_on_player``
        (True: agents may send no action, and the game decides what that means);
        ``action_levels`` (into how many levels a box is divided, see `peergym.envs.levels`);
        ``action_names``; ``lockstep`` (True: it cannot be put back, see
        `peergym.envs.course_state`); ``pointer`` (see `peergym.envs.pointer`);
        ``rules_observe`` (True: the rules read observations, so none are left out, see
        `peergym.envs.forms.unobserved`);
        ``confirmed_effects`` (names of effects that must not be wrong: heard and told once they
        are certain);
        ``is_portable`` (True: the same bits on every platform and Python, so that browsers and
        native peers may play together; see ``docs/determinism.md``).
    ``effects``
        A list, there from ``__init__`` or `reset` on, that `step` appends names to, such as
        ``"hit"``: sounds for the page to play, each once in spite of rollback, and broken off if
        it turns out never to have happened. Never part of the state. See ``docs/games.md``.
    ``draw(surface, player)``
        Draw the game on a `peergym.envs.Surface` as seen by the player with this index.
    ``policy(agent)``
        The action of the computer player in this agent's seat. It must depend on the state alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

AgentId: TypeAlias = Any
StepResult: TypeAlias = tuple[
    Mapping[AgentId, Any],
    Mapping[AgentId, float],
    Mapping[AgentId, bool],
    Mapping[AgentId, bool],
    Mapping[AgentId, Any],
]

REQUIRED_METHODS = ("reset", "step", "action_space")
"""Methods without which a class is not a game; ``possible_agents`` is needed as well."""


class ParallelGame(Protocol):
    """The part of PettingZoo's parallel form that is used here."""

    possible_agents: Sequence[AgentId]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Mapping[AgentId, Any], Mapping[AgentId, Any]]:
        """Start an episode and return observations and infos, both keyed by agent."""

    def step(self, actions: dict[AgentId, Any]) -> StepResult:
        """Advance by one frame.

        Returns:
            Observations, rewards, terminations, truncations and infos, each keyed by agent.
        """

    def action_space(self, agent: AgentId) -> Any:
        """Return a count of actions, or a space (see `peergym.envs.spaces`)."""
