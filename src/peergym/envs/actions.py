"""From an agent's actions to inputs and back.

An input is what the network carries: a non-negative integer of a fixed number of bits, where 0
means "does nothing". So actions are numbered anew, beginning at the no-op:
``input = (action - noop) mod n``.

Decoding is total. With three actions two bits are sent, and a peer can send a 3, which no action
encodes to. It is taken modulo n, so everybody sees the same move and the match goes on. Encoding
is strict: an action outside the space is refused at the door.
"""

from __future__ import annotations

from typing import Any

from peergym.envs.composite_actions import WAIT
from peergym.errors import EnvironmentContractError, UsageError

MAX_ACTIONS = 1 << 16
"""Most actions an agent may have: 16 bits are the widest input the wire format carries."""


class ActionCodec:
    """Encodes the actions ``start .. start + count - 1`` of one agent.

    Args:
        count: How many actions there are, 1 to `MAX_ACTIONS`.
        noop: The action that means "does nothing".
        start: The lowest action.

    Attributes:
        is_shared: True: a whole number can be handed out any number of times.

    Raises:
        EnvironmentContractError: If the count is out of range or ``noop`` is no action.
    """

    __slots__ = ("count", "input_bits", "noop", "start")

    is_shared = True

    def __init__(self, count: int, noop: int = 0, start: int = 0) -> None:
        if not 1 <= count <= MAX_ACTIONS:
            raise EnvironmentContractError(
                f"an action space needs 1 to {MAX_ACTIONS} actions, not {count}"
            )
        if not start <= noop < start + count:
            raise EnvironmentContractError(
                f"the noop action {noop} is not among the actions {start} to {start + count - 1}"
            )
        self.count = count
        self.noop = noop
        self.start = start
        self.input_bits = (count - 1).bit_length()

    def encode(self, action: Any) -> int:
        """Return the input for an action.

        Raises:
            UsageError: If it is not one of the actions.
        """
        return (self.number(action) - self.noop) % self.count

    def decode(self, value: int) -> int:
        """Return the action for an input, whatever non-negative integer it is."""
        return (value + self.noop - self.start) % self.count + self.start

    def number(self, action: Any) -> int:
        """Return the number by which page and policies name an action: the action itself.

        Raises:
            UsageError: If it is not one of the actions.
        """
        # bool is an int, but True is never meant as action 1.
        if type(action) is bool or not hasattr(action, "__index__"):
            raise UsageError(f"an action is an integer, not {action!r}")
        number: int = action.__index__()
        if not self.start <= number < self.start + self.count:
            raise UsageError(
                f"action {number} is not among the actions "
                f"{self.start} to {self.start + self.count - 1}"
            )
        return number


__all__ = ["MAX_ACTIONS", "WAIT", "ActionCodec"]
