"""``peergym lab``: what it prints, and with which exit status."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import lab
from peergym.lab.profiles import PROFILES

SOURCES = Path(__file__).parents[2] / "src"
KEYS = [
    "frames",
    "diverged",
    "rollbacks",
    "rollback_frames",
    "max_rollback_depth",
    "stalls",
    "bytes_per_second_per_player",
    "bytes_per_packet_mean",
    "packets_per_second_per_pair",
    "packets_lost",
    "lead_ms_p95",
    "input_delay_frames",
    "checksum",
    "cuts",
    "joins",
    "excluded",
    "spectators",
    "desyncs",
    "one_sidedness",
    "confirmed_lag_frames_p50",
    "confirmed_lag_frames_p99",
    "confirmed_lag_frames_max",
    "stall_ms_max",
    "rollback_depth_frames_p50",
    "rollback_depth_frames_p99",
    "own_latency_ms_p50",
    "own_latency_ms_p99",
    "held_latency_ms_p50",
    "held_latency_ms_p95",
    "held_latency_ms_p99",
    "states_held_max",
    "inputs_held_max",
    "saves",
    "loads",
    "holes",
    "players",
    "complaints",
]
DESYNCING_GAME = '''
from random import random

class Unsound:
    """Draws from the global generator, so no two copies of it agree."""

    metadata = {"render_fps": 60}
    possible_agents = ("a", "b")

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.value = 0.0
        return {}, {}

    def step(self, actions):
        self.value += random()
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}
'''


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="peergym")
    lab.add_parser(parser.add_subparsers(required=True))
    return lab.run(parser.parse_args(["lab", *arguments]))


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(*arguments, "--json") == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    result: dict[str, Any] = json.loads(printed)
    return result


def test_the_json_object_has_every_key_and_sensible_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = "pong --players 2 --rtt-ms 120 --jitter-ms 20 --loss 5 --frames 1200 --seed 11"
    result = run_json(capsys, *arguments.split())
    assert list(result) == KEYS
    assert result["frames"] == 1200
    assert result["diverged"] == 0
    assert result["rollbacks"] > 50
    assert result["rollback_frames"] > result["rollbacks"]
    assert 3 < result["max_rollback_depth"] <= 8
    assert 40 < result["packets_lost"] < 250
    assert 0 < result["lead_ms_p95"] < 17
    assert 8 < result["bytes_per_packet_mean"] <= 20
    assert result["bytes_per_second_per_player"] == pytest.approx(
        result["bytes_per_packet_mean"] * result["packets_per_second_per_pair"], rel=0.01
    )
    assert result["input_delay_frames"] == 0
    assert int(result["checksum"], 16) > 0
    assert len(result["checksum"]) == 16
    assert result["cuts"] == result["joins"] == result["excluded"] == result["desyncs"] == []
    assert 1.0 <= result["one_sidedness"] < 2.0
    assert 6 < result["confirmed_lag_frames_p50"] <= result["confirmed_lag_frames_p99"] < 16
    assert result["confirmed_lag_frames_p99"] <= result["confirmed_lag_frames_max"] < 20
    assert result["stall_ms_max"] < 17
    assert 3 <= result["rollback_depth_frames_p50"] <= result["rollback_depth_frames_p99"] <= 8
    assert result["own_latency_ms_p50"] == 0
    assert 55 < result["held_latency_ms_p50"] < 65 < result["held_latency_ms_p99"] < 110
    assert 8 < result["states_held_max"] <= 20
    assert result["holes"] == 0
    assert 0 < result["loads"] == result["rollbacks"]
    assert [figures["players"] for figures in result["players"]] == [[0], [1]]
    for total in ("rollbacks", "rollback_frames", "stalls"):
        assert sum(figures[total] for figures in result["players"]) == result[total]


def test_the_same_command_prints_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import sys; from tests.simulation.test_lab_command import run; "
        "sys.exit(run(*sys.argv[1:]))"
    )
    arguments = [
        "chaos",
        "--players",
        "3",
        "--rtt-ms",
        "100",
        "--loss",
        "5",
        "--burst",
        "3",
        "--frames",
        "300",
        "--json",
    ]
    outputs = set()
    for hash_seed in ("0", "1", "2"):
        paths = os.pathsep.join([str(SOURCES), str(SOURCES.parent)])
        result = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths},
            capture_output=True,
            check=True,
        )
        outputs.add(result.stdout)
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["frames"] == 300


def test_the_history_does_not_depend_on_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    common = ("chaos", "--frames", "300", "--seed", "3")
    clean = run_json(capsys, *common)
    bad = run_json(capsys, *common, "--rtt-ms", "200", "--loss", "10", "--reorder", "20")
    assert clean["checksum"] == bad["checksum"]
    assert clean["rollbacks"] == 0 < bad["rollbacks"]
    assert (
        run_json(capsys, "chaos", "--frames", "300", "--seed", "4")["checksum"] != bad["checksum"]
    )


@pytest.mark.parametrize(
    ("arguments", "key", "expected"),
    [
        (("--input-delay", "3"), "input_delay_frames", 3),
        (("--input-delay", "auto"), "input_delay_frames", 1),
        (("--input-delay", "article"), "input_delay_frames", 3),
        (("--window", "0"), "rollbacks", 0),
    ],
)
def test_delay_and_window_do_what_they_say(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], key: str, expected: int
) -> None:
    result = run_json(capsys, "chaos", "--rtt-ms", "100", "--frames", "200", *arguments)
    assert result["frames"] == 200
    assert result[key] == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ("--drift-ppm", "500"),
        ("--asymmetry-ms", "60"),
        ("--duplicate", "30"),
        ("--reorder", "30"),
        ("--offset-frames", "10"),
        ("--option", "score_to_win=1"),
        ("--players", "4"),
    ],
)
def test_every_trouble_leaves_one_history(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    result = run_json(capsys, "chaos", "--rtt-ms", "80", "--frames", "300", *arguments)
    assert result["frames"] == 300
    assert result["diverged"] == 0
    assert result["rollbacks"] > 0


def test_a_game_that_diverges_makes_the_exit_status_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game = tmp_path / "unsound.py"
    game.write_text(DESYNCING_GAME)
    assert run(f"{game}:Unsound", "--frames", "60", "--json") == 1
    assert json.loads(capsys.readouterr().out)["diverged"] > 50


def test_without_json_it_speaks_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("chaos", "--rtt-ms", "60", "--frames", "120") == 0
    printed = capsys.readouterr().out
    assert "120  frames confirmed by everybody" in printed
    assert "share one history" in printed


def test_a_trace_comes_out_the_same_when_it_is_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "match.trace"
    common = ("chaos", "--rtt-ms", "120", "--loss", "5", "--frames", "300", "--seed", "4")
    plain = run_json(capsys, *common)
    recorded = run_json(capsys, *common, "--trace", str(trace), "--trace-peer", "1")
    assert recorded == plain, "being recorded changes nothing"
    assert run("replay-trace", str(trace)) == 0
    printed = capsys.readouterr().out
    assert "Every byte sent is the same as recorded." in printed
    assert "Peer 1 of 2" in printed


def test_a_trace_with_one_changed_byte_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "match.trace"
    assert run("chaos", "--rtt-ms", "60", "--frames", "120", "--json", "--trace", str(trace)) == 0
    data = bytearray(trace.read_bytes())
    data[-1] ^= 1
    changed = tmp_path / "changed.trace"
    changed.write_bytes(data)
    capsys.readouterr()
    assert run("replay-trace", str(changed)) in (1, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pong", "--players", "3"), "Pong is a game for 2, not for 3"),
        (("pang",), "Did you mean pong?"),
        (("pong", "--loss", "150"), "percentage from 0 to 100"),
        (("pong", "--loss", "100"), "loss"),
        (("pong", "--rtt-ms", "10", "--asymmetry-ms", "20"), "asymmetry"),
        (("pong", "--frames", "0"), "frames"),
        (("pong", "--window", "99"), "prediction_window"),
        (("pong", "--burst", "0"), "burst"),
        (("pong", "--drift-ppm", "1e9"), "drift_ppm"),
        (("pong", "--seed", "-1"), ""),
        (("pong", "--option", "speed=3"), "speed"),
        (("pong", "match.trace"), "replay-trace"),
        (("replay-trace",), "needs the file"),
        (("replay-trace", "/nowhere/at/all"), "cannot read"),
        (("pong", "--trace", "x", "--trace-peer", "5"), "trace_peer"),
        (("pong", "--packet-trace", "/nowhere/at/all.csv"), "cannot read"),
        (("pong", "--redundancy", "some"), "'last3' and the like"),
        (("pong", "--redundancy", "last3", "--trace", "x"), "cannot be recorded"),
        (("pong", "--snapshot-interval", "0"), "snapshot_interval"),
        (("pong", "--hold-ms", "-1"), "hold_s"),
    ],
)
def test_a_command_that_makes_no_sense_gets_a_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if said == "":
        assert run(*arguments, "--frames", "60", "--json") == 0
        return
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--input-delay", "soon"),
        ("--option", "speed"),
        ("--frames", "many"),
        ("--profile", "pigeon"),
        ("--transport", "post"),
    ],
)
def test_a_value_that_is_no_number_is_named(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run("pong", option, value)
    assert stop.value.code == 2
    assert option in capsys.readouterr().err


def test_the_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run("--help")
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    words = ("examples:", "--rtt-ms", "--trace", "replay-trace", "exit status", "--drop 2@600")
    for word in (*words, '--partition "0,1|2,3@600+60"', "--no-server", "--spectators 2"):
        assert word in printed


def test_the_profiles_are_listed_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run("--list-profiles")
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    for name, profile in PROFILES.items():
        assert f"{name}\n" in printed
        assert profile.source in printed
