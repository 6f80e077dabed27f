"""``peergym lab`` with people who are lost, come back, join and watch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peergym.errors import ConfigurationError
from peergym.lab.match_file import MatchFile, match_from_json
from peergym.lab.networks import links_from_json, links_to_json
from peergym.testing import Kind, PairConditions, Schedule
from peergym.testing.schedule import parse_happening
from tests.simulation.test_lab_command import SOURCES, run

NETWORK = ("--rtt-ms", "80", "--jitter-ms", "20", "--loss", "3")


def lab(
    capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0, game: str = "chaos"
) -> dict[str, Any]:
    """What a match comes to."""
    assert run(game, *arguments, "--json") == status
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert result["complaints"] == []
    return result


def test_a_lost_player_and_his_return_are_in_the_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ("--players", "4", *NETWORK, "--drop", "2@200", "--rejoin", "2@500")
    result = lab(capsys, *arguments, "--frames", "900")
    assert result["diverged"] == 0
    assert result["frames"] == 900
    (cut,) = result["cuts"]
    assert list(cut) == ["player", "frame", "epoch"]
    assert cut["player"] == 2
    assert 195 <= cut["frame"] <= 210
    assert cut["epoch"] == 1
    (join,) = result["joins"]
    assert join["player"] == 2
    assert 500 < join["frame"] < 800
    assert join["epoch"] == 2
    states = {figures["peer"]: figures["state"] for figures in result["players"]}
    assert states == {0: "playing", 1: "playing", 2: "died", 3: "playing", 4: "playing"}
    assert 3000 < result["stall_ms_max"] < 4000, "they waited for him until he counted as lost"


@pytest.mark.parametrize(
    ("arguments", "joined", "cut", "excluded"),
    [
        (("--players", "4", "--goodbye", "1@200"), 0, 1, 0),
        (("--players", "3", "--drop", "0@200", "--absent", "agent"), 0, 1, 0),
        (("--players", "4", "--partition", "0,1|2,3@200+60"), 0, 0, 0),
        (("--players", "4", "--partition", "0,1|2,3@200+600"), 2, 2, 2),
        (("--players", "4", "--partition", "0,1|2,3@200+600", "--no-server"), 2, 2, 2),
        (("--players", "2", "--join", "2@200"), 1, 0, 0),
        (("--players", "3", "--join", "1@200"), 1, 0, 0),
        (("--players", "3", "--pause", "1@200+60"), 0, 0, 0),
        (("--players", "3", "--pause", "1@200+300"), 1, 1, 1),
    ],
)
def test_every_failure_leaves_one_history(
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    joined: int,
    cut: int,
    excluded: int,
) -> None:
    result = lab(capsys, *arguments, *NETWORK, "--frames", "900")
    assert (result["diverged"], result["frames"]) == (0, 900)
    assert len(result["joins"]) == joined
    assert len(result["cuts"]) == cut
    assert len(result["excluded"]) == excluded
    assert result["rollbacks"] > 0


def test_a_lost_player_ends_the_match_if_that_is_wanted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ("--players", "3", "--drop", "2@200", "--absent", "end")
    result = lab(capsys, *arguments, "--frames", "900")
    assert result["diverged"] == 0
    assert 190 < result["frames"] < 215
    assert result["cuts"] == []
    assert {figures["state"] for figures in result["players"]} == {"closed", "died"}


def test_spectators_see_the_same_match_and_their_death_touches_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    common = ("--players", "3", *NETWORK, "--frames", "600")
    alone = lab(capsys, *common)
    watched = lab(capsys, *common, "--spectators", "2", "--kill-spectator", "0@300")
    assert watched["checksum"] == alone["checksum"]
    assert watched["stalls"] == alone["stalls"]
    assert watched["diverged"] == 0
    dead, living = watched["spectators"]
    assert not dead["is_alive"]
    assert dead["frames"] < 350
    assert living["is_alive"]
    assert living["frames"] >= 600


def test_a_planted_desync_is_reported_repaired_and_makes_the_exit_status_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ("--players", "3", *NETWORK, "--desync", "1@200", "--frames", "600")
    result = lab(capsys, *arguments, status=1)
    assert 0 < result["diverged"] < 150, "until it was repaired"
    (desync,) = result["desyncs"]
    assert desync["frame"] == 240
    assert desync["reported"] == [0, 1, 2]
    assert desync["repaired"] == [1]


def test_single_paths_are_as_a_file_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    links = tmp_path / "links.json"
    links.write_text('{"2-0": {"rtt_ms": 300, "loss": 10}}')
    common = ("--players", "3", "--rtt-ms", "20", "--frames", "300")
    even, uneven = lab(capsys, *common), lab(capsys, *common, "--links", str(links))
    assert uneven["packets_lost"] > 20 > even["packets_lost"]
    assert uneven["max_rollback_depth"] > even["max_rollback_depth"]
    assert uneven["one_sidedness"] > even["one_sidedness"]
    assert uneven["checksum"] == even["checksum"]


def test_a_match_in_a_file_is_the_match_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    match = MatchFile(
        players=3,
        frames=400,
        seed=7,
        network=PairConditions(rtt_s=0.08, jitter_s=0.02, loss=0.03),
        schedule=Schedule((parse_happening(Kind.DROP, "2@150"),)),
    )
    file = tmp_path / "match.json"
    file.write_text(json.dumps(match.to_json()))
    said = lab(
        capsys, "--players", "3", *NETWORK, "--drop", "2@150", "--seed", "7", "--frames", "400"
    )
    assert lab(capsys, "--match", str(file)) == said
    assert len(said["cuts"]) == 1


def test_a_match_that_was_written_reads_back_as_the_same() -> None:
    match = MatchFile(
        game="pong",
        options={"score_to_win": 3},
        players=2,
        frames=900,
        seed=2**40,
        input_delay="auto",
        window=5,
        drift_ppm=50.0,
        offset_frames=3,
        absent="agent",
        server=False,
        spectators=2,
        network=PairConditions(rtt_s=0.12, jitter_s=0.03, loss=0.05, burst_packets=4, reorder=0.1),
        links={(0, 1): PairConditions(rtt_s=0.3, asymmetry_s=0.1, duplicate=0.2)},
        schedule=Schedule((parse_happening(Kind.PAUSE, "1@5+70"),)),
    )
    assert match_from_json(json.loads(json.dumps(match.to_json()))) == match
    assert match_from_json(MatchFile().to_json()) == MatchFile()


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"player": 3},
        {"players": "3"},
        {"players": True},
        {"options": {"score_to_win": "many"}},
        {"network": 5},
        {"network": {"rtt": 5}},
        {"network": {"rtt_ms": "5"}},
        {"network": {"loss": 101}},
        {"links": {"0": {}}},
        {"links": {"0-0": {}}},
        {"links": {"0-1": 5}},
        {"links": []},
        {"schedule": {}},
    ],
)
def test_json_that_is_no_match_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError):
        match_from_json(value)


def test_links_that_were_written_read_back_as_the_same() -> None:
    links = {(0, 1): PairConditions(rtt_s=0.12, loss=0.07), (2, 5): PairConditions()}
    assert links_from_json(json.loads(json.dumps(links_to_json(links)))) == links


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--players", "2", "--drop", "2@100"), "no such player"),
        (("--players", "2", "--rejoin", "1@100"), "the player is there"),
        (("--players", "2", "--drop", "1@100", "--drop", "1@200"), "nobody is there"),
        (("--players", "1", "--join", "0@100"), "from the start"),
        (("--players", "2", "--join", "2@100", "--join", "2@200"), "joined once"),
        (("--players", "2", "--partition", "0|2@100+60"), "no such player"),
        (("--kill-spectator", "0@100"), "no such spectator"),
        (("--spectators", "65"), "spectators"),
        (("--links", "/nowhere/at/all"), "cannot read"),
        (("--match", "/nowhere/at/all"), "cannot read"),
    ],
)
def test_a_script_that_makes_no_sense_gets_a_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("chaos", *arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("--drop", "soon"), ("--partition", "0,1@5+5"), ("--pause", "1@5"), ("--absent", "gone")],
)
def test_a_notation_that_is_none_is_told_by_option(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run("chaos", option, value)
    assert stop.value.code == 2
    assert option in capsys.readouterr().err


def test_people_are_told_in_sentences_what_happened(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--players", "3", "--rtt-ms", "60", "--drop", "2@150", "--rejoin", "2@450")
    assert run("chaos", *arguments, "--spectators", "1", "--frames", "750") == 0
    printed = capsys.readouterr().out
    assert "player 2 was lost: his last input is that of frame 1" in printed
    assert "player 2 came: he plays from frame" in printed
    assert "spectator 3 saw frames 0 to 7" in printed
    assert "died" in printed
    assert "share one history" in printed


def test_the_same_script_prints_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import sys; from tests.simulation.test_lab_command import run; "
        "sys.exit(run(*sys.argv[1:]))"
    )
    script = (
        "chaos --players 4 --rtt-ms 100 --loss 5 --frames 900 --drop 3@100 --rejoin 3@400"
        " --partition 0|1,2@600+30 --spectators 1 --absent agent --json"
    )
    outputs = set()
    for hash_seed in ("0", "1", "2"):
        paths = os.pathsep.join([str(SOURCES), str(SOURCES.parent)])
        result = subprocess.run(
            [sys.executable, "-c", program, *script.split()],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths},
            capture_output=True,
            check=True,
        )
        outputs.add(result.stdout)
    assert len(outputs) == 1
    result = json.loads(outputs.pop())
    assert len(result["cuts"]) == len(result["joins"]) == 1


def test_a_trace_of_a_match_with_failures_comes_out_the_same_when_it_is_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "match.trace"
    script = "--players 4 --rtt-ms 80 --partition 0,1|2,3@150+400 --join 4@100 --frames 700"
    lab(capsys, *script.split(), "--trace", str(trace), "--trace-peer", "1")
    assert run("replay-trace", str(trace)) == 0
    assert "Every byte sent is the same as recorded." in capsys.readouterr().out
