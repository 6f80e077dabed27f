"""Environments of other forms, as games: what somebody else wrote, unmodified.

Theory of operation
    The adapter drives games in PettingZoo's parallel form. What has another form (a Gymnasium
    environment, several agents behind Gymnasium's interface, an environment in which agents take
    turns) is put behind an object of the parallel form, which is called a *form* here. Which one
    is needed is seen from an instance, so one is made when the game is loaded; `game_class` then
    returns a class that makes such games without arguments, as all of peergym expects.

    The form is part of the game's state, and with it the environment: snapshots see through both
    (`peergym.envs.snapshots`).

Laws
    1. The environment is not changed: a form calls what its interface documents.
    2. A form keeps no state of its own but what its attributes say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peergym.envs.forms.base import Form, innermost
from peergym.envs.forms.joint import JointForm
from peergym.envs.forms.metadata import read_metadata
from peergym.envs.forms.own_pairs import examine_own_pairs
from peergym.envs.forms.parallel import ParallelForm
from peergym.envs.forms.single import SingleForm
from peergym.envs.forms.trial import global_generators, idle_methods
from peergym.envs.forms.turns import TurnsForm
from peergym.envs.forms.unobserved import RULES_OBSERVE
from peergym.errors import EnvironmentContractError

__all__ = ["form_of", "game_class"]


def game_class(make_env: Callable[[], Any], name: str, source: Any = None) -> type:
    """Return a class of games that play the environments which ``make_env`` makes.

    Args:
        make_env: Makes a fresh environment each time.
        name: What people call it, unless its metadata say.
        source: The module it was named by, where a ``ManualPolicy`` may be found.

    Raises:
        EnvironmentContractError: What is made is no environment.
    """
    env = make_env()
    form = form_of(env)
    inner = type(innermost(env))
    members = {
        "__module__": inner.__module__,
        "__doc__": f"`{name}`, as a game.",
        "make_env": staticmethod(make_env),
        "metadata": read_metadata(env, name, form, source),
    }
    cls: type[Form] = type(inner.__name__, (form,), members)
    cls.uses_global = global_generators(cls)
    # In turns, observations are asked for rarely, and by the form itself.
    if form is not TurnsForm and not cls.metadata.get(RULES_OBSERVE):
        cls.unobserved = idle_methods(cls)
    if not cls.metadata.get("lockstep"):
        cls.put_back = examine_own_pairs(cls)
    return cls


def form_of(env: Any) -> type[Form]:
    """Return the form that an environment needs.

    Raises:
        EnvironmentContractError: It is no environment.
    """
    missing = [name for name in ("reset", "step") if not callable(getattr(env, name, None))]
    space = getattr(env, "action_space", None)
    if missing or space is None:
        lacking = [*missing, *(["action_space"] if space is None else [])]
        raise EnvironmentContractError(
            f"{type(env).__name__} is no environment: it has no {' and no '.join(lacking)}"
        )
    if hasattr(env, "single_action_space"):
        raise EnvironmentContractError(
            f"{type(env).__name__} is several environments side by side, for training: name what "
            "makes one of them"
        )
    if callable(getattr(env, "agent_iter", None)):
        return TurnsForm
    if getattr(env, "possible_agents", None) and callable(space):
        return ParallelForm
    return JointForm if JointForm.seats_of(env) else SingleForm
