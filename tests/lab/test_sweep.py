"""``peergym lab sweep``: every combination once, whoever interrupts it, and what is found then."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import main
from peergym.errors import ConfigurationError
from peergym.lab.sweep import Grid, Run, workers
from peergym.lab.sweep.grid import grid_from_json, values_from_text
from peergym.lab.sweep.measures import MEASURES
from peergym.lab.sweep.series import layout_of
from peergym.lab.sweep.tables import PARQUET_MISSING

SOURCES = Path(__file__).parents[2] / "src"
SMALL = ("--frames", "60", "--processes", "1")
GRID = ("--rtt-ms", "0,60", "--input-delay", "0,auto", "--repeats", "2")


def sweep(out: Path, *arguments: str, small: tuple[str, ...] = SMALL) -> int:
    return main(["lab", "sweep", "chaos", *small, "--out", str(out), *arguments])


def lines_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "runs.jsonl").read_text().splitlines() if line]


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "runs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_combination_is_a_row_with_what_it_was_made_of_and_what_came_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sweep(tmp_path, *GRID) == 0
    assert "8 matches" in capsys.readouterr().out
    rows = rows_of(tmp_path)
    combinations = {(row["rtt_ms"], row["input_delay"], row["seed"]) for row in rows}
    assert combinations == {(r, d, s) for r in ("0", "60") for d in ("0", "auto") for s in "12"}
    assert all(row["frames"] == "60" and row["diverged"] == "0" for row in rows)
    assert {row["rollbacks"] for row in rows if row["rtt_ms"] == "0"} == {"0"}
    assert all(float(row["rollbacks"]) > 0 for row in rows if row["rtt_ms"] == "60")
    assert {row["window"] for row in rows} == {"8"}, "what does not vary is there too"


def test_a_figure_is_the_same_in_all_tables(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert sweep(tmp_path, *GRID) == 0
    table = parquet.read_table(tmp_path / "runs.parquet").to_pylist()
    for of_parquet, of_csv, line in zip(table, rows_of(tmp_path), lines_of(tmp_path), strict=True):
        assert list(of_parquet) == list(of_csv)
        for name, value in of_parquet.items():
            same = type(value)(of_csv[name]) if type(value) is not bool else of_csv[name] == "True"
            assert same == value, name
        assert float(of_csv["held_latency_ms_p95"]) == line["figures"]["held_latency_ms_p95"]


def test_without_pyarrow_there_is_a_sentence_and_everything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert sweep(tmp_path) == 0
    assert PARQUET_MISSING in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "report.html",
        "runs.csv",
        "runs.jsonl",
    ]


def test_what_is_there_is_not_simulated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated: list[Run] = []
    attempt = workers._attempt

    def note(run: Run) -> Any:
        simulated.append(run)
        return attempt(run)

    monkeypatch.setattr(workers, "_attempt", note)
    assert sweep(tmp_path, "--rtt-ms", "0,60") == 0
    assert sweep(tmp_path, "--rtt-ms", "0,60") == 0
    assert len(simulated) == 2
    assert sweep(tmp_path, "--rtt-ms", "0,40,60") == 0
    assert [run.values for run in simulated[2:]] == [{"rtt_ms": 40}]
    assert [row["rtt_ms"] for row in rows_of(tmp_path)] == ["0", "40", "60"]
    assert sweep(tmp_path, "--rtt-ms", "60", "--frames", "30") == 0
    assert len(simulated) == 4, "other frames are another match"


def test_a_line_that_was_cut_off_is_simulated_again_and_harms_nothing(tmp_path: Path) -> None:
    assert sweep(tmp_path, "--rtt-ms", "0,60") == 0
    file = tmp_path / "runs.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    assert sweep(tmp_path, "--rtt-ms", "0,60") == 0
    lines = file.read_bytes().splitlines()
    assert len(lines) == 3
    assert json.loads(lines[2])["run"] == json.loads(whole.splitlines()[1])["run"]
    assert len(rows_of(tmp_path)) == 2


def start(out: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "peergym", "lab", "sweep", "chaos", "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    return subprocess.Popen([*command, *arguments], env=environment, stderr=subprocess.PIPE)


def wait_for_results(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + 60
    file = out / "runs.jsonl"
    while not file.exists() or file.read_bytes().count(b"\n") < count:
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def children_of(process: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def is_alive(process: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return state.stdout.strip()[:1] not in ("", "Z")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals, nor ps")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_whoever_is_interrupted_goes_on_where_it_stopped(tmp_path: Path, how: int) -> None:
    wanted = ("--rtt-ms", "0,20,40,60,80", "--frames", "1500", "--processes", "2")
    process = start(tmp_path, *wanted)
    wait_for_results(tmp_path, 1, process)
    children = children_of(process.pid)
    assert len(children) >= 2
    process.send_signal(how)
    _, said = process.communicate(timeout=30)
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert b"of 5 matches are in" in said
    there = lines_of(tmp_path)
    assert 1 <= len(there) < 5
    deadline_s = time.monotonic() + 20
    while any(is_alive(child) for child in children):
        assert time.monotonic() < deadline_s, "somebody was left behind"
        time.sleep(0.02)
    process = start(tmp_path, *wanted)
    assert process.communicate(timeout=60) is not None
    assert process.returncode == 0
    lines = lines_of(tmp_path)
    assert lines[: len(there)] == there
    assert len(lines) == 5, "nothing was simulated twice"


def test_on_several_processes_the_figures_are_the_same(tmp_path: Path) -> None:
    process = start(tmp_path / "two", *GRID, "--frames", "60", "--processes", "2")
    assert sweep(tmp_path / "one", *GRID) == 0
    process.communicate(timeout=60)
    assert process.returncode == 0
    one, two = rows_of(tmp_path / "one"), rows_of(tmp_path / "two")
    for row in one + two:
        del row["cpu_us_per_frame"]
    assert one == two


def test_a_game_that_falls_over_is_named_with_its_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game = tmp_path / "weak.py"
    game.write_text(
        "class Weak:\n"
        "    metadata = {'render_fps': 60}\n"
        "    possible_agents = ('a', 'b')\n"
        "    def action_space(self, agent):\n"
        "        return 3\n"
        "    def reset(self, seed=None, options=None):\n"
        "        self.frame = 0\n"
        "        return {}, {}\n"
        "    def step(self, actions):\n"
        "        self.frame += 1\n"
        "        if self.frame == 50:\n"
        "            raise RuntimeError('too much for me')\n"
        "        nobody = dict.fromkeys(self.possible_agents, False)\n"
        "        return {}, {}, nobody, nobody, {}\n"
    )
    out = tmp_path / "out"
    status = main(["lab", "sweep", f"{game}:Weak", *SMALL, "--rtt-ms", "40", "--out", str(out)])
    assert status == 2
    said = capsys.readouterr().err
    assert "rtt_ms 40" in said
    assert "too much for me" in said


class Page(HTMLParser):
    """Collects what a page would fetch, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_report_is_one_file_with_a_chart_for_each_figure_and_a_table(tmp_path: Path) -> None:
    assert sweep(tmp_path, *GRID, "--redundancy", "last1,all", "--loss", "2") == 0
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.fetched == []
    assert "script" not in page.tags
    assert not re.search(r"@import|url\(", text)
    assert "prefers-color-scheme:dark" in text
    assert 'name="viewport"' in text
    headings = {"inputs in a packet: last1", "inputs in a packet: all"}
    assert headings <= set(page.texts), "a panel for each value of the third axis"
    drawn = sum(measure.title in page.texts for measure in MEASURES)
    assert drawn > 8
    assert page.tags.count("svg") >= 2 * 8
    assert page.tags.count("tr") == 1 + 8
    assert "16 simulated matches" in text


