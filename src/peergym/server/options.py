"""What a server can be told by a file and by the environment, and what follows from all of it.

Theory of operation: every option has one name. It is a key of a settings file, written large after
``PEERGYM_`` a variable of the environment, and on the command line a flag. Each place gives a
mapping of those options that it names; the mappings are laid over each other, and the result
becomes `ServerSettings`. A list replaces a list: it is not added to.

What overrules what, the strongest first: the command line, the environment, the settings file, the
scene of an experiment, the defaults. So whoever runs a server has the last word over whoever wrote
the experiment, and a person at the keyboard over what was set up before.

Laws:
    - A name that is not known is refused, with the nearest that is. In the environment, where other
      names are none of our business, only those that nearly are ours.
    - Paths in a settings file are relative to that file.
    - Secrets come from files of their own, never from a settings file or a variable.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

from peergym.errors import ConfigurationError
from peergym.server.ice import (
    IceSettings,
    check_ice_server,
    read_ice_server,
    read_turn_url,
)
from peergym.server.settings import ServerSettings, default_data_dir
from peergym.server.turn import LIFETIME_S, TurnService, read_turn_secret

Given: TypeAlias = Mapping[str, Any]
"""Options by name, those that were given."""

PREFIX = "PEERGYM_"
SETTINGS_VARIABLE = "PEERGYM_SETTINGS"
"""Names a settings file where the command line names none."""

TURN_SECRET_FILE = "turn_secret"  # noqa: S105 - the name of a file
"""In the data folder; taken where no other is named."""

NEARLY = 0.85
"""How alike a variable and one of ours must be to be taken for a slip."""

SWITCHES = {"true": True, "1": True, "yes": True, "on": True}
SWITCHES |= {"false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Option:
    """An option.

    Attributes:
        kind: What its values are, in words.
        accepts: Whether a value of a settings file is such a one.
        parse: Reads one from a variable; raises `ValueError` if it is none.
    """

    kind: str
    accepts: Callable[[Any], bool]
    parse: Callable[[str], Any]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_servers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str | dict) for each in value)


def _switch(text: str) -> bool:
    if text.lower() not in SWITCHES:
        raise ValueError
    return SWITCHES[text.lower()]


INTEGER = Option(
    "a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool), int
)
SECONDS = Option("a number of seconds", _is_number, float)
SWITCH = Option("true or false", lambda value: isinstance(value, bool), _switch)
TEXT = Option("a text", lambda value: isinstance(value, str), str)
TEXTS = Option("a list of texts", _is_texts, str.split)
PATH = Option("a path", lambda value: isinstance(value, str), Path)
SERVERS = Option("a list of STUN and TURN servers", _is_servers, str.split)


def one_of(*values: str) -> Option:
    """Return the option that takes one of these."""

    def parse(text: str) -> str:
        if text not in values:
            raise ValueError
        return text

    return Option(" or ".join(f'"{value}"' for value in values), values.__contains__, parse)


OPTIONS: dict[str, Option] = {
    "players": INTEGER,
    "draw": TEXT,
    "pyodide": TEXT,
    "port": INTEGER,
    "lan": SWITCH,
    "open_browser": SWITCH,
    "origins": TEXTS,
    "data_dir": PATH,
    "ice_servers": SERVERS,
    "ice_policy": one_of("all", "relay"),
    "turn": TEXTS,
    "turn_secret_file": PATH,
    "turn_lifetime_s": SECONDS,
    "p2p": SWITCH,
    "privacy": one_of("open", "relay"),
}
"""All options by name. What they mean is in docs/settings.md and ``peergym play --help``."""


def read_settings_file(path: Path) -> Given:
    """Read the options of a settings file.

    Raises:
        ConfigurationError: The file cannot be read, is no TOML, or names what is no option.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeError) as error:
        raise ConfigurationError("settings", f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("settings", f"{path} is not TOML: {error}") from error
    given: dict[str, Any] = {}
    for name, value in told.items():
        option = OPTIONS.get(name)
        if option is None:
            raise ConfigurationError("settings", f"{path}: {_unknown(name, list(OPTIONS))}")
        if not option.accepts(value):
            raise ConfigurationError("settings", f"{path}: {name} is {value!r}, not {option.kind}")
        given[name] = path.parent / value if option is PATH else value
    return given


def read_environment(environ: Mapping[str, str]) -> Given:
    """Read the options of the environment.

    Args:
        environ: All its variables; empty ones are as good as none.

    Raises:
        ConfigurationError: One has no value of its kind, or is nearly one of ours.
    """
    variables = {PREFIX + name.upper(): name for name in OPTIONS}
    known = [*variables, SETTINGS_VARIABLE]
    given: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or not text:
            continue
        name = variables.get(variable)
        if name is None:
            if variable not in known and get_close_matches(variable, known, 1, NEARLY):
                raise ConfigurationError("environment", _unknown(variable, known))
            continue
        option = OPTIONS[name]
        try:
            given[name] = option.parse(text)
        except ValueError as error:
            raise ConfigurationError(variable, f"{text!r} is not {option.kind}") from error
    return given


def gather(command_line: Given, environ: Mapping[str, str], scene: Given | None = None) -> Given:
    """Return what holds of all that was given, in the order of the places.

    Args:
        command_line: What it says; ``settings`` in it is the path of a settings file.
        environ: The environment.
        scene: What a scene says.

    Raises:
        ConfigurationError: As `read_settings_file` and `read_environment`.
    """
    variable = environ.get(SETTINGS_VARIABLE)
    path = command_line.get("settings") or (Path(variable) if variable else None)
    of_file = {} if path is None else read_settings_file(path)
    typed = {name: value for name, value in command_line.items() if name != "settings"}
    return {**(scene or {}), **of_file, **read_environment(environ), **typed}


def make_settings(game: str, given: Given) -> ServerSettings:
    """Return the settings that follow from what was given.

    Args:
        game: Name of a bundled game, ``file.py:Class`` or ``module:Class``.
        given: Options by name.

    Raises:
        ConfigurationError: An address is none, or things are missing that belong together.
    """
    data_dir = Path(given["data_dir"]).resolve() if "data_dir" in given else default_data_dir()
    return ServerSettings(
        game=game,
        draw=given.get("draw"),
        pyodide=given.get("pyodide"),
        players=given.get("players"),
        port=given.get("port", 0),
        lan=given.get("lan", False),
        origins=tuple(given.get("origins", ())),
        data_dir=data_dir,
        ice=make_ice_settings(given, data_dir),
    )


def make_ice_settings(given: Given, data_dir: Path) -> IceSettings:
    """Return how peers may connect, by what was given.

    Raises:
        ConfigurationError: As `make_settings`.
    """
    servers = (
        read_ice_server(server) if isinstance(server, str) else check_ice_server(server)
        for server in given.get("ice_servers", ())
    )
    return IceSettings(
        servers=tuple(servers),
        turn=_turn_service(given, data_dir),
        policy=given.get("ice_policy", "all"),
        is_p2p=given.get("p2p", True),
        privacy=given.get("privacy", "open"),
    )


def _turn_service(given: Given, data_dir: Path) -> TurnService | None:
    urls = tuple(map(read_turn_url, given.get("turn", ())))
    if not urls:
        return None
    path = given.get("turn_secret_file", data_dir / TURN_SECRET_FILE)
    lifetime_s = float(given.get("turn_lifetime_s", LIFETIME_S))
    return TurnService(urls, read_turn_secret(Path(path)), lifetime_s)


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    guess = f" Did you mean {close[0]}?" if close else ""
    return f"There is no option {name}.{guess} There are: {', '.join(sorted(known))}."
