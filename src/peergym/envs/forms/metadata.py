"""What an environment says of itself, gathered from the places where it may say it.

Gymnasium and PettingZoo keep the pace in ``metadata["render_fps"]``; `gymnasium.utils.play` takes
``keys_to_action``, ``noop``, ``fps``, ``zoom`` and ``wait_on_player``; an environment may have
``get_keys_to_action``, and a module of PettingZoo's a ``ManualPolicy``. All of them end up in one
dict, under the names of `peergym.envs.game`. What the environment's own metadata say comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peergym.envs.forms.base import Form
from peergym.envs.forms.keys import likely_keys, manual_keys, own_keys
from peergym.envs.forms.names import action_names, count_of, noop_among
from peergym.envs.forms.turns import TurnsForm

DEFAULT_FRAME_RATE_HZ = 30
"""What `gymnasium.utils.play` takes for an environment that does not say."""

TURNS_FRAME_RATE_HZ = 10
"""At least, where agents take turns: nothing moves by itself, and a key is not to be missed."""

_RATES = ("fps", "render_fps", "video.frames_per_second")


def read_metadata(env: Any, name: str, form: type[Form], source: Any) -> dict[str, Any]:
    """Gather what an environment says of itself.

    Args:
        env: An instance.
        name: What people call it, unless it says.
        form: The form it needs.
        source: The module it was named by.
    """
    declared = getattr(env, "metadata", None)
    metadata: dict[str, Any] = dict(declared) if isinstance(declared, Mapping) else {}
    metadata.setdefault("name", name)
    rate = _frame_rate(metadata)
    metadata["render_fps"] = max(rate, TURNS_FRAME_RATE_HZ) if form is TurnsForm else rate
    metadata["wait_on_player"] = form.waits(env)
    agents = form.agents_of(env)
    spaces = [form.space_of(env, agent) for agent in agents]
    names = metadata.setdefault("action_names", action_names(env, spaces[0]))
    keys, idle = manual_keys(env, source, agents)
    keys = dict(metadata.get("keys_to_action") or keys or own_keys(env))
    # What holding no key at all means is another way of saying it.
    noops = (metadata.get("noop"), keys.pop((), None), idle, noop_among(names))
    noop = next((each for each in noops if each is not None), None)
    if noop is not None:
        metadata["noop"] = noop
    metadata["keys_to_action"] = keys or _keys_of_spaces(names, agents, spaces, noop)
    return metadata


def _keys_of_spaces(
    names: tuple[str, ...], agents: Sequence[Any], spaces: Sequence[Any], noop: Any
) -> dict[Any, Any]:
    """Keys that follow from the action spaces; by agent where these differ in more than a count."""
    if all(count_of(space) for space in spaces):
        return likely_keys(names, spaces, noop)
    by_agent = {
        agent: likely_keys(names, [space], noop)
        for agent, space in zip(agents, spaces, strict=True)
    }
    first, *others = by_agent.values()
    return first if all(each == first for each in others) else by_agent


def _frame_rate(metadata: Mapping[str, Any]) -> Any:
    for name in _RATES:
        rate = metadata.get(name)
        if rate is not None:
            return rate.item() if hasattr(rate, "item") else rate
    return DEFAULT_FRAME_RATE_HZ
