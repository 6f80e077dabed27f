"""``peergym replay``: what is said of a file, and with which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peergym.cli import main
from tests.data.pair import Pair


@pytest.fixture(scope="module")
def records() -> tuple[bytes, bytes]:
    """A sealed record, and one that was torn off."""
    pair = Pair("chaos", options={"score_to_win": 0})
    pair.run(500)
    torn = pair.records[0]
    pair.leave()
    return pair.records[0], torn


@pytest.fixture
def match(records: tuple[bytes, bytes], tmp_path: Path) -> Path:
    path = tmp_path / "match.pgr"
    path.write_bytes(records[0])
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    status = main(["replay", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_sound_record_is_verified(match: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "verify", match)
    assert status == 0
    assert "verified" in said
    assert "checksums" in said


def test_a_torn_record_is_verified_as_far_as_it_goes_and_says_so(
    records: tuple[bytes, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "torn.pgr"
    path.write_bytes(records[1])
    status, said = run(capsys, "verify", path)
    assert status == 3
    assert "torn off" in said


def test_of_many_files_the_worst_counts_and_all_are_told(
    match: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = match.with_name("foreign.pgr")
    foreign.write_bytes(b"GIF89a")
    status, said = run(capsys, "verify", match, foreign, match)
    assert status == 2
    assert said.count("verified") == 2
    assert "not a replay" in said


def test_json_has_everything(match: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "verify", "--json", match)
    assert status == 0
    told = json.loads(said)
    assert told["outcome"] == "verified"
    assert told["mismatch"] is None
    assert told["checksums"] > 5


@pytest.mark.parametrize("command", ["show", "verify", "export", "video"])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "cannot be read"),
        (b"", "not a replay"),
        (b"PGRP\x07", "newer"),
        (b"PGRP\x01\x01\x05hello\0\0", "damaged at byte 5"),
    ],
    ids=["missing", "empty", "newer", "damaged"],
)
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(
    command: str,
    data: bytes | None,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "some.pgr"
    if data is not None:
        path.write_bytes(data)
    status, said = run(capsys, command, path)
    assert status == 2
    assert words in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == ([path] if data is not None else [])


def test_show_tells_who_played_and_how_it_went(
    match: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = run(capsys, "show", match)
    assert status == 0
    for words in ("chaos", "peer 0", "rollbacks", "RTT to peer 1", "ended: we left"):
        assert words in said


def test_export_writes_beside_the_replay_and_replaces_nothing(
    match: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "export", match)[0] == 0
    table = match.with_suffix(".csv").read_bytes()
    status, said = run(capsys, "export", match)
    assert status == 2
    assert "--force" in said
    assert match.with_suffix(".csv").read_bytes() == table
    assert run(capsys, "export", match, "--force")[0] == 0
    assert run(capsys, "export", match, "--out", match.with_suffix(".parquet"))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "--out", "match.xls"], "xls"),
        (["export", "--out", "nowhere/match.csv"], "no folder"),
        (["video", "--out", "match.avi"], "avi"),
        (["verify", "--game", "pong"], "does not fit"),
        (["verify", "--game", "tetris"], "no bundled game"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    match: Path,
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(match.parent)
    command, *options = arguments
    status, said = run(capsys, command, match, *options)
    assert status == 2
    assert words in said


def test_a_film_is_made(match: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "video", match, "--to", "1", "--scale", "0.25")
    assert status == 0
    assert "61 pictures" in said
    assert match.with_suffix(".mp4").stat().st_size > 500
