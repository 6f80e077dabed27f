"""Whether a game says that it computes the same bits everywhere.

A game that does may be played by browsers and native peers together, whatever their Python and
their maths. What that asks of it is in ``docs/determinism.md``; a checksum that differs shows a
game that promised too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peergym.errors import EnvironmentContractError

FIELD = "is_portable"


def read_is_portable(metadata: Mapping[str, Any]) -> bool:
    """Read ``metadata["is_portable"]``; a game that says nothing is not.

    Raises:
        EnvironmentContractError: It is neither True nor False.
    """
    value = metadata.get(FIELD, False)
    if not isinstance(value, bool):
        raise EnvironmentContractError(f"metadata[{FIELD!r}] is True or False, not {value!r}")
    return value
