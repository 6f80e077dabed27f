"""``peergym check``: a table with a sentence for each check, JSON, and an exit status."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import main
from peergym.cli.check import browser
from peergym.errors import ConfigurationError

PAGE = Path(__file__).parents[2] / "docs" / "check.md"
PLANTED = Path(__file__).parents[1] / "envs" / "planted_games.py"


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")


def test_a_bundled_game_passes_and_its_table_says_what_it_costs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "pong", "--quick"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    for part in ("✓  save and load", "·  browser's Python", "What it costs", "dense",
                 "it fits into a frame", "✓ pong can be played with rollback"):  # fmt: skip
        assert part in printed.out
    assert "✗" not in printed.out


def test_a_fault_fails_with_its_path_and_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copy(PLANTED, tmp_path / "mine.py")
    assert main(["check", f"{tmp_path / 'mine.py'}:Clock", "--no-browser", "--frames", "60"]) == 1
    printed = capsys.readouterr().out
    line = next(number for number, line in enumerate(PLANTED.read_text().splitlines(), 1)
                if "time.perf_counter()" in line)  # fmt: skip
    assert "✗  clock" in printed
    assert f"mine.py:{line}: perf_counter()" in printed
    assert ".state." in printed
    assert "cannot be played with rollback as it is" in printed


@pytest.mark.parametrize("game", ["pong", "own.py:Pong"])
def test_a_game_that_somebody_else_draws_is_found_by_other_processes(
    game: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.py").write_text(
        "from peergym.games.pong import Pong\ndef draw(environment, surface, player): ...\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["check", f"{game} drawn by own.py:draw", "--quick", "--frames", "30"]) == 0
    assert "✓  other processes" in capsys.readouterr().out


def test_what_cannot_be_restored_is_refused_with_the_alternative(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", f"{PLANTED}:NativeHandle", "--quick"]) == 1
    printed = capsys.readouterr().out
    assert "world" in printed
    assert "lockstep" in printed
    assert "What it costs" not in printed


def test_json_has_everything_alone_or_beside_the_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["check", "chaos", "--quick", "--seed", "5", "--json", "-"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (report["name"], report["seed"], report["passed"]) == ("chaos", 5, True)
    assert {each["check"] for each in report["findings"]} >= {"same seed", "sent states", "clock"}
    (figures,) = report["figures"]
    assert figures["costs"]["step_s"] > 0
    assert figures["advice"]["interval_frames"] >= 1
    path = tmp_path / "report.json"
    assert main(["check", "chaos", "--quick", "--frames", "30", "--json", str(path)]) == 0
    assert "can be played" in capsys.readouterr().out
    assert json.loads(path.read_text())["frames"] == 30


def test_players_are_as_many_as_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "bomberman", "--players", "4", "--quick", "--json", "-"]) == 0
    four = json.loads(capsys.readouterr().out)["figures"][0]["state_bytes"]
    assert main(["check", "bomberman", "--players", "2", "--quick", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"][0]["state_bytes"] < four


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["pnog"], "Did you mean pong?"),
        (["pong", "--players", "3"], "not for 3"),
        (["pong", "--frames", "0"], "--frames: must be 1 to"),
        (["pong", "--seed", "-1"], "--seed: must be 0 or more"),
        (["pong", "--quick", "--json", "/no/such/folder/report.json"], "cannot write"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["check", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("peergym check: ")
    assert sentence in printed.err
    assert "Traceback" not in printed.err


def test_without_node_that_one_check_is_skipped_and_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_node() -> str:
        raise ConfigurationError("node", "Node.js 22 or newer is needed")

    monkeypatch.setattr(browser, "find_node", no_node)
    assert main(["check", "chaos", "--frames", "30", "--json", "-"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    (finding,) = [each for each in findings if each["check"] == "browser's Python"]
    assert finding["verdict"] == "skipped"
    assert "Node.js 22 or newer" in finding["sentence"]


def test_the_page_explains_every_check_and_its_snippet_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = PAGE.read_text()
    assert main(["check", "chaos", "--quick", "--json", "-"]) == 0
    checks = [each["check"] for each in json.loads(capsys.readouterr().out)["findings"]]
    explained = re.findall(r"^\| ([\w' ]+) \|", page.split("## The checks")[1], re.MULTILINE)
    assert explained[1:] == checks
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(snippet, "docs/check.md", "exec"), {})
