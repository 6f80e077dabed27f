"""Actions that consist of parts, and inputs that may be absent.

Theory of operation: an action of several parts is one number in a mixed radix, each part a digit
that is 0 at rest; so the whole is 0 when nothing is done, and any number stands for some action
(the highest are taken modulo the count). An agent that may wait has one input more: 0 is no action
at all, and every other input is one higher than it would be.

The page and policies name an action by a *number*: for a discrete space that is the action itself,
for one of parts its input, and `WAIT` for no action; where `WAIT` is an action itself, the number
below the lowest action.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from peergym.errors import EnvironmentContractError, UsageError

WAIT = -1
"""The number of no action at all."""


class Codec(Protocol):
    """Between an agent's actions and inputs."""

    @property
    def count(self) -> int:
        """How many inputs there are."""

    def encode(self, action: Any) -> int:
        """Return the input for an action.

        Raises:
            UsageError: It is none of the agent's actions.
        """

    def decode(self, value: int) -> Any:
        """Return the action for an input, whatever non-negative integer it is."""


class CompositeCodec:
    """Encodes actions of several parts.

    Args:
        parts: What encodes each part.
        split: From an action to its parts; raises `UsageError` for what is no action.
        join: From parts to an action, a new one each time.

    Attributes:
        count: How many inputs there are.
        input_bits: How many bits they take.
        is_shared: False: an array may be changed by who gets it, so each gets his own.

    Raises:
        EnvironmentContractError: There are more inputs than an input can carry.
    """

    is_shared = False

    def __init__(
        self,
        parts: Sequence[Codec],
        split: Callable[[Any], Sequence[Any]],
        join: Callable[[list[Any]], Any],
        most_inputs: int,
    ) -> None:
        self._parts = tuple(parts)
        self._split = split
        self._join = join
        self.count = 1
        for part in self._parts:
            self.count *= part.count
        if self.count > most_inputs:
            raise EnvironmentContractError(
                f"an action of {len(self._parts)} parts has {self.count} values, and an input "
                f"carries {most_inputs}; declare fewer levels in metadata['action_levels'], or "
                "offer fewer actions"
            )
        self.input_bits = (self.count - 1).bit_length()

    def encode(self, action: Any) -> int:
        """Return the input for an action, or for the number of one.

        Raises:
            UsageError: It is none of the agent's actions.
        """
        if type(action) is int:
            if not 0 <= action < self.count:
                raise UsageError(f"action {action} is not among the actions 0 to {self.count - 1}")
            return action
        values = self._split(action)
        if len(values) != len(self._parts):
            raise UsageError(f"an action has {len(self._parts)} parts, not {len(values)}")
        number = 0
        for part, value in zip(reversed(self._parts), reversed(values), strict=True):
            number = number * part.count + part.encode(value)
        return number

    def decode(self, value: int) -> Any:
        """Return the action for an input, whatever non-negative integer it is."""
        value %= self.count
        values = []
        for part in self._parts:
            value, digit = divmod(value, part.count)
            values.append(part.decode(digit))
        return self._join(values)

    def number(self, action: Any) -> int:
        """Return the number of an action: its input."""
        return self.encode(action)


class WaitingCodec:
    """Encodes actions of an agent that may also send none.

    Args:
        inner: Encodes its actions.
        most_inputs: How many inputs there may be.

    Attributes:
        count, input_bits, is_shared: As of the others.

    Raises:
        EnvironmentContractError: There are more inputs than an input can carry.
    """

    def __init__(self, inner: Any, most_inputs: int) -> None:
        self._inner = inner
        self._wait = min(WAIT, getattr(inner, "start", 0) - 1)
        self.count = inner.count + 1
        if self.count > most_inputs:
            raise EnvironmentContractError(
                f"{inner.count} actions and waiting do not fit into an input of {most_inputs}"
            )
        self.input_bits = (self.count - 1).bit_length()
        self.is_shared = inner.is_shared

    def encode(self, action: Any) -> int:
        """Return the input for an action; 0 for None and the number of no action.

        Raises:
            UsageError: It is none of the agent's actions.
        """
        if action is None or (type(action) is int and action == self._wait):
            return 0
        return int(self._inner.encode(action)) + 1

    def decode(self, value: int) -> Any:
        """Return the action for an input, None for 0."""
        value %= self.count
        return self._inner.decode(value - 1) if value else None

    def number(self, action: Any) -> int:
        """Return the number of an action."""
        return self._wait if action is None else int(self._inner.number(action))
