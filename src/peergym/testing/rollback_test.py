"""Test whether an environment can be played online: that it is deterministic and restorable.

    from peergym.testing import rollback_test

    def test_my_game_can_be_played_online():
        rollback_test(MyGame)

It is `peergym check` for a test suite: the same checks (`peergym.envs.check.examine`), and an error
instead of a table. Only a browser's Python is not asked unless you say how, because that takes
Node.js and some seconds:

    from peergym.cli.check.browser import BrowserPython

    def test_it_is_the_same_in_a_browser():
        rollback_test(MyGame, elsewhere=BrowserPython("my_game.py:MyGame").ask)

A browser that computes other states is then a failure if the game says that it is portable
(``metadata["is_portable"]``), else a finding with `Verdict.WARNED` in the report that is returned.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from peergym.envs.check.examine import FRAMES, SEED, Elsewhere, Plan, examine, make_subject
from peergym.envs.check.findings import Report
from peergym.envs.check.processes import spec_of
from peergym.envs.forms import game_class
from peergym.envs.game import REQUIRED_METHODS as OWN_METHODS
from peergym.envs.load import maker_of
from peergym.envs.maths.substitute import with_portable_maths
from peergym.errors import ConfigurationError, EnvironmentContractError

FRAMEWORKS = {"gymnasium", "pettingzoo"}


class RollbackTestError(EnvironmentContractError, AssertionError):
    """An environment failed `rollback_test`.

    Attributes:
        report: All that was found.
    """

    def __init__(self, report: Report) -> None:
        first = report.failures[0]
        lines = [f"{first.check}: {first.sentence}", *first.places]
        lines += [f"also {each.check}: {each.sentence}" for each in report.failures[1:]]
        super().__init__("\n  ".join(lines), first.path)
        self.report = report


def rollback_test(
    env_fn: Callable[[], Any],
    *,
    seed: int = SEED,
    frames: int = FRAMES,
    elsewhere: Elsewhere | None = None,
) -> Report:
    """Test an environment, and raise if it cannot be played with rollback.

    Args:
        env_fn: Its class, or a function that makes one: a game, or an environment of Gymnasium or
            PettingZoo. Of a module, so that other processes find it too; that part is skipped with
            a lambda.
        seed: Of what is played.
        frames: How many.
        elsewhere: Plays the same in a browser's Python, as `peergym check` does: the `ask` of a
            `peergym.cli.check.browser.BrowserPython`, which takes the environment's name and, for
            libraries such as NumPy, ``pyodide=``, a folder. None skips that.

    Returns:
        What was found.

    Raises:
        RollbackTestError: A check failed; carries the path of the first difference.
        EnvironmentContractError: It is no game at all.
        ConfigurationError: It is nothing that can be called, or there is no frame to play.
    """
    if not callable(env_fn):
        raise ConfigurationError(
            "env_fn", f"must be a class, or a function that makes an environment, not {env_fn!r}"
        )
    if frames < 1:
        raise ConfigurationError("frames", f"must be 1 or more, is {frames}")
    made = with_portable_maths(env_fn)
    name = getattr(made, "__name__", repr(made))
    plan = Plan(seed, frames, elsewhere)
    subject = make_subject(_as_game(made, name), name, spec_of(made), None, plan)
    report = subject if isinstance(subject, Report) else examine(subject, plan)
    if not report.passed:
        raise RollbackTestError(report)
    return report


def _as_game(made: Callable[[], Any], name: str) -> Callable[[], Any]:
    """Return a game's class as it is, and what makes anything else in the form that it needs.

    It has to be what `peergym.envs.load.load_game` makes of its name in another process.
    """
    if isinstance(made, type) and all(callable(getattr(made, each, None)) for each in OWN_METHODS):
        packages = {base.__module__.partition(".")[0] for base in made.__mro__}
        if not packages & FRAMEWORKS and not hasattr(made, "agent_iter"):
            return made
    return game_class(maker_of(made), name, sys.modules.get(made.__module__))
