"""`peergym check` finds other people's environments playable, and refuses what is not."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.environments.others import ALL, MADE, OTHERS, game_of

HERE = [sys.executable, "-W", "ignore", "-m", "peergym", "check"]
ROOT = Path(__file__).parents[2]
MUST_PASS = {
    "restorable",
    "same seed",
    "other processes",
    "reset",
    "save and load",
    "many loads",
}
"""Others may have something to tell, such as that Overcooked-AI's source reads a clock."""


def check(spec: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the report of the command, as somebody types it."""
    done = subprocess.run(
        [*HERE, spec, "--quick", "--json", "-"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("name", OTHERS)
def test_it_passes_every_check_and_its_cost_is_told(name: str) -> None:
    game_of(name)  # or skip
    status, report = check(OTHERS[name].spec)
    verdicts = {each["check"]: each["verdict"] for each in report["findings"]}
    assert status == 0, report
    assert report["passed"]
    assert {verdicts[each] for each in MUST_PASS} == {"passed"}
    assert "failed" not in verdicts.values()
    (here,) = report["figures"]
    assert here["host"] == "native"
    assert all(cost > 0 for cost in here["costs"].values())
    assert here["advice"]["frame_rate_hz"] > 0


@pytest.mark.parametrize(
    ("spec", "needs", "path"),
    [
        (f"{MADE}:magent_battle", "magent2", ".game"),
        ("LunarLander-v3", "Box2D", ".world.this"),
    ],
)
def test_what_lives_behind_a_handle_fails_with_its_path_and_the_alternative(
    spec: str, needs: str, path: str
) -> None:
    if importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed: pip install 'peergym[environments]'")
    status, report = check(spec)
    assert (status, report["passed"]) == (1, False)
    (finding,) = report["findings"]
    assert (finding["check"], finding["verdict"]) == ("restorable", "failed")
    assert finding["path"].endswith(path)
    assert "lockstep" in finding["sentence"]


def test_an_environments_own_state_is_used_only_where_it_is_exact() -> None:
    cls: Any = game_of("cogrid overcooked")
    assert "CoGridEnv's own get_state and set_state" in cls.put_back.sentence
    assert bool(cls.put_back.asked) != ("not exact" in cls.put_back.sentence)
    _, report = check(ALL["cogrid overcooked"].spec)
    assert cls.put_back.sentence in report["findings"][0]["sentence"]
