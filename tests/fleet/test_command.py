"""The command: what it is asked for, what it says, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet.results import Results
from tests.fleet.run import main

MATCH = "2p-0ms-0pc-b1-drop-early-0"


def ends(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as stopped:
        return int(str(stopped.code))


@pytest.fixture
def played(tmp_path: Path) -> Path:
    """A folder with the result of one match."""
    assert main([MATCH, "--folder", str(tmp_path), "--processes", "1"]) == 0
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--part", "3/2"], "'3/2' is no part: 1/2 and 2/2 are the parts of two"),
        (["--part", "0/2"], "'0/2' is no part"),
        (["--part", "half"], "'half' is no part"),
        (["--seconds", "-1"], "'-1' is no number from 0 on"),
        (["--seconds", "nan"], "'nan' is no number from 0 on"),
        (["--processes", "0"], "'0' is no number from 1 on"),
        (["--rounds", "1.5"], "'1.5' is no number from 1 on"),
        (["--peer-frames", "many"], "'many' is no number from 1 on"),
        (["nonsense"], "No match has nonsense in its name"),
        (["--folder", __file__], "File exists"),
        (["--report", "--write", "/no/such/page.md"], "/no/such/page.md"),
    ],
)
def test_a_wrong_argument_gives_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
    assert "Traceback" not in printed.out + printed.err


def test_help_teaches_names_failures_and_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(["--help"]) == 0
    printed = capsys.readouterr().out
    for word in ("--part 2/2", "drop-unequal", "peergym lab chaos --match", "exit status"):
        assert word in printed


def test_a_match_is_played_and_reported(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([MATCH, "--folder", str(played), "--report"]) == 0
    printed = capsys.readouterr().out
    assert "1 match, 309 frames simulated" in printed
    assert "| drop-early | 1 |" in printed
    assert "0 matches with a problem" in printed


def test_what_is_left_is_said(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["2p-0ms-0pc", "--rounds", "1", "--folder", str(played), "--seconds", "0"]) == 0
    assert "13 matches are left: the same command goes on." in capsys.readouterr().out


def test_the_tables_are_put_between_the_marks_of_a_page(played: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- fleet: begin -->\nold\n<!-- fleet: end -->\nafter\n")
    command = [MATCH, "--folder", str(played), "--write", str(page), "--machine", "a small one"]
    assert main(command) == 0
    text = page.read_text()
    assert text.startswith("before\n<!-- fleet: begin -->\n")
    assert text.endswith("<!-- fleet: end -->\nafter\n")
    assert "a small one" in text
    assert "old" not in text
    assert main(command) == 0
    assert page.read_text() == text


def test_a_page_without_marks_is_left_alone(
    played: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n")
    assert main([MATCH, "--folder", str(played), "--write", str(page)]) == 2
    assert "has no <!-- fleet: begin -->" in capsys.readouterr().out
    assert page.read_text() == "before\n"


def test_a_problem_is_an_exit_status_and_a_row(
    played: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Results(played)
    (result,) = store.read().results.values()
    store.append({**result, "problems": [["diverged", "peer 1 differs"]]})
    assert main([MATCH, "--folder", str(played), "--report"]) == 1
    printed = capsys.readouterr().out
    assert f"| {MATCH} | diverged | peer 1 differs |" in printed
    assert "1 match with a problem" in printed
