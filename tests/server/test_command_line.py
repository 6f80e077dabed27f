"""The two commands as people type them, and what they read when something is wrong."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest

import peergym
from peergym.cli import main, server_options
from peergym.errors import ConfigurationError
from peergym.server import ServerSettings, addresses
from peergym.server.addresses import LOOPBACK, find_lan_address, listen

WITHIN_S = 60.0


def error_of(capsys, *arguments):
    """Run a command that must fail with one sentence, and return that."""
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("peergym: ")
    assert said.count("\n") == 1
    return said


@pytest.fixture
def is_offline(monkeypatch):
    """A machine in no network: whatever address it asks for, it is the loopback one."""
    monkeypatch.setattr(addresses, "ELSEWHERE", (LOOPBACK, 9))


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("PEERGYM_DATA_DIR", str(tmp_path / "data"))


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"peergym {peergym.__version__}\n"


@pytest.mark.parametrize(
    ("command", "teaches"),
    [
        (["--help"], "peergym play my_game.py:MyGame"),
        (["play", "--help"], "peergym play pong --lan"),
        (["lab", "--help"], "peergym lab pong --rtt-ms"),
    ],
)
def test_help_shows_how_it_is_done(capsys, command, teaches):
    with pytest.raises(SystemExit, match="0"):
        main(command)
    assert teaches in capsys.readouterr().out


def test_without_a_command_help_is_shown(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["peergym"])
    assert main() == 2
    assert "peergym play pong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ping"], "no bundled game 'ping'. Did you mean pong?"),
        (["nowhere.py:Game"], "no file nowhere.py"),
        (["pong", "--origin", "*"], "is not an origin"),
        (["pong", "--ice-server", "stun.example.org"], "stun:host:port"),
        (["pong", "--ice-policy", "relay"], "name one with --turn"),
        (["pong", "--turn", "turn:t.example.org"], "peergym turn-config"),
        (["pong", "--settings", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["pong", "--port", "70000"], "ports are 0 to 65535"),
        (["pong", "--players", "3"], "a game for 2, not for 3"),
        (["bomberman", "--players", "9"], "2 to 8"),
        (["pong", "--data", __file__], "name another folder with --data"),
    ],
)
def test_what_cannot_be_served_is_told_in_a_sentence(capsys, arguments, sentence):
    assert sentence in error_of(capsys, "play", "--no-browser", *arguments)


def test_a_port_in_use_is_told_with_a_way_out(capsys):
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        said = error_of(capsys, "play", "pong", "--no-browser", "--port", str(port))
    assert f"{port} is in use" in said
    assert "--port" in said


def test_a_machine_in_no_network_cannot_serve_one(capsys, is_offline):
    assert "in no network" in error_of(capsys, "play", "pong", "--no-browser", "--lan")


def test_in_a_network_its_address_is_shown_first_and_loopback_works_too(monkeypatch):
    # Another loopback address stands for the machine's own in its network.
    monkeypatch.setattr(addresses, "find_lan_address", lambda: "127.0.0.2")
    listeners = listen(LOOPBACK, 0, is_lan=True)
    try:
        port = listeners.port
        assert listeners.base_urls == (f"http://127.0.0.2:{port}", f"http://127.0.0.1:{port}")
        for host in ("127.0.0.2", "127.0.0.1"):
            socket.create_connection((host, port)).close()
    finally:
        listeners.close()


def test_where_the_second_address_is_taken_the_first_is_let_go(monkeypatch):
    monkeypatch.setattr(addresses, "find_lan_address", lambda: "127.0.0.2")
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match="in use"):
            listen(LOOPBACK, port, is_lan=True)
        socket.create_server(("127.0.0.2", port)).close()


def test_the_address_in_the_network_is_not_the_loopback_one():
    try:
        assert not find_lan_address().startswith("127.")
    except ConfigurationError as error:
        assert "--lan" in str(error)  # noqa: PT017 - a machine without a network


def test_the_page_is_shown_with_the_address_to_pass_on(capsys):
    urls = ("http://192.168.1.5:8000", "http://127.0.0.1:8000")
    server_options.announce(
        ServerSettings(lan=True, base_urls=urls), "Pong", f"{urls[0]}/matches#key=K"
    )
    said = capsys.readouterr().out
    assert re.search(r"In your network\s+http://192\.168\.1\.5:8000\n", said)
    assert re.search(r"On this machine\s+http://127\.0\.0\.1:8000\n", said)
    assert re.search(r"Matches\s+http://192\.168\.1\.5:8000/matches#key=K\n", said)


def test_the_browser_is_opened_at_the_page_unless_unwanted(monkeypatch):
    opened, has_opened = [], threading.Event()

    def open_page(url):
        opened.append(url)
        has_opened.set()

    monkeypatch.setattr(server_options.webbrowser, "open", open_page)
    server_options.open_page("http://127.0.0.1:8000")
    assert has_opened.wait(WITHIN_S)
    assert opened == ["http://127.0.0.1:8000"]


@pytest.mark.skipif(os.name != "posix", reason="sends an interrupt as POSIX does")
def test_a_game_is_served_until_ctrl_c_and_stops_without_a_trace():
    command = [sys.executable, "-m", "peergym", "play", "pong", "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        said = ""
        while "Ctrl-C" not in said:
            line = running.stdout.readline()
            assert line, running.stderr.read()
            said += line
        assert "Pong is served" in said
        url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        assert httpx.get(f"{url}/api/health").json()["ok"]
        running.send_signal(signal.SIGINT)
        out, errors = running.communicate(timeout=WITHIN_S)
    assert running.returncode == 0
    assert out.strip() == "Stopped."
    assert errors == ""