def test_the_report_says_so_when_histories_diverge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game = tmp_path / "unsound.py"
    game.write_text(
        "from random import random\n"
        "class Unsound:\n"
        "    metadata = {'render_fps': 60}\n"
        "    possible_agents = ('a', 'b')\n"
        "    def action_space(self, agent):\n"
        "        return 3\n"
        "    def reset(self, seed=None, options=None):\n"
        "        self.value = 0.0\n"
        "        return {}, {}\n"
        "    def step(self, actions):\n"
        "        self.value += random()\n"
        "        nobody = dict.fromkeys(self.possible_agents, False)\n"
        "        return {}, {}, nobody, nobody, {}\n"
    )
    out = tmp_path / "out"
    assert main(["lab", "sweep", f"{game}:Unsound", *SMALL, "--out", str(out)]) == 1
    assert "The histories diverged" in capsys.readouterr().out
    assert "In 1 of them the histories diverged" in (out / "report.html").read_text()


def test_values_come_from_a_file_too_and_options_take_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = tmp_path / "grid.json"
    grid.write_text('{"rtt_ms": [0, 50, 100], "loss": 2, "input_delay": [0, "auto"]}')
    out = tmp_path / "out"
    assert sweep(out, "--grid", str(grid), "--input-delay", "2", "--count") == 0
    assert "3 matches, none of them" in capsys.readouterr().out
    assert not out.exists(), "asking makes nothing"
    assert sweep(out, "--grid", str(grid), "--input-delay", "2", "--rtt-ms", "50") == 0
    capsys.readouterr()
    assert sweep(out, "--grid", str(grid), "--input-delay", "2", "--count") == 0
    assert "3 matches, 1 of them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rtt-ms", "fast"), "rtt_ms: is a number, not 'fast'"),
        (("--rtt-ms", "0,,5"), "rtt_ms: is a number, not ''"),
        (("--rtt-ms", "5,5.0"), "has a value twice"),
        (("--window", "2.5"), "window: is a number, not 2.5"),
        (("--window", "8,99"), "window 99"),
        (("--loss", "2,150"), "percentage"),
        (("--input-delay", "soon"), "one of auto, article"),
        (("--profile", "fibre,pigeon"), "pigeon"),
        (("--transport", "post"), "transport is one of"),
        (("--redundancy", "last0"), "redundancy"),
        (("--players", "0"), "players"),
        (("--max-snapshots", "10", "--window", "8"), "max_snapshots"),
        (("--packet-trace", "/nowhere.csv"), "cannot read"),
        (("--repeats", "0"), "--repeats"),
        (("--repeats", "2", "--seed", "1,2"), "one too many"),
        (("--processes", "0"), "--processes"),
        (("--rtt-ms", "0,5", "--x", "loss"), "--x: 'loss' has one value"),
        (("--grid", "/nowhere.json"), "cannot read"),
        (("--repeats", "10000", "--rtt-ms", ",".join(map(str, range(11)))), "100000 at most"),
        (("--frames", "0"), "frames"),
    ],
)
def test_a_command_that_makes_no_sense_gets_a_sentence_before_anything_is_simulated(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sweep(tmp_path / "out", *arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_one_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert sweep(tmp_path / "file") == 2
    assert "--out: cannot use" in capsys.readouterr().err


@pytest.mark.parametrize("value", [[], {"speed": [1]}, {"rtt_ms": []}, {"rtt_ms": [True]}])
def test_a_grid_of_another_form_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError):
        grid_from_json(value)


def test_what_is_as_usual_is_the_same_run_however_it_was_asked_for() -> None:
    told = Grid({"window": (8, 12), "loss": values_from_text("loss", "0")})
    untold = Grid({"window": values_from_text("window", "8,12")})
    keys = [[run.key for run in grid.runs("pong", {}, 60)] for grid in (told, untold)]
    assert keys[0] == keys[1]


def test_the_axis_with_the_most_numbers_is_the_horizontal_one() -> None:
    grid = Grid({"transport": ("datagram", "ordered"), "loss": (0, 2), "rtt_ms": (0, 5, 9)})
    layout = layout_of(grid)
    assert (layout.x, layout.lines, layout.panels) == ("rtt_ms", "loss", ("transport",))
    layout = layout_of(grid, lines="transport")
    assert (layout.x, layout.lines, layout.panels) == ("rtt_ms", "transport", ("loss",))
    assert layout_of(Grid({"loss": (2,)})).x == ""


def test_the_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["lab", "sweep", "--help"])
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    assert "usage: peergym lab sweep" in printed
    for word in ("examples:", "--rtt-ms", "report.html", "goes on", "--redundancy", "--grid"):
        assert word in printed.replace("not simulated again", "goes on")
