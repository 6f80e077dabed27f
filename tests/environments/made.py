"""Environments of other people's, unmodified, that need a line of their own to be made.

Each function is what a user writes into a file of his own to name an environment with arguments.
"""

# ruff: noqa: PLC0415 - each of them may be absent

from __future__ import annotations

from typing import Any


def cogrid_overcooked() -> Any:
    """Overcooked of CoGrid: agents are numbered from 0."""
    import cogrid

    return cogrid.make("Overcooked-CrampedRoom-V0")


def overcooked_ai() -> Any:
    """Overcooked-AI behind its own Gym interface, which takes the actions of both as a tuple."""
    import numpy as np

    vars(np)["Inf"] = np.inf  # its newest release is older than NumPy 2
    from gym.spaces import Discrete
    from overcooked_ai_py.mdp.overcooked_env import Overcooked, OvercookedEnv
    from overcooked_ai_py.mdp.overcooked_mdp import OvercookedGridworld

    mdp = OvercookedGridworld.from_layout_name("cramped_room")
    base = OvercookedEnv.from_mdp(mdp, horizon=400, info_level=0)
    env = Overcooked()
    # What `custom_init` sets, but for an observation space that asks for attributes of old.
    env.base_env = base
    env.featurize_fn = lambda _, state: base.lossless_state_encoding_mdp(state)
    env.action_space = Discrete(6)
    env.metadata = {"players": 2, "render_fps": 6, "name": "Overcooked-AI", "noop": 4}
    return env


class SlimeVolley:
    """Slime volley for two: the environment takes the second player's action as an argument."""

    possible_agents = ("left", "right")
    metadata = {"name": "Slime Volley", "render_fps": 50}

    def __init__(self) -> None:
        from slimevolleygym import SlimeVolleyEnv

        self.env = SlimeVolleyEnv()

    def action_space(self, agent: str) -> int:
        return 6

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.env.seed(seed)
        self.env.reset()
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        table = self.env.action_table
        _, reward, done, _ = self.env.step(table[actions["right"]], table[actions["left"]])
        rewards = {"right": reward, "left": -reward}
        return {}, rewards, dict.fromkeys(actions, done), {}, {}


def magent_battle() -> Any:
    """MAgent2 on its smallest map: all of it lives in C++."""
    from magent2.environments import battle_v4

    return battle_v4.parallel_env(map_size=12)


def lander() -> Any:
    """LunarLander, which nobody can put back, for a match in lockstep."""
    import gymnasium

    env = gymnasium.make("LunarLander-v3")
    env.metadata = {**env.metadata, "lockstep": True}
    return env
