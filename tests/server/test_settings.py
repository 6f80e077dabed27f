"""Options from the command line, the environment, a file and a scene, and which of them holds."""

from pathlib import Path

import pytest

from peergym.cli import make_parser
from peergym.cli.server_options import given_options
from peergym.errors import ConfigurationError
from peergym.server.options import (
    OPTIONS,
    gather,
    make_settings,
    read_environment,
    read_settings_file,
)
from peergym.server.turn import keep_turn_secret


@pytest.fixture
def write(tmp_path):
    """Write a settings file and return its path."""

    def write(text):
        path = tmp_path / "peergym.toml"
        path.write_text(text)
        return path

    return write


def typed(*arguments):
    """What the command line gives."""
    return given_options(make_parser().parse_args(["play", "pong", *arguments]))


ALL = {
    "players": (2, "2"),
    "port": (8000, "8000"),
    "lan": (True, "yes"),
    "open_browser": (False, "false"),
    "origins": (["https://a.example", "https://b.example"], "https://a.example https://b.example"),
    "data_dir": ("kept", "kept"),
    "ice_servers": (["stun:s.example:3478"], "stun:s.example:3478"),
    "ice_policy": ("relay", "relay"),
    "turn": (["turn:t.example"], "turn:t.example"),
    "turn_secret_file": ("secret", "secret"),
    "turn_lifetime_s": (60, "60"),
    "p2p": (False, "0"),
    "privacy": ("relay", "relay"),
}
"""A value of each option, in a settings file and in the environment."""

TOML = """\
players = 2
port = 8000
lan = true
open_browser = false
origins = ["https://a.example", "https://b.example"]
data_dir = "kept"
ice_servers = ["stun:s.example:3478"]
ice_policy = "relay"
turn = ["turn:t.example"]
turn_secret_file = "secret"
turn_lifetime_s = 60
p2p = false
privacy = "relay"
"""


def test_every_option_can_be_given_in_every_place(write):
    of_file = read_settings_file(write(TOML))
    of_environment = read_environment({f"PEERGYM_{name.upper()}": ALL[name][1] for name in ALL})
    assert set(of_file) == set(of_environment) == set(ALL) <= set(OPTIONS)
    for name, (value, _) in ALL.items():
        if OPTIONS[name].kind != "a path":
            assert of_file[name] == of_environment[name] == value, name


def test_what_is_not_typed_is_not_given():
    assert typed() == {}
    assert typed("--no-p2p", "--turn", "turn:a", "--turn", "turn:b") == {
        "p2p": False,
        "turn": ["turn:a", "turn:b"],
    }


def test_the_strongest_place_holds(write):
    path = write('ice_policy = "all"\nport = 1\nplayers = 2\nlan = true\nprivacy = "open"')
    scene = {"port": 0, "players": 3, "lan": False, "privacy": "relay", "p2p": False}
    environ = {"PEERGYM_PORT": "2", "PEERGYM_PLAYERS": "4", "PEERGYM_SETTINGS": str(path)}
    given = gather(typed("--port", "3"), environ, scene)
    assert given == {
        "port": 3,  # typed
        "players": 4,  # the environment
        "lan": True,  # the file
        "privacy": "open",
        "ice_policy": "all",
        "p2p": False,  # the scene
    }


def test_the_command_line_names_another_file_than_the_environment(write, tmp_path):
    (tmp_path / "other.toml").write_text("port = 9")
    environ = {"PEERGYM_SETTINGS": str(write("port = 1"))}
    assert gather(typed("--settings", str(tmp_path / "other.toml")), environ)["port"] == 9


def test_a_list_replaces_a_list(write):
    path = write('ice_servers = ["stun:a.example", "stun:b.example"]')
    given = gather(typed("--settings", str(path), "--ice-server", "stun:c.example"), {})
    assert given["ice_servers"] == ["stun:c.example"]


def test_paths_in_a_file_are_relative_to_it(write, tmp_path):
    assert read_settings_file(write('data_dir = "kept"'))["data_dir"] == tmp_path / "kept"
    absolute = (tmp_path / "else").as_posix()
    assert read_settings_file(write(f'data_dir = "{absolute}"'))["data_dir"] == Path(absolute)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ice_server = []", "no option ice_server. Did you mean ice_servers?"),
        ("colour = 1", "no option colour. There are: data_dir"),
        ("port = true", "port is True, not a whole number"),
        ('lan = "yes"', "lan is 'yes', not true or false"),
        ('turn = "turn:t"', "turn is 'turn:t', not a list of texts"),
        ('privacy = "total"', 'privacy is \'total\', not "open" or "relay"'),
        ("[turn]\nurl = 1", "not a list of texts"),
        ("port = ", "is not TOML"),
    ],
)
def test_what_a_file_must_not_say_is_told(write, text, sentence):
    path = write(text)
    with pytest.raises(ConfigurationError) as told:
        read_settings_file(path)
    assert sentence in str(told.value)
    assert str(path) in str(told.value)


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("PEERGYM_ICE_SERVER", "stun:x", "Did you mean PEERGYM_ICE_SERVERS?"),
        ("PEERGYM_PORT", "http", "PEERGYM_PORT: 'http' is not a whole number"),
        ("PEERGYM_P2P", "maybe", "'maybe' is not true or false"),
        ("PEERGYM_PRIVACY", "total", '"open" or "relay"'),
    ],
)
def test_what_a_variable_must_not_say_is_told(variable, text, sentence):
    with pytest.raises(ConfigurationError) as told:
        read_environment({variable: text})
    assert sentence in str(told.value)


def test_other_variables_are_none_of_our_business():
    assert read_environment({"PEERGYM_CHROMIUM": "/x", "PORT": "1", "PEERGYM_PORT": ""}) == {}


def test_servers_in_a_file_may_be_written_as_browsers_write_them(write):
    path = write('[[ice_servers]]\nurls = "turn:t.example"\nusername = "u"\ncredential = "p"')
    settings = make_settings("pong", read_settings_file(path))
    assert settings.ice.servers == (
        {"urls": ["turn:t.example"], "username": "u", "credential": "p"},
    )


def test_the_secret_is_looked_for_in_the_data_folder(tmp_path):
    given = {"data_dir": tmp_path, "turn": ["turn:t.example"]}
    with pytest.raises(ConfigurationError, match="turn-config"):
        make_settings("pong", given)
    secret = keep_turn_secret(tmp_path / "turn_secret")
    assert make_settings("pong", given).ice.turn.secret == secret
    other = keep_turn_secret(tmp_path / "other")
    given["turn_secret_file"] = tmp_path / "other"
    assert make_settings("pong", given).ice.turn.secret == other


def test_what_was_given_becomes_settings(tmp_path):
    given = {"players": 3, "port": 80, "lan": True, "data_dir": tmp_path, "privacy": "relay"}
    settings = make_settings("bomberman", given)
    assert (settings.game, settings.players, settings.port, settings.lan) == (
        "bomberman", 3, 80, True,
    )  # fmt: skip
    assert settings.data_dir == tmp_path
    assert settings.ice.is_hidden
    assert make_settings("pong", {}).ice.connects_directly
