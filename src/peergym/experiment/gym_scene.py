"""A scene: one environment that people play together, and how they are connected.

Theory of operation: a scene holds options and does nothing by itself. ``peergym serve FILE`` looks
for one in a file, lays a settings file, the environment and what was typed over it, and serves
that. Options keep the names under which scenes of this kind are known.

    from peergym.experiment import GymScene

    scene = GymScene("pong")
    scene.pyodide(multiplayer=True, p2p_mode=True, p2p_ice_servers=["stun:stun.example.org:3478"])

Laws:
    - An option that is left out decides nothing: it never overrules an earlier call, nor a default.
    - What a scene asks for and peergym does not do is refused, never silently left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Self, TypeAlias

from peergym.errors import ConfigurationError

Environment: TypeAlias = str | Callable[..., Any]
"""The name of a game as ``peergym play`` takes it, or its class or maker."""

Server: TypeAlias = str | Mapping[str, Any]
"""``stun:host:port``, ``turn:host:port,user,password``, or what browsers call an RTCIceServer. A
TURN server without credentials shares a secret with the game's server."""

TURN_SCHEMES = ("turn:", "turns:")


class GymScene:
    """One environment, played by several people.

    Args:
        environment: What is played: the name of a game as ``peergym play`` takes it, or a class
            or maker of the same file.
        players: How many play, for environments that leave the choice.
        p2p_mode: Whether the players' browsers are connected with each other; otherwise all goes
            through the server's relay.
        p2p_ice_servers: Servers that help them to find paths.
        p2p_turn_servers: Servers that relay where there is no path.
        ice_policy: ``relay`` connects them through TURN servers only.
        privacy: ``relay`` hides the address of each player from the others.

    Attributes:
        environment: The same.

    Raises:
        ConfigurationError: An option has no such value.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        players: int | None = None,
        p2p_mode: bool | None = None,
        p2p_ice_servers: Sequence[Server] | None = None,
        p2p_turn_servers: Sequence[Server] | None = None,
        ice_policy: Literal["all", "relay"] | None = None,
        privacy: Literal["open", "relay"] | None = None,
    ) -> None:
        self.environment = environment
        self._players = players
        self._p2p_mode: bool | None = None
        self._ice_servers: Sequence[Server] | None = None
        self._turn_servers: Sequence[Server] | None = None
        self._ice_policy = _one_of("ice_policy", ice_policy, ("all", "relay"))
        self._privacy = _one_of("privacy", privacy, ("open", "relay"))
        self.pyodide(
            p2p_mode=p2p_mode, p2p_ice_servers=p2p_ice_servers, p2p_turn_servers=p2p_turn_servers
        )

    def pyodide(
        self,
        *,
        run_through_pyodide: bool = True,
        multiplayer: bool = True,
        server_authoritative: bool = False,
        p2p_mode: bool | None = None,
        p2p_ice_servers: Sequence[Server] | None = None,
        p2p_turn_servers: Sequence[Server] | None = None,
    ) -> Self:
        """Say how the environment runs in the players' browsers; what is left out stays.

        Args:
            run_through_pyodide: It runs in every player's browser; there is no other way.
            multiplayer: Several play it together; there is no other way.
            server_authoritative: The server would run it as well; it never does.
            p2p_mode: As of the class.
            p2p_ice_servers: As of the class.
            p2p_turn_servers: As of the class.

        Returns:
            The scene, for further calls.

        Raises:
            ConfigurationError: It asks for what peergym does not do.
        """
        _refuse_unless(
            run_through_pyodide, "run_through_pyodide",
            "environments run in the players' browsers; False is not possible",
        )  # fmt: skip
        _refuse_unless(
            multiplayer, "multiplayer",
            "a scene is played by two or more; alone one plays against the game's own policy, "
            "in the lobby",
        )  # fmt: skip
        _refuse_unless(
            not server_authoritative, "server_authoritative",
            "all players' browsers run the environment, and the server never does; records are "
            "executed again afterwards instead",
        )  # fmt: skip
        if p2p_mode is not None:
            self._p2p_mode = p2p_mode
        if p2p_ice_servers is not None:
            self._ice_servers = _checked("p2p_ice_servers", p2p_ice_servers)
        if p2p_turn_servers is not None:
            self._turn_servers = _checked("p2p_turn_servers", p2p_turn_servers)
        return self

    def options(self) -> dict[str, Any]:
        """Return what the scene decides, under the names that settings files have for it."""
        servers = [*(self._ice_servers or ()), *(self._turn_servers or ())]
        said = {
            "players": self._players,
            "p2p": self._p2p_mode,
            "ice_servers": [each for each in servers if not _shares_a_secret(each)] or None,
            "turn": [url for each in servers if _shares_a_secret(each) for url in _urls(each)]
            or None,
            "ice_policy": self._ice_policy,
            "privacy": self._privacy,
        }
        return {name: value for name, value in said.items() if value is not None}


def _shares_a_secret(server: Server) -> bool:
    """Whether it is a TURN server without credentials."""
    if isinstance(server, str):
        return server.startswith(TURN_SCHEMES) and "," not in server
    is_turn = any(url.startswith(TURN_SCHEMES) for url in _urls(server))
    return is_turn and "username" not in server and "credential" not in server


def _urls(server: Server) -> list[str]:
    if isinstance(server, str):
        return [server]
    urls = server["urls"]
    return [urls] if isinstance(urls, str) else list(urls)


def _checked(name: str, servers: Sequence[Server]) -> list[Server]:
    """Refuse what is no list of servers; their addresses are looked at when they are used."""
    if isinstance(servers, str):
        raise ConfigurationError(name, f"{servers!r} is not a list; write [{servers!r}]")
    for each in servers:
        if not isinstance(each, str) and "urls" not in each:
            raise ConfigurationError(name, f"{each!r} has no urls")
    return list(servers)


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> str | None:
    if value is not None and value not in known:
        raise ConfigurationError(name, f"{value!r} is not {' or '.join(map(repr, known))}")
    return value


def _refuse_unless(is_good: bool, name: str, sentence: str) -> None:
    if not is_good:
        raise ConfigurationError(name, sentence)
