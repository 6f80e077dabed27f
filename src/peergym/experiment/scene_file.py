"""Find the scene of a file, and the name under which its environment can be served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from peergym.envs.modules import load_file
from peergym.errors import ConfigurationError
from peergym.experiment.gym_scene import GymScene

FIELD = "experiment"


@dataclass(frozen=True, slots=True)
class FoundScene:
    """A scene of a file.

    Attributes:
        scene: The scene.
        game: Its environment, as ``peergym play`` names it.
    """

    scene: GymScene
    game: str


def find_scene(spec: str) -> FoundScene:
    """Find a scene.

    Args:
        spec: ``file.py``, or ``file.py:name`` where a file has several.

    Raises:
        ConfigurationError: There is no such file or scene, or it is not clear which one is meant.
    """
    place, _, name = spec.rpartition(":")
    if not place.endswith(".py"):
        place, name = spec, ""
    path = Path(place)
    if path.suffix != ".py":
        raise ConfigurationError(FIELD, f"{spec!r} is neither file.py nor file.py:name.")
    module = load_file(path, FIELD)
    scene = _choose(module, path, name)
    return FoundScene(scene, _game_of(scene, module, path))


def _choose(module: ModuleType, path: Path, name: str) -> GymScene:
    scenes = {key: value for key, value in vars(module).items() if isinstance(value, GymScene)}
    if name:
        if name not in scenes:
            raise ConfigurationError(FIELD, f"{path} has no scene {name}. {_say(scenes)}")
        return scenes[name]
    # The same scene may have two names.
    different = {id(scene): scene for scene in scenes.values()}
    if len(different) != 1:
        hint = f" Choose one: {path}:{next(iter(scenes))}." if scenes else ""
        raise ConfigurationError(FIELD, f"{path} is to be served. {_say(scenes)}{hint}")
    return next(iter(different.values()))


def _say(scenes: dict[str, GymScene]) -> str:
    if not scenes:
        return "It needs a scene at its top level: scene = GymScene(...)."
    return (
        f"It has the scenes {', '.join(scenes)}."
        if len(scenes) > 1
        else (f"It has the scene {next(iter(scenes))}.")
    )


def _game_of(scene: GymScene, module: ModuleType, path: Path) -> str:
    environment = scene.environment
    if isinstance(environment, str):
        place, colon, name = environment.rpartition(":")
        if place.endswith(".py"):
            # As whoever wrote the file saw it, wherever it is served from.
            return f"{path.parent / place}{colon}{name}"
        return environment
    for name, value in vars(module).items():
        if value is environment:
            return f"{path}:{name}"
    raise ConfigurationError(
        FIELD,
        f"the environment {environment!r} has no name in {path}; browsers find it by that. "
        "Give its class or maker a name at the top level of the file.",
    )
