"""Which keys mean which action, in the spelling of ``gymnasium.utils.play``.

``metadata["keys_to_action"]`` is a dict from keys to an action. Keys are

- a single character (``"w"``, ``" "``) or a name of the browser's ``KeyboardEvent.key``
  (``"ArrowUp"``, ``"Enter"``, ``"Shift"``), which begins with a capital letter;
- several characters, as Gymnasium has it (``"wa"``): w and a held together;
- an integer, as Gymnasium and pygame have it: a character code, or an arrow key;
- a tuple of any of these: all held together.

Where several entries fit the keys held, the one with the most keys counts.

Source: https://gymnasium.farama.org/api/utils/#gymnasium.utils.play.play
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from peergym.errors import EnvironmentContractError, UsageError

KEY_CODES = {
    1073741903: "ArrowRight",
    1073741904: "ArrowLeft",
    1073741905: "ArrowDown",
    1073741906: "ArrowUp",
    273: "ArrowUp",
    274: "ArrowDown",
    275: "ArrowRight",
    276: "ArrowLeft",
    9: "Tab",
    13: "Enter",
    27: "Escape",
}
"""pygame's codes: SDL's scan codes with bit 30 set, those of pygame before, which Gymnasium still
has in places, and control characters."""


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """Keys that, held together, mean an action.

    Attributes:
        keys: Names after ``KeyboardEvent.key``; letters in lower case.
        action: The action's number.
    """

    keys: tuple[str, ...]
    action: int


def read_keys(
    metadata: Mapping[str, Any], number_of: Callable[[Any], int] | None = None
) -> tuple[KeyBinding, ...]:
    """Read a game's key bindings.

    Args:
        metadata: The game's.
        number_of: From an action to the number by which the page names it, raising `UsageError`
            for what is none; without it, actions are whole numbers and stand for themselves.

    Raises:
        EnvironmentContractError: If a key or an action is not usable.
    """
    number_of = number_of or _whole_number
    declared = metadata.get("keys_to_action", {})
    if not isinstance(declared, Mapping):
        raise EnvironmentContractError("metadata['keys_to_action'] must be a dict")
    bindings = []
    for keys, action in declared.items():
        try:
            number = number_of(action)
        except UsageError as error:
            raise EnvironmentContractError(
                f"metadata['keys_to_action'][{keys!r}] must be an action, not {action!r}: {error}"
            ) from error
        bindings.append(KeyBinding(tuple(dict.fromkeys(_key_names(keys))), number))
    return tuple(bindings)


def _whole_number(action: Any) -> int:
    if not hasattr(action, "__index__"):
        raise UsageError("it is no whole number")
    number: int = action.__index__()
    return number


def _key_names(keys: Any) -> list[str]:
    if isinstance(keys, tuple) and keys:
        return [name for key in keys for name in _key_names(key)]
    if isinstance(keys, int) and not isinstance(keys, bool):
        if keys in KEY_CODES:
            return [KEY_CODES[keys]]
        if 32 <= keys < 127:
            return [chr(keys).lower()]
    if isinstance(keys, str) and keys:
        if len(keys) > 1 and keys[0].isupper():
            return [keys]
        return [character.lower() for character in keys]
    raise EnvironmentContractError(f"metadata['keys_to_action'] has an unknown key {keys!r}")
