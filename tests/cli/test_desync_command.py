"""``peergym desync``: what differs, who is right, and a sentence for every file that is none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import main, make_parser
from peergym.envs import GameAdapter
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.rollback.canonical import checksum, decode, encode
from peergym.rollback.desync_dump import MAGIC, make_dump, read_dump
from peergym.rollback.flight_recorder import RecordedSession
from tests.cli.dumps import config_of, dump_of, first_different
from tests.cli.planted import Field, UnsavedAttribute

PLANTED = Path(__file__).parent / "planted.py"
SOURCES = Path(__file__).parents[2] / "src"


class Forgetful(Chaos):
    """Counts differently from frame 150 on."""

    def step(self, actions: dict[str, int]) -> Any:
        results = super().step(actions)
        if self.frame == 150:
            self.digest ^= 1
        return results


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")


def opened(tmp_path: Path, data: bytes, *more: str) -> int:
    path = tmp_path / "match.desync"
    path.write_bytes(data)
    return main(["desync", str(path), *more])


def as_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes, *more: str
) -> dict[str, Any]:
    assert opened(tmp_path, data, "--json", *more) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.count("\n") == 1
    report: dict[str, Any] = json.loads(printed.out)
    return report


@pytest.mark.parametrize(
    ("ours", "theirs", "equals", "sentence"),
    [
        (
            Chaos,
            Forgetful,
            [0],
            "equals ours (peer 0). It is peer 1 that has left the common history.",
        ),
        (
            Forgetful,
            Chaos,
            [1],
            "equals peer 1's. It is we that have left the common history.",
        ),
    ],
    ids=["theirs", "ours"],
)
def test_the_guilty_side_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    ours: type,
    theirs: type,
    equals: list[int],
    sentence: str,
) -> None:
    sentence = f"Re-executed natively from frame 120: {sentence}"
    data = dump_of(ours, theirs, spec="chaos")
    report = as_json(capsys, tmp_path, data)
    assert (report["frame"], report["last_equal_frame"]) == (180, 120)
    assert report["re_execution"]["result"] == "equals"
    assert report["re_execution"]["equals"] == equals
    assert report["re_execution"]["differs"] == [1 - equals[0]]
    assert report["re_execution"]["sentence"] == sentence
    assert opened(tmp_path, data) == 0
    printed = capsys.readouterr().out
    assert sentence in printed
    assert ".state.digest" in printed


def test_of_three_peers_the_odd_one_out_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def three() -> Any:
        return Chaos(3)

    games = [GameAdapter(three()), GameAdapter(Forgetful(3)), GameAdapter(three())]
    found = first_different(games)
    assert found is not None
    data = make_dump(config_of(games[0]), **found, game={"spec": "chaos", "options": {}})
    report = as_json(capsys, tmp_path, data)
    assert report["re_execution"]["equals"] == [0, 2]
    assert report["re_execution"]["differs"] == [1]
    assert [side["peer"] for side in report["sides"]] == [1, 2]
    assert report["sides"][0]["differences"]
    assert report["sides"][1]["differences"] == []
    assert "equals ours (peer 0) and peer 2's" in report["re_execution"]["sentence"]


def test_the_first_difference_stands_in_its_surroundings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = dump_of(UnsavedAttribute, UnsavedAttribute, rolling_back=(1,))
    assert opened(tmp_path, data, "--game", f"{PLANTED}:UnsavedAttribute") == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert ".state.players.left.score: 1 != 0" in lines
    assert "Around it, in .state.players.left:" in lines
    table = [line.split() for line in lines]
    assert ["≠", ".score", "1", "0"] in table
    assert [".speed", "2.0", "2.0"] in table
    assert ["frames", "player", "0", "player", "1"] in table
    assert any("equals ours" in line for line in lines)
    assert any("not put back exactly as it was saved" in line for line in lines)


def test_all_inputs_since_the_last_equal_frame_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = as_json(capsys, tmp_path, dump_of(Chaos, Forgetful))
    told = {
        frame: run["inputs"]
        for run in report["inputs"]
        for frame in range(run["first_frame"], run["last_frame"] + 1)
    }
    assert list(told) == list(range(120, 180))
    assert len({tuple(inputs) for inputs in told.values()}) > 2, "they varied"


class Noisy(Field):
    """Everything differs a little."""

    offset = 0

    def begin(self, random: Any) -> None:
        self.numbers = [float(number) for number in range(100)]

    def act(self, actions: dict[str, int]) -> None:
        self.numbers = [number + self.offset for number in self.numbers]


class NoisyElsewhere(Noisy):
    offset = 1


def test_no_more_differences_are_listed_than_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = dump_of(Noisy, NoisyElsewhere)
    report = as_json(capsys, tmp_path, data, "--limit", "7")
    assert len(report["sides"][0]["differences"]) == 7
    assert report["sides"][0]["has_more"] is True
    report = as_json(capsys, tmp_path, data, "--limit", "100")
    assert len(report["sides"][0]["differences"]) == 100
    assert report["sides"][0]["has_more"] is False
    assert opened(tmp_path, data, "--limit", "7") == 0
    assert "All that differs (more than 7 places):" in capsys.readouterr().out
    assert opened(tmp_path, data, "--limit", "0") == 2
    assert "--limit: must be 1 or more" in capsys.readouterr().err


def test_what_a_dump_says_of_its_game_is_not_executed_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trap = tmp_path / "trap.py"
    trap.write_text("open('sprung', 'w').close()\n")
    data = dump_of(Chaos, Forgetful, spec="trap.py:Chaos")
    report = as_json(capsys, tmp_path, data)
    assert report["re_execution"]["result"] == "impossible"
    assert "Name the game with --game" in report["re_execution"]["sentence"]
    assert "'trap.py:Chaos'" in report["re_execution"]["sentence"]
    assert not (tmp_path / "sprung").exists()
    report = as_json(capsys, tmp_path, data, "--game", "chaos")
    assert report["re_execution"]["result"] == "equals"


def test_a_game_that_is_not_the_one_is_told_and_the_rest_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = dump_of(Chaos, Forgetful, spec="chaos")
    for game, reason in (
        ("pong", "state"),
        (f"{PLANTED}:Sine", "is not in this game's own state"),
        (f"{PLANTED}:Sine", "cannot be executed again"),
    ):
        report = as_json(capsys, tmp_path, data, "--game", game)
        assert report["re_execution"]["result"] == "impossible"
        assert reason in report["re_execution"]["sentence"]
        assert report["sides"][0]["differences"]
    assert opened(tmp_path, data, "--game", "pnog") == 2
    assert "Did you mean pong?" in capsys.readouterr().err


def changed_dump(**fields: Any) -> bytes:
    games = [GameAdapter(Chaos()), GameAdapter(Forgetful())]
    found = first_different(games)
    assert found is not None
    return make_dump(config_of(games[0]), **(found | {"game": {"spec": "chaos"}} | fields))


def test_without_the_inputs_or_with_a_broken_state_the_reason_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = decode(read_dump(changed_dump()).states[0])
    plain["state"]["digest"] = "text"
    broken = encode(plain)
    for fields, reason in (
        ({"last_equal_state": None}, "lacks an input of frame 0 and no state before it"),
        ({"last_equal_state": broken}, "game: .digest: is a str, where this game has a number"),
        ({"game": {"spec": "chaos", "options": {"speed": 1}}}, "speed: is not an option"),
        ({"game": {"spec": "chaos", "options": 5}}, "equals ours"),
    ):
        report = as_json(capsys, tmp_path, changed_dump(**fields))
        assert reason in report["re_execution"]["sentence"]


def test_a_side_that_equals_nothing_that_the_game_does_here_is_compared_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = decode(read_dump(changed_dump()).states[0])
    states = {}
    for peer in (0, 1):
        plain["state"]["digest"] = 100 + peer
        states[peer] = encode(plain)
    sums = {peer: checksum(state) for peer, state in states.items()}
    data = changed_dump(states=states, checksums=sums)
    report = as_json(capsys, tmp_path, data)
    execution = report["re_execution"]
    assert (execution["result"], execution["equals"]) == ("neither", [])
    assert execution["differences"]["1"]["theirs"] == "101"
    assert opened(tmp_path, data) == 0
    assert "here != peer 1's: .state.digest" in capsys.readouterr().out


def test_a_peer_that_sent_no_state_is_judged_by_its_checksum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    games = [GameAdapter(Forgetful()), GameAdapter(Chaos())]
    found = first_different(games)
    assert found is not None
    found["states"] = {0: found["states"][0]}
    data = make_dump(config_of(games[0]), **found, game={"spec": "chaos"})
    report = as_json(capsys, tmp_path, data)
    assert report["sides"] == []
    assert report["re_execution"]["equals"] == [1]
    assert opened(tmp_path, data) == 0
    assert "does not hold two states" in capsys.readouterr().out


def test_states_with_the_same_values_are_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    games = [GameAdapter(Chaos()), GameAdapter(Forgetful())]
    found = first_different(games)
    assert found is not None
    found["states"][1] = found["states"][0]
    data = make_dump(config_of(games[0]), **found, game={"spec": "chaos"})
    assert opened(tmp_path, data) == 0
    assert "Peer 1's state holds the same values as ours" in capsys.readouterr().out


def test_a_flight_recording_can_be_taken_out_and_flown_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game = GameAdapter(Pong())
    session = RecordedSession(config_of(game), game.canonical, {"spec": "pong"})
    session.handle_timer(0.0)
    out = tmp_path / "flight.trace"
    data = changed_dump(recording=session.recording())
    assert opened(tmp_path, data, "--save-recording", str(out)) == 0
    assert "a flight recording" in capsys.readouterr().out
    assert main(["lab", "replay-trace", str(out)]) == 0
    assert opened(tmp_path, changed_dump(), "--save-recording", str(out)) == 2
    assert "holds no flight recording" in capsys.readouterr().err
    assert opened(tmp_path, data, "--save-recording", str(tmp_path)) == 2


def test_a_file_that_is_no_dump_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = changed_dump()
    for data in (b"", b"text", whole[:-1], whole[:200], MAGIC + b"{}\n", b"PGDS9\n{}\n"):
        assert opened(tmp_path, data) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("peergym desync: dump: this is no usable desync dump: ")
        assert printed.err.count("\n") == 1
    assert main(["desync", str(tmp_path / "nowhere")]) == 2
    assert "cannot read" in capsys.readouterr().err
    assert main(["desync", str(tmp_path)]) == 2


def test_nothing_in_a_dump_reaches_the_terminal_as_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07[bold red]\u202e"
    state = encode({"finished": 0, "state": {evil: evil, "b" + evil: {evil: 1}}})
    other = encode({"finished": 0, "state": {evil: "", "b" + evil: {evil: 2}}})
    data = changed_dump(
        states={0: state, 1: other},
        game={"spec": evil, "options": {evil: 1}, "digest": evil},
    )
    assert opened(tmp_path, data) == 0
    assert opened(tmp_path, data, "--game", "chaos") == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    for text in ("\x1b", "\x07", "\u202e"):
        assert text not in printed.out
    assert "[bold red]" in printed.out, "shown as it is, not taken for markup"


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        make_parser().parse_args(["desync", "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    for word in ("equals ours", "equals neither", "--game", "--json", "exit status", "playbook"):
        assert word in told
    with pytest.raises(SystemExit):
        make_parser().parse_args(["--help"])
    assert "peergym desync" in capsys.readouterr().out


def test_the_command_runs_as_a_program(tmp_path: Path) -> None:
    path = tmp_path / "match.desync"
    path.write_bytes(dump_of(Chaos, Forgetful, spec="chaos"))
    ran = subprocess.run(
        [sys.executable, "-m", "peergym", "desync", str(path)],
        env={"PYTHONPATH": str(SOURCES), "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "equals ours" in ran.stdout


def test_another_platform_than_the_players_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    games = [GameAdapter(Chaos()), GameAdapter(Forgetful())]
    found = first_different(games)
    assert found is not None
    elsewhere = {"maths": "0123456789abcdef", "python": "2.7", "room": "blue"}
    config = config_of(games[0], description=elsewhere)
    data = make_dump(config, **found, game={"spec": "chaos"})
    notes = as_json(capsys, tmp_path, data)["re_execution"]["notes"]
    assert [note.split(", here it is")[0] for note in notes] == [
        "The peers agreed on maths 0123456789abcdef",
        "The peers agreed on python 2.7",
    ]
