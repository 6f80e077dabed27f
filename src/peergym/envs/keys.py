"""Which keys mean which action, in the spelling of ``gymnasium.utils.play``.

``metadata["keys_to_action"]`` is a dict from keys to an action. Keys are

- a single character (``"w"``, ``" "``) or a name of the browser's ``KeyboardEvent.key``
  (``"ArrowUp"``, ``"Enter"``, ``"Shift"``), which begins with a capital letter;
- ``"MouseLeft"``, ``"MouseMiddle"``, ``"MouseRight"``: the mouse's buttons over the picture, of
  which a touch of it is the left one;
- several characters, as Gymnasium has it (``"wa"``): w and a held together;
- an integer, as Gymnasium and pygame have it: a character code, or an arrow key;
- a tuple of any of these: all held together.

Where several entries fit the keys held, the one with the most keys counts. Who has other actions
than the rest has his own keys: entries whose action he does not have are not his, and where that is
not enough, the dict is one from agents to such dicts.

Source: https://gymnasium.farama.org/api/utils/#gymnasium.utils.play.play
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from peergym.errors import EnvironmentContractError, UsageError

FIELD = "keys_to_action"

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
    bindings = []
    for keys, action in _declared(metadata).items():
        try:
            number = number_of(action)
        except UsageError as error:
            raise _no_action(keys, action, error) from error
        bindings.append(KeyBinding(_key_names(keys), number))
    return tuple(bindings)


def read_keys_by_player(
    metadata: Mapping[str, Any],
    agents: Sequence[Any],
    number_of: Callable[[int, Any], int],
) -> tuple[tuple[KeyBinding, ...], ...]:
    """Read the key bindings of each player: those whose action he has.

    Args:
        metadata: The game's.
        agents: Its agents, by player.
        number_of: From a player and an action to the number by which the page names it, raising
            `UsageError` for what is none of his actions.

    Raises:
        EnvironmentContractError: If a key or an action is not usable, or no player has the action.
    """
    declared = _declared(metadata)
    if _is_by_agent(declared, agents):
        return tuple(
            read_keys({FIELD: declared.get(agent, {})}, partial(number_of, player))
            for player, agent in enumerate(agents)
        )
    found: list[list[KeyBinding]] = [[] for _ in agents]
    for keys, action in declared.items():
        names, refusal = _key_names(keys), None
        for player, bindings in enumerate(found):
            try:
                bindings.append(KeyBinding(names, number_of(player, action)))
            except UsageError as error:
                refusal = refusal or error
        if refusal and not any(bindings and bindings[-1].keys == names for bindings in found):
            raise _no_action(keys, action, refusal) from refusal
    return tuple(tuple(bindings) for bindings in found)


def _declared(metadata: Mapping[str, Any]) -> Mapping[Any, Any]:
    declared = metadata.get(FIELD, {})
    if not isinstance(declared, Mapping):
        raise EnvironmentContractError(f"metadata[{FIELD!r}] must be a dict")
    return declared


def _is_by_agent(declared: Mapping[Any, Any], agents: Sequence[Any]) -> bool:
    """Whether it has a dict for each agent; an action may be a dict, too, but no key an agent."""
    return bool(declared) and all(
        agent in agents and isinstance(keys, Mapping) for agent, keys in declared.items()
    )


def _no_action(keys: Any, action: Any, why: UsageError) -> EnvironmentContractError:
    return EnvironmentContractError(
        f"metadata[{FIELD!r}][{keys!r}] must be an action, not {action!r}: {why}"
    )


def _whole_number(action: Any) -> int:
    if not hasattr(action, "__index__"):
        raise UsageError("it is no whole number")
    number: int = action.__index__()
    return number


def _key_names(keys: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_names(keys)))


def _names(keys: Any) -> list[str]:
    if isinstance(keys, tuple) and keys:
        return [name for key in keys for name in _names(key)]
    if isinstance(keys, int) and not isinstance(keys, bool):
        if keys in KEY_CODES:
            return [KEY_CODES[keys]]
        if 32 <= keys < 127:
            return [chr(keys).lower()]
    if isinstance(keys, str) and keys:
        if len(keys) > 1 and keys[0].isupper():
            return [keys]
        return [character.lower() for character in keys]
    raise EnvironmentContractError(f"metadata[{FIELD!r}] has an unknown key {keys!r}")
