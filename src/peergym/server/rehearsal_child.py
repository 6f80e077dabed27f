"""What runs in the process of a rehearsal; see `peergym.server.rehearsal`.

python rehearsal_child.py          with what to rehearse on standard input, as JSON
"""

from __future__ import annotations

import importlib.machinery
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

from peergym.envs.absent import AbsentLibraryError, install_stand_ins
from peergym.envs.surface import Surface
from peergym.errors import PeergymError

OURS = "peergym"
FRAMES = 60
"""Of a script with everybody's actions: some libraries are imported when they are first needed."""

LONGEST_S = 10.0
"""Of an environment whose steps are slow, only so much is played."""


class CompiledIsMissing(MetaPathFinder):
    """Refuses modules that are compiled for this machine, except those that a browser has.

    Attributes:
        missing: Those that were asked for and refused.
    """

    def __init__(self, compiled: Iterable[str]) -> None:
        self.missing: list[str] = []
        self._there = frozenset(compiled) | frozenset(sys.stdlib_module_names)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Refuse, or leave it to others."""
        if fullname.partition(".")[0] in self._there:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not (spec.origin or "").endswith(
            tuple(importlib.machinery.EXTENSION_SUFFIXES)
        ):
            return None
        self.missing.append(fullname)
        raise ModuleNotFoundError(f"{fullname} is compiled for this machine", name=fullname)


def main() -> None:
    """Rehearse, and print what was found as JSON."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a game that prints does so elsewhere
    wanted = json.load(sys.stdin)
    guard = CompiledIsMissing(wanted["compiled"])
    sys.meta_path.insert(0, guard)
    install_stand_ins(wanted["stand_ins"])
    before = set(sys.modules)
    told: dict[str, Any] = {"error": "", "lacking": "", "lacks_drawing": False}
    try:
        _rehearse(wanted["spec"], wanted["players"])
    except Exception as error:  # noqa: BLE001 - whatever it is, it would happen to a page
        is_ours = isinstance(error, PeergymError)
        text = str(error).removeprefix("game: ")
        told["error"] = text if is_ours else f"{type(error).__name__}: {error}"
        told["lacks_drawing"] = any(isinstance(e, AbsentLibraryError) for e in _chain(error))
        told["lacking"] = _cause(error, {_top(name) for name in guard.missing})
    loaded = {_top(name) for name in set(sys.modules) - before}
    told["modules"] = sorted(name for name in loaded if _comes_from_files(name))
    json.dump(told, out)
    out.flush()


def _top(name: str) -> str:
    return name.partition(".")[0]


def _comes_from_files(name: str) -> bool:
    """Whether a module is one that has to be sent; some exist in memory alone."""
    module = sys.modules.get(name)
    if name in sys.stdlib_module_names or name == OURS or name.startswith("__") or module is None:
        return False
    return bool(getattr(module, "__file__", None) or getattr(module, "__path__", None))


def _cause(error: BaseException, missing: set[str]) -> str:
    """Return the module whose absence led to an error; empty if it was something else."""
    for each in _chain(error):
        if isinstance(each, ImportError) and _top(each.name or "") in missing:
            return _top(each.name or "")
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _rehearse(spec: str, players: int | None) -> None:
    from peergym.envs.check.play import Script, operations_of  # noqa: PLC0415 - after the finders
    from peergym.envs.description import screen_of  # noqa: PLC0415
    from peergym.envs.maker import game_maker  # noqa: PLC0415
    from peergym.games.catalogue import find_game  # noqa: PLC0415

    game = game_maker(find_game(spec), players)()
    begun_s = time.monotonic()
    for _ in operations_of(game, Script(0, FRAMES)):
        if time.monotonic() - begun_s > LONGEST_S:
            break
    surface = Surface(*screen_of(game))
    for player in range(game.players):
        game.draw(surface, player)
        if game.has_policy():
            game.policy(player)
    surface.encode()


if __name__ == "__main__":
    main()
