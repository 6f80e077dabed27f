"""Options chosen in the lobby reach every peer's game as the same values."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs.options import complete_options, read_options
from peergym.errors import ConfigurationError, EnvironmentContractError

WHOLE = {"label": "Lives", "default": 3, "min": 1, "max": 9, "step": 1}
FRACTION = {"label": "Wind", "default": 0.5, "min": 0, "max": 1, "step": 0.25}
OPTIONS = read_options({"options": {"lives": WHOLE, "wind": FRACTION}})


def test_what_was_not_chosen_takes_its_default() -> None:
    assert complete_options(OPTIONS, {"lives": 5}) == {"lives": 5, "wind": 0.5}
    assert complete_options(OPTIONS, None) == {"lives": 3, "wind": 0.5}


def test_json_numbers_take_the_type_of_the_option() -> None:
    completed = complete_options(OPTIONS, {"lives": 4.0, "wind": 1})
    assert [(type(value), value) for value in completed.values()] == [(int, 4), (float, 1.0)]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"lives": 0}, "lives: must be between 1 and 9, not 0"),
        ({"lives": 2.5}, "lives: must be a whole number"),
        ({"lives": True}, "lives: must be a number"),
        ({"lives": "3"}, "lives: must be a number"),
        ({"wind": float("nan")}, "wind: must be between"),
        ({"wind": float("inf")}, "wind: must be between"),
        ({"gravity": 1}, "gravity: is not an option of this game .options: lives, wind."),
    ],
)
def test_other_values_are_refused_by_name(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        complete_options(OPTIONS, chosen)


@pytest.mark.parametrize(
    "declared",
    [
        [1, 2],
        {"lives": 3},
        {"lives": {"default": 3, "min": 1}},
        {"lives": WHOLE | {"default": 10}},
        {"lives": WHOLE | {"step": 0}},
        {"lives": WHOLE | {"max": "9"}},
    ],
)
def test_an_unusable_declaration_is_refused(declared: Any) -> None:
    with pytest.raises(EnvironmentContractError, match="options"):
        read_options({"options": declared})
