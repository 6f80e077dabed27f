"""What is said of a game whose step does not return what was agreed."""

from __future__ import annotations

from typing import Any

from peergym.errors import EnvironmentContractError

MOST_LETTERS = 120


def wrong_result(name: str, result: Any) -> EnvironmentContractError:
    """Return the refusal of what a game's step returned.

    Args:
        name: Of the game's class.
        result: What its step returned.
    """
    return EnvironmentContractError(
        f"{name}.step must return observations, rewards, terminations, truncations and infos, "
        "each a dict from agent to value (those that nobody needs may be empty), and the third and "
        f"fourth say who has finished; it returned {_shown(result)}"
    )


def wrong_single_result(name: str, result: Any) -> EnvironmentContractError:
    """Return the refusal of what the step of an environment of Gymnasium's form returned.

    Args:
        name: Of the environment's class.
        result: What its step returned.
    """
    return EnvironmentContractError(
        f"{name}.step must return observation, reward, terminated, truncated and info; it returned "
        f"{_shown(result)}"
    )


def _shown(result: Any) -> str:
    text = repr(result)
    shown = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}..."
    count = f"{len(result)} values: " if isinstance(result, (tuple, list)) else ""
    return count + shown
