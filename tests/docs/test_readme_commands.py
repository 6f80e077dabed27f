"""Every command of the README does what it says, typed as it stands."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import peergym
from peergym.cli import main, make_parser
from tests.data.pair import Pair
from tests.docs.test_snippets import ROOT, snippets

PROGRAM = ".venv/bin/peergym "
WITHIN_S = 60.0


def typed(*first: str) -> list[list[str]]:
    """The commands that begin so, as lists of words after the program's name."""
    lines = [line for code in snippets(ROOT / "README.md", "sh") for line in code.splitlines()]
    said = [line.removeprefix(PROGRAM) for line in lines if line.startswith(PROGRAM)]
    commands = [shlex.split(line, comments=True) for line in said]
    return [words for words in commands if words[: len(first)] == list(first)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where somebody has saved what the README says, and a match that was played."""
    (game,) = snippets(ROOT / "README.md", "python")
    (tmp_path / "tag.py").write_text(game)
    pair = Pair("pong")
    pair.run(300)
    pair.leave()
    (tmp_path / "match.pgr").write_bytes(pair.records[0])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", typed(), ids=" ".join)
def test_a_command_has_the_options_that_it_is_shown_with(words: list[str]) -> None:
    assert make_parser().parse_args(words).run


@pytest.mark.parametrize("words", typed("play"), ids=" ".join)
def test_a_game_is_served(words: list[str], folder: Path) -> None:
    if "--pyodide" in words:
        pytest.skip("needs a Pyodide with NumPy: tests/browser/test_environments.py plays there")
    words = [word for word in words if word != "--lan"]  # this machine may be in no network
    command = [sys.executable, "-m", "peergym", *words, "--no-browser"]
    variables = {
        **os.environ,
        "PYTHONPATH": str(Path(peergym.__file__).parents[1]),
        "PEERGYM_DATA_DIR": str(folder / "data"),
    }
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, text=True, cwd=folder
    ) as process:
        assert process.stdout is not None
        try:
            said = ""
            while (found := re.search(r"http://127\.0\.0\.1:\d+", said)) is None:
                line = process.stdout.readline()
                assert line, said
                said += line
            assert httpx.get(f"{found[0]}/api/health", timeout=WITHIN_S).status_code == 200
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(WITHIN_S) == 0


def test_the_lab_finds_no_divergence(capsys: pytest.CaptureFixture[str]) -> None:
    (words,) = typed("lab")
    words[words.index("--frames") + 1] = "600"
    assert main([*words, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["diverged"] == 0
    assert figures["rollbacks"] > 0


def test_a_recorded_match_is_verified_and_exported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (verify,), (export,) = typed("replay", "verify"), typed("replay", "export")
    assert main(verify) == 0
    assert "verified" in capsys.readouterr().out
    before = set(folder.iterdir())
    assert main(export) == 0
    (table,) = set(folder.iterdir()) - before
    assert table.stat().st_size > 0


def test_an_environment_of_others_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    (words,) = typed("check")
    pytest.importorskip(words[1].partition(":")[0], reason="NOT TESTED: it is not installed")
    assert main([*words, "--frames", "120", "--no-browser"]) == 0
    assert "can be played with rollback" in re.sub(r"\s+", " ", capsys.readouterr().out)
