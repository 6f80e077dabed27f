"""The thorough checks pass what is sound, and name what is not."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peergym.envs.check import elsewhere
from peergym.envs.check.examine import Plan, Subject, examine
from peergym.envs.check.findings import Finding, Report, Verdict
from peergym.envs.check.play import Script, record
from peergym.envs.check.processes import spec_of
from peergym.envs.check.smells import smells_in
from peergym.envs.maker import game_maker
from peergym.errors import ConfigurationError
from peergym.games.bomberman import Bomberman
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.testing.rollback_test import RollbackTestError, rollback_test
from tests.envs import planted_games

FRAMES = 240


def examined(cls: type, frames: int = FRAMES) -> Report:
    return examine(Subject(cls.__name__, game_maker(cls), spec_of(cls)), Plan(3, frames))


def found(report: Report, check: str) -> Finding:
    (finding,) = [each for each in report.findings if each.check == check]
    return finding


def failed(report: Report) -> list[str]:
    return [each.check for each in report.failures]


def line_of(text: str) -> int:
    """The number of the line in the planted games that holds a text."""
    lines = Path(planted_games.__file__).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize("cls", [Pong, Bomberman, Chaos])
def test_bundled_games_pass_without_a_warning(cls: type) -> None:
    report = examined(cls)
    assert report.passed
    verdicts = {each.check: each.verdict for each in report.findings}
    assert verdicts.pop("browser's Python") is Verdict.SKIPPED
    assert set(verdicts.values()) == {Verdict.PASSED}, verdicts
    (figures,) = report.figures
    assert figures.costs.step_s > 0
    assert figures.state_bytes > 50
    assert figures.advice.fits


@pytest.mark.parametrize("name", ["Sound", "OwnState"])
def test_a_sound_game_passes_over_several_episodes(name: str) -> None:
    report = examined(getattr(planted_games, name))
    assert failed(report) == []
    assert "2 episodes" in found(report, "restorable").sentence


def test_a_clock_in_the_rules_is_named_with_its_line() -> None:
    report = examined(planted_games.Clock)
    finding = found(report, "clock")
    assert finding.verdict is Verdict.FAILED
    assert ".x" in finding.path
    line = line_of("time.perf_counter()")
    assert f"planted_games.py:{line}: perf_counter()" in finding.places
    assert failed(report) == ["same seed", "clock"]
    assert found(report, "save and load").verdict is Verdict.SKIPPED


def test_a_clock_without_consequence_is_a_warning() -> None:
    report = examined(planted_games.IdleClock)
    assert failed(report) == []
    finding = found(report, "clock")
    assert finding.verdict is Verdict.WARNED
    assert f"planted_games.py:{line_of('time.time()')}: time()" in finding.places


def test_a_global_generator_is_named_with_its_line() -> None:
    report = examined(planted_games.GlobalChance)
    finding = found(report, "global chance")
    assert finding.verdict is Verdict.FAILED
    line = line_of("return random.random()")
    assert f"planted_games.py:{line}: random()" in finding.places
    assert failed(report) == ["same seed", "global chance"]


def test_the_order_of_a_set_is_named_with_its_line() -> None:
    report = examined(planted_games.OrderOfSet)
    assert failed(report)[0] == "other processes"
    finding = found(report, "other processes")
    assert ".turns" in finding.path
    line = line_of("for name in self.names")
    assert any(each.startswith(f"planted_games.py:{line}: goes through a set")
               for each in finding.places)  # fmt: skip


def test_a_forgotten_attribute_is_named() -> None:
    report = examined(planted_games.ForgetsWind)
    assert failed(report) == ["save and load"]
    assert found(report, "many loads").verdict is Verdict.SKIPPED
    finding = found(report, "save and load")
    assert "Not restored: self.wind;" in finding.sentence
    assert ".x" in finding.path


def test_a_leak_over_reset_is_named() -> None:
    report = examined(planted_games.KeepsScore)
    assert "reset" in failed(report)
    assert "same seed" not in failed(report)
    assert "save and load" not in failed(report)
    assert "left behind" in found(report, "reset").sentence
    assert ".score" in found(report, "reset").path


def test_a_score_that_is_the_class_s_is_named() -> None:
    report = examined(planted_games.SharedScore)
    planted_games.SharedScore.scores.clear()
    assert "same seed" in failed(report)
    assert "SharedScore.scores" in found(report, "same seed").sentence


def test_a_snapshot_that_can_be_restored_once_is_found() -> None:
    assert failed(examined(planted_games.RestoredOnce)) == ["many loads"]


def test_what_cannot_be_restored_is_refused_with_the_alternative() -> None:
    report = examined(planted_games.NativeHandle)
    assert failed(report) == ["restorable"]
    finding = found(report, "restorable")
    assert finding.path == ".world"
    assert "lockstep" in finding.sentence
    assert report.figures == ()


def test_what_cannot_be_saved_from_the_start_is_refused_alike() -> None:
    with pytest.raises(RollbackTestError, match=r"world[\s\S]*lockstep"):
        rollback_test(planted_games.HandleFromTheStart)


def test_a_game_that_raises_is_a_finding() -> None:
    report = examined(planted_games.Raises)
    assert "KeyError" in found(report, "restorable").sentence


def test_everything_is_put_back_after_a_look_at_clocks_and_generators() -> None:
    before = (time.time, time.perf_counter, random.random, os.urandom)
    random.seed(5)
    state = random.getstate()
    examined(planted_games.GlobalChance, 30)
    assert (time.time, time.perf_counter, random.random, os.urandom) == before
    assert time.time() - Path(__file__).stat().st_mtime > -86400
    random.setstate(state)


def test_the_test_raises_an_assertion_with_the_path() -> None:
    report = rollback_test(planted_games.Sound, frames=60)
    assert report.passed
    with pytest.raises(AssertionError, match=r"self\.wind") as raised:
        rollback_test(planted_games.ForgetsWind, frames=60)
    assert isinstance(raised.value, RollbackTestError)
    assert ".x" in raised.value.path
    assert raised.value.report.failures


def test_a_function_that_nobody_else_can_find_skips_other_processes() -> None:
    report = rollback_test(lambda: planted_games.Sound(), frames=60)  # noqa: PLW0108
    assert found(report, "other processes").verdict is Verdict.SKIPPED


def test_environments_of_others_are_tested_as_they_are() -> None:
    cartpole = pytest.importorskip("gymnasium.envs.classic_control.cartpole").CartPoleEnv
    report = rollback_test(cartpole, frames=60)
    assert found(report, "other processes").verdict is Verdict.PASSED
    rps = pytest.importorskip("pettingzoo.classic.rps_v2")
    assert rollback_test(lambda: rps.parallel_env(), frames=60).passed  # noqa: PLW0108


def test_a_function_of_a_module_is_enough() -> None:
    assert spec_of(planted_games.Sound) == "tests.envs.planted_games:Sound"
    assert spec_of(Pong) == "peergym.games.pong.game:Pong"
    assert spec_of(lambda: None) is None


def test_environments_of_a_module_beside_the_tests_are_found_by_its_name(tmp_path: Path) -> None:
    """Its classes are part of the states, and have to be called the same in each process."""
    (tmp_path / "my_env.py").write_text(
        "from tests.envs.other_forms import Walk\n\n\nclass MyWalk(Walk):\n    pass\n"
    )
    (tmp_path / "test_it.py").write_text(
        "from peergym.testing import rollback_test\n"
        "from peergym.envs.check.findings import Verdict\n"
        "from my_env import MyWalk\n"
        "def test_it():\n"
        "    report = rollback_test(MyWalk, frames=60)\n"
        "    verdicts = {each.check: each.verdict for each in report.findings}\n"
        "    assert verdicts['other processes'] is Verdict.PASSED\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("made", "frames"), [("pong", 60), (None, 60), (Pong(), 60), (Pong, 0)])
def test_what_cannot_be_tested_is_refused_in_a_sentence(made: Any, frames: int) -> None:
    with pytest.raises(ConfigurationError, match=r"env_fn: must be|frames: must be"):
        rollback_test(made, frames=frames)


def test_a_failing_game_fails_in_another_process_too(tmp_path: Path) -> None:
    """As a user would run it: a file of tests beside a file with a game."""
    (tmp_path / "test_it.py").write_text(
        "from peergym.testing import rollback_test\n"
        "from tests.envs.planted_games import OrderOfSet\n"
        "def test_it():\n    rollback_test(OrderOfSet, frames=60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout
    assert "goes through a set" in done.stdout


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import time\ndef step(): return time.monotonic()", "clock"),
        ("from time import time as now\ndef step(): return now()", "clock"),
        ("import datetime\ndef step(): datetime.datetime.now()", "clock"),
        ("from datetime import datetime\ndef step(): datetime.now()", "clock"),
        ("import random as r\ndef step(): r.shuffle([])", "chance"),
        ("from random import choice\ndef step(): choice([1])", "chance"),
        ("from random import Random\ndef reset(): return Random()", "chance"),
        ("import numpy as np\ndef step(): np.random.rand()", "chance"),
        ("import numpy as np\ndef reset(): np.random.default_rng()", "chance"),
        ("import os\ndef step(): os.urandom(1)", "chance"),
        ("def step(a):\n    for x in {1, 2}: a(x)", "order"),
        ("def step(a):\n    names = set(a)\n    return [x for x in names]", "order"),
        ("class A:\n    def f(self, a):\n        self.s: set = set()\n        return list(self.s)",
         "order"),
        ("def step(a, b):\n    return ','.join(set(a) - b)", "order"),
        ("def step(a):\n    left = set(a)\n    return left.pop()", "order"),
        ("def step(a): return hash(a)", "order"),
        ("import math\ndef step(x): return math.sin(x)", "portability"),
        ("from math import exp\ndef step(x): return exp(x)", "portability"),
        ("def step(x): return x ** 2", "portability"),
        ("import numpy as np\ndef step(x): return np.arctan2(x, x)", "portability"),
        ("def step(rng): return rng.gauss(0, 1)", "portability"),
    ],
)  # fmt: skip
def test_a_smell_in_the_source_is_found(source: str, kind: str) -> None:
    assert [smell.kind for smell in smells_in(source, "game.py")] == [kind]


@pytest.mark.parametrize(
    "source",
    [
        "import time\ndef draw(): return time.time()",
        "import time\ndef step(): return time.sleep",
        "from random import Random\ndef reset(seed): return Random(seed)",
        "import numpy as np\ndef reset(seed): return np.random.default_rng(seed)",
        "import math\ndef step(x): return math.floor(math.sqrt(x)) + math.pi",
        "def step(a):\n    s = set(a)\n    return sorted(s), len(s), 1 in s, max(s)",
        "def step(a):\n    s = set(a)\n    return sorted(x for x in s), {x for x in s}",
        "def step(a):\n    for x in sorted({1, 2}): a(x)",
        "def step(): return 2**53",
        "if __name__ == '__main__':\n    import time\n    time.time()",
        "def step(a):\n    time = a\n    return time.time()",
    ],
)
def test_what_is_harmless_is_not_called_a_smell(source: str) -> None:
    assert smells_in(source, "game.py") == []


def test_portable_maths_takes_the_smell_away() -> None:
    source = "import math\ndef step(x): return math.sin(x)"
    assert smells_in(source, "game.py", has_portable_maths=True) == []


def test_a_request_says_all_and_an_answer_is_plain_data() -> None:
    """What another process is asked goes through JSON."""
    script = Script(4, 50)
    course = record(game_maker(planted_games.Sound)(), script)
    told: list[Any] = []
    said = elsewhere.answer(
        planted_games.Sound,
        elsewhere.request_of(course, script, None, "there"),
        lambda *at: told.append(at),
    )
    left, figures = elsewhere.read_answer(course, json.loads(said))
    assert left is None
    assert figures is not None
    assert figures.host == "there"
    assert told
    said = elsewhere.answer(planted_games.Sines, elsewhere.request_of(course, script, None))
    left, figures = elsewhere.read_answer(course, json.loads(said))
    assert left is not None
    assert (left.number, left.where) == (1, "frame 1")
    assert left.path.startswith(".state.")
    assert figures is None


class Wide:
    """A whole number of NumPy's, as wide as this machine makes it."""

    possible_agents = ("only",)
    width = "i8"

    def action_space(self, agent: str) -> int:
        return 2

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.count = np.zeros(3, self.width)
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.count += actions["only"]
        return {}, {}, {}, {}, {}


class Narrow(Wide):
    """As a browser makes it."""

    width = "i4"


def test_numbers_that_are_narrower_in_a_browser_are_told_by_that_reason() -> None:
    plan = Plan(1, 20, lambda request: dict(json.loads(elsewhere.answer(Narrow, request))))
    finding = found(examine(Subject("wide", game_maker(Wide), None), plan), "browser's Python")
    assert finding.verdict is Verdict.WARNED
    assert "32 bits" in finding.sentence
    assert finding.path == ".state.count: an array of i8, 3 != an array of i4, 3"
    assert not finding.places
