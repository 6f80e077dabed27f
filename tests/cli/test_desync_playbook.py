"""The playbook's pictures are what the tool says of games with these very faults."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import main
from peergym.envs.load import load_game
from tests.cli import planted
from tests.cli.dumps import dump_of

PAGE = (Path(__file__).parents[2] / "docs/desync-playbook.md").read_text(encoding="utf-8")
PLANTED = Path(__file__).parent / "planted.py"
COLUMNS = 100


class FloatSumBefore(planted.FloatSum):
    """As `sum` adds before Python 3.12."""

    def total(self) -> float:
        total = 0.0
        for number in self.trail:
            total += number
        return total


class FloatSumSince(planted.FloatSum):
    """As `sum` adds since."""

    def total(self) -> float:
        return math.fsum(self.trail)


class SineElsewhere(planted.Sine):
    """As another platform computes a sine now and then."""

    def sin(self, x: float) -> float:
        return math.nextafter(math.sin(x), 9.0) if int(x * 20) % 7 == 4 else math.sin(x)


class OrderOfSetElsewhere(planted.OrderOfSet):
    """As a process with another hash seed iterates."""

    def act(self, actions: dict[str, int]) -> None:
        if self.frame % 50 == 0:
            self.players[[*self.near][1]]["score"] += 1


class ArrayOfIntsElsewhere(planted.ArrayOfInts):
    """As WebAssembly understands an int."""

    def item(self) -> Any:
        return "i4"


PICTURES: dict[str, tuple[type, type, bool]] = {
    # what the two peers run, and whether the second has rolled back
    "SharedState": (planted.SharedState, planted.SharedState, True),
    "GlobalRandom": (planted.GlobalRandom, planted.GlobalRandom, False),
    "WallClock": (planted.WallClock, planted.WallClock, False),
    "OrderOfSet": (planted.OrderOfSet, OrderOfSetElsewhere, False),
    "OrderOfDict": (planted.OrderOfDict, planted.OrderOfDict, True),
    "FloatSum": (FloatSumBefore, FloatSumSince, False),
    "Sine": (planted.Sine, SineElsewhere, False),
    "ArrayOfInts": (planted.ArrayOfInts, ArrayOfIntsElsewhere, False),
}


def what_the_tool_says(
    capsys: pytest.CaptureFixture[str], folder: Path, data: bytes, game: str
) -> list[str]:
    path = folder / "match.desync"
    path.write_bytes(data)
    assert main(["desync", str(path), "--game", game]) == 0
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def block_after(comment: str) -> list[str]:
    found = re.search(rf"<!-- {comment} -->\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1].splitlines()


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))


def test_the_worked_example_is_what_the_tool_says_of_that_very_game(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "combo.py"
    path.write_text(code)
    game = load_game(f"{path}:Combo")
    data = dump_of(game, game, rolling_back=(1,), spec="combo.py:Combo")
    said = what_the_tool_says(capsys, tmp_path, data, f"{path}:Combo")
    assert said == block_after("the whole output")


def test_every_picture_of_the_page_is_looked_at() -> None:
    assert set(re.findall(r"<!-- picture: (\w+) -->", PAGE)) == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_the_tool_says(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "ArrayOfInts":
        pytest.importorskip("numpy")
    ours, theirs, has_rolled_back = PICTURES[name]
    rolling_back = (1,) if has_rolled_back else ()
    data = dump_of(ours, theirs, rolling_back=rolling_back, spec=f"{name.lower()}.py:{name}")
    said = what_the_tool_says(capsys, tmp_path, data, f"{PLANTED}:{name}")
    for line in block_after(f"picture: {name}"):
        words = re.escape(" ".join(line.split())).replace("…", r"\S+")
        assert re.search(words, " ".join(" ".join(said).split())), line
