"""The options of a game: what players may choose in the lobby before a match.

A game declares them in ``metadata["options"]``, a dict from name to a dict of
``label``, ``default``, ``min``, ``max`` and ``step``. Where all four numbers are integers, the
option is an integer; otherwise it is a float. The chosen values reach the game as
``reset(options={name: value, ...})``, always complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from peergym.errors import ConfigurationError, EnvironmentContractError

Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Option:
    """A number that players may choose.

    Attributes:
        name: The key in the dict that ``reset`` receives.
        label: What the lobby shows.
        default: The value unless somebody chooses another.
        minimum: The lowest value allowed.
        maximum: The highest value allowed.
        step: By how much the lobby's control moves.
    """

    name: str
    label: str
    default: Number
    minimum: Number
    maximum: Number
    step: Number

    @property
    def is_integer(self) -> bool:
        """Whether the option takes integers only."""
        return all(type(n) is int for n in (self.default, self.minimum, self.maximum, self.step))

    def check(self, value: Any) -> Number:
        """Return a chosen value in the option's own type, so all peers hold the same.

        JSON knows one kind of number: a 3 may arrive for the float 3.0, and the other way round.

        Raises:
            ConfigurationError: If it is no number, not finite, out of range, or not whole where
                integers are wanted.
        """
        if type(value) not in (int, float):
            raise ConfigurationError(self.name, f"must be a number, not {value!r}")
        if not self.minimum <= value <= self.maximum:  # NaN fails this as well
            raise ConfigurationError(
                self.name, f"must be between {self.minimum} and {self.maximum}, not {value}"
            )
        if not self.is_integer:
            return float(value)
        if value != int(value):
            raise ConfigurationError(self.name, f"must be a whole number, not {value}")
        return int(value)


def read_options(metadata: Mapping[str, Any]) -> tuple[Option, ...]:
    """Read a game's declared options.

    Raises:
        EnvironmentContractError: If a declaration is not usable.
    """
    declared = metadata.get("options", {})
    if not isinstance(declared, Mapping):
        raise EnvironmentContractError("metadata['options'] must be a dict of dicts")
    return tuple(_read_option(name, entry) for name, entry in declared.items())


def _read_option(name: Any, entry: Any) -> Option:
    where = f"metadata['options'][{name!r}]"
    if not isinstance(name, str) or not isinstance(entry, Mapping):
        raise EnvironmentContractError(f"{where} must be a dict under a text key")
    numbers: list[Number] = []
    for field in ("default", "min", "max", "step"):
        value = entry.get(field, 1 if field == "step" else None)
        if type(value) not in (int, float):
            raise EnvironmentContractError(f"{where} needs a number as {field!r}, not {value!r}")
        numbers.append(value)
    default, minimum, maximum, step = numbers
    if not minimum <= default <= maximum or not step > 0:
        raise EnvironmentContractError(f"{where} needs min <= default <= max and step > 0")
    return Option(name, str(entry.get("label", name)), default, minimum, maximum, step)


def complete_options(
    options: tuple[Option, ...], chosen: Mapping[str, Any] | None
) -> dict[str, Number]:
    """Check chosen values and fill in the defaults of the rest.

    Args:
        options: The game's declared options.
        chosen: Values by name, perhaps from a stranger's page.

    Raises:
        ConfigurationError: If a name is not an option or a value is not allowed; names the option.
    """
    chosen = chosen or {}
    known = {option.name for option in options}
    for name in chosen:
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise ConfigurationError(str(name), f"is not an option of this game (options: {names})")
    return {
        option.name: option.check(chosen.get(option.name, option.default)) for option in options
    }
