"""`peergym serve FILE`: the scene of a file decides what is played and how people are connected."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from peergym.cli import main
from peergym.errors import ConfigurationError
from peergym.experiment import GymScene
from peergym.experiment.scene_file import find_scene
from peergym.server.game import serve_game
from peergym.server.options import gather, make_settings
from peergym.server.turn import keep_turn_secret

EXAMPLES = Path(__file__).parents[2] / "examples"
TAG = (EXAMPLES / "tag.py").read_text()
SCENE = "from peergym.experiment import GymScene\n"


@pytest.fixture
def write(tmp_path):
    """Write an experiment and return its path."""

    def write(text, name="experiment.py"):
        path = tmp_path / name
        path.write_text(SCENE + text)
        return path

    return write


def test_the_names_of_the_builder_are_understood():
    scene = GymScene("pong")
    scene.pyodide(
        run_through_pyodide=True,
        multiplayer=True,
        server_authoritative=False,
        p2p_mode=True,
        p2p_ice_servers=["stun:stun.example.org:3478"],
        p2p_turn_servers=[
            "turn:shared.example.org",
            {"urls": "turn:fixed.example.org", "username": "ann", "credential": "a+b"},
            {"urls": ["turn:both.example.org", "turns:both.example.org"]},
            "turn:old.example.org,bob,secret",
        ],
    )
    assert scene.options() == {
        "p2p": True,
        "ice_servers": [
            "stun:stun.example.org:3478",
            {"urls": "turn:fixed.example.org", "username": "ann", "credential": "a+b"},
            "turn:old.example.org,bob,secret",
        ],
        "turn": [
            "turn:shared.example.org", "turn:both.example.org", "turns:both.example.org",
        ],
    }  # fmt: skip


def test_all_can_be_said_at_once_and_later_calls_add_to_it():
    scene = GymScene("pong", players=2, p2p_mode=False, privacy="relay", ice_policy="relay")
    assert scene.options() == {
        "players": 2, "p2p": False, "privacy": "relay", "ice_policy": "relay",
    }  # fmt: skip
    assert scene.pyodide(p2p_ice_servers=["stun:a"]).options()["p2p"] is False
    assert scene.pyodide(p2p_mode=True).options()["ice_servers"] == ["stun:a"]
    assert GymScene("pong").options() == {}


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"run_through_pyodide": False}, "run_through_pyodide"),
        ({"multiplayer": False}, "multiplayer"),
        ({"server_authoritative": True}, "server_authoritative"),
        ({"p2p_ice_servers": "stun:a"}, "p2p_ice_servers"),
        ({"p2p_turn_servers": [{"url": "turn:a"}]}, "p2p_turn_servers"),
    ],
)
def test_what_is_not_done_is_refused_by_its_name(options, name):
    with pytest.raises(ConfigurationError, match=name):
        GymScene("pong").pyodide(**options)


@pytest.mark.parametrize("options", [{"privacy": "total"}, {"ice_policy": "turn"}])
def test_values_that_there_are_not_are_refused(options):
    with pytest.raises(ConfigurationError, match=r"is not '(all|open)' or"):
        GymScene("pong", **options)


def test_the_one_scene_of_a_file_is_found(write):
    found = find_scene(str(write("scene = GymScene('pong')\nsame = scene")))
    assert found.game == "pong"


def test_of_several_scenes_one_is_named(write):
    path = write("first = GymScene('pong')\nsecond = GymScene('bomberman')")
    with pytest.raises(ConfigurationError, match=r"scenes first, second\. Choose one: .*:first"):
        find_scene(str(path))
    assert find_scene(f"{path}:second").game == "bomberman"
    with pytest.raises(ConfigurationError, match="no scene third"):
        find_scene(f"{path}:third")


def test_a_game_in_the_same_file_is_found_by_its_name(write):
    path = write("class Mine: pass\nscene = GymScene(Mine)")
    assert find_scene(str(path)).game == f"{path}:Mine"


def test_a_game_in_a_file_beside_it_is_found_from_anywhere(write, tmp_path):
    path = write("scene = GymScene('games/mine.py:Mine')")
    assert find_scene(str(path)).game == f"{tmp_path / 'games' / 'mine.py'}:Mine"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "scene = GymScene"),
        ("scene = GymScene(lambda: None)", "has no name in"),
        ("scene = GymScene()", "cannot be imported"),
        ("scene =", "not valid Python"),
    ],
)
def test_what_cannot_be_served_is_told(write, capsys, text, sentence):
    assert main(["serve", str(write(text))]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing.py", "experiment.toml"])
def test_what_is_no_file_of_python_is_told(capsys, name):
    assert main(["serve", name]) == 2
    assert name in capsys.readouterr().err


def test_whoever_serves_it_has_the_last_word(write, tmp_path):
    keep_turn_secret(tmp_path / "turn_secret")
    scene = GymScene("pong", privacy="open", p2p_turn_servers=["turn:a.example"], players=2)
    given = gather({"privacy": "relay"}, {"PEERGYM_TURN": "turn:b.example"}, scene.options())
    settings = make_settings("pong", {**given, "data_dir": tmp_path})
    assert settings.ice.turn.urls == ("turn:b.example",)
    assert settings.ice.is_hidden
    assert settings.players == 2


def test_a_game_beside_its_scene_runs_where_nothing_but_what_is_sent_is_installed(write, tmp_path):
    path = write(TAG + "scene = GymScene(Tag)")
    game = serve_game(make_settings(find_scene(str(path)).game, {}))
    zip_path = tmp_path / "runtime.zip"
    zip_path.write_bytes(game.runtime.data)
    code = (
        f"import sys; sys.path.insert(0, {str(zip_path)!r})\n"
        "from peergym.games.catalogue import find_game\n"
        f"print(find_game({game.runtime.spec!r}).__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("Tag", "")


def test_the_example_is_one():
    found = find_scene(str(EXAMPLES / "experiment.py"))
    assert found.game == "bomberman"
    assert found.scene.options() == {"players": 3, "p2p": True, "privacy": "relay"}


@pytest.mark.skipif(os.name != "posix", reason="sends an interrupt as POSIX does")
def test_a_scene_is_served_until_ctrl_c(write, tmp_path):
    path = write("scene = GymScene('bomberman', players=3)\nscene.pyodide(p2p_mode=False)")
    command = [sys.executable, "-m", "peergym", "serve", str(path), "--no-browser"]
    command += ["--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        said = ""
        while "Ctrl-C" not in said:
            line = running.stdout.readline()
            assert line
            said += line
        url = next(word for word in said.split() if word.startswith("http://127"))
        told = httpx.get(f"{url}/api/game").json()
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
    assert told["game"]["players"] == 3
    assert told["game"]["name"] == "Bomberman"
