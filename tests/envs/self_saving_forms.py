"""Environments that save and restore themselves, well or badly."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any


class Exact:
    """Gymnasium's form: all of it is in its state, the generator as well."""

    metadata: dict[str, Any] = {"render_fps": 20}
    action_space: Any = SimpleNamespace(n=3, start=0, shape=())

    def __init__(self) -> None:
        self.random: Random | None = None
        self.trail: list[int] = []
        self.told = object()  # no plain data

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.random = Random(seed)
        self.trail = [0]
        return 0, {}

    def step(self, action: int) -> Any:
        assert self.random is not None
        self.trail.append((self.trail[-1] + action + self.random.randrange(5)) % 97)
        return 0, float(self.trail[-1]), len(self.trail) > 70, False, {}

    def get_state(self) -> Any:
        if self.random is None:
            raise RuntimeError("must call reset() before get_state()")
        return {"random": self.random.getstate(), "trail": list(self.trail)}

    def set_state(self, state: Any) -> None:
        assert self.random is not None
        self.random.setstate(state["random"])
        self.trail = list(state["trail"])


class Limit:
    """A wrapper with a counter of its own."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.metadata = env.metadata
        self.steps = 0

    @property
    def action_space(self) -> Any:
        return self.env.action_space

    @property
    def unwrapped(self) -> Any:
        return self.env

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.steps = 0
        return self.env.reset(seed=seed)

    def step(self, action: int) -> Any:
        self.steps += 1
        observation, reward, terminated, _, info = self.env.step(action)
        return observation, reward, terminated, self.steps >= 60, info


def limited() -> Any:
    return Limit(Exact())


class WithoutLuck(Exact):
    """Forgets the generator."""

    def set_state(self, state: Any) -> None:
        self.trail = list(state["trail"])


class Sharing(Exact):
    """Hands out the list that it goes on with."""

    def get_state(self) -> Any:
        return {**super().get_state(), "trail": self.trail}


class Drawing(Exact):
    """Draws when it is asked."""

    def get_state(self) -> Any:
        state = super().get_state()
        assert self.random is not None
        self.random.random()
        return state


class Failing(Exact):
    """Cannot do what it says."""

    def set_state(self, state: Any) -> None:
        raise NotImplementedError("one day")


class OfTwo(Exact):
    """As Gymnasium's MuJoCo: what it takes is not what it gives."""

    def set_state(self, position: Any, velocity: Any) -> None:  # type: ignore[override]
        raise AssertionError


class Emulated(Exact):
    """Behind a handle; the frames are counted outside of it."""

    def __init__(self) -> None:
        super().__init__()
        self.handle = (each for each in "abc")
        self.luck = Random(0)
        self.frames = 0
        self.left: list[int] = []

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.frames = 0
        self.luck = Random(seed)
        return super().reset(seed=seed)

    def step(self, action: int) -> Any:
        self.frames += 1
        return super().step(action)

    def get_state(self) -> Any:
        luck = self.random.getstate() if self.random is not None else None
        return luck, list(self.trail)

    def set_state(self, state: Any) -> None:
        if state[0] is not None:
            self.random = Random(0)
            self.random.setstate(state[0])
        self.trail = list(state[1])


class Silent(Emulated):
    """Says nothing before it was reset."""

    def get_state(self) -> Any:
        if self.random is None:
            raise RuntimeError("must call reset() before get_state()")
        return super().get_state()


class Memory:
    """Something behind a handle, and how much was drawn from it."""

    def __init__(self) -> None:
        self.handle = (each for each in "abc")
        self.last = 0


class Sticky(Emulated):
    """Repeats the action before the last one now and then; that one is told to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()

    def step(self, action: int) -> Any:
        assert self.random is not None
        if self.random.random() < 0.75:
            self.memory.last = action
        return super().step(self.memory.last)


class StickyInLockstep(Sticky):
    """The same, played without prediction."""

    metadata = {"lockstep": True}
