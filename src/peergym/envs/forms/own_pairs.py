"""Whether an environment's own methods restore all of it: found by trial when it is loaded.

Theory of operation: many environments have `get_state` and `set_state`, and many of these forget
something: the generator, a counter, what a wrapper holds. So a short course is played, with a state
saved before every frame. From some of them, in any order, the environment is restored and stepped
again, twice, and across a reset. The measure is the graph of all its objects, which has to be the
same each time. Where that cannot be seen, since part of it lies behind a native handle, the measure
is what can be seen, what the environment says of itself, and its rewards.

Law: what is found depends on the environment alone, and the environments that are played here are
thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from peergym.envs.forms.base import Form, environments_in
from peergym.envs.forms.trial import SEED, inputs_of
from peergym.envs.objects import ObjectState
from peergym.envs.objects.handles import can_save, self_saving
from peergym.envs.objects.own import OwnPair, PutBack, own_pair
from peergym.rollback.canonical import decode, encode
from peergym.rollback.difference import Difference, differences

FRAMES = 24
LOADS, BLIND_LOADS = 8, 48
"""From how many frames it goes on; more where less can be seen, because a chance that is not saved
(an action of Atari's that sticks) shows itself in one of a dozen loads."""
AFTER_FRAMES = 3
MOST_SHOWN = 120
"""Characters of two values in a sentence; an emulator's memory tells nobody anything."""

LOCKSTEP = "Have it played in lockstep, where nothing is ever put back: metadata['lockstep'] = True"


def examine_own_pairs(form: type[Form]) -> PutBack:
    """Find out whether an environment is asked for its states."""
    game = form()
    game.reset(seed=SEED)  # before, some have nothing to say
    if not can_save(game, {}):
        return _examine_blindly(form, self_saving(game))
    sentence = ""
    for env in environments_in(game.env):
        cls = type(env)
        pair = own_pair(cls)
        if pair is None:
            continue
        own = f"{cls.__name__}'s own {pair.save} and {pair.load}"
        difference = _inexactness(form, {cls: pair}, LOADS, is_blind=False)
        if difference is None:
            sentence = f"{own} restored all of it in a trial, and are used"
            return PutBack({cls: pair}, sentence=sentence)
        sentence = sentence or f"{own} are not used, for they are not exact: {difference}"
    return PutBack(sentence=sentence)


def _examine_blindly(form: type[Form], asked: Mapping[type, OwnPair]) -> PutBack:
    if not asked:
        return PutBack()  # the refusal is told when it is played
    (cls, pair), *_ = asked.items()
    own = f"{cls.__name__}'s own {pair.save} and {pair.load}"
    difference = _inexactness(form, asked, BLIND_LOADS, is_blind=True)
    if difference is None:
        sentence = f"{own} put back what only they can, exactly in a trial"
        return PutBack(asked, is_blind=True, sentence=sentence)
    path, _, values = difference.partition(": ")
    if not path.startswith("."):
        path, values = "", difference
    return PutBack(
        inexact=(f"{own} are its only way back, and not exact: {values}. {LOCKSTEP}", path)
    )


def _inexactness(
    form: type[Form], asked: Mapping[type, OwnPair], loads: int, *, is_blind: bool
) -> str | None:
    """Return what differs after a load; nothing if all is as it was."""
    try:
        game = form()
        own = ObjectState(game, asked)
        trial = _Trial(game, own, own if is_blind else ObjectState(game))
        trial.play()
        return trial.repeat(loads)
    except Exception as error:  # noqa: BLE001 - whatever its methods raise, they cannot be used
        return f"{type(error).__name__}: {error}"


class _Trial:
    """A course, and what is seen when it is played again from its middle."""

    def __init__(self, game: Form, own: ObjectState, measure: ObjectState) -> None:
        self._game = game
        self._own = own
        self._measure = measure
        self._inputs = inputs_of(game)
        self._saved: list[Any] = []
        self._seen: list[bytes] = []
        self._actions: list[dict[Any, Any]] = []

    def play(self) -> None:
        """Play the course up to the first end of anybody."""
        self._game.reset(seed=SEED)
        rewards: Any = {}
        for frame in range(FRAMES):
            self._seen.append(self._look(rewards))
            self._saved.append(self._own.save())
            self._actions.append(self._inputs(frame))
            rewards, ends = self._step(frame)
            if ends:
                break
        self._seen.append(self._look(rewards))

    def repeat(self, loads: int) -> str | None:
        """Go on from some of its frames, in any order; what differs."""
        draw = Random(SEED)
        frames = [draw.randrange(len(self._saved)) for _ in range(loads)]
        for number, frame in enumerate(frames):
            if number == loads // 2:
                self._game.reset(seed=SEED + 1)
            for _ in range(2):
                difference = self._from(frame)
                if difference is not None:
                    return difference
        return None

    def _from(self, frame: int) -> str | None:
        self._own.load(self._saved[frame])
        seen = self._seen[frame]
        rewards = decode(seen, len(seen))["rewards"]
        until = min(frame + AFTER_FRAMES, len(self._saved))
        for each in range(frame, until + 1):
            seen = self._look(rewards)
            if seen != self._seen[each]:
                both = (decode(data, len(data))["state"] for data in (self._seen[each], seen))
                return _told(next(differences(*both), None))
            if each < until:
                rewards, _ = self._step(each)
        return None

    def _step(self, frame: int) -> tuple[Any, bool]:
        _, rewards, terminations, truncations, _ = self._game.step(dict(self._actions[frame]))
        ends = any(terminations.values()) or any(truncations.values())
        return rewards, ends

    def _look(self, rewards: Any) -> bytes:
        state = self._measure.plain(self._measure.save())
        told = rewards if isinstance(rewards, str) else repr(rewards)
        return encode({"rewards": told, "state": state})


def _told(difference: Difference | None) -> str:
    if difference is None:
        return "the rewards differ"
    if len(difference.ours) + len(difference.theirs) > MOST_SHOWN:
        return f"{difference.path}: another value"
    return str(difference)
