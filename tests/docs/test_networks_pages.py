"""The pages on settings, TURN and privacy say what is so."""

import re
import tomllib
from pathlib import Path

import pytest

from peergym.cli import main, make_parser
from peergym.cli.server_options import given_options
from peergym.experiment import GymScene
from peergym.server.options import OPTIONS, PREFIX, read_settings_file

DOCS = Path(__file__).parents[2] / "docs"


def snippets(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


def test_every_option_is_described_with_its_flag():
    text = (DOCS / "settings.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (`--[^|]+) \|", text, re.MULTILINE)
    assert {name for name, _ in rows} == set(OPTIONS)
    values = {"N": "1", "SECONDS": "60", "POLICY": "relay", "PRIVACY": "relay"}
    for name, flags in rows:
        for words in re.findall(r"`([^`]+)`", flags):
            flag, _, value = words.partition(" ")
            typed = [flag, values.get(value, "x")] if value else [flag]
            assert set(given_options(make_parser().parse_args(["play", "pong", *typed]))) == {name}


def test_the_settings_file_can_be_read(tmp_path):
    (text,) = snippets("settings.md", "toml")
    (tmp_path / "peergym.toml").write_text(text)
    assert set(read_settings_file(tmp_path / "peergym.toml")) == set(tomllib.loads(text))


def test_the_scene_says_what_the_table_says():
    (code,) = snippets("settings.md", "python")
    names = {}
    exec(code, names)
    assert isinstance(names["scene"], GymScene)
    assert names["scene"].options() == {
        "players": 3,
        "p2p": True,
        "ice_servers": ["stun:stun.example.org:3478"],
        "turn": ["turn:turn.example.org:3478"],
    }


def test_the_configuration_of_coturn_is_the_one_that_is_printed(capsys, tmp_path):
    secret_file = tmp_path / "secret"
    command = ["turn-config", "--realm", "turn.example.org", "--secret-file", str(secret_file)]
    assert main(command) == 0
    printed = capsys.readouterr().out.replace(secret_file.read_text().strip(), "…")
    assert snippets("turn.md", "text") == [printed]


@pytest.mark.parametrize("page", ["turn.md", "privacy.md", "settings.md"])
def test_flags_and_variables_that_are_named_exist(page):
    text = (DOCS / page).read_text()
    told = make_parser()
    known = set()
    for command in ("play", "serve", "turn-config", "join"):
        parser = told._subparsers._group_actions[0].choices[command]
        known |= set(parser._option_string_actions)
    flags = set(re.findall(r"(?<![\w-])--[a-z][\w-]+", text))
    assert flags
    assert flags <= known
    variables = {name.removeprefix(PREFIX) for name in re.findall(r"PEERGYM_[A-Z_]+\w", text)}
    assert variables <= {name.upper() for name in OPTIONS} | {"SETTINGS", "ICE_SERVER"}
