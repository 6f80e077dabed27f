"""Strict reading of a JSON object that a stranger may have written.

Every field is asked for by name, type and limit; what is not as asked is a `ValueError` with a
sentence that names the field. JSON's ``true`` is not taken for a number.
"""

from __future__ import annotations

from typing import Any

MOST_TEXTS = 256  # entries of an object of texts
LONGEST_TEXT = 4096


class Fields:
    """One JSON object.

    Args:
        value: What `json.loads` returned.

    Raises:
        ValueError: It is no object.
    """

    def __init__(self, value: object) -> None:
        if type(value) is not dict:
            raise ValueError("its header is no JSON object")
        self._fields: dict[str, Any] = value

    def integer(self, name: str, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``."""
        value = self._field(name)
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"{name!r} in its header is no number from {least} to {most}")
        return value

    def integers(self, name: str, least: int, most: int, count: int) -> tuple[int, ...]:
        """A list of at most ``count`` whole numbers."""
        values = self._field(name)
        if type(values) is not list or len(values) > count:
            raise ValueError(f"{name!r} in its header is no list of at most {count} numbers")
        for value in values:
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"{name!r} in its header has more than numbers up to {most}")
        return tuple(values)

    def text(self, name: str, longest: int) -> str:
        """A text of at most ``longest`` characters."""
        value = self._field(name)
        if type(value) is not str or len(value) > longest:
            raise ValueError(f"{name!r} in its header is no text of at most {longest} characters")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        """An object, whatever is in it."""
        value = self._field(name)
        if type(value) is not dict:
            raise ValueError(f"{name!r} in its header is no object")
        return value

    def texts(self, name: str) -> dict[str, str]:
        """An object of texts."""
        value = self.mapping(name)
        if len(value) > MOST_TEXTS or not all(
            type(text) is str and len(text) <= LONGEST_TEXT for text in value.values()
        ):
            raise ValueError(f"{name!r} in its header is no object of texts")
        return value

    def list_of_fields(self, name: str, count: int) -> list[Fields]:
        """A list of at most ``count`` objects."""
        values = self._field(name)
        if type(values) is not list or len(values) > count:
            raise ValueError(f"{name!r} in its header is no list of at most {count} objects")
        return [Fields(value) for value in values]

    def _field(self, name: str) -> Any:
        if name not in self._fields:
            raise ValueError(f"its header has no {name!r}")
        return self._fields[name]
