"""Games are found by name, and what is wrong with them is said in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from peergym.envs import GameAdapter, load_game
from peergym.errors import ConfigurationError, EnvironmentContractError
from peergym.games.catalogue import BUNDLED, find_game
from peergym.games.pong import Pong

GAME = """
class Still:
    possible_agents = ("a",)
    def action_space(self, agent): return 2
    def reset(self, seed=None, options=None): return {}, {}
    def step(self, actions): return {}, {}, {}, {}, {}

class Other: pass
VALUE = 3
"""


@pytest.fixture
def game_file(tmp_path: Path) -> Path:
    path = tmp_path / "still.py"
    path.write_text(GAME)
    return path


def refusal(spec: str) -> str:
    with pytest.raises((ConfigurationError, EnvironmentContractError)) as caught:
        find_game(spec)
    return str(caught.value)


def test_a_class_is_loaded_from_a_file(game_file: Path) -> None:
    assert load_game(f"{game_file}:Still").__name__ == "Still"


def test_a_class_is_loaded_from_a_module_or_by_its_bundled_name() -> None:
    assert load_game("peergym.games.pong:Pong") is Pong
    assert find_game("pong") is Pong
    assert all(isinstance(find_game(name), type) for name in BUNDLED)


def test_two_files_of_one_name_do_not_mix(game_file: Path, tmp_path: Path) -> None:
    second = tmp_path / "deeper" / game_file.name
    second.parent.mkdir()
    second.write_text(GAME.replace("return 2", "return 5"))
    first_class, second_class = load_game(f"{game_file}:Still"), load_game(f"{second}:Still")
    assert [cls().action_space("a") for cls in (first_class, second_class)] == [2, 5]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    said = refusal("pnog")
    assert "There is no bundled game 'pnog'. Did you mean pong?" in said
    assert "Bundled: bomberman, chaos, pong." in said
    assert "file.py:Class" in refusal("chess")


def test_missing_files_modules_and_classes_are_told_apart(game_file: Path) -> None:
    assert "There is no file nowhere.py" in refusal("nowhere.py:Game")
    assert "There is no module peergym.nowhere" in refusal("peergym.nowhere:Game")
    assert "has no class Stil. Its classes: Still, Other." in refusal(f"{game_file}:Stil")
    assert "has no class VALUE" in refusal(f"{game_file}:VALUE")
    assert "neither file.py:Class nor module:Class" in refusal(":Game")


def test_a_file_without_a_class_is_asked_which_and_functions_are_named_too(tmp_path: Path) -> None:
    path = tmp_path / "makers.py"
    path.write_text("def make():\n    pass\n\n\ndef draw():\n    pass\n")
    assert f"{path}:Class. Its functions: make, draw." in refusal(str(path))
    assert "has no class mak. Its functions: make, draw." in refusal(f"{path}:mak")


def test_an_id_of_pettingzoo_without_its_version_is_told_those_that_are_there() -> None:
    pytest.importorskip("pettingzoo")
    for name in ("classic/connect_four", "aec/classic/connect_four", "classic/connect_four-v99"):
        assert "There is classic/connect_four-v" in refusal(name)


def test_a_class_that_needs_an_argument_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "needy.py"
    path.write_text(GAME.replace("def reset", "def __init__(self, size): pass\n    def reset", 1))
    assert "cannot be made without arguments" in refusal(f"{path}:Still")


def test_metadata_that_are_no_dict_are_refused() -> None:
    still = type("Still", (), {"possible_agents": (0,), "metadata": ["name"]})
    with pytest.raises(EnvironmentContractError, match="metadata must be a dict"):
        GameAdapter(still())


def test_a_class_with_the_wrong_methods_is_told_which_are_missing(game_file: Path) -> None:
    message = refusal(f"{game_file}:Other")
    for method in ("reset", "step", "action_space"):
        assert f"no method {method}" in message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class A(:\n  pass", "is not valid Python: .* in line 1"),
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named"),
        ("import numpy_that_is_not_here as np", "cannot be imported"),
        ("1 / 0", "cannot be imported: ZeroDivisionError"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(tmp_path: Path, source: str, message: str) -> None:
    path = tmp_path / "broken.py"
    path.write_text(source)
    with pytest.raises(ConfigurationError, match=message):
        load_game(f"{path}:A")


def test_modules_beside_the_file_are_out_of_reach_as_in_the_browser(game_file: Path) -> None:
    beside = game_file.with_name("uses_neighbour.py")
    beside.write_text("from still import Still")
    assert "No module named 'still'" in refusal(f"{beside}:Still")


def test_objects_of_a_file_have_the_same_bytes_wherever_the_file_lies(tmp_path: Path) -> None:
    source = """
class Ball:
    x = 1

class Balls:
    possible_agents = ("a",)
    def action_space(self, agent): return 2
    def reset(self, seed=None, options=None):
        self.ball = Ball()
        return {}, {}
    def step(self, actions): return {}, {}, {}, {}, {}
"""
    states = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / "my-balls.py"
        file.write_text(source)
        game = GameAdapter(load_game(f"{file}:Balls")())
        game.reset(1)
        states.append(game.canonical(game.save()))
    assert states[0] == states[1]
    assert b"user_game.my_balls.Ball" in states[0]
