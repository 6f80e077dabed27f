"""A short course of an environment, played when it is loaded, to find out what nobody declares.

Found out are: which global generators it draws from, and which of its methods do nothing but
observe. The environments that are played here are thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peergym.envs.forms.base import Form, innermost
from peergym.envs.forms.streams import differing, read_global, write_global
from peergym.envs.forms.unobserved import observing_methods
from peergym.envs.objects import ObjectState
from peergym.envs.spaces import FIELD as LEVELS
from peergym.envs.spaces import codec_from_space
from peergym.rollback.canonical import encode

TRIAL_FRAMES = 40
"""Long enough to leave the beginning; at 1 ms a step, it takes a tenth of a second."""

SEED = 20_240_229


def global_generators(form: type[Form]) -> frozenset[str]:
    """Return which global generators an environment draws from, and leave them as they are."""
    outside = read_global(with_random=True, with_numpy=True)
    try:
        play(form(), watches_state=False)
        return differing(outside, read_global(with_random=True, with_numpy=True))
    finally:
        write_global(*outside)


def idle_methods(form: type[Form]) -> tuple[str, ...]:
    """Return the methods that only observe: without them the course is the same.

    A course that cannot be compared, because its states cannot be saved, has none.
    """
    names = observing_methods(innermost(form().env))
    if not names:
        return ()
    try:
        course = play(form())
    except Exception:  # noqa: BLE001 - whatever an environment raises is told when it is played
        return ()
    found = tuple(name for name in names if _answered(form, (name,), course))
    # One that calls another leaves it without a call: what is not called needs no stand-in.
    while found and not (together := _answered(form, found, course)):
        found = found[:-1]
    return tuple(name for name in found if name in together)


def _answered(form: type[Form], names: tuple[str, ...], course: list[Any]) -> set[str]:
    """Which methods were answered for; none if the course was not the same, or may not be."""
    tried = type(form.__name__, (form,), {"unobserved": names, "__module__": form.__module__})
    try:
        game = tried()
        is_same = play(game) == course
    except Exception:  # noqa: BLE001 - then it needs the observation
        return set()
    return game.observing.answered if is_same and not game.observing.decides() else set()


def play(game: Form, *, watches_state: bool = True) -> list[Any]:
    """Play the course and return what can be seen of it: rewards, ends and states."""
    inputs = inputs_of(game)
    states = ObjectState.of(game) if watches_state else None
    pristine = None if states is None else states.save()
    course: list[Any] = []
    over: set[Any] = set(game.possible_agents)
    episode = 0
    for frame in range(TRIAL_FRAMES):
        if len(over) == len(game.possible_agents):
            if states is not None and pristine is not None:
                states.load(pristine)
            game.reset(seed=SEED + episode)
            over.clear()
            episode += 1
        actions = {agent: each for agent, each in inputs(frame).items() if agent not in over}
        _, rewards, terminations, truncations, _ = game.step(actions)
        over |= {agent for ends in (terminations, truncations) for agent in ends if ends[agent]}
        if states is not None:
            state = encode(states.plain(states.save()))
            course.append((repr(rewards), sorted(map(repr, over)), state))
    return course


def inputs_of(game: Form) -> Callable[[int], dict[Any, Any]]:
    """Return what tells everybody's actions by number of the frame."""
    codecs = [
        codec_from_space(
            game.action_space(agent),
            game.metadata.get("noop"),
            game.metadata.get(LEVELS),
            waits=bool(game.metadata.get("wait_on_player", False)),
        )
        for agent in game.possible_agents
    ]
    return lambda frame: {
        agent: codec.decode((frame // 2 * 7 + player * 5) % codec.count)
        for player, (agent, codec) in enumerate(zip(game.possible_agents, codecs, strict=True))
    }
