"""Which objects of a graph hold what only they themselves can save.

Theory of operation: of the objects that have a pair of methods for it (`own`), the innermost is
tried first. One that can be saved as any other object is not asked, as its own methods may leave
something out. Of one that cannot, those attributes are found out which are the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peergym.envs.objects.offenders import everything
from peergym.envs.objects.own import OwnPair, own_pair
from peergym.envs.objects.pickler import write


def self_saving(root: object) -> dict[type, OwnPair]:
    """Return the classes whose objects have to be asked, and by what; nothing if none can be.

    Args:
        root: A graph that cannot be saved without asking.
    """
    asked: dict[type, OwnPair] = {}
    for obj in reversed([each for _, each in everything(root)]):
        pair = own_pair(type(obj))
        if pair is None or can_save(obj, asked):
            continue
        if hasattr(obj, "__dict__"):
            pair = pair.beside(_handles_of(obj, pair, asked))
        asked[type(obj)] = pair
    return asked


def can_save(value: object, asked: Mapping[type, OwnPair]) -> bool:
    """Whether a graph can be saved."""
    try:
        write(value, asked)
    except Exception:  # noqa: BLE001 - a foreign __reduce__ may raise whatever it likes
        return False
    return True


def _handles_of(obj: Any, pair: OwnPair, asked: Mapping[type, OwnPair]) -> frozenset[str]:
    known = asked.get(type(obj))
    earlier = frozenset() if known is None or known.handles is None else known.handles
    around = {**asked, type(obj): pair}  # who holds the object itself is no handle
    found = {name for name, each in obj.__dict__.items() if not can_save(each, around)}
    return earlier | found
